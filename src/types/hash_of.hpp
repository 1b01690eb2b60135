// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "crypto/keccak.hpp"
#include "rlp/sinks.hpp"

namespace jiffy::types
{
/// Keccak-256 of the bytes that `body(sink)` writes. What fits a small buffer, as headers and most transactions do, is
/// hashed without an allocation.
template <class Body>
Hash hash_of(const Body& body)
{
    rlp::Measure measure;
    body(measure);
    constexpr std::size_t buffer_size = 1024;
    if (measure.size() <= buffer_size)
    {
        std::array<Byte, buffer_size> buffer;
        rlp::Placer placer{buffer.data()};
        body(placer);
        return crypto::keccak256({buffer.data(), measure.size()});
    }
    Bytes bytes(measure.size());
    rlp::Placer placer{bytes.data()};
    body(placer);
    return crypto::keccak256(bytes);
}
}  // namespace jiffy::types
