// SPDX-License-Identifier: Apache-2.0
#include "cli/bench_gas_worst_programs.hpp"
#include "crypto/bls12_381.hpp"
#include "crypto/bn254.hpp"
#include "crypto/hashes.hpp"
#include "crypto/secp256k1.hpp"
#include "evm/precompiles.hpp"

#include <map>
#include <stdexcept>

namespace jiffy::cli::gas_worst
{
namespace
{
using namespace evm;

struct Input
{
    std::string variant;
    Bytes bytes;
};

/// A number without a pattern.
constexpr U256 scalar{0x243f6a8885a308d3, 0x13198a2e03707344, 0xa4093822299f31d0, 0xf82efa98ec4e6c89};

void append_word(Bytes& bytes, const U256& word)
{
    append(bytes, to_hash(word).view());
}

std::vector<Input> zeros(std::initializer_list<std::size_t> sizes)
{
    std::vector<Input> inputs;
    for (const auto size : sizes)
        inputs.push_back({std::to_string(size) + " bytes", Bytes(size)});
    return inputs;
}

std::vector<Input> ecrecover_inputs()
{
    const auto digest = to_hash(scalar);
    const auto signature = crypto::sign(digest, to_hash(U256{1}));
    if (!signature)
        throw std::logic_error{"1 is no key"};
    Bytes input = to_bytes(digest.view());
    append_word(input, U256{27U + signature->y_parity});
    append_word(input, signature->r);
    append_word(input, signature->s);
    return {{"a signature", std::move(input)}};
}

/// Lengths in bytes of a modular exponentiation. The expensive ones are where the price is at its least or the formula
/// underrates the work (EIP-7883 names them as its reason): short numbers with long exponents, even moduli, which
/// Montgomery's method cannot take, and bases that are much longer than the modulus.
struct ModexpShape
{
    std::size_t base;
    std::size_t exponent;
    std::size_t modulus;
};
constexpr ModexpShape modexp_shapes[] = {{8, 112, 8}, {8, 81, 8}, {8, 601, 8}, {16, 40, 16}, {24, 21, 24}, {32, 5, 32},
    {32, 12, 32}, {32, 32, 32}, {32, 96, 32}, {40, 25, 40}, {48, 64, 48}, {64, 64, 64}, {64, 512, 64}, {128, 128, 128},
    {192, 1, 192}, {256, 128, 256}, {256, 1024, 256}, {512, 128, 512}, {1024, 1, 1024}, {1024, 128, 1024}, {1024, 2, 8},
    {1, 32, 1}, {1, 1024, 32}};

std::vector<Input> modexp_inputs()
{
    std::vector<Input> inputs;
    for (const auto& shape : modexp_shapes)
        for (const bool is_even : {false, true})
        {
            Bytes input;
            for (const auto length : {shape.base, shape.exponent, shape.modulus})
                append_word(input, U256{length});
            input.resize(input.size() + shape.base + shape.exponent + shape.modulus, 0xff);
            if (is_even)
                input.back() = 0xfe;
            inputs.push_back({std::to_string(shape.base) + "^" + std::to_string(shape.exponent) + " mod " +
                                  (is_even ? "even " : "odd ") + std::to_string(shape.modulus) + " bytes",
                std::move(input)});
        }
    return inputs;
}

crypto::Bn254Point bn254_point(const U256& multiple)
{
    crypto::Bn254Point generator;
    generator[31] = 1;
    generator[63] = 2;
    const auto point = crypto::bn254_multiply(generator, multiple);
    if (!point)
        throw std::logic_error{"the generator is no point"};
    return *point;
}

std::vector<Input> bn254_add_inputs()
{
    Bytes input = to_bytes(bn254_point(scalar).view());
    append(input, bn254_point(scalar + scalar).view());
    return {{"two points", std::move(input)}};
}

std::vector<Input> bn254_mul_inputs()
{
    std::vector<Input> inputs;
    for (const auto& factor : {U256::max(), scalar})
    {
        Bytes input = to_bytes(bn254_point(scalar).view());
        append_word(input, factor);
        inputs.push_back({"scalar of 256 bits", std::move(input)});
    }
    return inputs;
}

std::vector<Input> bn254_pairing_inputs()
{
    // The generator of G2 (EIP-197).
    constexpr auto g2_generator = fixed_hex<128>(
        "198e9393920d483a7260bfb731fb5d25f1aa493335a9e71297e485b7aef312c2"
        "1800deef121f1e76426a00665e5c4479674322d4f75edadd46debd5cd992f6ed"
        "090689d0585ff075ec9e99ad690c3395bc4b313370b38ef355acdadcd122975b"
        "12c85ea5db8c6deb4aab71808dcb408fe3d1e7690c43d37b4ce6cc0166fa7daa");
    std::vector<Input> inputs;
    for (const std::uint64_t pairs : {1U, 2U, 16U})
    {
        Bytes input;
        for (std::uint64_t i = 1; i <= pairs; ++i)
        {
            append(input, bn254_point(scalar * U256{i}).view());
            append(input, g2_generator.view());
        }
        inputs.push_back({std::to_string(pairs) + " pairs", std::move(input)});
    }
    return inputs;
}

std::vector<Input> blake2f_inputs()
{
    std::vector<Input> inputs;
    for (const std::uint32_t rounds : {1U, 12U, 10'000U, 1'000'000U})
    {
        Bytes input(213, 0xa5);
        for (int i = 0; i < 4; ++i)
            input[static_cast<std::size_t>(i)] = static_cast<Byte>(rounds >> (24 - 8 * i));
        input.back() = 1;
        inputs.push_back({std::to_string(rounds) + " rounds", std::move(input)});
    }
    return inputs;
}

std::vector<Input> point_evaluation_inputs()
{
    // A case of the consensus tests whose proof is right, so that nothing is decided early.
    constexpr auto commitment = fixed_hex<48>(
        "a421e229565952cfff4ef3517100a97da1d4fe57956fa50a442f92af03b1bf37adacc8ad4ed209b31287ea5bb94d9d06");
    constexpr auto z = fixed_hex<32>("5eb7004fe57383e6c88b99d839937fddf3f99279353aaf8d5c9a75f91ce33c62");
    constexpr auto y = fixed_hex<32>("5ee1e9a4a06a02ca6ea14b0ca73415a8ba0fba888f18dde56df499b480d4b9e0");
    constexpr auto proof = fixed_hex<48>(
        "a1fcd37a924af9ec04143b44853c26f6b0738f6e15a3e0755057e7d5460406c7e148adb0e2d608982140d0ae42fe0b3b");
    // EIP-4844: a versioned hash begins with 1.
    auto versioned_hash = crypto::sha256(commitment.view());
    versioned_hash[0] = 1;
    Bytes input = to_bytes(versioned_hash.view());
    append(input, z.view());
    append(input, y.view());
    append(input, commitment.view());
    append(input, proof.view());
    return {{"a right proof", std::move(input)}};
}

Bytes field_element(std::uint64_t seed)
{
    Bytes element(32);
    append_word(element, scalar + U256{seed});
    return element;
}

Bytes field_element_pair(std::uint64_t seed)
{
    Bytes pair = field_element(seed);
    append(pair, field_element(seed + 1));
    return pair;
}

Bytes bls12_g1(std::uint64_t seed)
{
    const auto point = crypto::bls12_map_fp_to_g1(field_element(seed));
    if (!point)
        throw std::logic_error{"a field element is not mapped"};
    return to_bytes(point->view());
}

Bytes bls12_g2(std::uint64_t seed)
{
    const auto point = crypto::bls12_map_fp2_to_g2(field_element_pair(seed));
    if (!point)
        throw std::logic_error{"a field element is not mapped"};
    return to_bytes(point->view());
}

using MakePart = Bytes (*)(std::uint64_t seed);

std::vector<Input> bls12_add_inputs(MakePart make_point)
{
    Bytes input = make_point(1);
    append(input, make_point(2));
    return {{"two points", std::move(input)}};
}

/// Multiplications of many points, whose price for each falls with their number.
std::vector<Input> bls12_msm_inputs(MakePart make_point)
{
    std::vector<Input> inputs;
    for (const std::uint64_t points : {1U, 2U, 8U, 32U, 128U})
    {
        Bytes input;
        for (std::uint64_t i = 0; i < points; ++i)
        {
            append(input, make_point(i));
            append_word(input, scalar + U256{i});
        }
        inputs.push_back({std::to_string(points) + " points", std::move(input)});
    }
    return inputs;
}

std::vector<Input> bls12_pairing_inputs()
{
    std::vector<Input> inputs;
    for (const std::uint64_t pairs : {1U, 2U, 16U})
    {
        Bytes input;
        for (std::uint64_t i = 0; i < pairs; ++i)
        {
            append(input, bls12_g1(i));
            append(input, bls12_g2(i));
        }
        inputs.push_back({std::to_string(pairs) + " pairs", std::move(input)});
    }
    return inputs;
}

std::vector<Input> p256_inputs()
{
    // Wycheproof, ecdsa_secp256r1_sha256_p1363_test, case 1.
    constexpr auto input = fixed_hex<160>(
        "bb5a52f42f9c9261ed4361f59422a1e30036e7c32b270c8807a419feca605023"
        "2ba3a8be6b94d5ec80a6d9d1190a436effe50d85a1eee859b8cc6af9bd5c2e18"
        "4cd60b855d442f5b3c7b11eb6c4e0ae7525fe710fab9aa7c77a67f79e6fadd76"
        "2927b10512bae3eddcfe467828128bad2903269919f7086069c8c4df6c732838"
        "c7787964eaac00e5921fb1498a60f4606766b3d9685001558d1a974e7341513e");
    return {{"a right signature", to_bytes(input.view())}};
}

std::vector<Input> inputs_of(std::string_view name)
{
    const std::map<std::string_view, std::vector<Input> (*)()> makers = {
        {"ecrecover", ecrecover_inputs},
        {"sha256", [] { return zeros({0, 64, 1024, 32'768}); }},
        {"ripemd160", [] { return zeros({0, 64, 1024, 32'768}); }},
        {"identity", [] { return zeros({0, 64, 1024, 32'768}); }},
        {"modexp", modexp_inputs},
        {"bn254_add", bn254_add_inputs},
        {"bn254_mul", bn254_mul_inputs},
        {"bn254_pairing", bn254_pairing_inputs},
        {"blake2f", blake2f_inputs},
        {"point_evaluation", point_evaluation_inputs},
        {"bls12_g1add", [] { return bls12_add_inputs(bls12_g1); }},
        {"bls12_g1msm", [] { return bls12_msm_inputs(bls12_g1); }},
        {"bls12_g2add", [] { return bls12_add_inputs(bls12_g2); }},
        {"bls12_g2msm", [] { return bls12_msm_inputs(bls12_g2); }},
        {"bls12_pairing_check", bls12_pairing_inputs},
        {"bls12_map_fp_to_g1", [] { return std::vector<Input>{{"a field element", field_element(1)}}; }},
        {"bls12_map_fp2_to_g2", [] { return std::vector<Input>{{"a field element", field_element_pair(1)}}; }},
        {"p256verify", p256_inputs},
    };
    const auto found = makers.find(name);
    if (found == makers.end())
        throw std::logic_error{"no input for " + std::string{name}};
    return found->second();
}

/// Calls the contract again and again with the call data behind its first word.
Program program_of(const Address& address, const Precompile& precompile, Input input)
{
    constexpr std::int64_t enough_gas = std::int64_t{1} << 40;
    Bytes buffer;
    if (!run_precompile(precompile, input.bytes, enough_gas, buffer).success)
        throw std::logic_error{std::string{precompile.name} + " refuses " + input.variant};
    const U256 size{input.bytes.size()};
    Code prologue = Code{} << size << U256{32} << op_push0 << op_calldatacopy;
    prologue << to_u256(address);
    const Code body = Code{} << op_push0 << op_push0 << size << op_push0 << dup(5) << op_gas << op_staticcall << op_pop;
    return {std::move(input.variant), endless(std::move(prologue), body), std::move(input.bytes)};
}
}  // namespace

std::vector<Subject> precompile_subjects(Revision revision)
{
    std::vector<Subject> subjects;
    for (const auto& address : precompile_addresses(revision))
    {
        const auto& precompile = *find_precompile(revision, address);
        auto& subject = subjects.emplace_back(precompile.name, std::vector<Program>{});
        for (auto& input : inputs_of(precompile.name))
            // More than a transaction may spend (EIP-7825) is no case.
            if (precompile.gas(input.bytes) <= (1U << 24))
                subject.programs.push_back(program_of(address, precompile, std::move(input)));
    }
    return subjects;
}
}  // namespace jiffy::cli::gas_worst
