// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sequencer/assembler.hpp"
#include "sequencer/clock.hpp"
#include "sequencer/log_sink.hpp"
#include "sequencer/refusal.hpp"
#include "sequencer/sealer.hpp"
#include "sequencer/stopwatch.hpp"

namespace jiffy::sequencer
{
/// A block was opened, with these changes.
struct BlockOpened
{
    std::shared_ptr<BlockRecord> block;
    types::StateDifference difference;
    types::DifferenceFrame frame;
};

/// The open block's parent is sealed, and its hash in its slot if the fork has one.
struct ParentSealed
{
    BlockPointer parent;
    types::StateDifference difference;
    types::DifferenceFrame frame;
};

/// The open block's next transaction was executed.
struct Committed
{
    types::StateDifference difference;
    world::DifferenceIds difference_ids;
    /// After it.
    types::IdCounts ids;
    /// Account ids of who sent it, and to whom; `world::no_id` if that is no account.
    std::uint32_t sender = world::no_id;
    std::uint32_t recipient = world::no_id;
    /// Told when it is released; may be empty.
    Completion complete;
    Instant executed{};
};

/// No further transaction comes into the open block.
struct BlockEnded
{
    /// EIP-7685, each with its type byte.
    std::vector<Bytes> requests;
    types::StateDifference difference;
    types::DifferenceFrame frame;
    /// Its header has the root of the withdrawals (OP Stack, Isthmus).
    bool commits_to_withdrawals = false;
    /// End of its last mini-block; the clock tells it if it is empty.
    std::optional<std::uint64_t> time;
};

/// What the sequencing thread has done, in order.
using Commit = std::variant<BlockOpened, ParentSealed, Committed, BlockEnded>;

struct ReleaseOptions
{
    types::StatementTerms terms;
    /// Key that signs preconfirmations and mini-blocks.
    Hash secret;
    /// Microseconds.
    std::uint64_t mini_block_interval = 10'000;
    std::uint64_t block_interval = 1'000'000;
    /// Commits that wait to be released.
    std::size_t queue_capacity = 16'384;
    /// Microseconds between two signatures at the least, once more than one transaction comes in that time: under load
    /// one signature is shared by many. One that comes alone never waits.
    std::uint64_t gathering_interval = 300;
};

/// Figures of a releaser; readable by any thread.
struct ReleaseMetrics
{
    std::atomic<std::uint64_t> fragments = 0;
    std::atomic<std::uint64_t> released_transactions = 0;
    std::atomic<std::uint64_t> mini_blocks = 0;
};

/// Durations on the way of a transaction from its execution on.
struct ReleaseLatencies
{
    /// From the end of its execution to its release, signed.
    LatencyHistogram release;
    LatencyHistogram signature;
    /// Roots, commitment and signature of a mini-block.
    LatencyHistogram mini_block_seal;
    /// From one mini-block's seal to the next one's.
    LatencyHistogram mini_block_interval;
};

/// Where a chain goes on: after its genesis, or after what was recovered of it.
struct ReleaseStartingPoint
{
    Assembler assembler;
    types::IdCounts ids;
    /// Seconds of Unix time.
    std::uint64_t genesis_time = 0;
};

/// Releases what was executed: gathers it into fragments, signs them, waits until they are durable, tells those who
/// wait, and seals mini-blocks on time whatever is being executed meanwhile. What it takes, and the seals it puts in
/// between, are the order log.
class Releaser
{
public:
    /// `on_release` runs on the releasing thread after each fragment and mini-block and must only wake others. The
    /// log's first frame is the term that begins, which is that of the options or one that the sink names.
    Releaser(History& history,
        Sealer& sealer,
        const Clock& clock,
        ReleaseStartingPoint start,
        const ReleaseOptions& options,
        LogSink sink,
        std::function<void()> on_release);
    Releaser(const Releaser&) = delete;
    Releaser& operator=(const Releaser&) = delete;
    ~Releaser();

    void start();
    /// Releases what is queued, then ends the thread.
    void stop();
    [[nodiscard]] bool is_running() const noexcept { return thread_.joinable(); }

    /// Sequencing thread: queues a commit; waits while the queue is full.
    void push(Commit commit);

    /// Does everything that is due on the calling thread, for owners that never call `start`.
    void process_pending();
    /// Seals a mini-block that ends at this time; for replay.
    void seal_mini(std::uint64_t time);

