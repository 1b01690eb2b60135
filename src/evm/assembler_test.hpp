// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/uint256.hpp"
#include "evm/opcodes.hpp"

/// Bytecode as an expression: `push(1) + push(2) + op_add + return_top()`.
namespace jiffy::evm::test
{
struct Code
{
    Bytes bytes;

    Code() = default;
    Code(Opcode opcode)
      : bytes{opcode}
    {
    }

    operator BytesView() const noexcept { return bytes; }

    friend Code operator+(Code a, const Code& b)
    {
        append(a.bytes, b.bytes);
        return a;
    }
};

/// `count` times the same.
inline Code operator*(int count, const Code& code)
{
    Code result;
    for (int i = 0; i < count; ++i)
        append(result.bytes, code.bytes);
    return result;
}

/// The shortest PUSH with data; PUSH1 for zero, which every revision has.
inline Code push(const U256& value)
{
    const unsigned size = std::max(1U, value.byte_length());
    const Hash bytes = to_hash(value);
    Code code{static_cast<Opcode>(op_push1 + size - 1)};
    append(code.bytes, bytes.view().subspan(32 - size));
    return code;
}

inline Code push(const Address& address)
{
    return push(to_u256(address));
}

inline Code dup(int n)
{
    return static_cast<Opcode>(op_dup1 + n - 1);
}

inline Code swap(int n)
{
    return static_cast<Opcode>(op_swap1 + n - 1);
}

inline Code mstore(std::uint64_t offset, const Code& value)
{
    return value + push(offset) + op_mstore;
}

inline Code sstore(const U256& key, const U256& value)
{
    return push(value) + push(key) + op_sstore;
}

inline Code return_memory(std::uint64_t offset, std::uint64_t size)
{
    return push(size) + push(offset) + op_return;
}

inline Code revert_memory(std::uint64_t offset, std::uint64_t size)
{
    return push(size) + push(offset) + op_revert;
}

/// Returns the highest stack item as a word.
inline Code return_top()
{
    return push(0) + op_mstore + return_memory(0, 32);
}

/// Operands of CALL and its relatives; the defaults pass no data, and all gas.
struct CallArguments
{
    Address to;
    U256 value = 0;
    std::uint64_t input_offset = 0;
    std::uint64_t input_size = 0;
    std::uint64_t output_offset = 0;
    std::uint64_t output_size = 0;
    std::optional<std::uint64_t> gas = std::nullopt;
};

inline Code call(Opcode opcode, const CallArguments& arguments)
{
    const bool has_value = opcode == op_call || opcode == op_callcode;
    return push(arguments.output_size) + push(arguments.output_offset) + push(arguments.input_size) +
           push(arguments.input_offset) + (has_value ? push(arguments.value) : Code{}) + push(arguments.to) +
           (arguments.gas ? push(*arguments.gas) : Code{op_gas}) + opcode;
}

/// Puts `code` into memory from offset 0, in words.
inline Code store_code(const Code& code)
{
    Code result;
    for (std::size_t i = 0; i < code.bytes.size(); i += 32)
    {
        Hash word;
        for (std::size_t j = 0; j < 32 && i + j < code.bytes.size(); ++j)
            word[j] = code.bytes[i + j];
        result = result + mstore(i, push(to_u256(word)));
    }
    return result;
}

/// Init code that deploys `runtime`.
inline Code deployer(const Code& runtime)
{
    return store_code(runtime) + return_memory(0, runtime.bytes.size());
}
}  // namespace jiffy::evm::test
