// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/bytes.hpp"

namespace jiffy::crypto
{
/// Routines that work on many inputs at once. The shell picks one table for the processor at start-up and passes it
/// in; every table gives the same results.
struct Kernels
{
    /// For people: "scalar", "avx512".
    const char* name;
    /// Keccak-256 of `count` messages of any lengths, `digests[i]` of `messages[i]`.
    void (*keccak256_batch)(const BytesView* messages, Hash* digests, std::size_t count) noexcept;
};

/// One after the other, on any processor.
const Kernels& scalar_kernels() noexcept;

/// The fastest table for this processor, asked of it by CPUID.
const Kernels& native_kernels() noexcept;
}  // namespace jiffy::crypto
