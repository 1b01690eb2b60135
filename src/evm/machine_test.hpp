// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/hex.hpp"
#include "evm/assembler_test.hpp"
#include "evm/machine.hpp"

#include <gtest/gtest.h>
#include <map>

namespace jiffy::evm::test
{
/// A few accounts; what is asked of `unavailable_address` cannot be told.
struct SmallState
{
    struct Entry
    {
        types::Account account;
        Bytes code;
        std::map<Hash, U256> storage;
    };

    std::map<Address, Entry> accounts;
    std::optional<Address> unavailable_address;

    void set_code(const Address& address, const Code& code)
    {
        auto& entry = accounts[address];
        entry.code = code.bytes;
        entry.account.code_hash = crypto::keccak256(entry.code);
    }

    state::Presence account(const Address& address, types::Account& result) const noexcept
    {
        if (unavailable_address == address)
            return state::Presence::unavailable;
        const auto found = accounts.find(address);
        if (found == accounts.end())
            return state::Presence::absent;
        result = found->second.account;
        return state::Presence::present;
    }
    state::Presence storage(const Address& address, const U256& key, U256& result) const noexcept
    {
        const auto found = accounts.find(address);
        if (found == accounts.end())
            return state::Presence::absent;
        const auto slot = found->second.storage.find(to_hash(key));
        if (slot == found->second.storage.end())
            return state::Presence::absent;
        result = slot->second;
        return state::Presence::present;
    }
    state::Presence code(const Hash& code_hash, BytesView& result) const noexcept
    {
        for (const auto& [address, entry] : accounts)
        {
            if (entry.account.code_hash == code_hash)
            {
                result = entry.code;
                return state::Presence::present;
            }
        }
        return state::Presence::absent;
    }
    state::Presence has_storage(const Address& address) const noexcept
    {
        const auto found = accounts.find(address);
        const bool has = found != accounts.end() && !found->second.storage.empty();
        return has ? state::Presence::present : state::Presence::absent;
    }
};

inline constexpr Address sender = literals::fixed_hex<20>("0x00000000000000000000000000000000000000aa");
inline constexpr Address contract = literals::fixed_hex<20>("0x00000000000000000000000000000000000000c0");
inline constexpr Address other = literals::fixed_hex<20>("0x00000000000000000000000000000000000000c1");

/// What a message did.
struct Ran
{
    Status status = Status::success;
    std::int64_t gas_used = 0;
    std::int64_t refund = 0;
    Bytes output;
    types::StateDifference difference;
    std::vector<types::Log> logs;

    [[nodiscard]] U256 word() const { return output.size() == 32 ? to_u256(BytesView{output}) : U256::max(); }

    [[nodiscard]] const types::AccountChange* change_of(const Address& address) const
    {
        for (const auto& change : difference.accounts)
            if (change.address == address)
                return &change;
        return nullptr;
    }
};

/// Runs messages from `sender` to `contract`, each on a fresh journal, under the fast and the plain interpreter, and
/// checks that both did the same.
class MachineTest : public testing::TestWithParam<bool>
{
protected:
    SmallState state;
    BlockEnvironment block;
    TransactionEnvironment transaction;
    std::int64_t gas = 1'000'000;
    Bytes input;
    U256 value;

    MachineTest()
    {
        state.accounts[sender].account.balance = 1'000'000;
        transaction.origin = sender;
        block.revision = Revision::prague;
    }

    Ran run(const Code& code)
    {
        state.set_code(contract, code);
        return run({.sender = sender, .recipient = contract, .value = value, .input = input, .gas = gas});
    }

    Ran run(const Message& message)
    {
        state::Journal journal;
        CodeCache codes;
        Machine machine{journal, codes};
        Tracer tracer;
        machine.set_environment(block, transaction);
        if (GetParam())
            machine.set_tracer(&tracer);
        journal.begin(state::Source{state});
        journal.warm_up(*journal.account(message.recipient));
        const auto outcome = machine.execute(message);
        Ran result;
        result.status = outcome.status;
        result.gas_used = message.gas - outcome.gas_left;
        result.refund = journal.refund();
        result.output = to_bytes(outcome.output);
        result.logs = journal.logs();
        journal.finalise({.remove_empty_accounts = block.revision >= Revision::spurious_dragon}, result.difference);
        return result;
    }
};
}  // namespace jiffy::evm::test
