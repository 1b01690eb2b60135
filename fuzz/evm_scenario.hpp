// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "evm/environment.hpp"
#include "evm/message.hpp"
#include "state/source.hpp"

#include <optional>
#include <string>

namespace jiffy::fuzz
{
/// Read-only state of a handful of accounts.
struct ScenarioState
{
    struct Account
    {
        Address address{};
        types::Account account;
        Bytes code;
        std::vector<types::SlotChange> slots;
    };

    std::vector<Account> accounts;
    /// Reads of this account are answered with `unavailable`.
    std::optional<Address> unavailable_account;

    const Account* find(const Address& address) const noexcept;

    state::Presence account(const Address& address, types::Account& result) const noexcept;
    state::Presence storage(const Address& address, const U256& key, U256& result) const noexcept;
    state::Presence code(const Hash& code_hash, BytesView& result) const noexcept;
    state::Presence has_storage(const Address& address) const noexcept;
};

/// A message, the contracts that it can reach, and all that they can see.
struct Scenario
{
    ScenarioState state;
    evm::BlockEnvironment block;
    Address origin{};
    U256 gas_price;
    std::vector<Hash> blob_hashes;
    evm::MessageKind kind = evm::MessageKind::call;
    Address recipient{};
    U256 value;
    Bytes input;
    std::int64_t gas = 0;
};

void add_account(ScenarioState& state, const Address& address, std::uint64_t nonce, const U256& balance, Bytes code);

/// The scenario that some bytes stand for. Any bytes stand for one; contracts call and create each other, use every
/// opcode with operands that mostly make sense, and have little gas.
Scenario make_scenario(BytesView bytes);

/// For a person: revision, message and code.
std::string describe(const Scenario& scenario);
}  // namespace jiffy::fuzz
