// SPDX-License-Identifier: Apache-2.0
#include "cli/bench_gas_worst_state.hpp"

#include "cli/bench_gas_worst_code.hpp"

namespace jiffy::cli::gas_worst
{
namespace
{
/// EIP-170
constexpr std::size_t largest_code = 24'576;
constexpr std::uint64_t returned_size = 32 * 1024;
/// Enough for every value that a program moves.
constexpr U256 riches{0, 0, 1, 0};

Address address_of(const U256& number)
{
    return Address::from(to_hash(number).view().last(20));
}

void add_code(types::StateDifference& difference, types::AccountChange& change, Bytes code)
{
    change.account.code_hash = crypto::keccak256(code);
    difference.codes.push_back({change.account.code_hash, std::move(code)});
}

void add_contract(types::StateDifference& difference, const Address& address, Code code)
{
    types::AccountChange change;
    change.address = address;
    change.account.nonce = 1;
    change.account.balance = riches;
    add_code(difference, change, std::move(code.bytes));
    difference.accounts.push_back(change);
}
}  // namespace

void fill(world::World& world, const StateSize& size)
{
    using namespace evm;
    types::StateDifference difference;

    types::AccountChange program;
    program.address = program_address;
    program.account.nonce = 1;
    program.account.balance = riches;
    program.slot_count = static_cast<std::uint32_t>(size.accounts);
    for (std::uint64_t i = 0; i < size.accounts; ++i)
        difference.slots.push_back({U256{i}, U256{i + 1}});
    difference.accounts.push_back(program);

    add_contract(difference, stop_address, Code{} << op_stop);
    add_contract(difference, return_address, Code{} << op_push0 << op_push0 << op_return);
    add_contract(difference, revert_address, Code{} << op_push0 << op_push0 << op_revert);
    add_contract(difference, invalid_address, Code{} << op_invalid);
    add_contract(difference, selfdestruct_address, Code{} << op_caller << op_selfdestruct);
    add_contract(difference, returner_address, Code{} << U256{returned_size} << op_push0 << op_return);
    add_contract(difference, expander_address, Code{} << op_push0 << op_calldataload << op_mload);
    for (std::uint64_t i = 0; i < size.accounts; ++i)
    {
        types::AccountChange change;
        change.address = address_of(first_account + U256{i});
        change.account.balance = U256{i + 1};
        difference.accounts.push_back(change);
    }
    for (std::uint64_t i = 0; i < size.large_contracts; ++i)
    {
        types::AccountChange change;
        change.address = address_of(first_large_contract + U256{i});
        change.account.nonce = 1;
        // It stops at once; every byte that follows is a jump destination but those of the number.
        Code code = Code{} << op_stop << (first_large_contract + U256{i});
        code.bytes.resize(largest_code, op_jumpdest);
        add_code(difference, change, std::move(code.bytes));
        difference.accounts.push_back(change);
    }
    world.apply(difference);
}

ProgramState::ProgramState(const world::World& world, Bytes code)
  : world_{world.latest()}
  , code_{std::move(code)}
  , code_hash_{crypto::keccak256(code_)}
{
}

state::Presence ProgramState::account(const Address& address, types::Account& result) const noexcept
{
    const auto presence = world_.account(address, result);
    if (address == program_address)
        result.code_hash = code_hash_;
    return presence;
}

state::Presence ProgramState::storage(const Address& address, const U256& key, U256& result) const noexcept
{
    return world_.storage(address, key, result);
}

state::Presence ProgramState::code(const Hash& code_hash, BytesView& result) const noexcept
{
    if (code_hash != code_hash_)
        return world_.code(code_hash, result);
    result = code_;
    return state::Presence::present;
}

state::Presence ProgramState::has_storage(const Address& address) const noexcept
{
    return world_.has_storage(address);
}
}  // namespace jiffy::cli::gas_worst
