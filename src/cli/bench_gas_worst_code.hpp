// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/uint256.hpp"
#include "evm/opcodes.hpp"

namespace jiffy::cli::gas_worst
{
/// Bytecode that is written down instruction by instruction: `Code{} << U256{1} << evm::op_pop`, numbers as the
/// shortest PUSH.
struct Code
{
    Bytes bytes;

    Code& operator<<(evm::Opcode opcode) &
    {
        bytes.push_back(opcode);
        return *this;
    }
    Code& operator<<(const U256& number) &
    {
        const auto size = number.byte_length();
        bytes.push_back(static_cast<Byte>(evm::op_push0 + size));
        append(bytes, to_hash(number).view().last(size));
        return *this;
    }
    Code& operator<<(const Code& code) &
    {
        append(bytes, code.bytes);
        return *this;
    }
    template <class Part>
    Code&& operator<<(const Part& part) &&
    {
        return std::move(*this << part);
    }
};

/// DUP of the n-th item of the stack, from 1.
constexpr evm::Opcode dup(int n)
{
    return static_cast<evm::Opcode>(evm::op_dup1 + n - 1);
}

/// The prologue once, then the body again and again until the gas is gone. The body leaves the stack as it was.
inline Bytes endless(Code prologue, const Code& body)
{
    // Enough copies that the jump back does not count.
    constexpr std::size_t body_bytes = 4000;
    const U256 begin{prologue.bytes.size()};
    prologue << evm::op_jumpdest;
    for (std::size_t size = 0; size < body_bytes; size += body.bytes.size())
        prologue << body;
    prologue << begin << evm::op_jump;
    return std::move(prologue.bytes);
}

/// As `endless`, but ends well when no more than `least_gas` is left, so that what it has done stays.
inline Bytes until_gas_is_low(Code prologue, const Code& body, std::uint64_t least_gas)
{
    const U256 begin{prologue.bytes.size()};
    prologue << evm::op_jumpdest << body;
    prologue << evm::op_gas << U256{least_gas} << evm::op_lt << begin << evm::op_jumpi << evm::op_stop;
    return std::move(prologue.bytes);
}
}  // namespace jiffy::cli::gas_worst
