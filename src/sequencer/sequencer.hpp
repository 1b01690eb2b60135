// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sequencer/block_rules.hpp"
#include "sequencer/ledger.hpp"
#include "sequencer/moving_average.hpp"
#include "sequencer/pool.hpp"

namespace jiffy::sequencer
{
struct SequencerOptions
{
    /// Microseconds.
    std::uint64_t block_interval = 1'000'000;
    /// Gets the priority fees.
    Address beneficiary{};
    PoolLimits pool;
    /// Requests that wait for the sequencing thread.
    std::size_t ingress_capacity = 16'384;
    std::uint64_t hash_seed = 0;
    /// Otherwise the open block stays as it is, and whoever reads the log goes on with it.
    bool ends_block_at_stop = true;
};

/// Where a chain goes on.
struct ChainStart
{
    /// Seconds of Unix time.
    std::uint64_t genesis_time = 0;
    /// The block that is open already; null to open the first one behind the history's newest.
    std::shared_ptr<BlockRecord> open_block;
    /// Its log knows that its parent is sealed.
    bool knows_parent = true;
};

/// Durations on the way of a transaction up to its execution, and of the change from block to block.
struct SequencerLatencies
{
    /// From the reading of a request to its being decoded, its sender known.
    LatencyHistogram ingress;
    /// From there to its turn, if it did not wait in the pool.
    LatencyHistogram queue;
    LatencyHistogram execution;
    /// No transaction runs while one block ends and the next one opens.
    LatencyHistogram block_change;
};

/// Wants to know the next nonce of an account, pooled transactions counted.
struct NonceQuery
{
    Address address;
    std::move_only_function<void(std::uint64_t)> answer;
};

/// Wants to know whether a transaction is in the pool.
struct PoolQuery
{
    Hash hash;
    std::move_only_function<void(bool)> answer;
};

/// Puts transactions in order, executes each at once, and ends blocks by the clock. One thread does all of it; others
/// hand it work through a bounded queue.
class Sequencer
{
public:
    /// The history's newest block is `start.open_block`, or one that has ended. The world has the state after it, or
    /// after the last transaction.
    Sequencer(const chain::ChainSpecification& specification,
        world::World& world,
        History& history,
        Sealer& sealer,
        Releaser& releaser,
        const Clock& clock,
        const ChainStart& start,
        const SequencerOptions& options);
    Sequencer(const Sequencer&) = delete;
    Sequencer& operator=(const Sequencer&) = delete;
    ~Sequencer();

    void start();
    /// Refuses what waits, ends the open block if it is to, and ends the thread. Releaser and sealer must still run.
    void stop();

    /// Any thread: a place in the order of arrival, for a submission that is being made.
    [[nodiscard]] Tickets::Ticket take_ticket() noexcept { return tickets_.take(); }
    /// Any thread. False if the queue is full or the sequencer has stopped; `submission` stays with the caller then.
    bool submit(Submission& submission);
    /// Any thread: after submissions that more were to follow.
    void wake() { doorbell_.ring(); }
    /// Any thread; likewise.
    bool query(NonceQuery& query);
    bool query(PoolQuery& query);
    /// Microseconds that a submission would wait for those before it; any thread.
    [[nodiscard]] std::uint64_t expected_wait() const noexcept
    {
        return ingress_.size() * execution_time_.get() / 1000;
    }
    /// Microseconds that the clock is beyond the end of the open block, which is about to end; any thread.
    [[nodiscard]] std::uint64_t lag() const noexcept;
    /// Transactions in the pool; any thread.
    [[nodiscard]] std::size_t pooled() const noexcept { return pooled_.load(std::memory_order_acquire); }

    /// Wakes a sequencing thread that waits for a seal; the sealer's `on_sealed` calls it.
    void notify_sealed() { wake(); }

    [[nodiscard]] const LedgerMetrics& metrics() const noexcept { return ledger_.metrics(); }
    [[nodiscard]] const SequencerLatencies& latencies() const noexcept { return latencies_; }
    /// Does everything that is due now, on the calling thread; for tests, which do not call `start`.
    void step();

private:
    using Request = std::variant<Submission, NonceQuery, PoolQuery>;

    template <class Message>
    bool push(Message& message, bool wakes = true);

    /// Microseconds that a transaction waits for one that arrived before it and is still being read.
    static constexpr std::uint64_t longest_ticket_wait = 20'000;

    void run();
    /// Until it is to stop.
    void sequence();
    void open_next_block();
    /// The transactions of the protocol that every block begins with.
    void execute_protocol_transactions();
    /// Ends the open block if its time is over, and those that are missing after a pause: so many that requests need
    /// not wait for long.
    void advance();
    void fill_with_waiting();
    void wait_for_seal(std::uint64_t number);
    /// Serves some requests; false if there was none.
    bool serve();
    void serve(Submission submission);
    /// Serves a submission whose turn has come.
    void serve_in_order(Submission submission);
    /// Serves those that wait for a ticket which was given up, or for too long.
    void serve_waiting(std::uint64_t time);
    void serve(NonceQuery query);
    void serve(PoolQuery query);
    /// Executes, or refuses, or queues for room or a lower base fee. True if it was executed.
    bool execute(Submission submission);
    /// Keeps it in the pool; false if it was refused.
    bool pool(Submission submission);
    /// Refuses a transaction that has left the pool, and forgets what it was waiting for.
    void drop(Submission submission, PoolRefusal reason);
    /// Forgets what the transaction, which was its sender's next and has left the pool, was waiting for.
    void stop_waiting(const Submission& submission);
    /// Runs the sender's pooled transactions that have become executable, while the round lasts.
    void promote(const Address& sender);
    void refuse(Submission submission, std::variant<chain::InvalidTransaction, PoolRefusal> reason);
    [[nodiscard]] std::uint64_t block_end() const noexcept;
    [[nodiscard]] U256 base_fee() const { return ledger_.open().opening.base_fee_per_gas.value_or(U256{}); }

    const chain::ChainSpecification& specification_;
    History& history_;
    Sealer& sealer_;
    Releaser& releaser_;
    const Clock& clock_;
    SequencerOptions options_;
    Ledger ledger_;
    Pool pool_;
    /// Gas that the open block had left for users.
    std::uint64_t capacity_at_opening_ = 0;
    /// Senders whose next transaction did not fit into the block, in order.
    std::vector<Address> waiting_for_room_;
    /// Senders whose next transaction, which is in the pool, waits for a lower base fee, by what it pays in wei per
    /// gas.
    std::set<std::pair<U256, Address>> waiting_for_fee_;
    Tickets tickets_;
    ReorderBuffer<Submission> reorder_buffer_{tickets_, longest_ticket_wait};
    MpscQueue<Request> ingress_;
    Doorbell doorbell_;
    SequencerLatencies latencies_;
    std::atomic<std::size_t> pooled_ = 0;
    /// Microseconds. What comes to its turn then is for another block: transactions that compute for long must not
    /// add up in this one.
    std::uint64_t round_end_ = 0;
    /// Nanoseconds.
    MovingAverage execution_time_{10'000};
    std::atomic<bool> stopping_ = false;
    BlockRules rules_;
    std::thread thread_;
};
}  // namespace jiffy::sequencer
