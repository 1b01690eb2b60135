// SPDX-License-Identifier: Apache-2.0
#include "crypto/modexp.hpp"
#include "crypto/portable/portable.hpp"
#include "crypto/secp256r1.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace jiffy::crypto
{
namespace
{
/// Byte strings with many zeros and ones, where carries are.
rc::Gen<Bytes> any_bytes(std::size_t length)
{
    const auto byte =
        rc::gen::weightedOneOf<Byte>({{2, rc::gen::arbitrary<Byte>()}, {1, rc::gen::element<Byte>(0, 1, 0x80, 0xff)}});
    return rc::gen::container<Bytes>(length, byte);
}

Hash any_hash()
{
    return Hash::from(*any_bytes(32));
}

/// Any number, or one near 0, the order or 2^256.
U256 any_scalar()
{
    const U256 near = *rc::gen::element(U256{}, secp256k1_order, secp256k1_half_order);
    const U256 distance{*rc::gen::inRange<std::uint64_t>(0, 5)};
    return *rc::gen::weightedElement<U256>({{6, to_u256(any_hash())}, {1, near + distance}, {1, near - distance}});
}

RC_GTEST_PROP(CryptoBackEnds, hashes, ())
{
    const Bytes data = *any_bytes(*rc::gen::inRange<std::size_t>(0, 400));
    RC_ASSERT(portable::sha256(data) == sha256(data));
    RC_ASSERT(portable::ripemd160(data) == ripemd160(data));
}

RC_GTEST_PROP(CryptoBackEnds, secp256k1_keys_and_signatures, ())
{
    const Hash secret = to_hash(any_scalar());
    const Hash digest = any_hash();
    RC_ASSERT(portable::public_key_of(secret) == public_key_of(secret));
    RC_ASSERT(portable::sign(digest, secret) == sign(digest, secret));
}

TEST(CryptoBackEnds, secp256k1_signs_digests_that_are_not_below_the_order)
{
    const Hash secret = to_hash(U256{12345});
    for (const U256& number : {secp256k1_order, secp256k1_order + U256{1}, U256::max()})
    {
        const Hash digest = to_hash(number);
        const auto signature = sign(digest, secret);
        ASSERT_TRUE(signature);
        EXPECT_EQ(portable::sign(digest, secret), signature);
        EXPECT_EQ(portable::recover_public_key(digest, *signature), public_key_of(secret));
    }
}

RC_GTEST_PROP(CryptoBackEnds, secp256k1_recovers_from_any_signature, ())
{
    const Hash digest = any_hash();
    const RecoverableSignature signature{
        .r = any_scalar(), .s = any_scalar(), .y_parity = *rc::gen::inRange<std::uint8_t>(0, 3)};
    const auto key = recover_public_key(digest, signature);
    RC_CLASSIFY(key.has_value());
    RC_ASSERT(portable::recover_public_key(digest, signature) == key);
    if (key)
    {
        RC_ASSERT(verify(digest, signature.r, signature.s, *key));
        RC_ASSERT(portable::verify(digest, signature.r, signature.s, *key));
    }
}

RC_GTEST_PROP(CryptoBackEnds, secp256k1_verifies_alike, ())
{
    const Hash digest = any_hash();
    const auto key = public_key_of(to_hash(any_scalar()));
    RC_PRE(key.has_value());
    PublicKey changed = *key;
    changed[*rc::gen::inRange<std::size_t>(0, 64)] ^= *rc::gen::element<Byte>(0, 1, 0x80);
    const U256 r = any_scalar();
    const U256 s = any_scalar();
    RC_ASSERT(portable::verify(digest, r, s, changed) == verify(digest, r, s, changed));
}

RC_GTEST_PROP(CryptoBackEnds, secp256r1_verifies_alike, ())
{
    // r = s and the digest 0 make u2 = 1: a signature by whatever key has this x coordinate.
    const Hash x{{0x6b, 0x17, 0xd1, 0xf2, 0xe1, 0x2c, 0x42, 0x47, 0xf8, 0xbc, 0xe6, 0xe5, 0x63, 0xa4, 0x40, 0xf2, 0x77,
        0x03, 0x7d, 0x81, 0x2d, 0xeb, 0x33, 0xa0, 0xf4, 0xa1, 0x39, 0x45, 0xd8, 0x98, 0xc2, 0x96}};
    const Hash y{{0x4f, 0xe3, 0x42, 0xe2, 0xfe, 0x1a, 0x7f, 0x9b, 0x8e, 0xe7, 0xeb, 0x4a, 0x7c, 0x0f, 0x9e, 0x16, 0x2b,
        0xce, 0x33, 0x57, 0x6b, 0x31, 0x5e, 0xce, 0xcb, 0xb6, 0x40, 0x68, 0x37, 0xbf, 0x51, 0xf5}};
    Hash values[5] = {Hash{}, x, x, x, y};
    RC_ASSERT(secp256r1_verify(values[0], values[1], values[2], values[3], values[4]));
    RC_ASSERT(portable::secp256r1_verify(values[0], values[1], values[2], values[3], values[4]));
    values[*rc::gen::inRange<std::size_t>(0, 5)] = any_hash();
    RC_ASSERT(portable::secp256r1_verify(values[0], values[1], values[2], values[3], values[4]) ==
              secp256r1_verify(values[0], values[1], values[2], values[3], values[4]));
}

RC_GTEST_PROP(CryptoBackEnds, modular_power, ())
{
    const auto any_number = [] { return *any_bytes(*rc::gen::inRange<std::size_t>(0, 80)); };
    const Bytes base = any_number();
    const Bytes exponent = any_number();
    const Bytes modulus = any_number();
    Bytes native_result(modulus.size());
    Bytes portable_result(modulus.size());
    crypto::modular_power(base, exponent, modulus, native_result);
    portable::modular_power(base, exponent, modulus, portable_result);
    RC_ASSERT(portable_result == native_result);
}
}  // namespace
}  // namespace jiffy::crypto
