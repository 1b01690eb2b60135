// SPDX-License-Identifier: Apache-2.0
#include "base/hex.hpp"
#include "conformance/vectors.hpp"
#include "crypto/bls12_381.hpp"
#include "crypto/bn254.hpp"
#include "crypto/kzg.hpp"

#include <fstream>
#include <functional>

namespace jiffy::crypto
{
namespace
{
using vectors::hex_bytes;
using vectors::read_json;

/// What a precompile answers; empty on failure.
using Answer = std::optional<Bytes>;
using Precompile = std::function<Answer(BytesView)>;

template <class Point>
Answer to_answer(const std::optional<Point>& point)
{
    if (!point)
        return std::nullopt;
    return to_bytes(point->view());
}

/// A yes or no as a 32-byte number.
Answer to_answer(const std::optional<bool>& answer)
{
    if (!answer)
        return std::nullopt;
    return to_bytes(to_hash(U256{*answer ? 1U : 0U}).view());
}

template <auto Function>
Answer call(BytesView input)
{
    return to_answer(Function(input));
}

/// Runs the cases of <name>.json and, if there is one, fail-<name>.json.
void run_precompile(const std::filesystem::path& folder, const std::string& name, const Precompile& precompile)
{
    int cases = 0;
    for (const auto& test : read_json(folder / (name + ".json")))
    {
        EXPECT_EQ(precompile(hex_bytes(test.at("Input"))), hex_bytes(test.at("Expected")))
            << name << ' ' << test.at("Name");
        ++cases;
    }
    const auto failures = folder / ("fail-" + name + ".json");
    if (std::filesystem::exists(failures))
        for (const auto& test : read_json(failures))
        {
            EXPECT_EQ(precompile(hex_bytes(test.at("Input"))), std::nullopt) << name << ' ' << test.at("Name");
            ++cases;
        }
    EXPECT_GT(cases, 3) << name;
    testing::Test::RecordProperty(name, cases);
}

/// The input cut or filled with zeros to a length, as EIP-196 has it.
Bytes padded(BytesView input, std::size_t size)
{
    Bytes result = to_bytes(input);
    result.resize(size);
    return result;
}

TEST(CurveVectors, bn254)
{
    JIFFY_VECTORS_OR_SKIP(suite, "geth_vectors");
    const auto folder = suite / "precompiles";
    run_precompile(folder, "bn256Add",
        [](BytesView input)
        {
            const Bytes points = padded(input, 128);
            return to_answer(bn254_add(Bn254Point::from(points), Bn254Point::from(BytesView{points}.subspan(64))));
        });
    run_precompile(folder, "bn256ScalarMul",
        [](BytesView input)
        {
            const Bytes factors = padded(input, 96);
            return to_answer(bn254_multiply(Bn254Point::from(factors), to_u256(BytesView{factors}.subspan(64))));
        });
    run_precompile(folder, "bn256Pairing", call<bn254_pairing_check>);
}

TEST(CurveVectors, bls12_381)
{
    JIFFY_VECTORS_OR_SKIP(suite, "geth_vectors");
    const auto folder = suite / "precompiles";
    run_precompile(folder, "blsG1Add", call<bls12_g1_add>);
    run_precompile(folder, "blsG1Mul", call<bls12_g1_msm>);
    run_precompile(folder, "blsG1MultiExp", call<bls12_g1_msm>);
    run_precompile(folder, "blsG2Add", call<bls12_g2_add>);
    run_precompile(folder, "blsG2Mul", call<bls12_g2_msm>);
    run_precompile(folder, "blsG2MultiExp", call<bls12_g2_msm>);
    run_precompile(folder, "blsPairing", call<bls12_pairing_check>);
    run_precompile(folder, "blsMapG1", call<bls12_map_fp_to_g1>);
    run_precompile(folder, "blsMapG2", call<bls12_map_fp2_to_g2>);
}

/// Value of the line `key: 'text'` or `key: text`; empty if there is none.
std::string yaml_value(const std::filesystem::path& file, const std::string& key)
{
    std::ifstream lines(file);
    for (std::string line; std::getline(lines, line);)
    {
        const auto start = line.find_first_not_of(' ');
        if (start == std::string::npos || line.compare(start, key.size() + 2, key + ": ") != 0)
            continue;
        std::string value = line.substr(start + key.size() + 2);
        std::erase(value, '\'');
        return value;
    }
    return {};
}

TEST(CurveVectors, kzg_verify_proof)
{
    JIFFY_VECTORS_OR_SKIP(suite, "kzg");
    int cases = 0;
    int accepted = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(suite / "tests" / "verify_kzg_proof"))
    {
        if (entry.path().filename() != "data.yaml")
            continue;
        const auto output = yaml_value(entry.path(), "output");
        ASSERT_FALSE(output.empty()) << entry.path();
        const auto commitment = fixed_from_hex<48>(yaml_value(entry.path(), "commitment"));
        const auto z = fixed_from_hex<32>(yaml_value(entry.path(), "z"));
        const auto y = fixed_from_hex<32>(yaml_value(entry.path(), "y"));
        const auto proof = fixed_from_hex<48>(yaml_value(entry.path(), "proof"));
        // An input of the wrong length cannot even be passed; "null" means that it must be refused.
        const bool valid = commitment && z && y && proof && kzg_verify_proof(*commitment, *z, *y, *proof);
        EXPECT_EQ(valid, output == "true") << entry.path();
        ++cases;
        accepted += valid ? 1 : 0;
    }
    EXPECT_GT(cases, 50);
    EXPECT_GT(accepted, 10);
    RecordProperty("cases", cases);
}
}  // namespace
}  // namespace jiffy::crypto
