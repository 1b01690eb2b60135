// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/bytes.hpp"

#include <optional>

namespace jiffy::store
{
/// Appends `bytes`, compressed with zstd, to `target`. It costs some nanoseconds a byte.
void append_compressed(Bytes& target, BytesView bytes);

/// What was compressed; empty if it was not exactly `size` bytes.
std::optional<Bytes> decompressed(BytesView compressed, std::size_t size);
}  // namespace jiffy::store
