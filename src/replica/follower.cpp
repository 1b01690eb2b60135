// SPDX-License-Identifier: Apache-2.0
#include "replica/follower.hpp"

#include "chain/optimism.hpp"
#include "sequencer/told_record.hpp"

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
    epoch_ = frame;
    return {};
}

Result<void, FollowError> Follower::take(types::OpenBlockFrame& frame)
{
    const auto parent = history_.open_block();
    if (!epoch_ || assembler_.block() != nullptr || frame.opening.number != parent->number() + 1)
        return failure(FollowError::out_of_order);
    if (!sealer_.is_running())
        sealer_.process_pending();
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
    const auto parent = history_.find(block->number() - 1);
    if (parent->sealed() == nullptr || parent->sealed()->header != frame.header)
        return failure(FollowError::wrong_parent);
    if (const auto changed = change(frame.difference); !changed)
        return changed;
    keep_for_trie();
    knows_parent_ = true;
    return {};
}

Result<void, FollowError> Follower::take(types::FragmentFrame& frame)
{
    if (assembler_.block() == nullptr || frame.transactions.empty())
        return failure(FollowError::out_of_order);
    // First of all: it gives the accounts that the transactions name their ids.
    if (const auto changed = change(frame.difference); !changed)
        return changed;
    assembler_.begin_fragment(epoch_->terms, frame.time);
    for (auto& logged : frame.transactions)
        if (const auto added = add(logged); !added)
            return added;
    auto fragment = assembler_.end_fragment(frame.difference, world_.slot_accounts(frame.difference)).record;
    fragment.signature = frame.signature;
    fragment.differences = changes_;
    keep_for_trie();
    assembler_.block()->fragments.push_back(std::make_shared<const sequencer::FragmentRecord>(std::move(fragment)));
    return {};
}

Result<void, FollowError> Follower::add(types::LoggedTransaction& logged)
{
    auto& transaction = logged.transaction;
    const auto sender = world_.address_at(logged.sender);
    if (logged.recipient)
        transaction.to = world_.address_at(*logged.recipient);
    if (!sender || (logged.recipient && !transaction.to))
        return failure(FollowError::foreign_ids);
    const auto& block = assembler_.block();
    block->transactions.push_back(sequencer::told_record(*block, std::move(transaction), *sender,
        {.success = logged.success,
            .gas_used = logged.gas_used,
            .post_state = logged.post_state,
            .deposit_nonce = logged.deposit_nonce,
            .deposit_receipt_version = logged.deposit_receipt_version,
            .logs = std::move(logged.logs)}));
    history_.index_newest_transaction(block);
    assembler_.add();
    return {};
}

Result<void, FollowError> Follower::take(types::SealMiniFrame& frame)
{
    if (assembler_.block() == nullptr)
        return failure(FollowError::out_of_order);
    end_mini_block(frame.time, frame.signature);
    return {};
}

void Follower::end_mini_block(std::uint64_t time, const crypto::RecoverableSignature& signature)
{
    auto record = assembler_.end_mini_block(epoch_->terms, time, world_.id_counts());
    record.signature = signature;
    assembler_.block()->mini_blocks.push_back(std::move(record));
    history_.index_newest_mini_block(assembler_.block());
    hand_to_trie();
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
    end_mini_block(frame.time, frame.signature);
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
