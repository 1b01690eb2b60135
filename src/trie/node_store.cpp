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
    if (is_new_.size() <= id)
        is_new_.resize((id / NodePool::chunk_granules + 1) * NodePool::chunk_granules);
    is_new_[id] = true;
    return id;
}

void NodeStore::commit(NodeId root, const Hash& root_hash)
{
    mark(records_.back().created, false);
    const auto number = latest().number + 1;
    records_.push_back({{number, root, root_hash}, std::exchange(created_, {}), std::exchange(superseded_, {}),
        std::exchange(superseded_storage_, {})});
}

void NodeStore::amend(NodeId root, const Hash& root_hash)
{
    auto& latest = records_.back();
    latest.version.root = root;
    latest.version.root_hash = root_hash;
    Record amended{
        {}, std::exchange(created_, {}), std::exchange(superseded_, {}), std::exchange(superseded_storage_, {})};
    if (records_.size() == 1)
    {
        mark(amended.created, false);
        return free(amended);
    }
    for (const auto& node : amended.superseded)
    {
        if (is_new_[node.id])
            pool_.free(node.id, node.size);
        else
            latest.superseded.push_back(node);
        is_new_[node.id] = false;
    }
    latest.created.insert(latest.created.end(), amended.created.begin(), amended.created.end());
    std::erase_if(latest.created, [this](NodeId id) { return !is_new_[id]; });
    latest.superseded_storage.insert(
        latest.superseded_storage.end(), amended.superseded_storage.begin(), amended.superseded_storage.end());
}

void NodeStore::mark(const std::vector<NodeId>& nodes, bool is_new) noexcept
{
    for (const auto id : nodes)
        is_new_[id] = is_new;
}

bool NodeStore::rewind(VersionNumber number) noexcept
{
    if (number < oldest().number || number > latest().number)
        return false;
    for (; latest().number != number; records_.pop_back())
    {
        mark(records_.back().created, false);
        for (const auto id : records_.back().created)
            free_node(id);
    }
    mark(records_.back().created, true);
    return true;
}

void NodeStore::drop_before(VersionNumber number) noexcept
{
    while (oldest().number < number && records_.size() > 1)
    {
        records_.pop_front();
        auto& record = records_.front();
        free(record);
        if (records_.size() == 1)
            mark(record.created, false);
        // The oldest version has nothing before it to go back to.
        record.created = {};
        record.superseded = {};
        record.superseded_storage = {};
    }
}

void NodeStore::free(const Record& replaced) noexcept
{
    for (const auto& [id, size] : replaced.superseded)
        pool_.free(id, size);
    for (const auto root : replaced.superseded_storage)
        free_storage(root);
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
