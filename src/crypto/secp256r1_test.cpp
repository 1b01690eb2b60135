// SPDX-License-Identifier: Apache-2.0
#include "crypto/secp256r1.hpp"

#include "base/hex.hpp"
#include "base/uint256.hpp"

#include <gtest/gtest.h>

namespace jiffy::crypto
{
namespace
{
using namespace base::literals;

// A signature of the message "sample" with SHA-256 (RFC 6979 A.2.5).
constexpr Hash digest = "0xaf2bdbe1aa9b6ec1e2ade1d694f41fc71a831d0268e9891562113d8a62add1bf"_hash;
constexpr Hash r = "0xefd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"_hash;
constexpr Hash s = "0xf7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8"_hash;
constexpr Hash x = "0x60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6"_hash;
constexpr Hash y = "0x7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299"_hash;

constexpr Hash order = "0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551"_hash;
constexpr Hash prime = "0xffffffff00000001000000000000000000000000ffffffffffffffffffffffff"_hash;
constexpr Hash all_ones = "0xffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"_hash;

TEST(Secp256r1, accepts_a_known_signature)
{
    EXPECT_TRUE(secp256r1_verify(digest, r, s, x, y));
    const Hash low_s = to_hash(to_u256(order) - to_u256(s));
    EXPECT_TRUE(secp256r1_verify(digest, r, low_s, x, y));
}

TEST(Secp256r1, refuses_another_digest_signature_or_key)
{
    const Hash one = to_hash(U256{1});
    EXPECT_FALSE(secp256r1_verify(one, r, s, x, y));
    EXPECT_FALSE(secp256r1_verify(digest, one, s, x, y));
    EXPECT_FALSE(secp256r1_verify(digest, r, one, x, y));
    const Hash negated_y = to_hash(to_u256(prime) - to_u256(y));
    EXPECT_FALSE(secp256r1_verify(digest, r, s, x, negated_y));
}

TEST(Secp256r1, refuses_numbers_out_of_range)
{
    for (const Hash& bad : {Hash{}, order, to_hash(to_u256(order) + U256{1}), all_ones})
    {
        EXPECT_FALSE(secp256r1_verify(digest, bad, s, x, y));
        EXPECT_FALSE(secp256r1_verify(digest, r, bad, x, y));
    }
}

TEST(Secp256r1, refuses_keys_off_the_curve)
{
    Hash other_y = y;
    other_y[31] ^= 1;
    EXPECT_FALSE(secp256r1_verify(digest, r, s, x, other_y));
    EXPECT_FALSE(secp256r1_verify(digest, r, s, {}, {}));
    EXPECT_FALSE(secp256r1_verify(digest, r, s, prime, y));
    EXPECT_FALSE(secp256r1_verify(digest, r, s, x, prime));
    EXPECT_FALSE(secp256r1_verify(digest, r, s, all_ones, all_ones));
}

TEST(Secp256r1, refuses_coordinates_that_are_not_reduced)
{
    // x = 5 has points on the curve; 5 + p fits 256 bits and names the same point.
    const Hash five_y = "0x459243b9aa581806fe913bce99817ade11ca503c64d9a3c533415c083248fbcc"_hash;
    const Hash five = to_hash(U256{5});
    const Hash generator_x = "0x6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"_hash;
    // With the digest 0 and r = s = x(Q) the verifier computes 0 G + 1 Q: a signature for any key.
    EXPECT_TRUE(secp256r1_verify({}, five, five, five, five_y));
    EXPECT_FALSE(secp256r1_verify({}, five, five, to_hash(to_u256(prime) + U256{5}), five_y));
    EXPECT_FALSE(secp256r1_verify({}, generator_x, generator_x, five, five_y));
}
}  // namespace
}  // namespace jiffy::crypto
