// SPDX-License-Identifier: Apache-2.0
#include "base/hex.hpp"
#include "conformance/vectors.hpp"
#include "crypto/hashes.hpp"
#include "evm/precompiles.hpp"

#include <fstream>
#include <limits>

namespace jiffy::evm
{
namespace
{
using vectors::hex_bytes;
using vectors::read_json;

/// A file of geth's vectors and the contract that it is about.
struct Vectors
{
    const char* file;
    std::uint16_t address;
    Revision revision;
};

const Precompile& contract_of(const Vectors& vectors)
{
    const auto* found = find_precompile(vectors.revision, to_address(U256{vectors.address}));
    if (found == nullptr)
        throw std::runtime_error(std::string{"no contract for "} + vectors.file);
    return *found;
}

constexpr Vectors answers[] = {
    {"ecRecover.json", 0x01, Revision::frontier},
    {"modexp.json", 0x05, Revision::byzantium},
    {"modexp_eip2565.json", 0x05, Revision::berlin},
    {"modexp_eip7883.json", 0x05, Revision::osaka},
    {"bn256Add.json", 0x06, Revision::istanbul},
    {"bn256ScalarMul.json", 0x07, Revision::istanbul},
    {"bn256Pairing.json", 0x08, Revision::istanbul},
    {"blake2F.json", 0x09, Revision::istanbul},
    {"pointEvaluation.json", 0x0a, Revision::cancun},
    {"blsG1Add.json", 0x0b, Revision::prague},
    {"blsG1Mul.json", 0x0c, Revision::prague},
    {"blsG1MultiExp.json", 0x0c, Revision::prague},
    {"blsG2Add.json", 0x0d, Revision::prague},
    {"blsG2Mul.json", 0x0e, Revision::prague},
    {"blsG2MultiExp.json", 0x0e, Revision::prague},
    {"blsPairing.json", 0x0f, Revision::prague},
    {"blsMapG1.json", 0x10, Revision::prague},
    {"blsMapG2.json", 0x11, Revision::prague},
    {"p256Verify.json", 0x100, Revision::osaka},
};

constexpr Vectors refusals[] = {
    {"fail-blake2f.json", 0x09, Revision::istanbul},
    {"fail-blsG1Add.json", 0x0b, Revision::prague},
    {"fail-blsG1Mul.json", 0x0c, Revision::prague},
    {"fail-blsG1MultiExp.json", 0x0c, Revision::prague},
    {"fail-blsG2Add.json", 0x0d, Revision::prague},
    {"fail-blsG2Mul.json", 0x0e, Revision::prague},
    {"fail-blsG2MultiExp.json", 0x0e, Revision::prague},
    {"fail-blsPairing.json", 0x0f, Revision::prague},
    {"fail-blsMapG1.json", 0x10, Revision::prague},
    {"fail-blsMapG2.json", 0x11, Revision::prague},
};

TEST(PrecompileVectors, every_file_is_listed)
{
    JIFFY_VECTORS_OR_SKIP(folder, "geth_vectors");
    std::size_t files = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder / "precompiles"))
        files += entry.path().extension() == ".json" ? 1 : 0;
    EXPECT_EQ(files, std::size(answers) + std::size(refusals));
}

TEST(PrecompileVectors, answers_and_gas)
{
    JIFFY_VECTORS_OR_SKIP(folder, "geth_vectors");
    std::size_t cases = 0;
    Bytes buffer;
    for (const auto& vectors : answers)
        for (const auto& test : read_json(folder / "precompiles" / vectors.file))
        {
            const auto name = std::string{vectors.file} + ": " + test.at("Name").get<std::string>();
            const auto input = hex_bytes(test.at("Input"));
            const auto gas = test.at("Gas").get<std::int64_t>();
            const auto exact = run_precompile(contract_of(vectors), input, gas, buffer);
            EXPECT_TRUE(exact.success) << name;
            EXPECT_EQ(exact.gas_left, 0) << name;
            EXPECT_EQ(to_hex(exact.output), to_hex(hex_bytes(test.at("Expected")))) << name;
            EXPECT_FALSE(gas > 0 && run_precompile(contract_of(vectors), input, gas - 1, buffer).success) << name;
            ++cases;
        }
    EXPECT_GT(cases, 1000U);
    RecordProperty("cases", static_cast<int>(cases));
}

TEST(PrecompileVectors, refusals)
{
    JIFFY_VECTORS_OR_SKIP(folder, "geth_vectors");
    std::size_t cases = 0;
    Bytes buffer;
    for (const auto& vectors : refusals)
        for (const auto& test : read_json(folder / "precompiles" / vectors.file))
        {
            constexpr auto plenty = std::numeric_limits<std::int64_t>::max();
            const auto outcome = run_precompile(contract_of(vectors), hex_bytes(test.at("Input")), plenty, buffer);
            EXPECT_FALSE(outcome.success) << vectors.file << ": " << test.at("Name");
            EXPECT_EQ(outcome.gas_left, 0) << vectors.file << ": " << test.at("Name");
            ++cases;
        }
    EXPECT_GT(cases, 40U);
    RecordProperty("cases", static_cast<int>(cases));
}

/// The value of `key: 'value'`, or of `key: value`, in a file of the KZG suite, which uses no more of YAML than that.
std::string yaml_value(const std::string& text, const std::string& key)
{
    const auto begin = text.find(key + ": ");
    if (begin == std::string::npos)
        throw std::runtime_error("no " + key);
    const auto first = begin + key.size() + 2;
    auto value = text.substr(first, text.find('\n', first) - first);
    std::erase(value, '\'');
    return value;
}

TEST(PrecompileVectors, point_evaluation_of_the_kzg_suite)
{
    JIFFY_VECTORS_OR_SKIP(folder, "kzg");
    const auto& precompile = contract_of({"kzg", 0x0a, Revision::cancun});
    std::size_t cases = 0;
    Bytes buffer;
    for (const auto& entry : std::filesystem::directory_iterator(folder / "tests/verify_kzg_proof/kzg-mainnet"))
    {
        std::ifstream stream(entry.path() / "data.yaml");
        const std::string text{std::istreambuf_iterator<char>{stream}, {}};
        const auto field = [&](const char* key) { return hex_bytes(yaml_value(text, key)); };
        const auto commitment = field("commitment");
        Hash versioned_hash = crypto::sha256(commitment);
        versioned_hash[0] = 1;
        Bytes input = to_bytes(versioned_hash.view());
        for (const auto& part : {field("z"), field("y"), commitment, field("proof")})
            append(input, part);

        const auto outcome = run_precompile(precompile, input, 50000, buffer);
        EXPECT_EQ(outcome.success, yaml_value(text, "output") == "true") << entry.path();
        if (outcome.success)
        {
            EXPECT_EQ(to_hex(outcome.output),
                "0x000000000000000000000000000000000000000000000000000000000000100073eda753299d7d483339d80809a1d80553bd"
                "a402"
                "fffe5bfeffffffff00000001");
            input[0] = 2;
            EXPECT_FALSE(run_precompile(precompile, input, 50000, buffer).success) << "unknown version";
        }
        ++cases;
    }
    EXPECT_GT(cases, 50U);
    RecordProperty("cases", static_cast<int>(cases));
}
}  // namespace
}  // namespace jiffy::evm
