// SPDX-License-Identifier: Apache-2.0
#include "base/hex.hpp"
#include "crypto/bls12_381.hpp"
#include "crypto/bn254.hpp"
#include "crypto/kzg.hpp"

#include <benchmark/benchmark.h>

namespace jiffy::crypto
{
namespace
{
using literals::fixed_hex;

constexpr U256 large_scalar{0x243f6a8885a308d3, 0x13198a2e03707344, 0xa4093822299f31d0, 0x282efa98ec4e6c89};

Bn254Point bn254_point(std::uint64_t multiple)
{
    Bn254Point generator;
    generator[31] = 1;
    generator[63] = 2;
    return *bn254_multiply(generator, large_scalar * U256{multiple});
}

void bn254_add(benchmark::State& bench)
{
    const auto a = bn254_point(1);
    const auto b = bn254_point(2);
    for (auto _ : bench)
        benchmark::DoNotOptimize(crypto::bn254_add(a, b));
}
BENCHMARK(bn254_add)->Unit(benchmark::kMicrosecond);

void bn254_multiply(benchmark::State& bench)
{
    const auto point = bn254_point(1);
    for (auto _ : bench)
        benchmark::DoNotOptimize(crypto::bn254_multiply(point, large_scalar));
}
BENCHMARK(bn254_multiply)->Unit(benchmark::kMicrosecond);

void bn254_pairing(benchmark::State& bench)
{
    const auto g2_generator = fixed_hex<128>(
        "198e9393920d483a7260bfb731fb5d25f1aa493335a9e71297e485b7aef312c2"
        "1800deef121f1e76426a00665e5c4479674322d4f75edadd46debd5cd992f6ed"
        "090689d0585ff075ec9e99ad690c3395bc4b313370b38ef355acdadcd122975b"
        "12c85ea5db8c6deb4aab71808dcb408fe3d1e7690c43d37b4ce6cc0166fa7daa");
    Bytes input;
    for (std::int64_t i = 0; i < bench.range(0); ++i)
    {
        append(input, bn254_point(static_cast<std::uint64_t>(i) + 1).view());
        append(input, g2_generator.view());
    }
    for (auto _ : bench)
        benchmark::DoNotOptimize(bn254_pairing_check(input));
}
BENCHMARK(bn254_pairing)->Arg(1)->Arg(2)->Arg(4)->Unit(benchmark::kMicrosecond);

BlsG1 bls12_g1(std::uint64_t seed)
{
    FixedBytes<64> element;
    store_big_endian(element.data() + 32, U256{seed});
    return *bls12_map_fp_to_g1(element.view());
}

BlsG2 bls12_g2(std::uint64_t seed)
{
    FixedBytes<128> element;
    store_big_endian(element.data() + 32, U256{seed});
    return *bls12_map_fp2_to_g2(element.view());
}

void bls12_g1_add(benchmark::State& bench)
{
    Bytes input = to_bytes(bls12_g1(1).view());
    append(input, bls12_g1(2).view());
    for (auto _ : bench)
        benchmark::DoNotOptimize(crypto::bls12_g1_add(input));
}
BENCHMARK(bls12_g1_add)->Unit(benchmark::kMicrosecond);

void bls12_g1_msm(benchmark::State& bench)
{
    Bytes input;
    for (std::int64_t i = 0; i < bench.range(0); ++i)
    {
        append(input, bls12_g1(static_cast<std::uint64_t>(i)).view());
        append(input, to_hash(large_scalar * U256{static_cast<std::uint64_t>(i) + 1}).view());
    }
    for (auto _ : bench)
        benchmark::DoNotOptimize(crypto::bls12_g1_msm(input));
}
BENCHMARK(bls12_g1_msm)->Arg(1)->Arg(2)->Arg(4)->Arg(16)->Arg(128)->Unit(benchmark::kMicrosecond);

void bls12_pairing(benchmark::State& bench)
{
    Bytes input;
    for (std::int64_t i = 0; i < bench.range(0); ++i)
    {
        append(input, bls12_g1(static_cast<std::uint64_t>(i)).view());
        append(input, bls12_g2(static_cast<std::uint64_t>(i)).view());
    }
    for (auto _ : bench)
        benchmark::DoNotOptimize(bls12_pairing_check(input));
}
BENCHMARK(bls12_pairing)->Arg(2)->Unit(benchmark::kMicrosecond);

void kzg_verify(benchmark::State& bench)
{
    // A case of the consensus tests whose proof is right, so that nothing is decided early.
    const auto commitment = fixed_hex<48>(
        "a421e229565952cfff4ef3517100a97da1d4fe57956fa50a442f92af03b1bf37adacc8ad4ed209b31287ea5bb94d9d06");
    const auto z = fixed_hex<32>("5eb7004fe57383e6c88b99d839937fddf3f99279353aaf8d5c9a75f91ce33c62");
    const auto y = fixed_hex<32>("5ee1e9a4a06a02ca6ea14b0ca73415a8ba0fba888f18dde56df499b480d4b9e0");
    const auto proof = fixed_hex<48>(
        "a1fcd37a924af9ec04143b44853c26f6b0738f6e15a3e0755057e7d5460406c7e148adb0e2d608982140d0ae42fe0b3b");
    for (auto _ : bench)
        if (!kzg_verify_proof(commitment, z, y, proof))
            bench.SkipWithError("the proof was refused");
}
BENCHMARK(kzg_verify)->Unit(benchmark::kMicrosecond);
}  // namespace
}  // namespace jiffy::crypto
