// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/hex.hpp"
#include "world/world.hpp"

namespace jiffy::cli::gas_worst
{
using namespace literals;

/// The contract that runs; its storage is in the state, its code is the program.
inline constexpr Address program_address = "0x00000000000000000000000000000000000000c0"_address;
inline constexpr Address sender_address = "0x00000000000000000000000000000000000000aa"_address;

/// Contracts that execute one instruction which ends a frame.
inline constexpr Address stop_address = "0x0000000000000000000000000000000000010000"_address;
inline constexpr Address return_address = "0x0000000000000000000000000000000000010001"_address;
inline constexpr Address revert_address = "0x0000000000000000000000000000000000010002"_address;
inline constexpr Address invalid_address = "0x0000000000000000000000000000000000010003"_address;
inline constexpr Address selfdestruct_address = "0x0000000000000000000000000000000000010004"_address;
/// Returns 32 kB.
inline constexpr Address returner_address = "0x0000000000000000000000000000000000010005"_address;
/// Makes its memory as large as the call data's first word says.
inline constexpr Address expander_address = "0x0000000000000000000000000000000000010006"_address;

/// Accounts with a balance and no code: this address plus a number.
inline constexpr U256 first_account{0, 0x5eed, 0, 0};
/// Accounts whose code is as large as it may be (EIP-170), each another: this address plus a number.
inline constexpr U256 first_large_contract{0, 0xc0de, 0, 0};

/// Numbers of things in the state, powers of two.
struct StateSize
{
    /// Accounts, and slots of the program.
    std::uint64_t accounts = 1 << 20;
    std::uint64_t large_contracts = 1 << 9;
};

/// Fills an empty world with what the programs work on.
void fill(world::World& world, const StateSize& size);

/// The world, with a program as the code of `program_address`.
class ProgramState
{
public:
    ProgramState(const world::World& world, Bytes code);

    state::Presence account(const Address& address, types::Account& result) const noexcept;
    state::Presence storage(const Address& address, const U256& key, U256& result) const noexcept;
    state::Presence code(const Hash& code_hash, BytesView& result) const noexcept;
    state::Presence has_storage(const Address& address) const noexcept;

private:
    state::Source world_;
    Bytes code_;
    Hash code_hash_;
};
}  // namespace jiffy::cli::gas_worst
