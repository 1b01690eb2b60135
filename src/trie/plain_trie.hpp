// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "crypto/keccak.hpp"

#include <algorithm>
#include <map>
#include <string>

namespace jiffy::trie::plain
{
/// The definition of the yellow paper's appendix D written down word for word, as the tests' oracle: it shares no line
/// with the code under test, its own RLP included, and is slow.
using Entries = std::map<Bytes, Bytes>;
using NibbleEntries = std::map<Bytes, Bytes>;

inline Bytes rlp_header(std::size_t size, unsigned short_form)
{
    if (size < 56)
        return {static_cast<Byte>(short_form + size)};
    Bytes digits;
    for (; size != 0; size /= 256)
        digits.insert(digits.begin(), static_cast<Byte>(size % 256));
    digits.insert(digits.begin(), static_cast<Byte>(short_form + 55 + digits.size()));
    return digits;
}

inline Bytes rlp_string(const Bytes& string)
{
    if (string.size() == 1 && string[0] < 128)
        return string;
    auto result = rlp_header(string.size(), 128);
    append(result, string);
    return result;
}

inline Bytes rlp_list(const Bytes& payload)
{
    auto result = rlp_header(payload.size(), 192);
    append(result, payload);
    return result;
}

/// HP of appendix C.
inline Bytes hex_prefix(Bytes nibbles, bool is_leaf)
{
    const auto flag = static_cast<Byte>(is_leaf ? 2 : 0);
    if (nibbles.size() % 2 == 1)
        nibbles.insert(nibbles.begin(), static_cast<Byte>(flag + 1));
    else
        nibbles.insert(nibbles.begin(), {flag, 0});
    Bytes result;
    for (std::size_t i = 0; i < nibbles.size(); i += 2)
        result.push_back(static_cast<Byte>(16 * nibbles[i] + nibbles[i + 1]));
    return result;
}

/// c(J, i) of appendix D; the keys are lists of nibbles of which the first `i` are the same.
inline Bytes node_content(const NibbleEntries& entries, std::size_t i);

/// n(J, i).
inline Bytes node_reference(const NibbleEntries& entries, std::size_t i)
{
    if (entries.empty())
        return rlp_string({});
    const auto content = node_content(entries, i);
    if (content.size() < 32)
        return content;
    return rlp_string(to_bytes(crypto::keccak256(content).view()));
}

inline Bytes node_content(const NibbleEntries& entries, std::size_t i)
{
    const auto& [key, value] = *entries.begin();
    if (entries.size() == 1)
    {
        auto payload = rlp_string(hex_prefix({key.begin() + static_cast<std::ptrdiff_t>(i), key.end()}, true));
        append(payload, rlp_string(value));
        return rlp_list(payload);
    }
    std::size_t j = key.size();
    for (const auto& [other, unused] : entries)
        j = std::min(j, static_cast<std::size_t>(std::ranges::mismatch(key, other).in1 - key.begin()));
    if (j != i)
    {
        auto payload = rlp_string(hex_prefix(
            {key.begin() + static_cast<std::ptrdiff_t>(i), key.begin() + static_cast<std::ptrdiff_t>(j)}, false));
        append(payload, node_reference(entries, j));
        return rlp_list(payload);
    }
    Bytes payload;
    for (Byte nibble = 0; nibble < 16; ++nibble)
    {
        NibbleEntries part;
        for (const auto& entry : entries)
            if (entry.first.size() > i && entry.first[i] == nibble)
                part.insert(entry);
        append(payload, node_reference(part, i + 1));
    }
    const auto ending = std::ranges::find_if(entries, [&](const auto& entry) { return entry.first.size() == i; });
    append(payload, rlp_string(ending == entries.end() ? Bytes{} : ending->second));
    return rlp_list(payload);
}

/// TRIE(J) of appendix D.
inline Hash root(const Entries& entries)
{
    if (entries.empty())
        return crypto::keccak256(rlp_string({}));
    NibbleEntries nibble_entries;
    for (const auto& [key, value] : entries)
    {
        Bytes nibbles;
        for (const Byte byte : key)
            nibbles.insert(nibbles.end(), {static_cast<Byte>(byte / 16), static_cast<Byte>(byte % 16)});
        nibble_entries[nibbles] = value;
    }
    return crypto::keccak256(node_content(nibble_entries, 0));
}
}  // namespace jiffy::trie::plain
