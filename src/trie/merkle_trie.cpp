// SPDX-License-Identifier: Apache-2.0
#include "trie/merkle_trie.hpp"

#include "trie/reading.hpp"
#include "trie/value_leaf.hpp"

namespace jiffy::trie
{
namespace
{
struct ValueLeaves
{
    NodeStore& store;
    std::span<const EntryChange> changes;

    NodeId put(const UpdateItem& item) { return put_value(store, item, changes[item.payload].value); }
    void remove(const UpdateItem&) {}
};
}  // namespace

Hash MerkleTrie::apply(std::span<const EntryChange> changes)
{
    std::vector<UpdateItem> items(changes.size());
    for (std::size_t i = 0; i < changes.size(); ++i)
    {
        const auto& [key, value] = changes[i];
        if (!key.empty())
            std::memcpy(items[i].key.data(), key.data(), key.size());
        items[i].key_length = static_cast<std::uint8_t>(2 * key.size());
        items[i].is_delete = value.empty();
        items[i].payload = static_cast<std::uint32_t>(i);
    }
    ValueLeaves leaves{store_, changes};
    const auto root = Updater{store_, hasher_, leaves}.update(store_.latest().root, sort_items(items));
    const auto root_hash = root == store_.latest().root ? store_.latest().root_hash : hasher_.hash(store_.pool(), root);
    store_.commit(root, root_hash);
    return root_hash;
}

std::optional<Bytes> MerkleTrie::get(const Version& version, BytesView key) const
{
    const auto entry = entry_of(find_leaf(store_.pool(), version.root, key.data(), 2 * key.size()));
    if (!entry)
        return std::nullopt;
    return to_bytes(entry->value);
}

std::vector<Bytes> MerkleTrie::prove(const Version& version, BytesView key) const
{
    return prove_key(store_.pool(), version.root, key.data(), 2 * key.size());
}

std::optional<Entry> MerkleTrie::first(const Version& version) const noexcept
{
    return entry_of(first_leaf(store_.pool(), version.root));
}

std::optional<Entry> MerkleTrie::next(const Version& version, BytesView key) const noexcept
{
    return entry_of(next_leaf(store_.pool(), version.root, key.data(), 2 * key.size()));
}

std::optional<Entry> MerkleTrie::previous(const Version& version, BytesView key) const noexcept
{
    return entry_of(previous_leaf(store_.pool(), version.root, key.data(), 2 * key.size()));
}

std::optional<Entry> MerkleTrie::entry_of(NodeId id) const noexcept
{
    if (id == no_node)
        return std::nullopt;
    const auto& leaf = node_as<Leaf>(store_.pool(), id);
    return Entry{{leaf.key.data(), leaf.key_length / std::size_t{2}}, leaf.value()};
}
}  // namespace jiffy::trie
