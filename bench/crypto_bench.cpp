// SPDX-License-Identifier: Apache-2.0
#include "crypto/hashes.hpp"
#include "crypto/keccak.hpp"
#include "crypto/kernels.hpp"
#include "crypto/modexp.hpp"
#include "crypto/secp256k1.hpp"
#include "crypto/secp256r1.hpp"
#include "crypto/test_bytes.hpp"

#include <benchmark/benchmark.h>
#include <vector>

namespace jiffy::crypto
{
namespace
{
Bytes pattern(std::size_t length)
{
    return test_bytes(length, length);
}

void keccak_permutation(benchmark::State& bench)
{
    std::uint64_t state[25] = {};
    for (auto _ : bench)
    {
        keccak_f1600(state);
        benchmark::DoNotOptimize(state);
    }
}
BENCHMARK(keccak_permutation);

template <auto HashFunction>
void hash_of_bytes(benchmark::State& bench)
{
    const Bytes message = pattern(static_cast<std::size_t>(bench.range(0)));
    for (auto _ : bench)
        benchmark::DoNotOptimize(HashFunction(message));
}
BENCHMARK(hash_of_bytes<keccak256>)->Name("keccak256")->Arg(32)->Arg(64)->Arg(136)->Arg(1024);
BENCHMARK(hash_of_bytes<sha256>)->Name("sha256")->Arg(32)->Arg(128)->Arg(1024);
BENCHMARK(hash_of_bytes<ripemd160>)->Name("ripemd160")->Arg(32)->Arg(128)->Arg(1024);

/// Hashes the messages together; the rate is of messages.
template <const Kernels& (*Table)() noexcept>
void hash_batch(benchmark::State& bench, const std::vector<Bytes>& messages)
{
    const std::vector<BytesView> views(messages.begin(), messages.end());
    std::vector<Hash> digests(messages.size());
    for (auto _ : bench)
    {
        Table().keccak256_batch(views.data(), digests.data(), views.size());
        benchmark::ClobberMemory();
    }
    bench.SetItemsProcessed(bench.iterations() * static_cast<std::int64_t>(views.size()));
    bench.SetLabel(Table().name);
}

/// A thousand messages of one length.
template <const Kernels& (*Table)() noexcept>
void keccak_batch(benchmark::State& bench)
{
    hash_batch<Table>(bench, std::vector<Bytes>(1000, pattern(static_cast<std::size_t>(bench.range(0)))));
}
BENCHMARK(keccak_batch<scalar_kernels>)->Name("keccak256_batch_scalar")->Arg(32)->Arg(110)->Arg(532);
BENCHMARK(keccak_batch<native_kernels>)->Name("keccak256_batch_native")->Arg(32)->Arg(110)->Arg(532);

/// A thousand messages of mixed lengths, as a level of a trie has them.
template <const Kernels& (*Table)() noexcept>
void keccak_mixed_batch(benchmark::State& bench)
{
    std::vector<Bytes> messages;
    for (std::size_t i = 0; i < 1000; ++i)
        messages.push_back(pattern(33 + (i * 7919) % 500));
    hash_batch<Table>(bench, messages);
}
BENCHMARK(keccak_mixed_batch<scalar_kernels>)->Name("keccak256_mixed_batch_scalar");
BENCHMARK(keccak_mixed_batch<native_kernels>)->Name("keccak256_mixed_batch_native");

void blake2b_per_round(benchmark::State& bench)
{
    std::uint64_t h[8] = {};
    const std::uint64_t m[16] = {1, 2, 3};
    const std::uint64_t t[2] = {};
    constexpr std::uint32_t rounds = 1000;
    for (auto _ : bench)
    {
        blake2b_compress(rounds, h, m, t, false);
        benchmark::DoNotOptimize(h);
    }
    bench.SetItemsProcessed(bench.iterations() * rounds);
}
BENCHMARK(blake2b_per_round);

const Hash secret = sha256(pattern(1));
const Hash digest = sha256(pattern(2));

void secp256k1_sign(benchmark::State& bench)
{
    for (auto _ : bench)
        benchmark::DoNotOptimize(sign(digest, secret));
}
BENCHMARK(secp256k1_sign);

void secp256k1_recover_address(benchmark::State& bench)
{
    const auto signature = *sign(digest, secret);
    for (auto _ : bench)
        benchmark::DoNotOptimize(recover_address(digest, signature));
}
BENCHMARK(secp256k1_recover_address);

void secp256k1_verify(benchmark::State& bench)
{
    const auto signature = *sign(digest, secret);
    const auto key = *public_key_of(secret);
    for (auto _ : bench)
        benchmark::DoNotOptimize(verify(digest, signature.r, signature.s, key));
}
BENCHMARK(secp256k1_verify);

void secp256r1_verify_signature(benchmark::State& bench)
{
    // The generator as the key and its x as r and s: refused only after all the arithmetic.
    const Hash x = to_hash(U256{0xf4a13945d898c296, 0x77037d812deb33a0, 0xf8bce6e563a440f2, 0x6b17d1f2e12c4247});
    const Hash y = to_hash(U256{0xcbb6406837bf51f5, 0x2bce33576b315ece, 0x8ee7eb4a7c0f9e16, 0x4fe342e2fe1a7f9b});
    for (auto _ : bench)
        benchmark::DoNotOptimize(secp256r1_verify(digest, x, x, x, y));
}
BENCHMARK(secp256r1_verify_signature);

/// Numbers of `range(0)` bytes each; `range(1)` is the last byte of the modulus, so its parity.
void modexp(benchmark::State& bench)
{
    const auto length = static_cast<std::size_t>(bench.range(0));
    const Bytes base(length, 0xfe);
    const Bytes exponent(length, 0xff);
    Bytes modulus(length, 0xfd);
    modulus.back() = static_cast<Byte>(bench.range(1));
    Bytes result(length);
    for (auto _ : bench)
    {
        modular_power(base, exponent, modulus, result);
        benchmark::ClobberMemory();
    }
}
BENCHMARK(modexp)->ArgsProduct({{1, 8, 32, 64, 128, 256, 512, 1024}, {0xfb, 0xfa}});
}  // namespace
}  // namespace jiffy::crypto
