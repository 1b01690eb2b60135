// SPDX-License-Identifier: Apache-2.0
#include "sequencer/releaser.hpp"

#include "sequencer/thread_priority.hpp"

#include <algorithm>
#include <stdexcept>

namespace jiffy::sequencer
{
namespace
{
constexpr std::uint64_t microseconds_per_second = 1'000'000;
/// A fragment with more receipts and call data than this ends: it is one record of the log, which has a bound of 64
/// MiB.
constexpr std::size_t most_fragment_bytes = std::size_t{8} << 20;

Address address_of_secret(const Hash& secret)
{
    const auto key = crypto::public_key_of(secret);
    if (!key)
        throw std::invalid_argument{"the sequencer's key is no key"};
    return crypto::address_of(*key);
}
}  // namespace

Releaser::Releaser(History& history,
    Sealer& sealer,
    const Clock& clock,
    ReleaseStartingPoint start,
    const ReleaseOptions& options,
    LogSink sink,
    std::function<void()> on_release)
  : history_{history}
  , sealer_{sealer}
  , clock_{clock}
  , options_{options}
  , signer_{address_of_secret(options.secret)}
  , sink_{std::move(sink)}
  , on_release_{std::move(on_release)}
  , queue_{options.queue_capacity}
  , domain_{options.terms.domain}
  , chain_id_{options.terms.chain_id}
  , genesis_time_{start.genesis_time}
  , assembler_{std::move(start.assembler)}
  , ids_{start.ids}
{
    frame_.begin(ids_);
    if (assembler_.block() != nullptr)
        plan_mini_seal(std::max(assembler_.position().mini_block_start, block_start()));
    begin_term(options_.terms);
}

Releaser::~Releaser()
{
    stop();
}

void Releaser::start()
{
    thread_ = std::thread{[this] { run(); }};
}

void Releaser::stop()
{
    if (!thread_.joinable())
        return;
    stopping_ = true;
    doorbell_.ring();
    thread_.join();
}

void Releaser::run()
{
    name_thread("releasing");
    take_short_turns();
    sleep_precisely();
    for (;;)
    {
        const bool last_round = stopping_;
        if (!last_round)
            gather();
        process_pending();
        if (last_round)
            return;
        wait();
    }
}

void Releaser::wait()
{
    auto end = std::chrono::steady_clock::time_point::max();
    if (sink_.attend)
        end = sink_.attend();
    if (next_mini_seal_ != never)
        end = std::min(end, clock_.when(next_mini_seal_));
    if (end == std::chrono::steady_clock::time_point::max())
        doorbell_.wait();
    else
        doorbell_.wait_until(end);
}

void Releaser::gather()
{
    // Rings are not waited for: each would cost a switch of threads, and there will be something.
    if (last_fragment_size_ > 1)
        std::this_thread::sleep_until(last_release_ + std::chrono::microseconds{options_.gathering_interval});
}

void Releaser::push(Commit commit)
{
    while (!queue_.try_push(commit))
    {
        if (!is_running())
            process_pending();
        else
            std::this_thread::sleep_for(std::chrono::microseconds{50});
    }
    if (is_running())
        doorbell_.ring();
}

void Releaser::process_pending()
{
    while (auto commit = queue_.try_pop())
    {
        seal_mini_if_due();
        std::visit([this](auto& message) { take(message); }, *commit);
    }
    release_fragment();
    seal_mini_if_due();
}

std::uint64_t Releaser::block_end() const noexcept
{
    return genesis_time_ * microseconds_per_second + assembler_.block()->number() * options_.block_interval;
}

crypto::RecoverableSignature Releaser::sign(const Hash& digest) const
{
    // The key was found good at the start.
    return *crypto::sign(digest, options_.secret);
}

void Releaser::take(BlockOpened& opened)
{
    log(types::OpenBlockFrame{opened.block->opening, opened.frame});
    ids_ = opened.frame.after;
    frame_.begin(ids_);
    assembler_.open(std::move(opened.block), ids_);
    add_to_trie(std::move(opened.difference));
    plan_mini_seal(block_start());
}

void Releaser::take(ParentSealed& sealed)
{
    // A frame's ids begin where those of the frame before end.
    release_fragment();
    log(types::ParentSealedFrame{sealed.parent->sealed()->header, sealed.frame});
    ids_ = sealed.frame.after;
    frame_.begin(ids_);
    add_to_trie(std::move(sealed.difference));
}

void Releaser::add_to_trie(types::StateDifference difference)
{
    if (!difference.accounts.empty())
        trie_update_.differences.push_back(std::make_shared<const Differences>(Differences{std::move(difference)}));
}

std::uint64_t Releaser::statement_time() const
{
    const auto& position = assembler_.position();
    return std::clamp(
        clock_.now(), std::max({block_start() + 1, position.fragment_time, position.mini_block_start}), latest_time());
}

void Releaser::take(Committed& committed)
{
    if (failed_)
    {
        if (committed.complete)
            committed.complete(Refusal{.reason = PoolRefusal::log_failed});
        return;
    }
    if (assembler_.fragment_size() == 0)
        assembler_.begin_fragment(options_.terms, statement_time());
    assembler_.add();
    frame_.add(committed.difference, committed.difference_ids);
    ids_ = committed.ids;
    if (sink_.write)
        account_ids_.push_back({committed.sender, committed.recipient});
    differences_.push_back(std::move(committed.difference));
    completions_.push_back(std::move(committed.complete));
    executed_.push_back(committed.executed);
    if (assembler_.fragment_size() == types::most_leaves || assembler_.fragment_bytes() > most_fragment_bytes)
        release_fragment();
}

void Releaser::end_fragment()
{
    if (assembler_.fragment_size() == 0)
        return;
    auto difference = frame_.finish(ids_);
    auto [record, digest] = assembler_.end_fragment(difference, frame_.slot_accounts());
    const auto signing = read_stopwatch();
    record.signature = sign(digest);
    sequencer::record(latencies_.signature, signing, read_stopwatch());
    auto differences = std::make_shared<const Differences>(std::exchange(differences_, {}));
    trie_update_.differences.push_back(differences);
    record.differences = std::move(differences);
    if (sink_.write)
        log_fragment(record, std::move(difference));
    fragment_ = std::make_shared<FragmentRecord>(std::move(record));
}

void Releaser::log_fragment(const FragmentRecord& record, types::DifferenceFrame difference)
{
    types::FragmentFrame frame{
        .time = record.time, .transactions = {}, .difference = std::move(difference), .signature = record.signature};
    frame.transactions.reserve(record.transaction_count);
    for (std::uint32_t i = 0; i < record.transaction_count; ++i)
    {
        const auto& executed = assembler_.block()->transactions[record.first_transaction + i];
        const auto& receipt = executed.receipt;
        const auto& [sender, recipient] = account_ids_[i];
        auto& logged = frame.transactions.emplace_back(types::LoggedTransaction{.transaction = executed.transaction,
            .sender = sender,
            .recipient = std::nullopt,
            .success = receipt.success,
            .gas_used = executed.gas_used,
            .logs = receipt.logs,
            .post_state = receipt.post_state,
            .deposit_nonce = receipt.deposit_nonce,
            .deposit_receipt_version = receipt.deposit_receipt_version});
        if (recipient == world::no_id)
            continue;
        logged.recipient = recipient;
        logged.transaction.to.reset();
    }
    account_ids_.clear();
    log(std::move(frame));
}

void Releaser::publish()
{
    if (fragment_ == nullptr && !mini_block_)
        return;
    if (failed_)
        return give_up();
    while (!frames_.empty())
    {
        const auto outcome = sink_.write(frames_);
        if (std::holds_alternative<NotLogged>(outcome))
            return give_up();
        if (const auto* again = std::get_if<SignAgain>(&outcome))
            sign_again(again->terms);
        else
            frames_.clear();
    }
    if (fragment_ != nullptr)
        publish_fragment();
    if (mini_block_)
    {
        const auto& block = assembler_.block();
        block->mini_blocks.push_back(std::move(*mini_block_));
        mini_block_.reset();
        history_.index_newest_mini_block(block);
        metrics_.mini_blocks.fetch_add(1, std::memory_order_relaxed);
    }
    on_release_();
}

void Releaser::publish_fragment()
{
    const auto& block = assembler_.block();
    const auto first = fragment_->first_transaction;
    const auto count = fragment_->transaction_count;
    last_release_ = read_stopwatch();
    for (const auto executed : executed_)
        record(latencies_.release, executed, last_release_);
    executed_.clear();
    block->fragments.push_back(std::move(fragment_));
    metrics_.fragments.fetch_add(1, std::memory_order_relaxed);
    metrics_.released_transactions.fetch_add(count, std::memory_order_relaxed);
    for (std::uint32_t i = 0; i < count; ++i)
        if (completions_[i])
            completions_[i](TransactionPlace{block, first + i});
    completions_.clear();
    last_fragment_size_ = count;
}

void Releaser::sign_again(const types::StatementTerms& terms)
{
    // A term that nothing was logged in need not be told of.
    std::erase_if(frames_, [](const auto& frame) { return std::holds_alternative<types::EpochFrame>(frame); });
    auto unlogged = std::exchange(frames_, {});
    begin_term(terms);
    if (fragment_ != nullptr)
    {
        restate(*fragment_, *assembler_.block(), terms);
        fragment_->signature = sign(digest_of(*fragment_));
    }
    if (mini_block_)
    {
        assembler_.restate(*mini_block_, terms);
        mini_block_->signature = sign(mini_block_->hash);
    }
    for (auto& frame : unlogged)
    {
        if (auto* fragment = std::get_if<types::FragmentFrame>(&frame))
            fragment->signature = fragment_->signature;
        else if (auto* mini = std::get_if<types::SealMiniFrame>(&frame))
            mini->signature = mini_block_->signature;
        else if (auto* end = std::get_if<types::SealBlockFrame>(&frame))
            end->signature = mini_block_->signature;
        frames_.push_back(std::move(frame));
    }
}

void Releaser::begin_term(const types::StatementTerms& terms)
{
    options_.terms = terms;
    term_ = terms.epoch << 8 | static_cast<std::uint64_t>(terms.durability);
    log(types::EpochFrame{terms, signer_, clock_.now()});
}

types::StatementTerms Releaser::terms() const noexcept
{
    const auto term = term_.load(std::memory_order_acquire);
    return {.domain = domain_,
        .chain_id = chain_id_,
        .epoch = term >> 8,
        .durability = static_cast<types::Durability>(term & 0xff)};
}

void Releaser::log(types::LogFrame frame)
{
    if (sink_.write)
        frames_.push_back(std::move(frame));
}

void Releaser::give_up()
{
    failed_ = true;
    frames_.clear();
    fragment_.reset();
    mini_block_.reset();
    for (auto& complete : completions_)
        if (complete)
            complete(Refusal{.reason = PoolRefusal::log_failed});
    completions_.clear();
    executed_.clear();
    on_release_();
}

void Releaser::release_fragment()
{
    end_fragment();
    publish();
}

void Releaser::seal_mini_if_due()
{
    if (next_mini_seal_ == never)
        return;
    auto time = clock_.now();
    if (time < next_mini_seal_)
        return;
    if (time >= block_end())
    {
        if (next_mini_seal_ < block_end())
        {
            // The last mini-block ends with the block, which is about to come.
            next_mini_seal_ = time + options_.mini_block_interval;
            return;
        }
        // It does not come: a transaction runs. Nothing is committed until it ends, so that one mini-block is enough.
        next_mini_seal_ = never;
        time = latest_time();
        if (assembler_.mini_block_size() == 0 || time == block_end())
            return;
    }
    // Should the clock have stepped back since then.
    seal_mini(std::max(time, assembler_.position().fragment_time));
}

void Releaser::seal_mini(std::uint64_t time)
{
    seal_mini(
        time, [](const MiniBlockRecord& record) { return types::SealMiniFrame{record.header.time, record.signature}; });
}

void Releaser::seal_mini(std::uint64_t time, const std::function<types::LogFrame(const MiniBlockRecord&)>& frame_of)
{
    // What was taken is in this mini-block, and before its seal in the log.
    end_fragment();
    const auto sealing = read_stopwatch();
    mini_block_ = assembler_.end_mini_block(options_.terms, time, ids_);
    mini_block_->signature = sign(mini_block_->hash);
    log(frame_of(*mini_block_));
    const auto sealed = read_stopwatch();
    publish();
    if (!trie_update_.differences.empty())
        sealer_.push(std::exchange(trie_update_, {}));

    record(latencies_.mini_block_seal, sealing, sealed);
    if (last_mini_seal_ != Instant{})
        record(latencies_.mini_block_interval, last_mini_seal_, sealed);
    last_mini_seal_ = sealed;
    plan_mini_seal(time);
}

void Releaser::plan_mini_seal(std::uint64_t time)
{
    // Points of the grid that were missed are left out.
    const auto elapsed = time - block_start();
    next_mini_seal_ = block_start() + (elapsed / options_.mini_block_interval + 1) * options_.mini_block_interval;
    if (next_mini_seal_ >= block_end())
        next_mini_seal_ = block_end() + options_.mini_block_interval;
}

std::uint64_t Releaser::latest_time() const noexcept
{
    return assembler_.position().mini_block_start < block_end() - 1 ? block_end() - 1 : block_end();
}

void Releaser::take(BlockEnded& ended)
{
    const auto& position = assembler_.position();
    const auto earliest = std::max({block_start(), position.mini_block_start, position.fragment_time}) + 1;
    const auto time = ended.time.value_or(std::min(std::max(clock_.now(), earliest), block_end()));
    seal_mini(time,
        [&](const MiniBlockRecord& record)
        {
            return types::SealBlockFrame{.time = record.header.time,
                .signature = record.signature,
                .requests = ended.requests,
                .difference = ended.frame};
        });
    // What is not in the log is not sealed either.
    if (failed_)
        return;
    next_mini_seal_ = never;
    ids_ = ended.frame.after;
    frame_.begin(ids_);
    if (!ended.difference.accounts.empty())
        sealer_.push(TrieUpdate{{std::make_shared<const Differences>(Differences{std::move(ended.difference)})}});
    sealer_.push(SealRequest{assembler_.end_block(), std::move(ended.requests), ended.commits_to_withdrawals});
}
}  // namespace jiffy::sequencer
