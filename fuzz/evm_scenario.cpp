// SPDX-License-Identifier: Apache-2.0
#include "evm_scenario.hpp"

#include "base/hex.hpp"
#include "evm/addresses.hpp"
#include "evm/delegation.hpp"
#include "evm_program.hpp"

#include <algorithm>

namespace jiffy::fuzz
{
namespace
{
using namespace literals;

constexpr Address sender = "0xa94f5374fce5edbc8e2a8697c15331677e6ebf0b"_address;
constexpr Address coinbase = "0xeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee"_address;
constexpr std::size_t contract_count = 4;

Address contract_address(std::size_t index)
{
    Address address;
    address[0] = 0xc0;
    address[19] = static_cast<Byte>(index);
    return address;
}

/// Addresses that code is likely to name.
std::vector<Address> known_addresses()
{
    std::vector<Address> addresses{sender};
    for (std::size_t i = 0; i < contract_count; ++i)
    {
        addresses.push_back(contract_address(i));
        addresses.push_back(evm::create_address(contract_address(i), 1));
    }
    for (std::uint64_t number = 0; number <= 0x12; ++number)
        addresses.push_back(to_address(U256{number}));
    addresses.push_back(to_address(U256{0x100}));
    addresses.push_back(coinbase);
    return addresses;
}

state::Presence hash_of_block(const void*, std::uint64_t number, Hash& result) noexcept
{
    // A few are missing, and one is not known yet.
    if (number % 16 == 3)
        return state::Presence::absent;
    if (number % 256 == 77)
        return state::Presence::unavailable;
    result = to_hash(U256{number, 1, 2, 3});
    return state::Presence::present;
}
}  // namespace

void add_account(ScenarioState& state, const Address& address, std::uint64_t nonce, const U256& balance, Bytes code)
{
    const Hash code_hash = crypto::keccak256(code);
    state.accounts.push_back({.address = address,
        .account = {.nonce = nonce, .balance = balance, .code_hash = code_hash},
        .code = std::move(code),
        .slots = {}});
}

const ScenarioState::Account* ScenarioState::find(const Address& address) const noexcept
{
    const auto found = std::ranges::find(accounts, address, &Account::address);
    return found != accounts.end() ? &*found : nullptr;
}

state::Presence ScenarioState::account(const Address& address, types::Account& result) const noexcept
{
    if (address == unavailable_account)
        return state::Presence::unavailable;
    const auto* const found = find(address);
    if (found == nullptr)
        return state::Presence::absent;
    result = found->account;
    return state::Presence::present;
}

state::Presence ScenarioState::storage(const Address& address, const U256& key, U256& result) const noexcept
{
    const auto* const found = find(address);
    if (found == nullptr)
        return state::Presence::absent;
    const auto slot = std::ranges::find(found->slots, key, &types::SlotChange::key);
    if (slot == found->slots.end())
        return state::Presence::absent;
    result = slot->value;
    return state::Presence::present;
}

state::Presence ScenarioState::code(const Hash& code_hash, BytesView& result) const noexcept
{
    for (const auto& account : accounts)
        if (account.account.code_hash == code_hash)
        {
            result = account.code;
            return state::Presence::present;
        }
    return state::Presence::absent;
}

state::Presence ScenarioState::has_storage(const Address& address) const noexcept
{
    const auto* const found = find(address);
    return found != nullptr && !found->slots.empty() ? state::Presence::present : state::Presence::absent;
}

Scenario make_scenario(BytesView bytes)
{
    ByteSource source{bytes};
    Scenario scenario;
    scenario.block = {.revision = static_cast<evm::Revision>(source.byte() % evm::revision_count),
        .chain_id = 1,
        .number = 1000,
        .timestamp = 1'700'000'000,
        .gas_limit = 30'000'000,
        .coinbase = coinbase,
        .prev_randao = U256{1, 2, 3, 4},
        .base_fee = 7,
        .blob_base_fee = 9,
        .block_hashes = {.lookup = hash_of_block}};
    scenario.origin = sender;
    scenario.gas_price = 10;
    scenario.blob_hashes.assign(source.byte() % 3, to_hash(U256{0x77}));
    scenario.gas = std::int64_t{source.word()} * 8;
    scenario.value = source.byte() % 4 == 0 ? 1 : 0;

    const auto addresses = known_addresses();
    const auto flags = source.byte();
    add_account(scenario.state, sender, 1, U256{1'000'000}, {});
    for (std::size_t i = 0; i < contract_count; ++i)
    {
        const auto kind = source.byte();
        const U256 balance{kind % 4U};
        if (kind % 16 == 15)
            add_account(scenario.state, contract_address(i), 1, balance,
                to_bytes(evm::delegation_code(source.choose(addresses)).view()));
        else
            add_account(scenario.state, contract_address(i), 1, balance,
                make_program(source, scenario.block.revision, addresses));
    }
    for (std::uint64_t key = 0; key < 3; ++key)
        scenario.state.accounts[1].slots.push_back({key, U256{key + 1}});
    // Taken places: an account that only has wei, and one that only has storage (EIP-7610).
    if ((flags & 1) != 0)
        add_account(scenario.state, evm::create_address(contract_address(0), 1), 0, 5, {});
    if ((flags & 2) != 0)
    {
        add_account(scenario.state, evm::create_address(contract_address(1), 1), 0, 0, {});
        scenario.state.accounts.back().slots.push_back({1, 1});
    }
    if (flags >= 0xf0)
        scenario.state.unavailable_account = source.choose(addresses);

    const auto recipient = source.byte();
    scenario.kind = recipient % 4 == 3 ? evm::MessageKind::create : evm::MessageKind::call;
    if (scenario.kind == evm::MessageKind::create)
    {
        scenario.recipient = evm::create_address(sender, 0);
        scenario.input = make_program(source, scenario.block.revision, addresses);
    }
    else
    {
        scenario.recipient = recipient < 0xf0 ? contract_address(recipient / 4 % 2) : source.choose(addresses);
        scenario.input = source.bytes(source.byte());
    }
    return scenario;
}

std::string describe(const Scenario& scenario)
{
    std::string text = "revision " + std::to_string(static_cast<int>(scenario.block.revision)) + ", " +
                       (scenario.kind == evm::MessageKind::create ? "creation" : "call") + " at " +
                       to_hex(scenario.recipient.view()) + ", value " + to_quantity(scenario.value) + ", gas " +
                       std::to_string(scenario.gas) + ", input " + to_hex(scenario.input) + "\n";
    for (const auto& account : scenario.state.accounts)
        text += to_hex(account.address.view()) + ": balance " + to_quantity(account.account.balance) + ", code " +
                to_hex(account.code) + "\n";
    return text;
}
}  // namespace jiffy::fuzz
