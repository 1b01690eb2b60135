// SPDX-License-Identifier: Apache-2.0
#include "crypto/kernels.hpp"

#include "crypto/native/keccak_batch.hpp"

namespace jiffy::crypto
{
namespace
{
constexpr Kernels avx2{.name = "avx2", .keccak256_batch = keccak256_batch_avx2};
constexpr Kernels avx512{.name = "avx512", .keccak256_batch = keccak256_batch_avx512};
}  // namespace

const Kernels& native_kernels() noexcept
{
    return __builtin_cpu_supports("avx512f") ? avx512 : avx2;
}
}  // namespace jiffy::crypto
