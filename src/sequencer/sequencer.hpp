// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sequencer/clock.hpp"
#include "sequencer/ledger.hpp"
#include "sequencer/pool.hpp"

namespace jiffy::sequencer
{
struct SequencerOptions
{
    /// Microseconds.
    std::uint64_t mini_block_interval = 10'000;
    std::uint64_t block_interval = 1'000'000;
    /// Gets the priority fees.
    Address beneficiary{};
    PoolLimits pool;
    /// Requests that wait for the sequencing thread.
    std::size_t ingress_capacity = 16'384;
    /// Blocks whose log entries are kept.
    std::size_t log_blocks = 1024;
    std::uint64_t hash_seed = 0;
};

/// Wants to know the next nonce of an account, pooled transactions counted.
struct NonceQuery
{
    Address address;
    std::move_only_function<void(std::uint64_t)> answer;
};

/// Puts transactions in order, executes each at once, and seals mini-blocks and blocks by the clock. One thread does
/// all of it; others hand it work through a bounded queue.
class Sequencer
{
public:
    /// The genesis block is sealed in `history`, its state in `world` and in the sealer's trie. `on_release` runs on
    /// the sequencing thread after each transaction and must only wake others.
    Sequencer(const chain::ChainSpecification& specification,
        world::World& world,
        History& history,
        Sealer& sealer,
        const Clock& clock,
        const SequencerOptions& options,
        std::function<void()> on_release);
    Sequencer(const Sequencer&) = delete;
    Sequencer& operator=(const Sequencer&) = delete;
    ~Sequencer();

    void start();
    /// Seals the open block, refuses what waits, and ends the thread. The sealer must still run.
    void stop();

    /// Any thread. False if the queue is full or the sequencer has stopped; `submission` stays with the caller then.
    bool submit(Submission& submission);
    /// Any thread; likewise.
    bool query(NonceQuery& query);
    /// Transactions in the pool; any thread.
    [[nodiscard]] std::size_t pooled() const noexcept { return pooled_.load(std::memory_order_acquire); }

    /// Wakes a sequencing thread that waits for a seal; the sealer's `on_sealed` calls it.
    void notify_sealed() { doorbell_.ring(); }

    [[nodiscard]] const LedgerMetrics& metrics() const noexcept { return ledger_.metrics(); }
    /// Only while the thread does not run.
    [[nodiscard]] const OrderLog& log() const noexcept { return log_; }

    /// Does everything that is due now, on the calling thread; for tests, which do not call `start`.
    void step();

private:
    using Request = std::variant<Submission, NonceQuery>;

    void run();
    void open_next_block();
    /// Seals what is due.
    void advance();
    void fill_with_waiting();
    void seal_mini(std::uint64_t time);
    void seal_block();
    void wait_for_seal(std::uint64_t number);
    /// Serves some requests; false if there was none.
    bool serve();
    void serve(Submission submission);
    void serve(NonceQuery query);
    /// Executes, or refuses, or queues for the next block. True if it was executed.
    bool execute(Submission submission);
    void pool(Submission submission);
    /// Runs the sender's pooled transactions that have become executable.
    void promote(const Address& sender);
    void refuse(Submission submission, std::variant<chain::InvalidTransaction, PoolRefusal> reason);
    [[nodiscard]] std::uint64_t now() const noexcept { return clock_.now() - lag_; }
    [[nodiscard]] std::uint64_t block_end() const noexcept;

    const chain::ChainSpecification& specification_;
    History& history_;
    Sealer& sealer_;
    const Clock& clock_;
    SequencerOptions options_;
    std::function<void()> on_release_;
    Ledger ledger_;
    OrderLog log_;
    Pool pool_;
    /// Senders whose next transaction did not fit into the block, in order.
    std::vector<Address> waiting_for_room_;
    MpscQueue<Request> ingress_;
    Doorbell doorbell_;
    std::atomic<std::size_t> pooled_ = 0;
    std::atomic<bool> stopping_ = false;
    /// Seconds of Unix time.
    std::uint64_t genesis_time_;
    /// Microseconds by which the chain's time lags the clock, because it could not catch up.
    std::uint64_t lag_ = 0;
    /// Microseconds of the chain's time.
    std::uint64_t next_mini_seal_ = 0;
    std::thread thread_;
};
}  // namespace jiffy::sequencer
