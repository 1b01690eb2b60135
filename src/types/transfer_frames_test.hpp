// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "types/log_frame.hpp"

#include <map>
#include <random>

/// Fragments as a busy chain has them, for measuring: sent among 100,000 known accounts, with amounts, balances and
/// gas that are not round.
namespace jiffy::types::test
{
inline constexpr std::uint64_t busy_chain_id = 8453;
/// Wallets work them out of the same base fee.
inline constexpr std::uint64_t fee_caps = 16;
inline constexpr IdCounts busy_counts{100'000, 300'000, 40};

class BusyChain
{
public:
    /// `count` transfers of ether.
    FragmentFrame transfers(std::size_t count)
    {
        auto frame = fragment(count,
            [this](LoggedTransaction& logged)
            {
                logged.recipient = random_account();
                logged.transaction.value = U256{random_()};
                logged.gas_used = logged.transaction.gas_limit = 21'000;
                accounts_[*logged.recipient].balance = U256{random_()} << 4;
            });
        return finish(std::move(frame));
    }

    /// `count` transfers of one ERC-20 token, which both sides have had before.
    FragmentFrame token_transfers(std::size_t count)
    {
        static constexpr std::uint32_t token = 77;
        static constexpr Address token_address{
            {0xa0, 0xb8, 0x69, 0x91, 0xc6, 0x21, 0x8b, 0x36, 0xc1, 0xd1, 0x9d, 0x4a, 0x2e, 0x9e, 0xb0, 0xce, 0x36, 6}};
        static constexpr Hash transfer_topic{
            {0xdd, 0xf2, 0x52, 0xad, 0x1b, 0xe2, 0xc8, 0x9b, 0x69, 0xc2, 0xb0, 0x68, 0xfc, 0x37, 0x8d, 0xaa, 0x95, 0x2b,
                0xa7, 0xf1, 0x63, 0xc4, 0xa1, 0x16, 0x28, 0xf5, 0x5a, 0x4d, 0xf5, 0x23, 0xb3, 0xef}};
        auto frame = fragment(count,
            [this](LoggedTransaction& logged)
            {
                logged.recipient = token;
                accounts_[token] = {.id = token, .nonce = 1, .code = 30};
                logged.transaction.gas_limit = 50'000 + random_() % 10'000;
                logged.gas_used = 34'000 + random_() % 12'000;
                const auto to = to_hash(to_u256(random_address()));
                const auto amount = to_hash(U256{random_()});
                auto& data = logged.transaction.data;
                data = {0xa9, 0x05, 0x9c, 0xbb};
                append(data, to.view());
                append(data, amount.view());
                Log log{token_address, {}, to_bytes(amount.view())};
                log.topics.count = 3;
                log.topics.values = {transfer_topic, to_hash(to_u256(random_address())), to};
                logged.logs.push_back(std::move(log));
                for (int i = 0; i < 2; ++i)
                    slots_[static_cast<std::uint32_t>(random_() % busy_counts.slots)] = U256{random_()} << 4;
            });
        return finish(std::move(frame));
    }

private:
    std::uint32_t random_account()
    {
        return 100 + static_cast<std::uint32_t>(random_() % (busy_counts.accounts - 100));
    }

    Address random_address()
    {
        Address address;
        for (auto& byte : address)
            byte = static_cast<Byte>(random_());
        return address;
    }

    template <class Act>
    FragmentFrame fragment(std::size_t count, const Act& act)
    {
        FragmentFrame frame;
        frame.time = 1'760'000'000'123'456;
        for (std::size_t i = 0; i < count; ++i)
        {
            LoggedTransaction logged;
            logged.sender = random_account();
            logged.success = true;
            auto& transaction = logged.transaction;
            transaction.type = TransactionType::dynamic_fee;
            transaction.chain_id = busy_chain_id;
            transaction.nonce = random_() % 1000;
            transaction.max_fee_per_gas = U256{1'234'567'890 + random_() % fee_caps};
            transaction.max_priority_fee_per_gas = U256{1'000'000};
            transaction.signature = {
                U256{random_(), random_(), random_(), random_() >> 1}, U256{random_(), random_(), random_(), 7}, 1};
            act(logged);
            auto& sender = accounts_[logged.sender];
            sender.nonce = transaction.nonce + 1;
            sender.balance = U256{random_()} << 4;
            frame.transactions.push_back(std::move(logged));
        }
        // What the base fee and the tips go to.
        for (const std::uint32_t vault : {20U, 21U})
        {
            accounts_[vault].balance = U256{random_()};
            accounts_[vault].code = 7;
        }
        frame.signature = {U256{random_(), random_(), random_(), 5}, U256{random_(), random_(), random_(), 7}, 0};
        return frame;
    }

    FragmentFrame finish(FragmentFrame frame)
    {
        auto& difference = frame.difference;
        difference.before = difference.after = busy_counts;
        for (auto& [id, account] : accounts_)
        {
            account.id = id;
            difference.accounts.push_back(account);
        }
        for (const auto& [id, value] : slots_)
            difference.slots.push_back({.id = id, .value = value});
        accounts_.clear();
        slots_.clear();
        return frame;
    }

    std::mt19937_64 random_{7};
    std::map<std::uint32_t, AccountUpdate> accounts_;
    std::map<std::uint32_t, U256> slots_;
};
}  // namespace jiffy::types::test
