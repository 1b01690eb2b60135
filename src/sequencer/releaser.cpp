// SPDX-License-Identifier: Apache-2.0
#include "sequencer/releaser.hpp"

#include "sequencer/thread_priority.hpp"
#include "trie/root.hpp"

#include <algorithm>
#include <stdexcept>

namespace jiffy::sequencer
{
namespace
{
constexpr std::uint64_t microseconds_per_second = 1'000'000;

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
    const crypto::Kernels& kernels,
    const ReleaseOptions& options,
    std::function<void()> on_release)
  : history_{history}
  , sealer_{sealer}
  , clock_{clock}
  , kernels_{kernels}
  , options_{options}
  , signer_{address_of_secret(options.secret)}
  , on_release_{std::move(on_release)}
  , log_{options.log_blocks}
  , queue_{options.queue_capacity}
  , genesis_time_{history.sealed_head()->opening.timestamp}
  , prefix_{history.sealed_head()->hash()}
{
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
        if (next_mini_seal_ == never)
            doorbell_.wait();
        else
            doorbell_.wait_until(clock_.when(next_mini_seal_));
    }
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
    return genesis_time_ * microseconds_per_second + block_->number() * options_.block_interval;
}

crypto::RecoverableSignature Releaser::sign(const Hash& digest) const
{
    // The key was found good at the start.
    return *crypto::sign(digest, options_.secret);
}

void Releaser::take(BlockOpened& opened)
{
    log_.append(OpenBlock{opened.block});
    block_ = std::move(opened.block);
    taken_count_ = 0;
    mini_first_ = 0;
    ids_ = opened.ids;
    frame_.begin(ids_);
    prefix_ = types::environment_commitment(block_->opening, prefix_);
    block_->start_release({options_.terms, mini_number_, prefix_});
    if (!opened.difference.accounts.empty())
        trie_update_.differences.push_back(
            std::make_shared<const Differences>(Differences{std::move(opened.difference)}));
    plan_mini_seal(block_start());
}

void Releaser::take(ParentHashStored& stored)
{
    trie_update_.differences.push_back(std::make_shared<const Differences>(Differences{std::move(stored.difference)}));
}

void Releaser::take(Committed& committed)
{
    const auto index = taken_count_++;
    const auto& record = block_->transactions[index];
    if (record.transaction.type == types::TransactionType::deposit)
        log_.append(System{{block_, index}});
    else
        log_.append(Tx{{block_, index}});
    if (commitments_.empty())
        fragment_time_ =
            std::clamp(clock_.now(), std::max({block_start() + 1, fragment_time_, mini_start_}), latest_time());

    auto encoded = types::encode(record.receipt);
    const auto receipt = crypto::keccak256(encoded);
    mini_receipts_.push_back(std::move(encoded));
    prefix_ = types::extend_prefix(prefix_, record.hash, receipt);
    commitments_.push_back({receipt, prefix_});
    const auto& start = *block_->release_start();
    leaves_.push_back(types::leaf_hash({.terms = start.terms,
        .block_number = block_->number(),
        .environment = start.environment,
        .mini_block = mini_number_,
        .index = index,
        .transaction = record.hash,
        .receipt = receipt,
        .prefix = prefix_,
        .time = fragment_time_}));
    frame_.add(committed.difference, committed.difference_ids);
    ids_ = committed.ids;
    differences_.push_back(std::move(committed.difference));
    completions_.push_back(std::move(committed.complete));
    executed_.push_back(committed.executed);
    if (commitments_.size() == types::most_leaves)
        release_fragment();
}

