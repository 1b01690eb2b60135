// SPDX-License-Identifier: Apache-2.0
#include "sequencer/sequencer.hpp"

#include "sequencer/thread_priority.hpp"

#include <algorithm>

namespace jiffy::sequencer
{
namespace
{
/// Requests served before the clock is looked at again.
constexpr int requests_per_round = 64;
/// Names that a sequencing thread with nothing to do takes out of the history before it looks for requests again: 10
/// µs.
constexpr std::size_t names_per_round = 32;
/// Microseconds between two looks at whether a missing ticket was given up.
constexpr std::uint64_t ticket_look_interval = 100;
/// Blocks sealed in a row after a pause, before requests are served again.
constexpr int most_missed_blocks = 60;
/// Microseconds for transactions between two such bursts.
constexpr std::uint64_t round_between_bursts = 10'000;

/// Gas of the transactions that a block begins with and that are no user's.
std::uint64_t gas_of_protocol(const BlockRecord& block)
{
    std::uint64_t gas = 0;
    for (std::size_t i = 0; i < block.transactions.size(); ++i)
    {
        if (block.transactions[i].transaction.type != types::TransactionType::deposit)
            break;
        gas = block.transactions[i].receipt.cumulative_gas_used;
    }
    return gas;
}

/// The log cannot be written any more: a block that is waited for will not come, in the middle of whatever waits.
struct NothingIsSealed
{
};
}  // namespace

Sequencer::Sequencer(const chain::ChainSpecification& specification,
    world::World& world,
    History& history,
    Sealer& sealer,
    Releaser& releaser,
    const Clock& clock,
    const ChainStart& start,
    const SequencerOptions& options)
  : specification_{specification}
  , history_{history}
  , sealer_{sealer}
  , releaser_{releaser}
  , clock_{clock}
  , options_{options}
  , ledger_{specification, world, history, releaser, options.hash_seed,
        [this](std::uint64_t number) { wait_for_seal(number); }}
  , pool_{options.pool, options.hash_seed}
  , ingress_{options.ingress_capacity}
  , rules_{.genesis_time = start.genesis_time,
        .block_interval = options.block_interval,
        .beneficiary = options.beneficiary}
{
    if (start.open_block != nullptr)
    {
        ledger_.resume_block(start.open_block, start.knows_parent);
        // The log may end right behind the opening.
        if (start.open_block->transactions.size() == 0)
            execute_protocol_transactions();
        capacity_at_opening_ = start.open_block->opening.gas_limit - gas_of_protocol(*start.open_block);
    }
    else
        open_next_block();
    round_end_ = block_end();
}

Sequencer::~Sequencer()
{
    stop();
}

void Sequencer::start()
{
    thread_ = std::thread{[this] { run(); }};
}

void Sequencer::stop()
{
    if (stopping_.exchange(true))
        return;
    doorbell_.ring();
    if (thread_.joinable())
        thread_.join();
    while (serve())
    {
    }
    reorder_buffer_.flush([this](Submission next) { serve_in_order(std::move(next)); });
    for (auto& submission : pool_.clear())
        refuse(std::move(submission), PoolRefusal::stopping);
    if (options_.ends_block_at_stop)
        ledger_.end_block();
}

template <class Message>
bool Sequencer::push(Message& message, bool wakes)
{
    if (stopping_)
        return false;
    Request request{std::move(message)};
    if (ingress_.try_push(request))
    {
        if (wakes)
            wake();
        return true;
    }
    message = std::move(std::get<Message>(request));
    return false;
}

bool Sequencer::submit(Submission& submission)
{
    submission.handed_in = read_stopwatch();
    const bool wakes = !submission.more_follow;
    return push(submission, wakes);
}

bool Sequencer::query(NonceQuery& query)
{
    return push(query);
}

bool Sequencer::query(PoolQuery& query)
{
    return push(query);
}

void Sequencer::run()
{
    name_thread("sequencing");
    take_short_turns();
    try
    {
        sequence();
    }
    catch (const NothingIsSealed&)
    {
        // Whoever was told of the failure ends the process.
    }
}

void Sequencer::sequence()
{
    while (!stopping_)
    {
        advance();
        ledger_.provide_parent_if_sealed();
        const bool served = serve();
        serve_waiting(clock_.now());
        if (served || history_.clean_up(names_per_round))
            continue;
        // A ticket is given up without a ring.
        const auto next = reorder_buffer_.is_waiting() ? clock_.now() + ticket_look_interval : block_end();
        doorbell_.wait_until(clock_.when(std::min(next, block_end())));
    }
}

void Sequencer::step()
{
    try
    {
        advance();
        while (serve())
        {
        }
        serve_waiting(clock_.now());
    }
    catch (const NothingIsSealed&)
    {
        // As the thread, it does nothing more.
    }
}

std::uint64_t Sequencer::block_end() const noexcept
{
    return rules_.end_of(ledger_.open().number());
}

void Sequencer::open_next_block()
{
    // The newest block is this one's parent, sealed or not: nothing here depends on its roots but the parent hash.
    const auto parent = history_.open_block();
    const auto blob_gas = ledger_.has_block() ? ledger_.blob_gas_used() : blob_gas_used(*parent);
    ledger_.open_block(next_opening(specification_, rules_, *parent, blob_gas));
    execute_protocol_transactions();
    capacity_at_opening_ = ledger_.capacity().gas;
}

void Sequencer::execute_protocol_transactions()
{
    for (auto& transaction : protocol_transactions(specification_, rules_, ledger_.open().number()))
        ledger_.execute_system(std::move(transaction));
}

void Sequencer::advance()
{
    if (clock_.now() < block_end())
        return;
    for (int i = 0; i < most_missed_blocks && clock_.now() >= block_end(); ++i)
    {
        const auto begin = read_stopwatch();
        ledger_.end_block();
        open_next_block();
        record(latencies_.block_change, begin, read_stopwatch());
    }
    round_end_ = std::max(block_end(), clock_.now() + round_between_bursts);
    fill_with_waiting();
    // After that: what can pay the new base fee does not wait any more.
    for (auto& submission : pool_.expire(clock_.now()))
        drop(std::move(submission), PoolRefusal::expired);
    pooled_.store(pool_.size(), std::memory_order_release);
}

std::uint64_t Sequencer::lag() const noexcept
{
    const auto time = clock_.now();
    const auto end = rules_.end_of(history_.open_block()->number());
    return time - std::min(time, end);
}

void Sequencer::fill_with_waiting()
{
    auto waiting = std::exchange(waiting_for_room_, {});
    for (const auto& sender : waiting)
    {
        // Once one does not fit again, those behind it stay behind it.
        if (waiting_for_room_.empty())
        {
            promote(sender);
            continue;
        }
        waiting_for_room_.push_back(sender);
        pool_.update(sender, ledger_.account(sender).nonce, base_fee());
    }
    while (!waiting_for_fee_.empty())
    {
        const auto best = std::prev(waiting_for_fee_.end());
        if (best->first < base_fee())
            return;
        const auto sender = best->second;
        waiting_for_fee_.erase(best);
        if (waiting_for_room_.empty())
        {
            promote(sender);
            continue;
        }
        waiting_for_room_.push_back(sender);
        pool_.update(sender, ledger_.account(sender).nonce, base_fee());
    }
}

void Sequencer::wait_for_seal(std::uint64_t number)
{
    if (!releaser_.is_running())
        releaser_.process_pending();
    if (!sealer_.is_running())
        sealer_.process_pending();
    while (history_.sealed_number() < number)
    {
        if (releaser_.has_failed())
            throw NothingIsSealed{};
        doorbell_.wait();
    }
}

bool Sequencer::serve()
{
    for (int i = 0; i < requests_per_round; ++i)
    {
        auto request = ingress_.try_pop();
        if (!request)
            return i != 0;
        std::visit([this](auto& message) { serve(std::move(message)); }, *request);
    }
    return true;
}

void Sequencer::serve(NonceQuery query)
{
    const auto nonce = ledger_.account(query.address).nonce;
    query.answer(pool_.next_nonce(query.address, nonce));
}

void Sequencer::serve(PoolQuery query)
{
    query.answer(pool_.contains(query.hash));
}

void Sequencer::serve(Submission submission)
{
    if (!submission.ticket)
        return serve_in_order(std::move(submission));
    const auto number = submission.ticket->number();
    submission.ticket->use();
    reorder_buffer_.put(
        number, std::move(submission), clock_.now(), [this](Submission next) { serve_in_order(std::move(next)); });
}

void Sequencer::serve_waiting(std::uint64_t time)
{
    reorder_buffer_.advance(time, [this](Submission next) { serve_in_order(std::move(next)); });
}

void Sequencer::serve_in_order(Submission submission)
{
    if (stopping_)
        return refuse(std::move(submission), PoolRefusal::stopping);
    if (clock_.now() >= round_end_)
        advance();
    const Address sender = submission.sender;
    const auto account_nonce = ledger_.account(sender).nonce;
    const auto nonce = submission.transaction.nonce;
    if (nonce < account_nonce)
    {
        const auto known = history_.find_transaction(submission.hash);
        if (known && known->block->sealed() == nullptr)
            return refuse(std::move(submission), PoolRefusal::already_known);
        return refuse(std::move(submission), chain::InvalidTransaction::nonce_mismatch_too_low);
    }
    // It would wait for ever.
    if (submission.transaction.max_fee_per_gas < specification_.jiffy->minimum_base_fee)
        return refuse(std::move(submission), chain::InvalidTransaction::insufficient_max_fee_per_gas);
    // One that waits for room has its place in the order already; whoever comes later stays behind it.
    if (nonce > account_nonce || !waiting_for_room_.empty())
    {
        if (nonce > account_nonce && submission.refuse_gap && pool_.next_nonce(sender, account_nonce) < nonce)
            return refuse(std::move(submission), PoolRefusal::nonce_gap);
        if (pool(std::move(submission)) && nonce == account_nonce)
            waiting_for_room_.push_back(sender);
        return;
    }
    if (execute(std::move(submission)))
        promote(sender);
}

bool Sequencer::execute(Submission submission)
{
    const auto max_fee = submission.transaction.max_fee_per_gas;
    const auto sender = submission.sender;
    // The base fee falls by an eighth in a block at most: what is far below it would wait for nothing.
    if (max_fee < base_fee() && max_fee >= base_fee() / U256{2})
    {
        if (pool(std::move(submission)))
            waiting_for_fee_.emplace(max_fee, sender);
        return false;
    }
    // What does not even fit into a block without other users' transactions is refused when it is executed.
    if (submission.transaction.gas_limit > ledger_.capacity().gas &&
        submission.transaction.gas_limit <= capacity_at_opening_)
    {
        if (pool(std::move(submission)))
            waiting_for_room_.push_back(sender);
        return false;
    }
    OrderedTransaction ordered{std::move(submission.transaction), submission.hash, submission.sender};
    const auto begin = read_stopwatch();
    auto executed = ledger_.execute(ordered, submission.await_release ? &submission.complete : nullptr);
    if (!executed)
    {
        submission.transaction = std::move(ordered.transaction);
        refuse(std::move(submission), executed.error());
        return false;
    }
    const auto end = read_stopwatch();
    record(latencies_.execution, begin, end);
    execution_time_.add(static_cast<std::uint64_t>(std::chrono::nanoseconds{end - begin}.count()));
    if (submission.arrived != Instant{})
    {
        record(latencies_.ingress, submission.arrived, submission.handed_in);
        if (!submission.is_pooled)
            record(latencies_.queue, submission.handed_in, begin);
    }
    if (!submission.await_release)
        submission.complete(SubmissionResult{std::move(*executed)});
    return true;
}

bool Sequencer::pool(Submission submission)
{
    const auto account = ledger_.account(submission.sender);
    auto added = pool_.add(submission, {account.nonce, account.balance}, base_fee(), clock_.now());
    if (!added)
    {
        const bool has_no_room = added.error() == PoolRefusal::full ||
                                 (added.error() == PoolRefusal::account_limit_exceeded &&
                                     pool_.next_nonce(submission.sender, account.nonce) != account.nonce);
        // It is one that can run as soon as there is a new block.
        const bool is_executable = pool_.next_nonce(submission.sender, account.nonce) >= submission.transaction.nonce &&
                                   submission.transaction.max_fee_per_gas >= base_fee();
        const bool is_brief = has_no_room && is_executable && !waiting_for_room_.empty();
        refuse(std::move(submission), is_brief ? PoolRefusal::block_full : added.error());
        return false;
    }
    pooled_.store(pool_.size(), std::memory_order_release);
    // One that did not fit into a second block comes here again.
    if (!std::exchange(added->place->is_pooled, true))
        added->place->complete(SubmissionResult{Pooled{}});
    if (added->replaced)
        drop(std::move(*added->replaced), PoolRefusal::replaced);
    if (added->evicted)
        drop(std::move(*added->evicted), PoolRefusal::evicted);
    return true;
}

void Sequencer::drop(Submission submission, PoolRefusal reason)
{
    // Only the sender's next transaction waits for a fee; another one may pay the same.
    if (submission.transaction.nonce == ledger_.account(submission.sender).nonce)
        stop_waiting(submission);
    refuse(std::move(submission), reason);
}

void Sequencer::stop_waiting(const Submission& submission)
{
    waiting_for_fee_.erase({submission.transaction.max_fee_per_gas, submission.sender});
}

void Sequencer::promote(const Address& sender)
{
    if (pool_.empty())
        return;
    for (;;)
    {
        const auto nonce = ledger_.account(sender).nonce;
        if (clock_.now() >= round_end_ && pool_.next_nonce(sender, nonce) != nonce)
        {
            pool_.update(sender, nonce, base_fee());
            waiting_for_room_.push_back(sender);
            return;
        }
        std::vector<Submission> stale;
        auto next = pool_.take(sender, nonce, stale);
        for (auto& submission : stale)
        {
            stop_waiting(submission);
            refuse(std::move(submission), chain::InvalidTransaction::nonce_mismatch_too_low);
        }
        pooled_.store(pool_.size(), std::memory_order_release);
        if (next)
        {
            stop_waiting(*next);
            if (execute(std::move(*next)))
                continue;
        }
        pool_.update(sender, ledger_.account(sender).nonce, base_fee());
        return;
    }
}

void Sequencer::refuse(Submission submission, std::variant<chain::InvalidTransaction, PoolRefusal> reason)
{
    const auto& transaction = submission.transaction;
    const auto account = ledger_.account(submission.sender);
    const auto time = clock_.now();
    submission.complete(Refusal{.reason = reason,
        .nonce = transaction.nonce,
        .gas_limit = transaction.gas_limit,
        .max_fee_per_gas = transaction.max_fee_per_gas,
        .max_priority_fee_per_gas = transaction.max_priority_fee_per_gas,
        .cost = chain::maximum_cost(transaction).value_or(U256::max()),
        .sender = submission.sender,
        .account_nonce = account.nonce,
        .next_nonce = pool_.next_nonce(submission.sender, account.nonce),
        .balance = account.balance,
        .base_fee = *ledger_.open().opening.base_fee_per_gas,
        .block_gas_limit = ledger_.open().opening.gas_limit,
        .next_block_wait = block_end() - std::min(time, block_end())});
}
}  // namespace jiffy::sequencer
