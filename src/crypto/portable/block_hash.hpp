// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/bytes.hpp"

namespace jiffy::crypto::portable
{
/// The padding that SHA-256 and RIPEMD-160 share: a one bit, zeros, and the length in bits in the last 8 bytes of a
/// 64-byte block, in the byte order that `store_length` writes. Calls `compress(block)` for each block.
template <typename Compress, typename StoreLength>
void for_each_padded_block(BytesView data, Compress compress, StoreLength store_length) noexcept
{
    constexpr std::size_t block_size = 64;
    const std::uint64_t bits = std::uint64_t{data.size()} * 8;
    for (; data.size() >= block_size; data = data.subspan(block_size))
        compress(data.data());

    Byte last[2 * block_size] = {};
    if (!data.empty())
        std::memcpy(last, data.data(), data.size());
    last[data.size()] = 0x80;
    const std::size_t end = data.size() + 1 + 8 <= block_size ? block_size : 2 * block_size;
    store_length(last + end - 8, bits);
    for (std::size_t i = 0; i < end; i += block_size)
        compress(last + i);
}
}  // namespace jiffy::crypto::portable
