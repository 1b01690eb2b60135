// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "crypto/keccak.hpp"

#include <array>
#include <cstring>

namespace jiffy::types
{
/// First byte of whatever is hashed for a signed statement, so that no hash of one kind can be taken for another.
enum class StatementPrefix : Byte
{
    leaf = 0,
    node = 1,
    batch = 2,
    mini_block = 3,
    environment = 4,
    transaction_prefix = 5,
};

/// Keccak-256 of the prefix and of parts whose sizes add up to at most 128 bytes.
template <StatementPrefix prefix, class... Parts>
Hash hash_statement(const Parts&... parts) noexcept
{
    std::array<Byte, 129> buffer;
    buffer[0] = static_cast<Byte>(prefix);
    std::size_t size = 1;
    const auto put = [&](BytesView part)
    {
        std::memcpy(buffer.data() + size, part.data(), part.size());
        size += part.size();
    };
    (put(parts), ...);
    return crypto::keccak256({buffer.data(), size});
}
}  // namespace jiffy::types
