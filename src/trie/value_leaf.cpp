// SPDX-License-Identifier: Apache-2.0
#include "trie/value_leaf.hpp"

namespace jiffy::trie
{
namespace
{
/// The first eight bytes of a key decide nearly always.
std::uint64_t first_bytes(const Hash& key) noexcept
{
    std::uint64_t word;
    std::memcpy(&word, key.data(), sizeof(word));
    return __builtin_bswap64(word);
}

bool comes_before(const UpdateItem& a, const UpdateItem& b) noexcept
{
    const auto first_a = first_bytes(a.key);
    const auto first_b = first_bytes(b.key);
    if (first_a != first_b)
        return first_a < first_b;
    const auto order = std::memcmp(a.key.data(), b.key.data(), sizeof(Hash));
    return order != 0 ? order < 0 : a.key_length < b.key_length;
}
}  // namespace

std::span<UpdateItem> sort_items(std::span<UpdateItem> items)
{
    std::ranges::sort(items, [](const UpdateItem& a, const UpdateItem& b)
        { return comes_before(a, b) || (!comes_before(b, a) && a.payload < b.payload); });
    std::size_t count = 0;
    for (std::size_t i = 0; i < items.size(); ++i)
        if (i + 1 == items.size() || comes_before(items[i], items[i + 1]))
            items[count++] = items[i];
    return items.first(count);
}
}  // namespace jiffy::trie
