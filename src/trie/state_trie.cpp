// SPDX-License-Identifier: Apache-2.0
#include "trie/state_trie.hpp"

#include "trie/node_encoding.hpp"
#include "trie/reading.hpp"
#include "trie/value_leaf.hpp"

namespace jiffy::trie
{
namespace
{
using types::StateDifference;

/// Makes the leaves of a storage trie: the value of a slot is RLP of its number.
struct SlotLeaves
{
    NodeStore& store;
    const StateDifference& difference;

    NodeId put(const UpdateItem& item)
    {
        Byte encoded[33];
        rlp::Placer sink{encoded};
        sink.integer(difference.slots[item.payload].value);
        return put_value(store, item, {encoded, sink.end()});
    }

    void remove(const UpdateItem&) {}
};

/// Makes the leaves of accounts, and updates the storage trie of each while its leaf is at hand.
class AccountLeaves
{
public:
    AccountLeaves(NodeStore& store,
        NodeHasher& hasher,
        const StateDifference& difference,
        std::span<UpdateItem> slot_items) noexcept
      : store_{store}
      , pool_{store.pool()}
      , difference_{difference}
      , slot_items_{slot_items}
      , slot_leaves_{store, difference}
      , slot_updater_{store, hasher, slot_leaves_}
    {
    }

    NodeId put(const UpdateItem& item)
    {
        const auto& change = difference_.accounts[item.payload];
        const auto* const previous = item.previous == no_node ? nullptr : &node_as<AccountLeaf>(pool_, item.previous);
        const auto old_storage = previous == nullptr ? no_node : previous->storage;
        auto storage = old_storage;
        if (change.storage_cleared && storage != no_node)
        {
            store_.supersede_storage(storage);
            storage = no_node;
        }
        if (change.slot_count != 0)
            storage =
                slot_updater_.update(storage, sort_items(slot_items_.subspan(change.first_slot, change.slot_count)));
        const bool storage_is_new = storage != old_storage;

        const auto& account = change.account;
        Byte balance[32];
        store_big_endian(balance, account.balance);
        const auto balance_size = account.balance.byte_length();
        const BytesView balance_bytes{balance + 32 - balance_size, balance_size};
        if (previous != nullptr && !storage_is_new && says_same(*previous, account, balance_bytes))
            return item.previous;

        const auto id = store_.create(sizeof(AccountLeaf) + balance_size + (storage == no_node ? 0 : sizeof(Hash)) +
                                      (account.has_code() ? sizeof(Hash) : 0));
        auto& leaf = *new (pool_.at(id)) AccountLeaf{};
        leaf.balance_size = static_cast<std::uint8_t>(balance_size);
        leaf.has_code = account.has_code();
        leaf.storage_dirty = storage_is_new && storage != no_node;
        leaf.storage = storage;
        leaf.nonce = account.nonce;
        leaf.key = item.key;
        if (balance_size != 0)
            std::memcpy(leaf.balance(), balance_bytes.data(), balance_size);
        if (storage != no_node && !storage_is_new)
            std::memcpy(leaf.storage_root(), previous->storage_root(), sizeof(Hash));
        if (leaf.has_code)
            std::memcpy(leaf.code_hash(), account.code_hash.data(), sizeof(Hash));
        return id;
    }

    void remove(const UpdateItem& item)
    {
        if (const auto storage = node_as<AccountLeaf>(pool_, item.previous).storage; storage != no_node)
            store_.supersede_storage(storage);
    }

private:
    static bool says_same(const AccountLeaf& leaf, const types::Account& account, BytesView balance) noexcept
    {
        return leaf.nonce == account.nonce && equal({leaf.balance(), leaf.balance_size}, balance) &&
               leaf.has_code == account.has_code() &&
               (!leaf.has_code || equal({leaf.code_hash(), sizeof(Hash)}, account.code_hash.view()));
    }

