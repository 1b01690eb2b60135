// SPDX-License-Identifier: Apache-2.0
#include "trie/node_store.hpp"

#include <utility>

namespace jiffy::trie
{
NodeStore::NodeStore(const ChunkMemory& memory)
  : pool_{memory}
{
    records_.emplace_back();
}

std::optional<Version> NodeStore::find(VersionNumber number) const noexcept
{
    if (number < oldest().number || number > latest().number)
        return std::nullopt;
    return records_[number - oldest().number].version;
}

NodeId NodeStore::create(std::size_t size)
{
    const auto id = pool_.allocate(size);
    created_.push_back(id);
    return id;
}

void NodeStore::commit(NodeId root, const Hash& root_hash)
{
    const auto number = latest().number + 1;
    records_.push_back({{number, root, root_hash}, std::exchange(created_, {}), std::exchange(superseded_, {}),
        std::exchange(superseded_storage_, {})});
}

bool NodeStore::rewind(VersionNumber number) noexcept
{
    if (number < oldest().number || number > latest().number)
        return false;
    for (; latest().number != number; records_.pop_back())
        for (const auto id : records_.back().created)
            free_node(id);
    return true;
}

void NodeStore::drop_before(VersionNumber number) noexcept
{
    while (oldest().number < number && records_.size() > 1)
    {
        records_.pop_front();
        auto& record = records_.front();
        for (const auto& [id, size] : record.superseded)
            pool_.free(id, size);
        for (const auto root : record.superseded_storage)
            free_storage(root);
        // The oldest version has nothing before it to go back to.
        record.created = {};
        record.superseded = {};
        record.superseded_storage = {};
    }
}

void NodeStore::free_storage(NodeId root) noexcept
{
    switch (kind_of(pool_, root))
    {
        case NodeKind::branch:
        {
            const auto& branch = node_as<Branch>(pool_, root);
            for (unsigned i = 0; i < branch.count(); ++i)
                free_storage(branch.ids()[i]);
            break;
        }
        case NodeKind::extension:
            free_storage(node_as<Extension>(pool_, root).child);
            break;
        case NodeKind::leaf:
        case NodeKind::account:
            break;
    }
    free_node(root);
}
}  // namespace jiffy::trie
