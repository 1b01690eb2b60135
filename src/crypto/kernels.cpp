// SPDX-License-Identifier: Apache-2.0
#include "crypto/kernels.hpp"

#include "crypto/keccak.hpp"

namespace jiffy::crypto
{
namespace
{
void keccak256_one_by_one(const BytesView* messages, Hash* digests, std::size_t count) noexcept
{
    for (std::size_t i = 0; i < count; ++i)
        digests[i] = keccak256(messages[i]);
}

constexpr Kernels scalar{.name = "scalar", .keccak256_batch = keccak256_one_by_one};
}  // namespace

const Kernels& scalar_kernels() noexcept
{
    return scalar;
}
}  // namespace jiffy::crypto
