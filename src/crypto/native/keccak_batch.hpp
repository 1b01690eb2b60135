// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/bytes.hpp"

namespace jiffy::crypto
{
/// As `Kernels::keccak256_batch`, eight messages at a time; only for processors with AVX-512F.
void keccak256_batch_avx512(const BytesView* messages, Hash* digests, std::size_t count) noexcept;

/// As `Kernels::keccak256_batch`, four messages at a time.
void keccak256_batch_avx2(const BytesView* messages, Hash* digests, std::size_t count) noexcept;
}  // namespace jiffy::crypto