void Releaser::release_fragment()
{
    if (commitments_.empty())
        return;
    const auto count = static_cast<std::uint32_t>(commitments_.size());
    const auto first = taken_count_ - count;
    types::MerkleTree statements{std::exchange(leaves_, {})};
    const auto signing = read_stopwatch();
    const auto signature = sign(types::batch_digest(options_.terms, count, statements.root()));
    last_release_ = read_stopwatch();
    record(latencies_.signature, signing, last_release_);
    for (const auto executed : executed_)
        record(latencies_.release, executed, last_release_);
    executed_.clear();
    auto differences = std::make_shared<const Differences>(std::exchange(differences_, {}));
    trie_update_.differences.push_back(differences);
    block_->fragments.push_back(std::make_shared<const FragmentRecord>(FragmentRecord{.first_transaction = first,
        .transaction_count = count,
        .mini_block = mini_number_,
        .time = fragment_time_,
        .commitments = std::exchange(commitments_, {}),
        .statements = std::move(statements),
        .signature = signature,
        .differences = std::move(differences)}));
    metrics_.fragments.fetch_add(1, std::memory_order_relaxed);
    metrics_.released_transactions.fetch_add(count, std::memory_order_relaxed);
    for (std::uint32_t i = 0; i < count; ++i)
        if (completions_[i])
            completions_[i](TransactionPlace{block_, first + i});
    completions_.clear();
    last_fragment_size_ = count;
    on_release_();
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
        if (taken_count_ == mini_first_ || time == block_end())
            return;
    }
    // What was taken is in this mini-block, and before its seal in the log.
    release_fragment();
    // Should the clock have stepped back since then.
    time = std::max(time, fragment_time_);
    log_.append(SealMini{time});
    seal_mini(time);
}

void Releaser::seal_mini(std::uint64_t time)
{
    release_fragment();
    const auto sealing = read_stopwatch();
    const auto count = taken_count_ - mini_first_;
    std::vector<Bytes> transactions;
    transactions.reserve(count);
    std::uint64_t gas_used = 0;
    for (auto i = mini_first_; i < taken_count_; ++i)
    {
        transactions.push_back(types::encode(block_->transactions[i].transaction));
        gas_used += block_->transactions[i].gas_used;
    }

    MiniBlockRecord record;
    record.header = {.number = mini_number_,
        .parent = mini_parent_,
        .block_number = block_->number(),
        .block_timestamp = block_->opening.timestamp,
        .index = block_->mini_blocks.size(),
        .time = time,
        .gas_used = gas_used,
        .transactions_root = trie::ordered_root(transactions, kernels_),
        .receipts_root = trie::ordered_root(mini_receipts_, kernels_),
        .difference = crypto::keccak256(types::encode(frame_.finish(ids_)))};
    record.hash = types::mini_block_hash(options_.terms, record.header);
    record.signature = sign(record.hash);
    record.first_transaction = mini_first_;
    record.transaction_count = count;
    mini_parent_ = record.hash;
    mini_start_ = time;
    mini_receipts_.clear();
    mini_first_ = taken_count_;
    ++mini_number_;
    block_->mini_blocks.push_back(record);
    history_.index_newest_mini_block(block_);
    metrics_.mini_blocks.fetch_add(1, std::memory_order_relaxed);
    if (!trie_update_.differences.empty())
        sealer_.push(std::exchange(trie_update_, {}));

    const auto sealed = read_stopwatch();
    sequencer::record(latencies_.mini_block_seal, sealing, sealed);
    if (last_mini_seal_ != Instant{})
        sequencer::record(latencies_.mini_block_interval, last_mini_seal_, sealed);
    last_mini_seal_ = sealed;

    plan_mini_seal(time);
    on_release_();
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
    return mini_start_ < block_end() - 1 ? block_end() - 1 : block_end();
}

void Releaser::take(BlockEnded& ended)
{
    const auto time = ended.time.value_or(
        std::clamp(clock_.now(), std::max({block_start(), mini_start_, fragment_time_}) + 1, block_end()));
    log_.append(SealBlock{time});
    seal_mini(time);
    next_mini_seal_ = never;
    if (!ended.difference.accounts.empty())
        sealer_.push(TrieUpdate{{std::make_shared<const Differences>(Differences{std::move(ended.difference)})}});
    sealer_.push(SealRequest{std::move(block_), std::move(ended.requests), ended.commits_to_withdrawals});
}
}  // namespace jiffy::sequencer
