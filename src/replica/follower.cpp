// SPDX-License-Identifier: Apache-2.0
#include "replica/follower.hpp"

#include "chain/optimism.hpp"
#include "sequencer/told_record.hpp"

#include <algorithm>
#include <thread>

namespace jiffy::replica
{
using sequencer::Differences;

std::string_view to_string(FollowError error) noexcept
{
    switch (error)
    {
        case FollowError::out_of_order:
            return "it does not come behind the one before";
        case FollowError::foreign_ids:
            return "its ids are not those of this state";
        case FollowError::wrong_parent:
            return "the parent's header is another one than its transactions and the state give";
        case FollowError::wrong_signer:
            return "its term is not one of the chain's sequencer";
        case FollowError::wrong_signature:
            return "it is not signed by the chain's sequencer";
    }
    return "it is no frame of this log";
}

Follower::Follower(const chain::ChainSpecification& specification,
    world::World& world,
    sequencer::History& history,
    sequencer::Sealer& sealer,
    sequencer::Assembler assembler,
    const std::optional<types::EpochFrame>& epoch)
  : specification_{specification}
  , world_{world}
  , history_{history}
  , sealer_{sealer}
  , assembler_{std::move(assembler)}
  , epoch_{epoch}
{
}

Result<void, FollowError> Follower::apply(types::LogFrame frame)
{
    return std::visit([this](auto& kind) { return take(kind); }, frame);
}

Result<void, FollowError> Follower::take(types::EpochFrame& frame)
{
    if (epoch_ && frame.terms.epoch <= epoch_->terms.epoch)
        return failure(FollowError::out_of_order);
    if (check_ && !check_->accepts(frame))
        return failure(FollowError::wrong_signer);
    epoch_ = frame;
    return {};
}

Result<void, FollowError> Follower::take(types::OpenBlockFrame& frame)
{
    const auto parent = history_.open_block();
    if (!epoch_ || assembler_.block() != nullptr || frame.opening.number != parent->number() + 1)
        return failure(FollowError::out_of_order);
    wait_for_seal(history_.sealed_before_opening(frame.opening.number));
    if (const auto changed = change(frame.difference); !changed)
        return changed;
    keep_for_trie();
    const auto provisional_hash = sequencer::provisional_hash_of(frame.opening);
    const auto block = std::make_shared<sequencer::BlockRecord>(std::move(frame.opening), provisional_hash);
    history_.open(block);
    assembler_.open(block, frame.difference.after);
    knows_parent_ = false;
    return {};
}

Result<void, FollowError> Follower::take(types::ParentSealedFrame& frame)
{
    const auto& block = assembler_.block();
    if (block == nullptr || knows_parent_)
        return failure(FollowError::out_of_order);
    wait_for_seal(block->number() - 1);
    const auto parent = history_.find(block->number() - 1);
    if (parent->sealed() == nullptr || parent->sealed()->header != frame.header)
        return failure(FollowError::wrong_parent);
    if (const auto changed = change(frame.difference); !changed)
        return changed;
    keep_for_trie();
    knows_parent_ = true;
    return {};
}

std::optional<Address> Follower::address_of(std::uint32_t id, const types::DifferenceFrame& difference) const
{
    if (id < difference.before.accounts)
        return world_.address_at(id);
    const auto found = std::ranges::lower_bound(difference.accounts, id, {}, &types::AccountUpdate::id);
    return found != difference.accounts.end() && found->id == id ? std::optional{found->address} : std::nullopt;
}

Result<std::vector<sequencer::TransactionRecord>, FollowError> Follower::records_of(types::FragmentFrame& frame) const
{
    const auto& block = *assembler_.block();
    const auto taken = block.transactions.size();
    const auto* before = taken != 0 ? &block.transactions[taken - 1] : nullptr;
    std::vector<sequencer::TransactionRecord> records;
    records.reserve(frame.transactions.size());
    for (auto& logged : frame.transactions)
    {
        auto& transaction = logged.transaction;
        const auto sender = address_of(logged.sender, frame.difference);
        if (logged.recipient)
            transaction.to = address_of(*logged.recipient, frame.difference);
        if (!sender || (logged.recipient && !transaction.to))
            return failure(FollowError::foreign_ids);
        records.push_back(sequencer::told_record(block.opening, before, std::move(transaction), *sender,
            {.success = logged.success,
                .gas_used = logged.gas_used,
                .post_state = logged.post_state,
                .deposit_nonce = logged.deposit_nonce,
                .deposit_receipt_version = logged.deposit_receipt_version,
                .logs = std::move(logged.logs)}));
        before = &records.back();
    }
    return records;
}

Result<void, FollowError> Follower::take(types::FragmentFrame& frame)
{
    const auto& block = assembler_.block();
    if (block == nullptr || frame.transactions.empty())
        return failure(FollowError::out_of_order);
    auto records = records_of(frame);
    if (!records)
        return failure(records.error());
    auto told = assembler_.tell_fragment(epoch_->terms, frame.time, *records);
    if (check_ && !check_->is_signed(told.fragment.digest, frame.signature))
        return failure(FollowError::wrong_signature);
    // Before anybody can find a transaction, its state is there.
    if (const auto changed = change(frame.difference); !changed)
        return changed;
    auto fragment = assembler_.take_fragment(std::move(told), frame.difference, world_.slot_accounts(frame.difference));
    fragment.signature = frame.signature;
    fragment.differences = changes_;
    keep_for_trie();
    for (auto& record : *records)
    {
        block->transactions.push_back(std::move(record));
        history_.index_newest_transaction(block);
    }
    block->fragments.push_back(std::make_shared<const sequencer::FragmentRecord>(std::move(fragment)));
    return {};
}

Result<void, FollowError> Follower::take(types::SealMiniFrame& frame)
{
    if (assembler_.block() == nullptr)
        return failure(FollowError::out_of_order);
    return end_mini_block(frame.time, frame.signature);
}

Result<void, FollowError> Follower::end_mini_block(std::uint64_t time, const crypto::RecoverableSignature& signature)
{
    sequencer::Assembler::OpenMiniBlock open;
    auto record = assembler_.end_mini_block(epoch_->terms, time, world_.id_counts(), open);
    if (check_ && !check_->is_signed(record.hash, signature))
    {
        assembler_.reopen(std::move(open));
        return failure(FollowError::wrong_signature);
    }
    record.signature = signature;
    assembler_.block()->mini_blocks.push_back(std::move(record));
    history_.index_newest_mini_block(assembler_.block());
    hand_to_trie();
    return {};
}

void Follower::wait_for_seal(std::uint64_t number)
{
    if (!sealer_.is_running())
        return sealer_.process_pending();
    // Blocks are sealed in milliseconds, and seldom later than the sequencer has sealed them.
    while (history_.sealed_number() < number)
        std::this_thread::sleep_for(std::chrono::microseconds{50});
}

Result<void, FollowError> Follower::change(types::DifferenceFrame& difference)
{
    if (!world_.apply(difference))
        return failure(FollowError::foreign_ids);
    changes_ = std::make_shared<const Differences>(Differences{world_.named(difference)});
    return {};
}

void Follower::keep_for_trie()
{
    if (!changes_->front().accounts.empty())
        trie_update_.differences.push_back(changes_);
}

sequencer::Assembler Follower::finish() &&
{
    hand_to_trie();
    return std::move(assembler_);
}

void Follower::hand_to_trie()
{
    if (!trie_update_.differences.empty())
        sealer_.push(std::exchange(trie_update_, {}));
}

Result<void, FollowError> Follower::take(types::SealBlockFrame& frame)
{
    if (assembler_.block() == nullptr || !knows_parent_)
        return failure(FollowError::out_of_order);
    if (auto ended = end_mini_block(frame.time, frame.signature); !ended)
        return ended;
    if (const auto changed = change(frame.difference); !changed)
        return changed;
    keep_for_trie();
    hand_to_trie();
    auto block = assembler_.end_block();
    block->close(world_.commit_number());
    const auto timestamp = block->opening.timestamp;
    sealer_.push(sequencer::SealRequest{
        std::move(block), std::move(frame.requests), chain::commits_to_withdrawals(specification_, timestamp)});
    return {};
}
}  // namespace jiffy::replica
