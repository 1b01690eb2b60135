// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sequencer/doorbell.hpp"
#include "sequencer/history.hpp"
#include "sequencer/queues.hpp"
#include "sequencer/stopwatch.hpp"
#include "trie/state_trie.hpp"

#include <functional>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <thread>
#include <variant>

namespace jiffy::sequencer
{
/// What the transactions of a mini-block, or the opening of a block, changed: in order.
struct TrieUpdate
{
    std::vector<std::shared_ptr<const Differences>> differences;
};

/// A block whose last transaction has run.
struct SealRequest
{
    std::shared_ptr<BlockRecord> block;
    /// EIP-7685, each with its type byte.
    std::vector<Bytes> requests;
    /// The withdrawals root is the storage root of the OP Stack's message passer (Isthmus).
    bool commits_to_withdrawals = false;
};

using SealerWork = std::variant<TrieUpdate, SealRequest>;

/// Keeps the trie up to date behind the releasing thread and ends blocks: roots, header, hash. It never reads the
/// flat state.
class Sealer
{
public:
    /// `on_sealed` runs after each block on the sealing thread. The newest block in `history` is sealed already, and
    /// `state` is the trie of its state.
    Sealer(History& history,
        const crypto::Kernels& kernels,
        std::unique_ptr<trie::StateTrie> state,
        std::function<void(const BlockPointer&)> on_sealed);
    /// The block is genesis, and `genesis_state` all of its state.
    Sealer(History& history,
        const crypto::Kernels& kernels,
        const types::StateDifference& genesis_state,
        std::function<void(const BlockPointer&)> on_sealed);
    Sealer(const Sealer&) = delete;
    Sealer& operator=(const Sealer&) = delete;
    ~Sealer();

    /// Root of the state so far. Only before `start`, or by the thread that calls `process_pending`.
    [[nodiscard]] const trie::Version& latest_version() const noexcept { return trie_->latest(); }

    /// Fills in the roots of the state so far. As `latest_version`.
    void set_state_roots(types::Header& header, bool commits_to_withdrawals) const;

    void start();
    /// Does what is queued, then ends the thread.
    void stop();

    /// Time that a block's roots and header take.
    [[nodiscard]] const LatencyHistogram& latency() const noexcept { return latency_; }

    [[nodiscard]] bool is_running() const noexcept { return thread_.joinable(); }

    /// Releasing thread: queues work; waits while the queue is full.
    void push(SealerWork work);
    /// Does what is queued on the calling thread, for owners that never call `start`.
    void process_pending();

    /// Calls `prove` with the trie and the version of a sealed block, which stays until it returns; false if the
    /// version is not kept any more. Any thread.
    bool with_state(const SealedBlock& block,
        const std::function<void(const trie::StateTrie&, const trie::Version&)>& prove) const;

private:
    void run();
    void process(SealerWork& work);
    void apply(const TrieUpdate& update);
    void apply(const types::StateDifference& difference);
    void seal(const SealRequest& request);
    void drop_old_versions();

    History& history_;
    const crypto::Kernels& kernels_;
    std::function<void(const BlockPointer&)> on_sealed_;
    std::unique_ptr<trie::StateTrie> trie_;
    /// The trie's latest version is of the block that is not sealed yet.
    bool is_within_block_ = false;
    SpscQueue<SealerWork> queue_;
    Doorbell doorbell_;
    std::atomic<bool> stopping_ = false;
    LatencyHistogram latency_;
    /// Readers of the trie share it; the sealing thread takes it to drop versions, and leaves that for later if it is
    /// held.
    mutable std::shared_mutex versions_mutex_;
    std::deque<trie::VersionNumber> block_versions_;
    std::atomic<trie::VersionNumber> oldest_version_ = 0;
    std::thread thread_;
};
}  // namespace jiffy::sequencer
