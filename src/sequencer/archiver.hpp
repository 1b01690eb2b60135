// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sequencer/archive.hpp"

#include <condition_variable>
#include <deque>
#include <functional>
#include <thread>

namespace jiffy::sequencer
{
/// Takes sealed blocks to the archive, on a thread of its own. A block that waits for it is held, whether or not the
/// history has forgotten it, so that the archive has no gap.
class Archiver
{
public:
    /// `on_failure` is told once, on any thread, why no more blocks can be archived, if that comes after `start`.
    Archiver(Archive& archive, std::function<void(const std::string&)> on_failure);
    Archiver(const Archiver&) = delete;
    Archiver& operator=(const Archiver&) = delete;
    ~Archiver();

    void start();
    /// Ends the thread; what was pushed is archived and durable then, unless that failed.
    void stop();

    /// The sealed block that follows on the one pushed before. A block that the archive has is compared with it; if it
    /// is another one, the archive's are cut off from there. Waits while too many wait; before `start`, for the
    /// archive.
    void push(const BlockPointer& block);

    /// Makes all blocks up to this number, which were pushed, durable. The error is one line for people.
    Result<void, std::string> sync_up_to(std::uint64_t number);
    /// The newest block that is archived and durable; empty if there is none.
    [[nodiscard]] std::optional<std::uint64_t> durable_number() const noexcept { return archive_.durable_number(); }

    /// Why blocks cannot be archived any more; empty if they can.
    [[nodiscard]] std::optional<std::string> fault() const;
    /// Blocks that wait.
    [[nodiscard]] std::size_t waiting() const;

private:
    void run();
    void take(const BlockRecord& block);
    store::StoreResult<void> archive(const BlockRecord& block);
    void fail(const std::string& reason);

    Archive& archive_;
    std::function<void(const std::string&)> on_failure_;
    mutable std::mutex mutex_;
    std::condition_variable wake_;
    /// Somebody waits for blocks to be taken.
    std::condition_variable taken_;
    std::deque<BlockPointer> waiting_;
    std::optional<std::string> fault_;
    bool stopping_ = false;
    std::atomic<bool> is_started_ = false;
    bool is_running_ = false;
    std::thread thread_;
};
}  // namespace jiffy::sequencer
