// SPDX-License-Identifier: Apache-2.0
#include "trie/value_leaf.hpp"

namespace jiffy::trie
{
namespace
{
bool comes_before(const UpdateItem& a, const UpdateItem& b) noexcept
{
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
