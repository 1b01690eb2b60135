// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "trie/node_hasher.hpp"
#include "trie/node_store.hpp"

#include <algorithm>
#include <array>

namespace jiffy::trie
{
/// A change of one key. The items of an update are sorted by key, none twice.
struct UpdateItem
{
    Hash key;
    /// Length of the key in nibbles, at most 64.
    std::uint8_t key_length = 64;
    bool is_delete = false;
    /// What the leaf is to be made of; its meaning is the affair of the maker of leaves.
    std::uint32_t payload = 0;
    /// The leaf that has this key already; found during the update.
    NodeId previous = no_node;
};

/// Applies a sorted list of changes in one descent. `Leaves` makes and ends the leaves:
///   NodeId put(const UpdateItem&)      the new leaf, or `previous` if it says the same already
///   void remove(const UpdateItem&)     the leaf `previous` is deleted
/// Both only do what concerns the value; the updater supersedes `previous`.
///
/// New nodes have their dirty bits set where a child's reference is still to be computed.
template <class Leaves>
class Updater
{
public:
    Updater(NodeStore& store, NodeHasher& hasher, Leaves& leaves) noexcept
      : store_{store}
      , pool_{store.pool()}
      , hasher_{hasher}
      , leaves_{leaves}
    {
    }

    /// The trie below `root` after the changes; `root` itself if nothing changes. The items are used up.
    NodeId update(NodeId root, std::span<UpdateItem> items) { return update_node(root, 0, items); }

private:
    using Items = std::span<UpdateItem>;
    /// A child per digit, the terminator included.
    using Children = std::array<NodeId, terminator + 1>;

    NodeId update_node(NodeId node, std::size_t depth, Items items)
    {
        if (items.empty())
            return node;
        if (node == no_node)
            return build(depth, without_deletes(items));
        switch (kind_of(pool_, node))
        {
            case NodeKind::branch:
                if (!is_fetched_ && items.size() <= fetch_group)
                {
                    fetch(node, depth, items);
                    is_fetched_ = true;
                    const auto result = update_branch(node, depth, items);
                    is_fetched_ = false;
                    // While the new nodes are in the cache. Few would not fill the lanes of a vector kernel: they wait
                    // for those of other tries.
                    if (items.size() >= hashed_group)
                        hasher_.fill(pool_, result, depth);
                    return result;
                }
                return update_branch(node, depth, items);
            case NodeKind::extension:
                return update_extension(node, depth, items);
            case NodeKind::leaf:
            case NodeKind::account:
                break;
        }
        return update_leaf(node, depth, items);
    }

    /// Asks the processor for the nodes on the ways to all items, level by level. The descent that follows reads one
    /// node after the other and would wait for memory at each; here the waiting times overlap.
    void fetch(NodeId root, std::size_t root_depth, Items items) noexcept
    {
        std::array<NodeId, fetch_group> nodes;
        std::fill_n(nodes.begin(), items.size(), root);
        auto active = items.size();
        for (auto depth = root_depth; active != 0; ++depth)
        {
            active = 0;
            NodeId last = no_node;
            for (std::size_t i = 0; i < items.size(); ++i)
            {
                auto& node = nodes[i];
                if (node == no_node || kind_of(pool_, node) != NodeKind::branch)
                {
                    node = no_node;
                    continue;
                }
                const auto& branch = node_as<Branch>(pool_, node);
                if (node != last)
                    for (std::size_t line = 2; line < Branch::size(branch.count()) / cache_line + 1; ++line)
                        __builtin_prefetch(pool_.at(node) + line * cache_line);
                last = node;
                node = branch.child(digit_of(items[i], depth));
                if (node == no_node)
                    continue;
                // A leaf, or the ids of a branch's children.
                __builtin_prefetch(pool_.at(node));
                __builtin_prefetch(pool_.at(node) + cache_line);
                ++active;
            }
        }
    }

    NodeId put(const UpdateItem& item)
    {
        const auto leaf = leaves_.put(item);
        if (item.previous != no_node && leaf != item.previous)
            store_.supersede(item.previous);
        return leaf;
    }

    static Items without_deletes(Items items)
    {
        const auto rest = std::ranges::remove_if(items, [](const UpdateItem& item) { return item.is_delete; });
        return items.first(items.size() - rest.size());
    }

    static std::size_t common_length(const UpdateItem& item, const NodeKey& key, std::size_t depth) noexcept
    {
        return common_nibbles(item.key.data(), item.key_length, key.bytes, key.length, depth);
    }

    static unsigned digit_of(const UpdateItem& item, std::size_t depth) noexcept
    {
        return digit_at(item.key.data(), item.key_length, depth);
    }

    /// A new trie of puts.
    NodeId build(std::size_t depth, Items items)
    {
        if (items.empty())
            return no_node;
        if (items.size() == 1)
            return put(items.front());
        const auto& last = items.back();
        const auto fork = common_length(items.front(), {last.key.data(), last.key_length}, depth);
        return fork_at(fork, depth, Children{}, items);
    }

    NodeId update_leaf(NodeId leaf, std::size_t depth, Items items)
    {
        const auto key = key_of(pool_, leaf);
        const auto same = std::ranges::find_if(items, [&](const UpdateItem& item)
            { return item.key_length == key.length && common_length(item, key, depth) == key.length; });
        if (same != items.end())
        {
            same->previous = leaf;
            if (same->is_delete)
            {
                leaves_.remove(*same);
                store_.supersede(leaf);
            }
            return build(depth, without_deletes(items));
        }
        items = without_deletes(items);
        if (items.empty())
            return leaf;
        const auto fork = std::min(common_length(items.front(), key, depth), common_length(items.back(), key, depth));
        Children children{};
        children[digit_at(key.bytes, key.length, fork)] = leaf;
        return fork_at(fork, depth, children, items);
    }

