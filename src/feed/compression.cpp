// SPDX-License-Identifier: Apache-2.0
#include "feed/compression.hpp"

#include <new>
#include <zstd.h>

namespace jiffy::feed
{
namespace
{
/// The fastest of zstd's usual ones: most of a record is signatures, in which there is nothing to find.
constexpr int level = 1;

/// Memory that is kept for the next time.
constexpr std::size_t kept_memory = std::size_t{1} << 20;

void make_room(Bytes& memory, std::size_t size)
{
    if (memory.capacity() > kept_memory && size <= kept_memory)
        memory = {};
    memory.resize(size);
}
}  // namespace

struct Compressor::Context
{
    std::unique_ptr<ZSTD_CCtx, decltype(&ZSTD_freeCCtx)> zstd{ZSTD_createCCtx(), &ZSTD_freeCCtx};
};

Compressor::Compressor()
  : context_{std::make_unique<Context>()}
{
    if (context_->zstd == nullptr)
        throw std::bad_alloc{};
}

Compressor::~Compressor() = default;

std::optional<BytesView> Compressor::compress(BytesView body)
{
    // One byte less than the body: what does not fit is not worth it.
    make_room(output_, body.size());
    const auto size =
        ZSTD_compressCCtx(context_->zstd.get(), output_.data(), output_.size() - 1, body.data(), body.size(), level);
    if (ZSTD_isError(size) != 0)
        return std::nullopt;
    return BytesView{output_}.first(size);
}

struct Decompressor::Context
{
    std::unique_ptr<ZSTD_DCtx, decltype(&ZSTD_freeDCtx)> zstd{ZSTD_createDCtx(), &ZSTD_freeDCtx};
};

Decompressor::Decompressor()
  : context_{std::make_unique<Context>()}
{
    if (context_->zstd == nullptr)
        throw std::bad_alloc{};
}

Decompressor::~Decompressor() = default;

Result<BytesView, ProtocolError> Decompressor::decompress(BytesView compressed, std::uint64_t plain_size)
{
    if (plain_size > longest_body || ZSTD_getFrameContentSize(compressed.data(), compressed.size()) != plain_size)
        return failure(ProtocolError::malformed);
    make_room(output_, plain_size);
    const auto size =
        ZSTD_decompressDCtx(context_->zstd.get(), output_.data(), output_.size(), compressed.data(), compressed.size());
    if (ZSTD_isError(size) != 0 || size != plain_size)
        return failure(ProtocolError::malformed);
    return BytesView{output_};
}
}  // namespace jiffy::feed
