// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/uint256.hpp"

/// Instructions that only work on the stack. `top` is one past the highest item; operands are top[-1], top[-2], ...;
/// the result replaces the lowest operand. Checks, gas and the height of the stack are the interpreter's.
namespace jiffy::evm::instructions
{
/// Results of comparisons.
inline void set_flag(U256& target, bool flag) noexcept
{
    target = U256{static_cast<std::uint64_t>(flag)};
}

inline void add(U256* top) noexcept
{
    top[-2] = top[-1] + top[-2];
}

inline void mul(U256* top) noexcept
{
    top[-2] = top[-1] * top[-2];
}

inline void sub(U256* top) noexcept
{
    top[-2] = top[-1] - top[-2];
}

inline void div(U256* top) noexcept
{
    top[-2] = divide(top[-1], top[-2]).quotient;
}

inline void sdiv(U256* top) noexcept
{
    top[-2] = divide_signed(top[-1], top[-2]).quotient;
}

inline void mod(U256* top) noexcept
{
    top[-2] = divide(top[-1], top[-2]).remainder;
}

inline void smod(U256* top) noexcept
{
    top[-2] = divide_signed(top[-1], top[-2]).remainder;
}

inline void addmod(U256* top) noexcept
{
    top[-3] = add_modulo(top[-1], top[-2], top[-3]);
}

inline void mulmod(U256* top) noexcept
{
    top[-3] = multiply_modulo(top[-1], top[-2], top[-3]);
}

/// Extends the sign of the number in the low `top[-1] + 1` bytes.
inline void signextend(U256* top) noexcept
{
    const U256& size = top[-1];
    U256& value = top[-2];
    if (!size.fits_64() || size.low() >= 31)
        return;
    const auto sign_word = size.low() / 8;
    const auto shift = 56 - 8 * (size.low() % 8);
    const auto extended = static_cast<std::int64_t>(value.limbs[sign_word] << shift) >> shift;
    const auto fill = static_cast<std::uint64_t>(extended >> 63);
    value.limbs[sign_word] = static_cast<std::uint64_t>(extended);
    for (auto i = sign_word + 1; i < 4; ++i)
        value.limbs[i] = fill;
}

inline void lt(U256* top) noexcept
{
    set_flag(top[-2], top[-1] < top[-2]);
}

inline void gt(U256* top) noexcept
{
    set_flag(top[-2], top[-2] < top[-1]);
}

/// Two's complement order: the order of the numbers with their sign bits inverted.
inline bool signed_less(const U256& a, const U256& b) noexcept
{
    constexpr std::uint64_t sign = std::uint64_t{1} << 63;
    return U256{a.limbs[0], a.limbs[1], a.limbs[2], a.limbs[3] ^ sign} <
           U256{b.limbs[0], b.limbs[1], b.limbs[2], b.limbs[3] ^ sign};
}

inline void slt(U256* top) noexcept
{
    set_flag(top[-2], signed_less(top[-1], top[-2]));
}

inline void sgt(U256* top) noexcept
{
    set_flag(top[-2], signed_less(top[-2], top[-1]));
}

inline void eq(U256* top) noexcept
{
    set_flag(top[-2], top[-1] == top[-2]);
}

inline void iszero(U256* top) noexcept
{
    set_flag(top[-1], top[-1].is_zero());
}

inline void and_(U256* top) noexcept
{
    top[-2] = top[-1] & top[-2];
}

inline void or_(U256* top) noexcept
{
    top[-2] = top[-1] | top[-2];
}

inline void xor_(U256* top) noexcept
{
    top[-2] = top[-1] ^ top[-2];
}

inline void not_(U256* top) noexcept
{
    top[-1] = ~top[-1];
}

/// The byte at position top[-1], counted from the most significant.
inline void byte(U256* top) noexcept
{
    const U256& position = top[-1];
    U256& value = top[-2];
    if (!position.fits_64() || position.low() >= 32)
    {
        value = {};
        return;
    }
    const auto from_low = 31 - position.low();
    value = U256{(value.limbs[from_low / 8] >> (8 * (from_low % 8))) & 0xff};
}

inline void shl(U256* top) noexcept
{
    top[-2] = top[-2] << top[-1].saturated_64();
}

inline void shr(U256* top) noexcept
{
    top[-2] = top[-2] >> top[-1].saturated_64();
}

inline void sar(U256* top) noexcept
{
    const auto count = top[-1].saturated_64();
    const U256 value = top[-2];
    if (!value.is_negative())
        top[-2] = value >> count;
    else
        top[-2] = ~(~value >> count);
}

/// Leading zero bits (EIP-7939).
inline void clz(U256* top) noexcept
{
    top[-1] = U256{256 - top[-1].bit_length()};
}
}  // namespace jiffy::evm::instructions
