// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/uint256.hpp"

/// The EVM's arithmetic by schoolbook methods, bit by bit where that is simplest. Slow on purpose: it shares no code
/// with the arithmetic of `base`, which it checks. Operands are in the order in which the instructions pop them.
namespace jiffy::evm::plain
{
U256 add(const U256& a, const U256& b) noexcept;
U256 subtract(const U256& a, const U256& b) noexcept;
U256 multiply(const U256& a, const U256& b) noexcept;
U256 quotient(const U256& a, const U256& b) noexcept;
U256 remainder(const U256& a, const U256& b) noexcept;
U256 signed_quotient(const U256& a, const U256& b) noexcept;
U256 signed_remainder(const U256& a, const U256& b) noexcept;
U256 sum_modulo(const U256& a, const U256& b, const U256& modulus) noexcept;
U256 product_modulo(const U256& a, const U256& b, const U256& modulus) noexcept;
U256 raise(const U256& base, const U256& exponent) noexcept;
U256 extend_sign(const U256& last_byte, const U256& value) noexcept;

bool less(const U256& a, const U256& b) noexcept;
bool signed_less(const U256& a, const U256& b) noexcept;
bool equal(const U256& a, const U256& b) noexcept;

U256 bit_and(const U256& a, const U256& b) noexcept;
U256 bit_or(const U256& a, const U256& b) noexcept;
U256 bit_xor(const U256& a, const U256& b) noexcept;
U256 bit_not(const U256& a) noexcept;
U256 byte_at(const U256& position, const U256& value) noexcept;
U256 shift_left(const U256& count, const U256& value) noexcept;
U256 shift_right(const U256& count, const U256& value) noexcept;
U256 signed_shift_right(const U256& count, const U256& value) noexcept;
U256 leading_zeros(const U256& value) noexcept;
/// Bytes of the minimal form; 0 for zero.
unsigned length_in_bytes(const U256& value) noexcept;
}  // namespace jiffy::evm::plain
