// SPDX-License-Identifier: Apache-2.0
#include "store/compression.hpp"

#include <memory>
#include <new>
#include <zstd.h>

namespace jiffy::store
{
namespace
{
constexpr int level = 3;
}

void append_compressed(Bytes& target, BytesView bytes)
{
    // A context takes some hundred kilobytes, which are not to be set up for each block.
    static thread_local const std::unique_ptr<ZSTD_CCtx, decltype(&ZSTD_freeCCtx)> context{
        ZSTD_createCCtx(), &ZSTD_freeCCtx};
    if (context == nullptr)
        throw std::bad_alloc{};
    const auto begin = target.size();
    target.resize(begin + ZSTD_compressBound(bytes.size()));
    const auto count = ZSTD_compressCCtx(
        context.get(), target.data() + begin, target.size() - begin, bytes.data(), bytes.size(), level);
    // With room for the bound nothing but memory can be missing.
    if (ZSTD_isError(count) != 0)
        throw std::bad_alloc{};
    target.resize(begin + count);
}

std::optional<Bytes> decompressed(BytesView compressed, std::size_t size)
{
    // Nothing is allocated for a size that the bytes themselves do not name.
    if (ZSTD_getFrameContentSize(compressed.data(), compressed.size()) != size)
        return std::nullopt;
    Bytes bytes(size);
    if (ZSTD_decompress(bytes.data(), size, compressed.data(), compressed.size()) != size)
        return std::nullopt;
    return bytes;
}
}  // namespace jiffy::store
