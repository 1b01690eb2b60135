// SPDX-License-Identifier: Apache-2.0
#include "trie/node_hasher.hpp"

#include "crypto/keccak.hpp"
#include "trie/node_encoding.hpp"

#include <algorithm>

namespace jiffy::trie
{
namespace
{
/// Nodes encoded before they are hashed together: enough to fill the lanes of a vector kernel for every number of
/// blocks, few enough for the second-level cache.
constexpr std::size_t group_size = 128;

constexpr std::uint32_t terminator_bit = 1U << terminator;

/// A reference that is the node itself is a list of less than 32 bytes: its first byte tells its size.
std::size_t embedded_size(const Reference& reference) noexcept
{
    return 1U + reference[0] - 0xc0U;
}

std::size_t encode_branch(const NodePool& pool, const Branch& branch, Byte* target) noexcept
{
    BytesView value;
    if ((branch.children & terminator_bit) != 0)
        value = node_as<Leaf>(pool, branch.child(terminator)).value();
    const auto inner = branch.children & ~terminator_bit;
    const auto count = static_cast<std::size_t>(std::popcount(inner));
    auto payload = 16 - count + hash_size * count + rlp::string_size(value);
    for (auto rest = branch.embedded; rest != 0; rest &= rest - 1)
    {
        const auto digit = static_cast<unsigned>(std::countr_zero(rest));
        payload -= hash_size - embedded_size(branch.references()[branch.place(digit)]);
    }

    rlp::Placer sink{target};
    sink.list_header(payload);
    const auto* reference = branch.references();
    for (unsigned digit = 0; digit < terminator; ++digit)
    {
        if ((inner >> digit & 1) == 0)
        {
            sink.string_header(0);
            continue;
        }
        if ((branch.embedded >> digit & 1) == 0)
            sink.fixed(*reference);
        else
            sink.raw(reference->view().first(embedded_size(*reference)));
        ++reference;
    }
    sink.bytes(value);
    return static_cast<std::size_t>(sink.end() - target);
}

std::size_t encode_extension(const Extension& extension, std::size_t depth, Byte* target) noexcept
{
    const auto reference_size = extension.embedded ? embedded_size(extension.reference) : hash_size;
    rlp::Placer sink{target};
    sink.list_header(path_size(depth, extension.end) + reference_size);
    put_path(sink, extension.key.data(), depth, extension.end, false);
    if (extension.embedded)
        sink.raw(extension.reference.view().first(reference_size));
    else
        sink.fixed(extension.reference);
    return static_cast<std::size_t>(sink.end() - target);
}

std::size_t encode_leaf(const Leaf& leaf, std::size_t depth, Byte* target) noexcept
{
    const std::size_t end = leaf.key_length;
    rlp::Placer sink{target};
    sink.list_header(path_size(depth, end) + rlp::string_size(leaf.value()));
    put_path(sink, leaf.key.data(), depth, end, true);
    sink.bytes(leaf.value());
    return static_cast<std::size_t>(sink.end() - target);
}

std::size_t encode_account(const AccountLeaf& account, std::size_t depth, Byte* target) noexcept
{
    const BytesView balance{account.balance(), account.balance_size};
    const auto fields = rlp::integer_size(account.nonce) + rlp::string_size(balance) + 2 * hash_size;
    const auto value_size = rlp::header_size(fields) + fields;
    rlp::Placer sink{target};
    sink.list_header(path_size(depth, 64) + rlp::header_size(value_size) + value_size);
    put_path(sink, account.key.data(), depth, 64, true);
    sink.string_header(value_size);
    sink.list_header(fields);
    sink.integer(account.nonce);
    sink.bytes(balance);
    sink.bytes({account.storage == no_node ? empty_root.data() : account.storage_root(), sizeof(Hash)});
    sink.bytes({account.has_code ? account.code_hash() : crypto::empty_keccak.data(), sizeof(Hash)});
    return static_cast<std::size_t>(sink.end() - target);
}
}  // namespace

std::size_t encoded_size_limit(const NodePool& pool, NodeId id) noexcept
{
    constexpr std::size_t headers = 16;
    switch (kind_of(pool, id))
    {
        case NodeKind::branch:
        {
            const auto& branch = node_as<Branch>(pool, id);
            const auto value = branch.child(terminator);
            return headers + 16 * hash_size + (value == no_node ? 0 : node_as<Leaf>(pool, value).value_size);
        }
        case NodeKind::extension:
            return headers + 2 * hash_size;
        case NodeKind::leaf:
            return headers + hash_size + node_as<Leaf>(pool, id).value_size;
        case NodeKind::account:
            break;
    }
    return headers + 5 * hash_size;
}

std::size_t encode_node(const NodePool& pool, NodeId id, std::size_t depth, Byte* target) noexcept
{
    switch (kind_of(pool, id))
    {
        case NodeKind::branch:
            return encode_branch(pool, node_as<Branch>(pool, id), target);
        case NodeKind::extension:
            return encode_extension(node_as<Extension>(pool, id), depth, target);
        case NodeKind::leaf:
            return encode_leaf(node_as<Leaf>(pool, id), depth, target);
        case NodeKind::account:
            break;
    }
    return encode_account(node_as<AccountLeaf>(pool, id), depth, target);
}

void NodeHasher::fill(NodePool& pool, NodeId node, std::size_t depth)
{
    if (node == no_node)
        return;
    links_.assign(1, {node, no_node, 0, static_cast<std::uint8_t>(depth)});
    level_starts_.assign(1, 0);
    // Breadth first: each level's nodes need only those behind them.
    for (std::size_t begin = 0, end = 1; begin != end; begin = end, end = links_.size())
    {
        for (auto i = begin; i != end; ++i)
            collect_children(pool, Link{links_[i]});
        level_starts_.push_back(end);
    }
    for (auto level = level_starts_.size() - 1; level-- != 1;)
    {
        const auto end = level_starts_[level + 1];
        for (auto begin = level_starts_[level]; begin < end; begin += group_size)
            hash_group(pool, std::span{links_}.subspan(begin, std::min(group_size, end - begin)));
    }
}

Hash NodeHasher::hash(NodePool& pool, NodeId root)
{
    if (root == no_node)
        return empty_root;
    fill(pool, root, 0);
    hash_group(pool, std::span{links_}.first(1));
    return root_hash_;
}

void NodeHasher::collect_children(const NodePool& pool, const Link& link)
{
    switch (kind_of(pool, link.node))
    {
        case NodeKind::branch:
        {
            const auto& branch = node_as<Branch>(pool, link.node);
            for (auto rest = branch.dirty; rest != 0; rest &= rest - 1)
            {
                const auto digit = static_cast<std::uint8_t>(std::countr_zero(rest));
                links_.push_back({branch.child(digit), link.node, digit, static_cast<std::uint8_t>(link.depth + 1)});
            }
            break;
        }
        case NodeKind::extension:
            if (const auto& extension = node_as<Extension>(pool, link.node); extension.dirty)
                links_.push_back({extension.child, link.node, 0, extension.end});
            break;
        case NodeKind::leaf:
            break;
        case NodeKind::account:
            if (const auto& account = node_as<AccountLeaf>(pool, link.node); account.storage_dirty)
                links_.push_back({account.storage, link.node, 0, 0});
            break;
    }
}

void NodeHasher::hash_group(NodePool& pool, std::span<const Link> group)
{
    std::size_t limit = 0;
    for (const auto& link : group)
        limit += encoded_size_limit(pool, link.node);
    if (encoded_.size() < limit)
        encoded_.resize(limit);

    // Messages with the same number of blocks stand together, so that a vector kernel finds full lanes.
    constexpr std::size_t classes = 5;
    std::array<BytesView, group_size> encodings;
    std::array<std::size_t, group_size> block_classes;
    std::array<std::size_t, classes + 1> places{};
    auto* target = encoded_.data();
    for (std::size_t i = 0; i < group.size(); ++i)
    {
        const auto size = encode_node(pool, group[i].node, group[i].depth, target);
        encodings[i] = {target, size};
        target += size;
        block_classes[i] = std::min(size / crypto::keccak256_rate, classes - 1);
        ++places[block_classes[i] + 1];
    }
    for (std::size_t i = 1; i <= classes; ++i)
        places[i] += places[i - 1];

    std::array<std::size_t, group_size> order;
    std::array<BytesView, group_size> messages;
    std::array<Hash, group_size> digests;
    for (std::size_t i = 0; i < group.size(); ++i)
    {
        const auto place = places[block_classes[i]]++;
        order[place] = i;
        messages[place] = encodings[i];
    }
    kernels_.keccak256_batch(messages.data(), digests.data(), group.size());
    for (std::size_t place = 0; place < group.size(); ++place)
    {
        const auto& link = group[order[place]];
        // The roots of the accounts' and of a storage trie are hashes, however short the node is.
        const auto is_root = link.parent == no_node || kind_of(pool, link.parent) == NodeKind::account;
        const bool is_embedded = messages[place].size() < embedding_limit && !is_root;
        set_reference(pool, link, is_embedded ? messages[place] : digests[place].view());
    }
}

void NodeHasher::set_reference(NodePool& pool, const Link& link, BytesView reference)
{
    if (link.parent == no_node)
    {
        root_hash_ = Hash::from(reference);
        return;
    }
    const auto is_embedded = reference.size() < embedding_limit;
    switch (kind_of(pool, link.parent))
    {
        case NodeKind::branch:
        {
            auto& branch = node_as<Branch>(pool, link.parent);
            std::memcpy(branch.references()[branch.place(link.digit)].data(), reference.data(), reference.size());
            branch.dirty &= ~(1U << link.digit);
            branch.embedded |= static_cast<std::uint32_t>(is_embedded) << link.digit;
            break;
        }
        case NodeKind::extension:
        {
            auto& extension = node_as<Extension>(pool, link.parent);
            std::memcpy(extension.reference.data(), reference.data(), reference.size());
            extension.dirty = false;
            extension.embedded = is_embedded;
            break;
        }
        case NodeKind::account:
        {
            auto& account = node_as<AccountLeaf>(pool, link.parent);
            std::memcpy(account.storage_root(), reference.data(), reference.size());
            account.storage_dirty = false;
            break;
        }
        case NodeKind::leaf:
            break;
    }
}
}  // namespace jiffy::trie
