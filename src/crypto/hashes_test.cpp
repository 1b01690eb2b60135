// SPDX-License-Identifier: Apache-2.0
#include "crypto/hashes.hpp"

#include "base/hex.hpp"

#include <gtest/gtest.h>
#include <string_view>

namespace jiffy::crypto
{
namespace
{
using namespace base::literals;

Bytes text(std::string_view characters)
{
    return {characters.begin(), characters.end()};
}

// FIPS 180-4 examples.
TEST(Sha256, known_answers)
{
    EXPECT_EQ(sha256({}), "0xe3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"_hash);
    EXPECT_EQ(sha256(text("abc")), "0xba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"_hash);
    EXPECT_EQ(sha256(text("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")),
        "0x248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"_hash);
    EXPECT_EQ(sha256(Bytes(1'000'000, 'a')), "0xcdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"_hash);
}

// Answers of the authors' paper (Dobbertin, Bosselaers, Preneel).
TEST(Ripemd160, known_answers)
{
    EXPECT_EQ(ripemd160({}), fixed_hex<20>("9c1185a5c5e9fc54612808977ee8f548b2258d31"));
    EXPECT_EQ(ripemd160(text("abc")), fixed_hex<20>("8eb208f7e05d987a9b044a8e98c6b087f15a0bfc"));
    EXPECT_EQ(ripemd160(text("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")),
        fixed_hex<20>("12a053384a9c0c88e405a06c27dcf49ada62eb2b"));
    EXPECT_EQ(ripemd160(Bytes(1'000'000, 'a')), fixed_hex<20>("52783243c1697bdbe16d37f97f68f08325dc1528"));
}
}  // namespace
}  // namespace jiffy::crypto
