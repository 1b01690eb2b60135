// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "rpc/backend.hpp"

namespace jiffy::node
{
/// Recomputes the state root of each sealed block from the whole of its state, apart from the trie that the sealer
/// keeps, and compares. On a thread of its own; a block that comes before the last one is done is counted as unchecked.
class RootCheck
{
public:
    RootCheck(const world::World& world, const crypto::Kernels& kernels);
    RootCheck(const RootCheck&) = delete;
    RootCheck& operator=(const RootCheck&) = delete;
    ~RootCheck();

    void start();
    /// Checks what is queued, then ends the thread.
    void stop();

    /// Sealing thread: a block was sealed.
    void push(const sequencer::BlockPointer& block);

    [[nodiscard]] const rpc::RootCheckMetrics& metrics() const noexcept { return metrics_; }

private:
    void run();
    void check(const sequencer::BlockRecord& block);

    const world::World& world_;
    const crypto::Kernels& kernels_;
    rpc::RootCheckMetrics metrics_;
    sequencer::SpscQueue<sequencer::BlockPointer> queue_;
    sequencer::Doorbell doorbell_;
    std::atomic<bool> stopping_ = false;
    std::thread thread_;
};
}  // namespace jiffy::node
