// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "replica/forger_test.hpp"

namespace jiffy::replica
{
using Frames = std::vector<types::LogFrame>;

/// What must be found; what is empty may be anything.
struct Expected
{
    std::optional<Check> check;
    /// It ends so.
    std::string field;
    /// Of the first frame that must not stand there, behind the place.
    std::size_t distance = 0;
};

/// A way to make a log that is not what the rules and execution give.
struct Tampering
{
    const char* name;
    /// Alters the frames at `place`, or says that nothing can be done there by giving nothing.
    std::optional<Expected> (*apply)(Frames& frames, std::size_t place);
    /// Whoever signs it all properly has contradicted nobody: another log, with nothing wrong in it.
    bool is_fair_if_signed = false;
    /// What is wrong stands in a statement, so that its signature is evidence.
    bool is_evidence_if_signed = false;
};

template <class Frame>
Frame* frame_at(Frames& frames, std::size_t place)
{
    return std::get_if<Frame>(&frames[place]);
}

/// The fragment's transaction that has something, if one has it.
template <class Has>
types::LoggedTransaction* transaction_at(Frames& frames, std::size_t place, const Has& has)
{
    auto* fragment = frame_at<types::FragmentFrame>(frames, place);
    if (fragment == nullptr)
        return nullptr;
    std::vector<types::LoggedTransaction*> candidates;
    for (auto& logged : fragment->transactions)
        if (has(logged))
            candidates.push_back(&logged);
    return candidates.empty() ? nullptr : candidates[pick_any(candidates.size())];
}

inline types::LoggedTransaction* any_transaction(Frames& frames, std::size_t place)
{
    return transaction_at(frames, place, [](const auto&) { return true; });
}

inline types::LoggedTransaction* users_transaction(Frames& frames, std::size_t place)
{
    return transaction_at(
        frames, place, [](const auto& logged) { return logged.transaction.type != types::TransactionType::deposit; });
}

inline types::LoggedTransaction* transaction_with_log(Frames& frames, std::size_t place)
{
    return transaction_at(frames, place, [](const auto& logged) { return !logged.logs.empty(); });
}

inline types::DifferenceFrame* difference_at(Frames& frames, std::size_t place)
{
    auto& frame = frames[place];
    if (auto* open = std::get_if<types::OpenBlockFrame>(&frame))
        return &open->difference;
    if (auto* parent = std::get_if<types::ParentSealedFrame>(&frame))
        return &parent->difference;
    if (auto* fragment = std::get_if<types::FragmentFrame>(&frame))
        return &fragment->difference;
    if (auto* end = std::get_if<types::SealBlockFrame>(&frame))
        return &end->difference;
    return nullptr;
}

inline crypto::RecoverableSignature* signature_at(Frames& frames, std::size_t place)
{
    auto& frame = frames[place];
    if (auto* fragment = std::get_if<types::FragmentFrame>(&frame))
        return &fragment->signature;
    if (auto* mini = std::get_if<types::SealMiniFrame>(&frame))
        return &mini->signature;
    if (auto* end = std::get_if<types::SealBlockFrame>(&frame))
        return &end->signature;
    return nullptr;
}

/// Alters a field of a sealed parent's header.
template <class Alter>
std::optional<Expected> alter_parent(Frames& frames, std::size_t place, const char* field, const Alter& alter)
{
    auto* parent = frame_at<types::ParentSealedFrame>(frames, place);
    if (parent == nullptr)
        return std::nullopt;
    alter(parent->header);
    return Expected{Check::parent, field};
}

template <class Alter>
std::optional<Expected> alter_opening(Frames& frames, std::size_t place, const char* field, const Alter& alter)
{
    auto* open = frame_at<types::OpenBlockFrame>(frames, place);
    if (open == nullptr)
        return std::nullopt;
    alter(open->opening);
    return Expected{Check::opening, field};
}

template <class Alter>
std::optional<Expected> alter_epoch(Frames& frames, std::size_t place, const char* field, const Alter& alter)
{
    auto* epoch = frame_at<types::EpochFrame>(frames, place);
    if (epoch == nullptr)
        return std::nullopt;
    alter(*epoch);
    return Expected{Check::epoch, field};
}

/// Alters a receipt.
template <class Alter>
std::optional<Expected> alter_receipt(types::LoggedTransaction* logged, const char* field, const Alter& alter)
{
    if (logged == nullptr)
        return std::nullopt;
    alter(*logged);
    return Expected{Check::receipt, field};
}

/// Alters an account of a difference that has one.
template <class Alter>
std::optional<Expected> alter_account(Frames& frames, std::size_t place, const char* field, const Alter& alter)
{
    auto* difference = difference_at(frames, place);
    if (difference == nullptr || difference->accounts.empty())
        return std::nullopt;
    auto& account = difference->accounts[pick_any(difference->accounts.size())];
    if (account.deleted)
        return std::nullopt;
    alter(account);
    return Expected{Check::difference, field};
}

inline std::optional<Expected> add_account(Frames& frames, std::size_t place)
{
    auto* difference = difference_at(frames, place);
    if (difference == nullptr)
        return std::nullopt;
    std::uint32_t id = 0;
    for (const auto& account : difference->accounts)
        id += account.id == id ? 1 : 0;
    if (id >= difference->before.accounts)
        return std::nullopt;
    difference->accounts.insert(
        std::ranges::lower_bound(difference->accounts, id, {}, &types::AccountUpdate::id), {.id = id});
    return Expected{Check::difference, "]"};
}

inline std::optional<Expected> leave_account_out(Frames& frames, std::size_t place)
{
    auto* difference = difference_at(frames, place);
    if (difference == nullptr || difference->accounts.empty() ||
        difference->accounts.front().id >= difference->before.accounts)
        return std::nullopt;
    difference->accounts.erase(difference->accounts.begin());
    return Expected{Check::difference, "]"};
}

inline std::optional<Expected> alter_slot(Frames& frames, std::size_t place)
{
    auto* difference = difference_at(frames, place);
    if (difference == nullptr || difference->slots.empty())
        return std::nullopt;
    difference->slots[pick_any(difference->slots.size())].value += U256{1};
    return Expected{Check::difference, "].value"};
}

inline std::optional<Expected> sign_otherwise(Frames& frames, std::size_t place)
{
    auto* signature = signature_at(frames, place);
    if (signature == nullptr)
        return std::nullopt;
    if (pick_any(2) == 0)
        *signature = *crypto::sign(Hash{{0x55}}, Hash{{0x66}});
    else
        signature->y_parity ^= 1;
    const bool is_fragment = std::holds_alternative<types::FragmentFrame>(frames[place]);
    return Expected{is_fragment ? Check::statement : Check::mini_block, "signature"};
}

inline std::optional<Expected> leave_out(Frames& frames, std::size_t place)
{
    // Nobody has said anything behind it.
    if (place + 1 == frames.size())
        return std::nullopt;
    frames.erase(frames.begin() + static_cast<std::ptrdiff_t>(place));
    return Expected{};
}

inline std::optional<Expected> repeat(Frames& frames, std::size_t place)
{
    auto copy = frames[place];
    frames.insert(frames.begin() + static_cast<std::ptrdiff_t>(place), std::move(copy));
    return Expected{.check = {}, .field = {}, .distance = 1};
}

inline std::optional<Expected> exchange_frames(Frames& frames, std::size_t place)
{
    if (place + 1 == frames.size())
        return std::nullopt;
    // When a parent's hash is told within a block is the sequencer's to choose.
    for (auto at = place; at < place + 2; ++at)
        if (std::holds_alternative<types::ParentSealedFrame>(frames[at]))
            return std::nullopt;
    std::swap(frames[place], frames[place + 1]);
    return Expected{.check = {}, .field = {}, .distance = 1};
}

/// `is_same_sender`: what comes of it is not to be had by signing otherwise.
inline std::optional<Expected> exchange_transactions(Frames& frames, std::size_t place, bool is_same_sender)
{
    auto* fragment = frame_at<types::FragmentFrame>(frames, place);
    if (fragment == nullptr)
        return std::nullopt;
    auto& transactions = fragment->transactions;
    for (std::size_t i = 1; i < transactions.size(); ++i)
        if (!is_same_sender || transactions[i].sender == transactions[i - 1].sender)
        {
            std::swap(transactions[i], transactions[i - 1]);
            return is_same_sender ? Expected{Check::transaction, "validity"} : Expected{};
        }
    return std::nullopt;
}

inline std::optional<Expected> forge_sender(Frames& frames, std::size_t place)
{
    auto* logged = users_transaction(frames, place);
    if (logged == nullptr)
        return std::nullopt;
    logged->sender = logged->sender == 0 ? 1 : 0;
    return Expected{Check::sender, "from"};
}

inline std::optional<Expected> forge_signature(Frames& frames, std::size_t place)
{
    auto* logged = users_transaction(frames, place);
    if (logged == nullptr)
        return std::nullopt;
    logged->transaction.signature.s += U256{1};
    return Expected{Check::sender, ""};
}

inline std::optional<Expected> leave_a_gap(Frames& frames, std::size_t place)
{
    auto* logged = users_transaction(frames, place);
    // Its recipient is part of what it signs.
    if (logged == nullptr || logged->recipient)
        return std::nullopt;
    auto& transaction = logged->transaction;
    const auto sender = types::recover_sender(transaction);
    ++transaction.nonce;
    for (const auto& account : sequencer::development_accounts())
        if (account.address == sender)
            types::sign(transaction, account.secret);
    return Expected{Check::transaction, "validity"};
}

inline std::optional<Expected> forge_deposit(Frames& frames, std::size_t place)
{
    auto* logged = users_transaction(frames, place);
    if (logged == nullptr || logged->recipient)
        return std::nullopt;
    const auto sender = types::recover_sender(logged->transaction);
    auto& transaction = logged->transaction;
    transaction = {};
    transaction.type = types::TransactionType::deposit;
    transaction.gas_limit = 100'000;
    transaction.deposit.from = *sender;
    transaction.deposit.mint = U256{1};
    return Expected{Check::protocol, "transactionHash"};
}

inline std::optional<Expected> alter_time(Frames& frames, std::size_t place, bool is_late)
{
    constexpr std::uint64_t hour = 3'600'000'000;
    const auto alter = [is_late](std::uint64_t& time) { time = is_late ? time + hour : time - hour; };
    auto& frame = frames[place];
    auto check = Check::mini_block;
    if (auto* fragment = std::get_if<types::FragmentFrame>(&frame))
    {
        check = Check::statement;
        alter(fragment->time);
    }
    else if (auto* mini = std::get_if<types::SealMiniFrame>(&frame))
        alter(mini->time);
    else if (auto* end = std::get_if<types::SealBlockFrame>(&frame))
        alter(end->time);
    else
        return std::nullopt;
    return Expected{check, "timestamp"};
}

inline std::optional<Expected> add_request(Frames& frames, std::size_t place)
{
    auto* end = frame_at<types::SealBlockFrame>(frames, place);
    if (end == nullptr)
        return std::nullopt;
    end->requests.push_back({0x01, 0x02});
    return Expected{Check::requests, "requests.length"};
}

inline std::span<const Tampering> tamperings()
{
    using types::Header;
    using types::LoggedTransaction;
    static const Tampering all[] = {
        {"status",
            [](Frames& frames, std::size_t place)
            {
                return alter_receipt(any_transaction(frames, place), "status",
                    [](LoggedTransaction& logged) { logged.success = !logged.success; });
            },
            false, true},
        {"gas",
            [](Frames& frames, std::size_t place)
            {
                return alter_receipt(
                    any_transaction(frames, place), "gasUsed", [](LoggedTransaction& logged) { ++logged.gas_used; });
            },
            false, true},
        {"deposit nonce",
            [](Frames& frames, std::size_t place)
            {
                return alter_receipt(
                    transaction_at(frames, place, [](const auto& logged) { return logged.deposit_nonce.has_value(); }),
                    "depositNonce", [](LoggedTransaction& logged) { ++*logged.deposit_nonce; });
            },
            false, true},
        {"data of a log",
            [](Frames& frames, std::size_t place)
            {
                return alter_receipt(transaction_with_log(frames, place), "].data",
                    [](LoggedTransaction& logged) { logged.logs.back().data.push_back(1); });
            },
            false, true},
        {"topic of a log",
            [](Frames& frames, std::size_t place)
            {
                return alter_receipt(transaction_with_log(frames, place), "].topics[0]",
                    [](LoggedTransaction& logged) { logged.logs.back().topics.values[0][5] ^= 1; });
            },
            false, true},
        {"number of topics",
            [](Frames& frames, std::size_t place)
            {
                return alter_receipt(transaction_with_log(frames, place), "].topics.length",
                    [](LoggedTransaction& logged) { ++logged.logs.back().topics.count; });
            },
            false, true},
        {"address of a log",
            [](Frames& frames, std::size_t place)
            {
                return alter_receipt(transaction_with_log(frames, place), "].address",
                    [](LoggedTransaction& logged) { logged.logs.back().address[0] ^= 1; });
            },
            false, true},
        {"missing log",
            [](Frames& frames, std::size_t place)
            {
                return alter_receipt(transaction_with_log(frames, place), "logs.length",
                    [](LoggedTransaction& logged) { logged.logs.pop_back(); });
            },
            false, true},
        {"additional log",
            [](Frames& frames, std::size_t place)
            {
                return alter_receipt(any_transaction(frames, place), "logs.length",
                    [](LoggedTransaction& logged) { logged.logs.emplace_back(); });
            },
            false, true},
        {"balance",
            [](Frames& frames, std::size_t place)
            {
                return alter_account(
                    frames, place, "].balance", [](types::AccountUpdate& account) { account.balance += U256{1}; });
            }},
        {"nonce of an account",
            [](Frames& frames, std::size_t place)
            {
                return alter_account(frames, place, "].nonce", [](types::AccountUpdate& account) { ++account.nonce; });
            }},
        {"cleared storage",
            [](Frames& frames, std::size_t place)
            {
                return alter_account(frames, place, "].storageCleared",
                    [](types::AccountUpdate& account) { account.storage_cleared = !account.storage_cleared; });
            }},
        {"slot", alter_slot},
        {"additional account", add_account},
        {"missing account", leave_account_out},
        {"state root", [](Frames& frames, std::size_t place)
            { return alter_parent(frames, place, "stateRoot", [](Header& header) { header.state_root[3] ^= 1; }); }},
        {"receipts root",
            [](Frames& frames, std::size_t place)
            {
                return alter_parent(
                    frames, place, "receiptsRoot", [](Header& header) { header.receipts_root[3] ^= 1; });
            }},
        {"transactions root",
            [](Frames& frames, std::size_t place)
            {
                return alter_parent(
                    frames, place, "transactionsRoot", [](Header& header) { header.transactions_root[3] ^= 1; });
            }},
        {"bloom", [](Frames& frames, std::size_t place)
            { return alter_parent(frames, place, "logsBloom", [](Header& header) { header.logs_bloom[3] ^= 1; }); }},
        {"withdrawals root",
            [](Frames& frames, std::size_t place)
            {
                return alter_parent(
                    frames, place, "withdrawalsRoot", [](Header& header) { header.withdrawals_root = Hash{{0x12}}; });
            }},
        {"gas of a block", [](Frames& frames, std::size_t place)
            { return alter_parent(frames, place, "gasUsed", [](Header& header) { ++header.gas_used; }); }},
        {"requests hash",
            [](Frames& frames, std::size_t place)
            {
                return alter_parent(
                    frames, place, "requestsHash", [](Header& header) { header.requests_hash = Hash{{0x13}}; });
            }},
        {"parent of the parent", [](Frames& frames, std::size_t place)
            { return alter_parent(frames, place, "parentHash", [](Header& header) { header.parent_hash[1] ^= 1; }); }},
        {"timestamp", [](Frames& frames, std::size_t place)
            { return alter_opening(frames, place, "timestamp", [](Header& header) { ++header.timestamp; }); }},
        {"base fee",
            [](Frames& frames, std::size_t place)
            {
                return alter_opening(
                    frames, place, "baseFeePerGas", [](Header& header) { *header.base_fee_per_gas += U256{1}; });
            }},
        {"gas limit", [](Frames& frames, std::size_t place)
            { return alter_opening(frames, place, "gasLimit", [](Header& header) { --header.gas_limit; }); }},
        {"beneficiary", [](Frames& frames, std::size_t place)
            { return alter_opening(frames, place, "miner", [](Header& header) { header.beneficiary[0] ^= 1; }); }},
        {"mix hash", [](Frames& frames, std::size_t place)
            { return alter_opening(frames, place, "mixHash", [](Header& header) { header.mix_hash[0] ^= 1; }); }},
        {"number of a block", [](Frames& frames, std::size_t place)
            { return alter_opening(frames, place, "number", [](Header& header) { ++header.number; }); }},
        {"extra data",
            [](Frames& frames, std::size_t place)
            {
                return alter_opening(
                    frames, place, "extraData", [](Header& header) { header.extra_data.push_back(1); });
            }},
        {"signature", sign_otherwise, true},
        {"a frame left out", leave_out, true},
        {"a frame repeated", repeat, true},
        {"frames exchanged", exchange_frames, true},
        {"transactions exchanged",
            [](Frames& frames, std::size_t place) { return exchange_transactions(frames, place, false); }, true},
        {"transactions of a sender exchanged",
            [](Frames& frames, std::size_t place) { return exchange_transactions(frames, place, true); }, false, true},
        {"sender", forge_sender},
        {"signature of a transaction", forge_signature},
        {"gap of nonces", leave_a_gap, false, true},
        {"deposit", forge_deposit, false, true},
        {"later", [](Frames& frames, std::size_t place) { return alter_time(frames, place, true); }, false, true},
        {"earlier", [](Frames& frames, std::size_t place) { return alter_time(frames, place, false); }, false, true},
        {"request", add_request},
        {"epoch",
            [](Frames& frames, std::size_t place)
            {
                return place == 0
                           ? std::nullopt
                           : alter_epoch(frames, place, "epoch", [](types::EpochFrame& epoch) { --epoch.terms.epoch; });
            }},
        {"chain of an epoch",
            [](Frames& frames, std::size_t place)
            {
                return alter_epoch(frames, place, "chainId", [](types::EpochFrame& epoch) { ++epoch.terms.chain_id; });
            }},
        {"signer of an epoch", [](Frames& frames, std::size_t place)
            { return alter_epoch(frames, place, "signer", [](types::EpochFrame& epoch) { epoch.signer[4] ^= 1; }); }},
        {"domain of an epoch",
            [](Frames& frames, std::size_t place)
            {
                return alter_epoch(frames, place, "domain",
                    [](types::EpochFrame& epoch) { epoch.terms.domain = types::StatementDomain::development; });
            }},
    };
    return all;
}
}  // namespace jiffy::replica
