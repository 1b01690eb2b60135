// SPDX-License-Identifier: Apache-2.0
#include "crypto/portable/rfc6979.hpp"

#include "crypto/portable/portable.hpp"

#include <algorithm>
#include <initializer_list>

namespace jiffy::crypto::portable
{
namespace
{
/// HMAC-SHA-256 (RFC 2104) of at most 97 bytes, the most that the nonces need.
Hash hmac(const Hash& key, std::initializer_list<BytesView> parts) noexcept
{
    constexpr std::size_t block_size = 64;
    Byte inner[block_size + 97];
    Byte outer[block_size + 32];
    for (std::size_t i = 0; i < block_size; ++i)
    {
        const Byte key_byte = i < key.size() ? key[i] : Byte{0};
        inner[i] = key_byte ^ Byte { 0x36 };
        outer[i] = key_byte ^ Byte { 0x5c };
    }
    Byte* end = inner + block_size;
    for (const BytesView part : parts)
        end = std::copy(part.begin(), part.end(), end);
    const Hash inner_digest = sha256({inner, end});
    std::copy(inner_digest.begin(), inner_digest.end(), outer + block_size);
    return sha256(outer);
}
}  // namespace

Rfc6979::Rfc6979(const Hash& secret, const Hash& reduced_digest) noexcept
{
    value_.bytes.fill(0x01);
    for (const Byte separator : {Byte{0x00}, Byte{0x01}})
    {
        key_ = hmac(key_, {value_.view(), {&separator, 1}, secret.view(), reduced_digest.view()});
        value_ = hmac(key_, {value_.view()});
    }
}

Hash Rfc6979::next() noexcept
{
    if (!first_)
    {
        const Byte separator = 0x00;
        key_ = hmac(key_, {value_.view(), {&separator, 1}});
        value_ = hmac(key_, {value_.view()});
    }
    first_ = false;
    value_ = hmac(key_, {value_.view()});
    return value_;
}
}  // namespace jiffy::crypto::portable
