// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "feed/protocol.hpp"

#include <memory>

namespace jiffy::feed
{
/// Compresses with zstd; one thread's.
class Compressor
{
public:
    Compressor();
    Compressor(const Compressor&) = delete;
    Compressor& operator=(const Compressor&) = delete;
    ~Compressor();

    /// The compressed body, until the next call; nothing if that is not shorter.
    std::optional<BytesView> compress(BytesView body);

private:
    struct Context;
    std::unique_ptr<Context> context_;
    Bytes output_;
};

/// Undoes what a `Compressor` does; one thread's.
class Decompressor
{
public:
    Decompressor();
    Decompressor(const Decompressor&) = delete;
    Decompressor& operator=(const Decompressor&) = delete;
    ~Decompressor();

    /// The body of `plain_size` bytes, at most `longest_body`, until the next call.
    Result<BytesView, ProtocolError> decompress(BytesView compressed, std::uint64_t plain_size);

private:
    struct Context;
    std::unique_ptr<Context> context_;
    Bytes output_;
};
}  // namespace jiffy::feed
