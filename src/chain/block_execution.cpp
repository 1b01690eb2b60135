// SPDX-License-Identifier: Apache-2.0
#include "chain/block_execution.hpp"

#include "chain/dao.hpp"
#include "chain/fees.hpp"
#include "chain/header_completion.hpp"
#include "chain/requests.hpp"
#include "chain/system_contracts.hpp"
#include "rlp/rlp.hpp"
#include "trie/root.hpp"

namespace jiffy::chain
{
namespace
{
using evm::Revision;

constexpr U256 ether{1'000'000'000'000'000'000};
constexpr U256 gwei{1'000'000'000};

/// Wei for the block's miner (EIP-649, EIP-1234).
U256 block_reward(Revision revision) noexcept
{
    if (revision < Revision::byzantium)
        return U256{5} * ether;
    return U256{revision < Revision::constantinople ? 3U : 2U} * ether;
}

BlockFailure block_failure(InvalidBlock reason)
{
    return BlockFailure{reason};
}

/// EIP-2935: hashes of the last blocks in a ring of slots.
constexpr std::uint64_t history_window = 8'191;

template <class Item>
std::vector<Bytes> encode_all(std::span<const Item> items)
{
    std::vector<Bytes> encoded;
    encoded.reserve(items.size());
    for (const auto& item : items)
        encoded.push_back(types::encode(item));
    return encoded;
}

Hash hash_of_ommers(std::span<const types::Header> ommers)
{
    if (ommers.empty())
        return types::empty_ommers_hash;
    rlp::Writer writer;
    const auto list = writer.open_list();
    for (const auto& ommer : ommers)
        writer.raw(types::encode(ommer));
    writer.close_list(list);
    return crypto::keccak256(writer.result());
}
}  // namespace

state::Presence BlockExecution::View::storage(const Address& address, const U256& key, U256& result) const noexcept
{
    if (awaited_slot && key == *awaited_slot && address == system_contracts::history_storage)
        return state::Presence::unavailable;
    return changes->storage(address, key, result);
}

BlockExecution::BlockExecution(const ChainSpecification& specification,
    state::Source parent_state,
    Executor& executor,
    StateRoot root,
    Changes changes)
  : specification_{specification}
  , executor_{executor}
  , root_{root}
  , parent_state_{parent_state}
  , who_keeps_{changes}
  , changes_{std::in_place, parent_state}
  , view_{.changes = changes_, .awaited_slot = std::nullopt}
{
}

Result<void, BlockFailure> BlockExecution::open(const types::Header& header, evm::BlockHashes block_hashes)
{
    if (const auto opened = open_before_parent_hash(header, block_hashes); !opened)
        return opened;
    if (!awaits_parent_hash())
        return {};
    if (const auto provided = provide_parent_hash(header.parent_hash); !provided)
        return failure(provided.error());
    opening_difference_ = changes_->difference();
    return {};
}

Result<void, BlockFailure> BlockExecution::open_before_parent_hash(const types::Header& header,
    evm::BlockHashes block_hashes)
{
    header_ = header;
    context_ = make_block_context(specification_, header, block_hashes);
    const auto revision = context_.environment.revision;
    // A failure of this call changes nothing (EIP-4788), as of that of EIP-2935.
    if (revision >= Revision::cancun && header.parent_beacon_block_root)
        if (const auto called = call(system_contracts::beacon_roots, header.parent_beacon_block_root->view()); !called)
            return failure(called.error());
    if (specification_.activations[Fork::dao] == header.number)
        if (const auto moved = move_dao_funds(); !moved)
            return failure(moved.error());
    opening_difference_ = changes_->difference();
    await_parent_hash();
    return {};
}

void BlockExecution::await_parent_hash()
{
    if (context_.environment.revision >= Revision::prague)
        view_.awaited_slot = U256{(header_.number - 1) % history_window};
}

void BlockExecution::resume(const types::Header& header, evm::BlockHashes block_hashes, bool awaits_parent_hash)
{
    header_ = header;
    context_ = make_block_context(specification_, header, block_hashes);
    if (awaits_parent_hash)
        await_parent_hash();
}

void BlockExecution::skip(const types::Receipt& receipt, std::uint64_t gas_used, std::uint64_t blob_gas_used)
{
    gas_used_ += gas_used;
    blob_gas_used_ += blob_gas_used;
    for (std::size_t i = 0; i < logs_bloom_.size(); ++i)
        logs_bloom_[i] |= receipt.logs_bloom[i];
    if (collects_requests() && !append_deposits(deposits_, receipt.logs, specification_.deposit_contract))
        has_invalid_deposit_ = true;
}

Result<types::StateDifference, BlockFailure> BlockExecution::provide_parent_hash(const Hash& parent_hash)
{
    forget_handed_over();
    header_.parent_hash = parent_hash;
    view_.awaited_slot.reset();
    const auto called = call(system_contracts::history_storage, parent_hash.view());
    if (!called)
        return failure(called.error());
    return outcome_.difference;
}

void BlockExecution::keep(const types::StateDifference& difference)
{
    changes_->apply(difference);
    if (part_)
        part_->apply(difference);
}

void BlockExecution::forget_handed_over()
{
    if (who_keeps_ == Changes::kept)
        return;
    receipts_.clear();
    if (!changes_->empty())
        changes_.emplace(parent_state_);
}

/// Calls a system contract and keeps what it changed; false if there is none.
Result<bool, BlockFailure> BlockExecution::call(const Address& contract, BytesView input)
{
    const auto called = call_system_contract(context_, contract, input, state(), executor_, outcome_);
    if (!called)
        return failure(BlockFailure{called.error()});
    if (*called)
        keep(outcome_.difference);
    return *called;
}

Result<void, BlockFailure> BlockExecution::move_dao_funds()
{
    auto& journal = executor_.journal;
    journal.begin(state());
    auto* recovery = journal.account(dao_recovery_contract);
    for (const auto& address : dao_accounts())
    {
        auto* account = journal.account(address);
        if (account == nullptr || recovery == nullptr)
            return failure(BlockFailure{StateUnavailable{}});
        const auto balance = account->current.balance;
        if (balance.is_zero())
            continue;
        journal.debit(*account, balance);
        journal.credit(*recovery, balance);
    }
    return keep_journal();
}

/// Ends the journal and keeps what it changed.
Result<void, BlockFailure> BlockExecution::keep_journal()
{
    auto& journal = executor_.journal;
    if (journal.unavailable())
        return failure(BlockFailure{StateUnavailable{}});
    journal.finalise(
        {.remove_empty_accounts = context_.environment.revision >= Revision::spurious_dragon}, outcome_.difference);
    keep(outcome_.difference);
    return {};
}

BlockCapacity BlockExecution::capacity() const noexcept
{
    const auto blob_limit = context_.blob_parameters ? context_.blob_parameters->maximum * gas_per_blob : 0;
    return {.gas = context_.environment.gas_limit - gas_used_, .blob_gas = blob_limit - blob_gas_used_};
}

Result<const TransactionOutcome*, TransactionFailure> BlockExecution::execute(const types::Transaction& transaction,
    const Address& sender,
    const ExecutionOptions& options)
{
    forget_handed_over();
    // Deposits, the L1 attributes among them, come before the first transaction that pays: from there on the block's
    // prices are fixed.
    if (context_.optimism && !context_.optimism->l1_fees && transaction.type != types::TransactionType::deposit)
        context_.optimism->l1_fees = read_l1_fee_parameters(state());
    if (const auto executed =
            execute_transaction(context_, transaction, sender, state(), capacity(), executor_, outcome_, options);
        !executed)
        return failure(executed.error());
    if (who_keeps_ == Changes::kept)
        changes_->apply(outcome_.difference);
    auto& receipt =
        receipts_.emplace_back(make_receipt(context_, transaction, outcome_, gas_used_ + outcome_.gas_used));
    skip(receipt, outcome_.gas_used, outcome_.blob_gas_used);
    if (context_.environment.revision < Revision::byzantium && root_.after != nullptr)
        receipt.post_state = root_.after(root_.context, changes_->difference());
    return &outcome_;
}

Result<void, BlockFailure> BlockExecution::end(std::span<const types::Header> ommers,
    std::span<const types::Withdrawal> withdrawals)
{
    forget_handed_over();
    part_.emplace(state::Source{state::empty_state});
    const auto revision = context_.environment.revision;
    const auto paid = revision < Revision::paris ? pay_rewards(ommers) : pay_withdrawals(withdrawals);
    if (!paid)
        return failure(paid.error());
    if (collects_requests())
        if (const auto collected = collect_requests(); !collected)
            return failure(collected.error());
    closing_difference_ = part_->difference();
    part_.reset();
    return {};
}

Result<types::Header, BlockFailure> BlockExecution::close(const types::Block& block)
{
    std::span<const types::Withdrawal> withdrawals;
    if (block.withdrawals)
        withdrawals = *block.withdrawals;
    if (const auto ended = end(block.ommers, withdrawals); !ended)
        return failure(ended.error());

    auto header = header_;
    header.gas_used = gas_used_;
    header.logs_bloom = logs_bloom_;
    header.ommers_hash = hash_of_ommers(block.ommers);
    if (context_.environment.revision >= Revision::cancun)
        header.blob_gas_used = blob_gas_used_;
    complete_header(header, encode_all(std::span{block.transactions}),
        encode_all(std::span<const types::Receipt>{receipts_}), requests_);
    // Since Isthmus it is the storage root of the message passer, which the trie knows.
    const bool is_isthmus = context_.optimism && context_.optimism->has(OptimismFork::isthmus);
    if (!is_isthmus && block.withdrawals)
        header.withdrawals_root = trie::ordered_root(encode_all(withdrawals));
    return header;
}

Result<void, BlockFailure> BlockExecution::pay_rewards(std::span<const types::Header> ommers)
{
    auto& journal = executor_.journal;
    journal.begin(state());
    const auto pay = [&journal](const Address& address, const U256& amount)
    {
        if (auto* account = journal.account(address))
            journal.credit(*account, amount);
    };
    const auto reward = block_reward(context_.environment.revision);
    // Yellow paper 11.3: an ommer's miner gets an eighth less for each generation, the block's a 32nd for each ommer.
    for (const auto& ommer : ommers)
        pay(ommer.beneficiary, divide(reward * U256{ommer.number + 8 - header_.number}, U256{8}).quotient);
    pay(header_.beneficiary, reward + divide(reward * U256{ommers.size()}, U256{32}).quotient);
    return keep_journal();
}

Result<void, BlockFailure> BlockExecution::pay_withdrawals(std::span<const types::Withdrawal> withdrawals)
{
    if (withdrawals.empty())
        return {};
    auto& journal = executor_.journal;
    journal.begin(state());
    for (const auto& withdrawal : withdrawals)
        if (auto* account = journal.account(withdrawal.address))
            journal.credit(*account, U256{withdrawal.amount} * gwei);
    return keep_journal();
}

bool BlockExecution::collects_requests() const noexcept
{
    // The OP Stack has no execution requests of its own (Isthmus).
    return context_.environment.revision >= Revision::prague && !specification_.optimism;
}

Result<void, BlockFailure> BlockExecution::collect_requests()
{
    if (has_invalid_deposit_)
        return failure(block_failure(InvalidBlock::invalid_deposit_event_layout));
    const auto add = [this](RequestType type, BytesView data)
    {
        if (data.empty())
            return;
        auto& request = requests_.emplace_back();
        request.push_back(static_cast<Byte>(type));
        append(request, data);
    };
    add(RequestType::deposit, deposits_);

    const auto collect = [this, &add](RequestType type, const Address& contract) -> Result<void, BlockFailure>
    {
        const auto called = call(contract, {});
        if (!called)
            return failure(called.error());
        if (!*called)
            return failure(block_failure(InvalidBlock::system_contract_empty));
        if (!outcome_.success())
            return failure(block_failure(InvalidBlock::system_contract_call_failed));
        add(type, outcome_.output);
        return {};
    };
    if (const auto collected = collect(RequestType::withdrawal, system_contracts::withdrawal_requests); !collected)
        return collected;
    return collect(RequestType::consolidation, system_contracts::consolidation_requests);
}
}  // namespace jiffy::chain