    [[nodiscard]] const ReleaseMetrics& metrics() const noexcept { return metrics_; }
    [[nodiscard]] const ReleaseLatencies& latencies() const noexcept { return latencies_; }
    /// Address of the key that signs.
    [[nodiscard]] const Address& signer() const noexcept { return signer_; }
    /// Of the newest term; any thread.
    [[nodiscard]] types::StatementTerms terms() const noexcept;
    /// True once the log takes nothing more: nothing is released any more; any thread.
    [[nodiscard]] bool has_failed() const noexcept { return failed_; }

private:
    struct AccountIds
    {
        std::uint32_t sender;
        std::uint32_t recipient;
    };

    void run();
    /// Until there is something to do.
    void wait();
    void gather();
    void take(BlockOpened& opened);
    void take(ParentSealed& sealed);
    void take(Committed& committed);
    void take(BlockEnded& ended);
    void seal_mini_if_due();
    /// The next point of the grid after `time`. The last is left to the block's end; the one behind it is for a block
    /// whose end is late.
    void plan_mini_seal(std::uint64_t time);
    /// Time that a statement or mini-block can still have: all but the last microsecond of the block, which belongs to
    /// its last mini-block.
    [[nodiscard]] std::uint64_t latest_time() const noexcept;
    /// What a fragment or mini-block names as its time, by the clock.
    [[nodiscard]] std::uint64_t statement_time() const;
    /// Frames go to the log together, with the next release.
    void log(types::LogFrame frame);
    /// Signs what was taken since the last fragment.
    void end_fragment();
    /// Waits until what is to be released is in the log and durable, then shows it to everybody.
    void publish();
    void publish_fragment();
    void release_fragment();
    /// Ends the mini-block in the making; `frame_of` gives what says so in the log.
    void seal_mini(std::uint64_t time, const std::function<types::LogFrame(const MiniBlockRecord&)>& frame_of);
    void log_fragment(const FragmentRecord& record, types::DifferenceFrame difference);
    void add_to_trie(types::StateDifference difference);
    /// Signs what was not taken by the log once more, on the terms of a new term.
    void sign_again(const types::StatementTerms& terms);
    void begin_term(const types::StatementTerms& terms);
    void give_up();
    [[nodiscard]] std::uint64_t block_end() const noexcept;
    [[nodiscard]] std::uint64_t block_start() const noexcept { return block_end() - options_.block_interval; }
    [[nodiscard]] crypto::RecoverableSignature sign(const Hash& digest) const;

    History& history_;
    Sealer& sealer_;
    const Clock& clock_;
    ReleaseOptions options_;
    Address signer_;
    LogSink sink_;
    std::function<void()> on_release_;
    SpscQueue<Commit> queue_;
    Doorbell doorbell_;
    std::atomic<bool> stopping_ = false;
    std::atomic<bool> failed_ = false;
    /// Of `options_.terms`, for other threads: the epoch above a byte for the durability.
    std::atomic<std::uint64_t> term_;
    types::StatementDomain domain_;
    std::uint64_t chain_id_;
    ReleaseMetrics metrics_;
    ReleaseLatencies latencies_;
    /// Seconds of Unix time.
    std::uint64_t genesis_time_;
    Assembler assembler_;
    /// What the fragment in the making changes.
    FrameBuilder frame_;
    types::IdCounts ids_;
    Differences differences_;
    /// Of its transactions, for the log.
    std::vector<AccountIds> account_ids_;
    std::vector<Completion> completions_;
    std::vector<Instant> executed_;
    /// Not in the log yet. What they sign stands in the next two, which are not shown yet.
    std::vector<types::LogFrame> frames_;
    std::shared_ptr<FragmentRecord> fragment_;
    std::optional<MiniBlockRecord> mini_block_;
    /// Transactions in the last fragment, and when it was released.
    std::uint32_t last_fragment_size_ = 0;
    Instant last_release_;
    Instant last_mini_seal_{};
    /// For the trie, since the last mini-block.
    TrieUpdate trie_update_;
    /// Microseconds; never if only the block's end can come.
    std::uint64_t next_mini_seal_ = never;

    static constexpr std::uint64_t never = ~std::uint64_t{0};
    std::thread thread_;
};
}  // namespace jiffy::sequencer