    NodeStore& store_;
    NodePool& pool_;
    const StateDifference& difference_;
    std::span<UpdateItem> slot_items_;
    SlotLeaves slot_leaves_;
    Updater<SlotLeaves> slot_updater_;
};

/// Appends an item per message with the message's hash as its key. A round is small enough for the first-level cache.
template <std::size_t Size, class Message>
void hash_keys(const crypto::Kernels& kernels,
    std::size_t count,
    std::vector<UpdateItem>& items,
    Message message_of) noexcept
{
    constexpr std::size_t round = 64;
    Byte messages[round][Size];
    BytesView views[round];
    Hash digests[round];
    items.resize(count);
    for (std::size_t begin = 0; begin < count; begin += round)
    {
        const auto size = std::min(round, count - begin);
        for (std::size_t i = 0; i < size; ++i)
        {
            message_of(begin + i, messages[i]);
            views[i] = {messages[i], Size};
        }
        kernels.keccak256_batch(views, digests, size);
        for (std::size_t i = 0; i < size; ++i)
        {
            items[begin + i] = {};
            items[begin + i].key = digests[i];
            items[begin + i].payload = static_cast<std::uint32_t>(begin + i);
        }
    }
}

AccountState state_of(const AccountLeaf& leaf) noexcept
{
    AccountState state;
    state.account.nonce = leaf.nonce;
    state.account.balance = to_u256(BytesView{leaf.balance(), leaf.balance_size});
    if (leaf.has_code)
        std::memcpy(state.account.code_hash.data(), leaf.code_hash(), sizeof(Hash));
    if (leaf.storage != no_node)
        std::memcpy(state.storage_root.data(), leaf.storage_root(), sizeof(Hash));
    return state;
}

const AccountLeaf* find_account(const NodePool& pool, const Version& version, const Hash& key) noexcept
{
    const auto id = find_leaf(pool, version.root, key.data(), 64);
    return id == no_node ? nullptr : &node_as<AccountLeaf>(pool, id);
}

NodeId storage_of(const NodePool& pool, const Version& version, const Address& address) noexcept
{
    const auto* const leaf = find_account(pool, version, crypto::keccak256(address.view()));
    return leaf == nullptr ? no_node : leaf->storage;
}

U256 slot_value(const NodePool& pool, NodeId storage, const Hash& key) noexcept
{
    const auto id = find_leaf(pool, storage, key.data(), 64);
    if (id == no_node)
        return {};
    // The value is a number's RLP as `SlotLeaves` made it: one byte below 0x80, or a one-byte header before the number.
    const auto encoded = node_as<Leaf>(pool, id).value();
    return to_u256(encoded.size() == 1 ? encoded : encoded.subspan(1));
}
}  // namespace

void StateTrie::collect_items(const StateDifference& difference)
{
    hash_keys<sizeof(Address)>(kernels_, difference.accounts.size(), account_items_, [&](std::size_t i, Byte* target)
        { std::memcpy(target, difference.accounts[i].address.data(), sizeof(Address)); });
    for (auto& item : account_items_)
        item.is_delete = difference.accounts[item.payload].deleted;
    hash_keys<sizeof(Hash)>(kernels_, difference.slots.size(), slot_items_,
        [&](std::size_t i, Byte* target) { store_big_endian(target, difference.slots[i].key); });
    for (auto& item : slot_items_)
        item.is_delete = difference.slots[item.payload].value.is_zero();
}

Hash StateTrie::apply(const StateDifference& difference)
{
    const auto version = construct(difference);
    store_.commit(version.root, version.root_hash);
    return version.root_hash;
}

Hash StateTrie::amend(const StateDifference& difference)
{
    const auto version = construct(difference);
    store_.amend(version.root, version.root_hash);
    return version.root_hash;
}

Version StateTrie::construct(const StateDifference& difference)
{
    collect_items(difference);
    AccountLeaves leaves{store_, hasher_, difference, slot_items_};
    const auto& before = store_.latest();
    const auto root = Updater{store_, hasher_, leaves}.update(before.root, sort_items(account_items_));
    return {.root = root, .root_hash = root == before.root ? before.root_hash : hasher_.hash(store_.pool(), root)};
}

std::optional<AccountState> StateTrie::account(const Version& version, const Address& address) const noexcept
{
    const auto* const leaf = find_account(store_.pool(), version, crypto::keccak256(address.view()));
    if (leaf == nullptr)
        return std::nullopt;
    return state_of(*leaf);
}

Hash StateTrie::storage_root(const Version& version, const Address& address) const noexcept
{
    const auto state = account(version, address);
    return state ? state->storage_root : empty_root;
}

U256 StateTrie::storage(const Version& version, const Address& address, const U256& key) const noexcept
{
    const auto key_hash = crypto::keccak256(to_hash(key).view());
    return slot_value(store_.pool(), storage_of(store_.pool(), version, address), key_hash);
}

AccountProof StateTrie::prove_account(const Version& version, const Address& address) const
{
    const auto key = crypto::keccak256(address.view());
    AccountProof proof;
    if (const auto* const leaf = find_account(store_.pool(), version, key); leaf != nullptr)
        proof.state = state_of(*leaf);
    proof.nodes = prove_key(store_.pool(), version.root, key.data(), 64);
    return proof;
}

StorageProof StateTrie::prove_storage(const Version& version, const Address& address, const U256& key) const
{
    const auto key_hash = crypto::keccak256(to_hash(key).view());
    const auto root = storage_of(store_.pool(), version, address);
    return {slot_value(store_.pool(), root, key_hash), prove_key(store_.pool(), root, key_hash.data(), 64)};
}

TrieStatistics StateTrie::statistics() const noexcept
{
    const auto& pool = store_.pool();
    return {pool.node_count(), pool.bytes_used(), pool.bytes_reserved()};
}
}  // namespace jiffy::trie