    NodeId update_extension(NodeId node, std::size_t depth, Items items)
    {
        const auto key = key_of(pool_, node);
        const auto end = key.length;
        const auto shortest = [&]
        { return std::min(common_length(items.front(), key, depth), common_length(items.back(), key, depth)); };
        if (shortest() < end)
        {
            const auto rest = std::ranges::remove_if(
                items, [&](const UpdateItem& item) { return item.is_delete && common_length(item, key, depth) < end; });
            items = items.first(items.size() - rest.size());
            if (items.empty())
                return node;
        }
        const auto child = node_as<Extension>(pool_, node).child;
        if (const auto fork = shortest(); fork < end)
        {
            Children children{};
            auto& rest = children[nibble_at(key.bytes, fork)];
            rest = node;
            if (fork + 1 == end)
            {
                rest = child;
                store_.supersede(node);
            }
            return fork_at(fork, depth, children, items);
        }
        const auto new_child = update_node(child, end, items);
        if (new_child == child)
            return node;
        store_.supersede(node);
        return with_path(key.bytes, end, depth, new_child);
    }

    NodeId update_branch(NodeId node, std::size_t depth, Items items)
    {
        const auto& branch = node_as<Branch>(pool_, node);
        Children children{};
        for (unsigned digit = 0, place = 0; digit <= terminator; ++digit)
            if (branch.has(digit))
                children[digit] = branch.ids()[place++];
        const Hash any_key = items.front().key;
        const auto changed = update_children(children, depth, items);
        if (changed == 0)
            return node;
        store_.supersede(node);
        return finish(children, changed, &branch, any_key, depth);
    }

    /// Updates the children of a branch at `depth`; returns a bit per digit of those that are others now.
    std::uint32_t update_children(Children& children, std::size_t depth, Items items)
    {
        std::uint32_t changed = 0;
        while (!items.empty())
        {
            const auto digit = digit_of(items.front(), depth);
            std::size_t count = 1;
            while (count < items.size() && digit_of(items[count], depth) == digit)
                ++count;
            const auto child = update_node(children[digit], depth + 1, items.first(count));
            if (child != children[digit])
                changed |= 1U << digit;
            children[digit] = child;
            items = items.subspan(count);
        }
        return changed;
    }

    /// A node at `depth` that leads to a new branch at `fork`, where the keys of `items` and of `children` part.
    NodeId fork_at(std::size_t fork, std::size_t depth, Children children, Items items)
    {
        const Hash any_key = items.front().key;
        update_children(children, fork, items);
        return with_path(any_key.data(), fork, depth, finish(children, ~0U, nullptr, any_key, fork));
    }

    /// The node at `depth` that leads to `node` at `end`: only a branch needs an extension for it.
    NodeId with_path(const Byte* key, std::size_t end, std::size_t depth, NodeId node)
    {
        if (end == depth || node == no_node || kind_of(pool_, node) != NodeKind::branch)
            return node;
        const auto id = store_.create(sizeof(Extension));
        auto& extension = *new (pool_.at(id)) Extension{};
        extension.end = static_cast<std::uint8_t>(end);
        extension.dirty = true;
        extension.child = node;
        std::memcpy(extension.key.data(), key, (end + 1) / 2);
        return id;
    }

    /// The node of these children at `depth`: a branch if there are several. References of those that are not in
    /// `changed` are taken from `old`.
    NodeId finish(const Children& children,
        std::uint32_t changed,
        const Branch* old,
        const Hash& any_key,
        std::size_t depth)
    {
        std::uint32_t mask = 0;
        for (unsigned digit = 0; digit <= terminator; ++digit)
            if (children[digit] != no_node)
                mask |= 1U << digit;
        if (mask == 0)
            return no_node;
        if (std::has_single_bit(mask))
        {
            const auto digit = static_cast<unsigned>(std::countr_zero(mask));
            Hash key = any_key;
            if (digit != terminator)
                set_nibble(key.data(), depth, digit);
            return with_path(key.data(), depth + 1, depth, children[digit]);
        }
        const auto id = store_.create(Branch::size(static_cast<unsigned>(std::popcount(mask))));
        auto& branch = *new (pool_.at(id)) Branch{};
        branch.children = mask;
        branch.dirty = mask & changed & ~(1U << terminator);
        branch.embedded = old == nullptr ? 0 : old->embedded & mask & ~changed;
        auto* ids = branch.ids();
        auto* references = branch.references();
        for (auto rest = mask; rest != 0; rest &= rest - 1, ++references)
        {
            const auto digit = static_cast<unsigned>(std::countr_zero(rest));
            *ids++ = children[digit];
            if ((changed >> digit & 1) == 0)
                *references = old->references()[old->place(digit)];
        }
        return id;
    }

    static void set_nibble(Byte* key, std::size_t position, unsigned nibble) noexcept
    {
        auto& byte = key[position / 2];
        byte = static_cast<Byte>(position % 2 == 0 ? (byte & 0x0f) | nibble << 4 : (byte & 0xf0) | nibble);
    }

    static constexpr std::size_t cache_line = 64;
    /// So many ways share the second-level cache.
    static constexpr std::size_t fetch_group = 512;
    static constexpr std::size_t hashed_group = 64;

    NodeStore& store_;
    NodePool& pool_;
    NodeHasher& hasher_;
    Leaves& leaves_;
    /// The descent is below a node whose ways are fetched.
    bool is_fetched_ = false;
};
}  // namespace jiffy::trie
