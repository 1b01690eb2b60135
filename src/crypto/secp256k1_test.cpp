// SPDX-License-Identifier: Apache-2.0
#include "crypto/secp256k1.hpp"

#include "base/hex.hpp"
#include "crypto/hashes.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <string_view>

namespace jiffy::crypto
{
namespace
{
using namespace base::literals;

constexpr Hash secret_one = "0x0000000000000000000000000000000000000000000000000000000000000001"_hash;

Hash random_hash()
{
    return Hash::from(*rc::gen::container<Bytes>(32, rc::gen::arbitrary<Byte>()));
}

Hash sha256_of_text(std::string_view text)
{
    return sha256(Bytes(text.begin(), text.end()));
}

TEST(Secp256k1, public_keys)
{
    EXPECT_EQ(
        public_key_of(secret_one), fixed_hex<64>("79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"
                                                 "483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8"));
    EXPECT_EQ(address_of(*public_key_of(secret_one)), "0x7e5f4552091a69125d5dfcb7b8c2659029395bdf"_address);
    EXPECT_EQ(public_key_of({}), std::nullopt);
    EXPECT_EQ(public_key_of(to_hash(secp256k1_order)), std::nullopt);
    EXPECT_EQ(public_key_of(to_hash(U256::max())), std::nullopt);
    // The key n - 1 is the negated generator.
    EXPECT_EQ(public_key_of(to_hash(secp256k1_order - U256{1})),
        fixed_hex<64>("79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"
                      "b7c52588d95c3b9aa25b0403f1eef75702e84bb7597aabe663b82f6f04ef2777"));
}

// Deterministic signatures published with the first implementations of RFC 6979 for this curve.
TEST(Secp256k1, deterministic_signatures)
{
    const auto satoshi = sign(sha256_of_text("Satoshi Nakamoto"), secret_one);
    ASSERT_TRUE(satoshi);
    EXPECT_EQ(to_hash(satoshi->r), "0x934b1ea10a4b3c1757e2b0c017d0b6143ce3c9a7e6a4a49860d7a6ab210ee3d8"_hash);
    EXPECT_EQ(to_hash(satoshi->s), "0x2442ce9d2b916064108014783e923ec36b49743e2ffa1c4496f01a512aafd9e5"_hash);

    const auto largest_secret = sign(sha256_of_text("Satoshi Nakamoto"), to_hash(secp256k1_order - U256{1}));
    ASSERT_TRUE(largest_secret);
    EXPECT_EQ(to_hash(largest_secret->r), "0xfd567d121db66e382991534ada77a6bd3106f0a1098c231e47993447cd6af2d0"_hash);
    EXPECT_EQ(to_hash(largest_secret->s), "0x6b39cd0eb1bc8603e159ef5c20a5c8ad685a45b06ce9bebed3f153d10d93bed5"_hash);

    EXPECT_EQ(sign({}, {}), std::nullopt);
    EXPECT_EQ(sign({}, to_hash(secp256k1_order)), std::nullopt);
}

TEST(Secp256k1, recovers_a_known_sender)
{
    const Hash digest = "0x18c547e4f7b0f325ad1e56f57e26c745b09a3e503d86e00e5255ff7f715d3d1c"_hash;
    const RecoverableSignature signature{
        .r = to_u256("0x73b1693892219d736caba55bdb67216e485557ea6b6af75f37096c9aa6a5a75f"_hash),
        .s = to_u256("0xeeb940b1d03b21e36b0e47e79769f095fe2ab855bd91e3a38756b7d75a9c4549"_hash),
        .y_parity = 1};
    EXPECT_EQ(recover_address(digest, signature), "0xa94f5374fce5edbc8e2a8697c15331677e6ebf0b"_address);
}

TEST(Secp256k1, refuses_numbers_out_of_range)
{
    const Hash digest = sha256_of_text("digest");
    const auto signature = *sign(digest, secret_one);
    const auto key = *public_key_of(secret_one);
    const auto expect_refused = [&](const RecoverableSignature& bad)
    {
        EXPECT_EQ(recover_public_key(digest, bad), std::nullopt);
        EXPECT_EQ(recover_address(digest, bad), std::nullopt);
        EXPECT_FALSE(bad.y_parity < 2 && verify(digest, bad.r, bad.s, key));
    };
    for (const U256& bad : {U256{}, secp256k1_order, secp256k1_order + U256{1}, U256::max()})
    {
        expect_refused({.r = bad, .s = signature.s, .y_parity = 0});
        expect_refused({.r = signature.r, .s = bad, .y_parity = 0});
    }
    expect_refused({.r = signature.r, .s = signature.s, .y_parity = 2});
    expect_refused({.r = signature.r, .s = signature.s, .y_parity = 255});
    // 5 is the x coordinate of no point.
    expect_refused({.r = U256{5}, .s = U256{1}, .y_parity = 0});
}

TEST(Secp256k1, refuses_keys_off_the_curve)
{
    const Hash digest = sha256_of_text("digest");
    const auto signature = *sign(digest, secret_one);
    auto key = *public_key_of(secret_one);
    EXPECT_TRUE(verify(digest, signature.r, signature.s, key));
    key[63] ^= 1;
    EXPECT_FALSE(verify(digest, signature.r, signature.s, key));
    EXPECT_FALSE(verify(digest, signature.r, signature.s, PublicKey{}));
    PublicKey all_ones;
    all_ones.bytes.fill(0xff);
    EXPECT_FALSE(verify(digest, signature.r, signature.s, all_ones));
}

TEST(Secp256k1, the_recovered_key_can_be_infinity)
{
    // With R = G, s = 1 and the digest 1 the key would be r^-1 (G - G).
    const U256 generator_x = to_u256("0x79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"_hash);
    EXPECT_EQ(recover_public_key(secret_one, {.r = generator_x, .s = U256{1}, .y_parity = 0}), std::nullopt);
    EXPECT_NE(recover_public_key(secret_one, {.r = generator_x, .s = U256{1}, .y_parity = 1}), std::nullopt);
}

RC_GTEST_PROP(Secp256k1, signs_recovers_and_verifies, ())
{
    const Hash secret = random_hash();
    const Hash digest = random_hash();
    const auto key = public_key_of(secret);
    RC_PRE(key.has_value());
    const auto signature = sign(digest, secret);
    RC_ASSERT(signature.has_value());
    RC_ASSERT(signature->s <= secp256k1_half_order);
    RC_ASSERT(recover_public_key(digest, *signature) == key);
    RC_ASSERT(recover_address(digest, *signature) == address_of(*key));
    RC_ASSERT(verify(digest, signature->r, signature->s, *key));

    const U256 high_s = secp256k1_order - signature->s;
    const auto flipped = static_cast<std::uint8_t>(1 - signature->y_parity);
    RC_ASSERT(verify(digest, signature->r, high_s, *key));
    RC_ASSERT(recover_public_key(digest, {.r = signature->r, .s = high_s, .y_parity = flipped}) == key);
    RC_ASSERT(recover_public_key(digest, {.r = signature->r, .s = signature->s, .y_parity = flipped}) != key);

    Hash other_digest = digest;
    other_digest[*rc::gen::inRange<std::size_t>(0, 32)] ^= 1;
    RC_ASSERT(!verify(other_digest, signature->r, signature->s, *key));
}
}  // namespace
}  // namespace jiffy::crypto
