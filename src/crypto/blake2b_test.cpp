// SPDX-License-Identifier: Apache-2.0
#include "base/hex.hpp"
#include "crypto/hashes.hpp"

#include <gtest/gtest.h>

namespace jiffy::crypto
{
namespace
{
/// State of unkeyed BLAKE2b-512 after the block "abc", as hex, after `rounds` rounds.
std::string compress_abc(std::uint32_t rounds, bool final_block)
{
    std::uint64_t h[8] = {0x6a09e667f2bdc948, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b, 0xa54ff53a5f1d36f1,
        0x510e527fade682d1, 0x9b05688c2b3e6c1f, 0x1f83d9abfb41bd6b, 0x5be0cd19137e2179};
    const std::uint64_t m[16] = {0x636261};
    const std::uint64_t t[2] = {3, 0};
    blake2b_compress(rounds, h, m, t, final_block);
    return to_hex_digits({reinterpret_cast<const Byte*>(h), sizeof(h)});
}

// Test vectors 4 to 7 of EIP-152; 5 is the example of RFC 7693 appendix A.
TEST(Blake2b, known_answers)
{
    EXPECT_EQ(compress_abc(0, true),
        "08c9bcf367e6096a3ba7ca8485ae67bb2bf894fe72f36e3cf1361d5f3af54fa5"
        "d282e6ad7f520e511f6c3e2b8c68059b9442be0454267ce079217e1319cde05b");
    EXPECT_EQ(compress_abc(12, true),
        "ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d1"
        "7d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923");
    EXPECT_EQ(compress_abc(12, false),
        "75ab69d3190a562c51aef8d88f1c2775876944407270c42c9844252c26d28752"
        "98743e7f6d5ea2f2d3e8d226039cd31b4e426ac4f2d3d666a610c2116fde4735");
    EXPECT_EQ(compress_abc(1, true),
        "b63a380cb2897d521994a85234ee2c181b5f844d2c624c002677e9703449d2fb"
        "a551b3a8333bcdf5f2f7e08993d53923de3d64fcc68c034e717b9293fed7a421");
}

TEST(Blake2b, rounds_beyond_one_pass_of_the_schedule_change_the_state)
{
    EXPECT_NE(compress_abc(10, true), compress_abc(11, true));
    EXPECT_NE(compress_abc(20, true), compress_abc(10, true));
}
}  // namespace
}  // namespace jiffy::crypto
