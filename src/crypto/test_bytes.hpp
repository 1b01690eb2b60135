// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/bytes.hpp"

namespace jiffy::crypto
{
/// Test data: `length` bytes that differ from place to place and from seed to seed.
inline Bytes test_bytes(std::size_t length, std::size_t seed)
{
    Bytes result(length);
    std::uint64_t state = seed * 2 + 1;
    for (auto& byte : result)
    {
        state = state * 6364136223846793005ULL + 1442695040888963407ULL;
        byte = static_cast<Byte>(state >> 56);
    }
    return result;
}
}  // namespace jiffy::crypto
