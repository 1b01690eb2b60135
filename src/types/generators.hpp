// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "types/block.hpp"
#include "types/difference_frame.hpp"
#include "types/receipt.hpp"

#include <rapidcheck.h>

/// Random values for property tests. Each is well-formed: what its encoding decodes to is equal to it.
namespace jiffy::types::generators
{
template <std::size_t N>
FixedBytes<N> fixed()
{
    FixedBytes<N> result;
    const auto bytes = *rc::gen::container<std::vector<Byte>>(N, rc::gen::arbitrary<Byte>());
    std::copy(bytes.begin(), bytes.end(), result.begin());
    return result;
}

/// Numbers of every width, since RLP drops leading zeros.
inline std::uint64_t number()
{
    return *rc::gen::arbitrary<std::uint64_t>() >> *rc::gen::inRange(0, 64);
}

inline U256 wide_number()
{
    return to_u256(fixed<32>()) >> *rc::gen::inRange<std::uint64_t>(0, 257);
}

inline Bytes bytes()
{
    return *rc::gen::oneOf(rc::gen::arbitrary<Bytes>(),
        rc::gen::map(rc::gen::inRange<std::size_t>(0, 600), [](std::size_t length) { return Bytes(length, 0xa5); }));
}

/// Up to four values that `make` makes.
template <class Make>
auto some(const Make& make)
{
    std::vector<decltype(make())> result(*rc::gen::inRange<std::size_t>(0, 5));
    for (auto& value : result)
        value = make();
    return result;
}

template <class Make>
auto maybe(const Make& make) -> std::optional<decltype(make())>
{
    if (*rc::gen::arbitrary<bool>())
        return make();
    return std::nullopt;
}

inline crypto::RecoverableSignature signature()
{
    const auto scalar = []
    {
        const U256 value = to_u256(fixed<32>()) >> *rc::gen::inRange<std::uint64_t>(0, 250);
        return value.is_zero() || value >= crypto::secp256k1_order ? U256{1} : value;
    };
    return {scalar(), scalar(), *rc::gen::inRange<std::uint8_t>(0, 2)};
}

inline AccessListEntry access_list_entry()
{
    return {fixed<20>(), some(fixed<32>)};
}

inline Authorization authorization()
{
    return {wide_number(), fixed<20>(), number(), {wide_number(), wide_number(), *rc::gen::arbitrary<std::uint8_t>()}};
}

inline TransactionType transaction_type()
{
    return *rc::gen::element(TransactionType::legacy, TransactionType::access_list, TransactionType::dynamic_fee,
        TransactionType::blob, TransactionType::set_code, TransactionType::deposit);
}

inline Transaction transaction(TransactionType type)
{
    Transaction result;
    result.type = type;
    result.gas_limit = number();
    result.to = maybe(fixed<20>);
    result.value = wide_number();
    result.data = bytes();
    if (type == TransactionType::deposit)
    {
        result.deposit = {fixed<32>(), fixed<20>(), wide_number(), *rc::gen::arbitrary<bool>()};
        return result;
    }

    result.nonce = number();
    result.signature = signature();
    result.max_fee_per_gas = wide_number();
    result.max_priority_fee_per_gas = result.max_fee_per_gas;
    if (type == TransactionType::legacy)
    {
        result.chain_id = maybe(number);
        return result;
    }

    result.chain_id = number();
    result.access_list = some(access_list_entry);
    if (type == TransactionType::access_list)
        return result;

    result.max_priority_fee_per_gas = wide_number();
    if (type == TransactionType::blob)
    {
        result.max_fee_per_blob_gas = wide_number();
        result.blob_versioned_hashes = some(fixed<32>);
    }
    if (type == TransactionType::set_code)
        result.authorization_list = some(authorization);
    if (type != TransactionType::dynamic_fee)
        result.to = fixed<20>();
    return result;
}

inline Log log()
{
    Log result{fixed<20>(), {}, bytes()};
    result.topics.count = *rc::gen::inRange<std::uint8_t>(0, 5);
    for (std::size_t i = 0; i < result.topics.count; ++i)
        result.topics.values[i] = fixed<32>();
    return result;
}

inline Receipt receipt()
{
    Receipt result;
    result.type = transaction_type();
    result.success = *rc::gen::arbitrary<bool>();
    if (result.type == TransactionType::legacy && *rc::gen::arbitrary<bool>())
    {
        result.post_state = fixed<32>();
        result.success = false;
    }
    result.cumulative_gas_used = number();
    result.logs = some(log);
    result.logs_bloom = bloom_of(result.logs);
    if (result.type == TransactionType::deposit && *rc::gen::arbitrary<bool>())
    {
        result.deposit_nonce = number();
        result.deposit_receipt_version = number();
    }
    return result;
}

inline Header header()
{
    Header result;
    result.parent_hash = fixed<32>();
    result.ommers_hash = fixed<32>();
    result.beneficiary = fixed<20>();
    result.state_root = fixed<32>();
    result.transactions_root = fixed<32>();
    result.receipts_root = fixed<32>();
    result.logs_bloom[*rc::gen::inRange<std::size_t>(0, 256)] = 0x11;
    result.difficulty = wide_number();
    result.number = number();
    result.gas_limit = number();
    result.gas_used = number();
    result.timestamp = number();
    result.extra_data = bytes();
    result.mix_hash = fixed<32>();
    result.nonce = fixed<8>();
    const int later_fields = *rc::gen::inRange(0, 7);
    if (later_fields > 0)
        result.base_fee_per_gas = wide_number();
    if (later_fields > 1)
        result.withdrawals_root = fixed<32>();
    if (later_fields > 2)
        result.blob_gas_used = number();
    if (later_fields > 3)
        result.excess_blob_gas = number();
    if (later_fields > 4)
        result.parent_beacon_block_root = fixed<32>();
    if (later_fields > 5)
        result.requests_hash = fixed<32>();
    return result;
}

inline Withdrawal withdrawal()
{
    return {number(), number(), fixed<20>(), number()};
}

inline Block block()
{
    return {header(), some([] { return transaction(transaction_type()); }), some(header),
        maybe([] { return some(withdrawal); })};
}

inline std::uint32_t small_number()
{
    return *rc::gen::inRange<std::uint32_t>(0, 1000);
}

inline DifferenceFrame difference_frame()
{
    DifferenceFrame frame;
    frame.before = {small_number(), small_number(), small_number() + 1};
    frame.after = {frame.before.accounts + small_number(), frame.before.slots + small_number(), frame.before.codes};
    for (std::uint32_t id = small_number(); id < frame.after.accounts; id += 1 + small_number() / 4)
    {
        AccountUpdate account;
        account.id = id;
        if (id >= frame.before.accounts)
            account.address = fixed<20>();
        account.deleted = *rc::gen::inRange(0, 5) == 0;
        if (!account.deleted)
        {
            account.storage_cleared = *rc::gen::inRange(0, 5) == 0;
            account.nonce = number();
            account.balance = wide_number();
            account.code = small_number() % frame.after.codes;
        }
        frame.accounts.push_back(account);
    }
    for (std::uint32_t id = small_number(); id < frame.after.slots && frame.after.accounts != 0;
        id += 1 + small_number() / 4)
    {
        SlotUpdate slot;
        slot.id = id;
        if (id >= frame.before.slots)
        {
            slot.account = small_number() % frame.after.accounts;
            slot.key = wide_number();
        }
        slot.value = wide_number();
        frame.slots.push_back(slot);
    }
    for (std::size_t count = *rc::gen::inRange<std::size_t>(0, 3); count != 0; --count)
        frame.codes.push_back({fixed<32>(), bytes()});
    frame.after.codes += static_cast<std::uint32_t>(frame.codes.size());
    return frame;
}
}  // namespace jiffy::types::generators
