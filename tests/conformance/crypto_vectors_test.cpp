// SPDX-License-Identifier: Apache-2.0
#include "conformance/vectors.hpp"
#include "crypto/hashes.hpp"
#include "crypto/keccak.hpp"
#include "crypto/secp256k1.hpp"
#include "crypto/secp256r1.hpp"

#include <algorithm>

namespace jiffy::crypto
{
namespace
{
using vectors::hex_bytes;
using vectors::read_json;

/// The sponge of FIPS 202 over the permutation under test. `suffix` holds the domain bits and the first padding bit.
Bytes sponge(std::size_t rate, Byte suffix, BytesView message, std::size_t output_length)
{
    std::uint64_t state[25] = {};
    const auto add = [&](std::size_t place, Byte byte)
    { state[place / 8] ^= static_cast<std::uint64_t>(byte) << (8 * (place % 8)); };
    std::size_t place = 0;
    for (const Byte byte : message)
    {
        add(place++, byte);
        if (place == rate)
        {
            keccak_f1600(state);
            place = 0;
        }
    }
    add(place, suffix);
    add(rate - 1, 0x80);

    Bytes output;
    while (output.size() < output_length)
    {
        keccak_f1600(state);
        for (std::size_t i = 0; i < rate && output.size() < output_length; ++i)
            output.push_back(static_cast<Byte>(state[i / 8] >> (8 * (i % 8))));
    }
    return output;
}

struct SpongeAlgorithm
{
    const char* name;
    std::size_t rate;
    Byte suffix;
};

TEST(CryptoVectors, keccak_permutation_in_the_algorithms_of_fips_202)
{
    JIFFY_VECTORS_OR_SKIP(folder, "geth_vectors");
    const auto answers = read_json(folder / "keccak" / "keccakKats.json");
    std::size_t cases = 0;
    for (const auto& [name, rate, suffix] :
        {SpongeAlgorithm{"SHA3-224", 144, 0x06}, SpongeAlgorithm{"SHA3-256", 136, 0x06},
            SpongeAlgorithm{"SHA3-384", 104, 0x06}, SpongeAlgorithm{"SHA3-512", 72, 0x06},
            SpongeAlgorithm{"SHAKE128", 168, 0x1f}, SpongeAlgorithm{"SHAKE256", 136, 0x1f}})
        for (const auto& answer : answers.at(name))
        {
            Bytes message = hex_bytes(answer.at("message"));
            message.resize(answer.at("length").get<std::size_t>() / 8);
            const Bytes digest = hex_bytes(answer.at("digest"));
            EXPECT_EQ(sponge(rate, suffix, message, digest.size()), digest)
                << name << ", " << message.size() << " bytes";
            ++cases;
        }
    EXPECT_GT(cases, 1000U);
    RecordProperty("cases", static_cast<int>(cases));
}

struct Signature
{
    U256 r;
    U256 s;
};

/// A non-negative number of at most 256 bits in the minimal form that DER asks for, taken off the front of `input`.
std::optional<U256> take_der_integer(BytesView& input)
{
    if (input.size() < 2 || input[0] != 0x02 || input[1] == 0 || input[1] > 33 || input.size() < 2U + input[1])
        return std::nullopt;
    BytesView digits = input.subspan(2, input[1]);
    input = input.subspan(2U + input[1]);
    if ((digits[0] & 0x80) != 0)
        return std::nullopt;
    if (digits[0] == 0 && digits.size() > 1)
    {
        if ((digits[1] & 0x80) == 0)
            return std::nullopt;
        digits = digits.subspan(1);
    }
    if (digits.size() > 32)
        return std::nullopt;
    return to_u256(digits);
}

/// ECDSA-Sig-Value of RFC 3279 in DER. Both curves' signatures fit the short form of the length.
std::optional<Signature> parse_der(BytesView input)
{
    if (input.size() < 2 || input[0] != 0x30 || input[1] >= 0x80 || input.size() != 2U + input[1])
        return std::nullopt;
    input = input.subspan(2);
    const auto r = take_der_integer(input);
    const auto s = r ? take_der_integer(input) : std::nullopt;
    if (!s || !input.empty())
        return std::nullopt;
    return Signature{*r, *s};
}

/// IEEE P1363: r and s of 32 bytes each.
std::optional<Signature> parse_p1363(BytesView input)
{
    if (input.size() != 64)
        return std::nullopt;
    return Signature{to_u256(input.first(32)), to_u256(input.last(32))};
}

using SignatureParser = std::optional<Signature> (*)(BytesView);

/// A coordinate is written as a signed number: with a leading zero byte, or shorter than 32 bytes.
Hash coordinate(const nlohmann::json& text)
{
    const Bytes digits = hex_bytes(text);
    const auto first = std::find_if(digits.begin(), digits.end(), [](Byte byte) { return byte != 0; });
    return to_hash(to_u256(BytesView{first, digits.end()}));
}

/// Calls `accepts(digest, signature, x, y)` for each case of a file and expects the published result.
template <typename Accepts>
void run_wycheproof(const std::filesystem::path& file, SignatureParser parse, Accepts accepts)
{
    std::size_t cases = 0;
    const auto document = read_json(file);
    for (const auto& group : document.at("testGroups"))
    {
        ASSERT_EQ(group.at("sha"), "SHA-256");
        const Hash x = coordinate(group.at("publicKey").at("wx"));
        const Hash y = coordinate(group.at("publicKey").at("wy"));
        for (const auto& test : group.at("tests"))
        {
            const auto signature = parse(hex_bytes(test.at("sig")));
            const Hash digest = sha256(hex_bytes(test.at("msg")));
            const bool accepted = signature && accepts(digest, *signature, x, y);
            EXPECT_EQ(accepted, test.at("result") == "valid")
                << file.filename() << " tcId " << test.at("tcId") << ": " << test.at("comment");
            ++cases;
        }
    }
    EXPECT_GT(cases, 100U);
    testing::Test::RecordProperty("cases", static_cast<int>(cases));
}

/// Whether the signature verifies, having checked that recovery tells the same: one of the two keys is this one.
bool verifies_and_recovers(const Hash& digest, const Signature& signature, const Hash& x, const Hash& y)
{
    PublicKey key;
    std::ranges::copy(x, key.begin());
    std::ranges::copy(y, key.begin() + 32);
    const bool verified = verify(digest, signature.r, signature.s, key);
    bool recovered = false;
    for (const std::uint8_t y_parity : {std::uint8_t{0}, std::uint8_t{1}})
        recovered |= recover_public_key(digest, {.r = signature.r, .s = signature.s, .y_parity = y_parity}) == key;
    // Recovery cannot name an x coordinate of R that is not below n, so such a signature only verifies.
    const bool r_may_have_been_reduced = signature.r < U256{0} - secp256k1_order;
    EXPECT_TRUE(recovered == verified || (verified && r_may_have_been_reduced));
    return verified;
}

TEST(CryptoVectors, secp256k1_der)
{
    JIFFY_VECTORS_OR_SKIP(folder, "wycheproof");
    run_wycheproof(folder / "ecdsa_secp256k1_sha256_test.json", parse_der, verifies_and_recovers);
}

TEST(CryptoVectors, secp256k1_p1363)
{
    JIFFY_VECTORS_OR_SKIP(folder, "wycheproof");
    run_wycheproof(folder / "ecdsa_secp256k1_sha256_p1363_test.json", parse_p1363, verifies_and_recovers);
}

TEST(CryptoVectors, secp256k1_low_s)
{
    JIFFY_VECTORS_OR_SKIP(folder, "wycheproof");
    run_wycheproof(folder / "ecdsa_secp256k1_sha256_bitcoin_test.json", parse_der,
        [](const Hash& digest, const Signature& signature, const Hash& x, const Hash& y)
        { return verifies_and_recovers(digest, signature, x, y) && signature.s <= secp256k1_half_order; });
}

bool verifies_secp256r1(const Hash& digest, const Signature& signature, const Hash& x, const Hash& y)
{
    return secp256r1_verify(digest, to_hash(signature.r), to_hash(signature.s), x, y);
}

TEST(CryptoVectors, secp256r1_der)
{
    JIFFY_VECTORS_OR_SKIP(folder, "wycheproof");
    run_wycheproof(folder / "ecdsa_secp256r1_sha256_test.json", parse_der, verifies_secp256r1);
}

TEST(CryptoVectors, secp256r1_p1363)
{
    JIFFY_VECTORS_OR_SKIP(folder, "wycheproof");
    run_wycheproof(folder / "ecdsa_secp256r1_sha256_p1363_test.json", parse_p1363, verifies_secp256r1);
}
}  // namespace
}  // namespace jiffy::crypto
