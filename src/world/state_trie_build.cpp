// SPDX-License-Identifier: Apache-2.0
#include "world/state_trie_build.hpp"

#include <algorithm>

namespace jiffy::world
{
using state::Presence;

namespace
{
/// How much of the state becomes part of the trie at a time: enough to fill the lanes of a vector kernel, few enough
/// for their nodes to be hashed before they have left the caches.
constexpr std::size_t slice_accounts = 8192;
constexpr std::size_t slice_slots = 32768;

/// Hashes keys, some at a time. It gives the first eight bytes of each hash, as a number: sorted by them, keys are
/// neighbours that are neighbours in a trie.
template <class Key, class Take>
class KeyHashes
{
public:
    /// `take(payload, first eight bytes)` is called in the order of `add`, late; after `finish` for all.
    KeyHashes(const crypto::Kernels& kernels, Take take) noexcept
      : kernels_{kernels}
      , take_{take}
    {
    }

    void add(const Key& key, std::uint64_t payload)
    {
        keys_[size_] = key;
        payloads_[size_++] = payload;
        if (size_ == keys_.size())
            finish();
    }

    void finish()
    {
        std::array<BytesView, group_size> messages;
        std::array<Hash, group_size> digests;
        for (std::size_t i = 0; i < size_; ++i)
            messages[i] = keys_[i].view();
        kernels_.keccak256_batch(messages.data(), digests.data(), size_);
        for (std::size_t i = 0; i < size_; ++i)
        {
            std::uint64_t word;
            std::memcpy(&word, digests[i].data(), sizeof(word));
            take_(payloads_[i], __builtin_bswap64(word));
        }
        size_ = 0;
    }

private:
    static constexpr std::size_t group_size = 64;

    const crypto::Kernels& kernels_;
    Take take_;
    std::array<Key, group_size> keys_;
    std::array<std::uint64_t, group_size> payloads_;
    std::size_t size_ = 0;
};

/// An account in the order of the trie.
struct OrderedAccount
{
    std::uint64_t place;
    std::uint32_t id;
};

/// A slot in the order of storages and their tries.
struct OrderedSlot
{
    StorageId storage;
    std::uint32_t id;
    std::uint64_t place;
};

class TrieBuilder
{
public:
    TrieBuilder(const Snapshot& snapshot,
        const crypto::Kernels& kernels,
        const types::IdCounts& ids,
        trie::StateTrie& trie)
      : snapshot_{snapshot}
      , kernels_{kernels}
      , ids_{ids}
      , trie_{trie}
    {
    }

    /// False once the snapshot is unavailable.
    bool build()
    {
        if (!order_accounts() || !order_slots())
            return false;
        for (const auto& account : accounts_)
            if (!add(account.id))
                return false;
        flush();
        return true;
    }

private:
    bool order_accounts()
    {
        const auto take = [this](std::uint64_t id, std::uint64_t place)
        { accounts_.push_back({place, static_cast<std::uint32_t>(id)}); };
        KeyHashes<Address, decltype(take)> hashes{kernels_, take};
        accounts_.reserve(ids_.accounts);
        for (std::uint32_t id = 0; id < ids_.accounts; ++id)
        {
            Address address;
            AccountValue value;
            const auto presence = snapshot_.account_at(id, address, value);
            if (presence == Presence::unavailable)
                return false;
            if (presence == Presence::present)
                hashes.add(address, id);
        }
        hashes.finish();
        std::ranges::sort(accounts_, {}, &OrderedAccount::place);
        return true;
    }

    bool order_slots()
    {
        const auto take = [this](std::uint64_t ids, std::uint64_t place)
        { slots_.push_back({high_half(ids), low_half(ids), place}); };
        KeyHashes<Hash, decltype(take)> hashes{kernels_, take};
        for (std::uint32_t id = 0; id < ids_.slots; ++id)
        {
            Reader::Slot slot;
            const auto presence = snapshot_.slot_at(id, slot);
            if (presence == Presence::unavailable)
                return false;
            if (presence == Presence::present)
                hashes.add(to_hash(slot.key), join(id, slot.storage));
        }
        hashes.finish();
        std::ranges::sort(slots_, [](const OrderedSlot& a, const OrderedSlot& b)
            { return a.storage != b.storage ? a.storage < b.storage : a.place < b.place; });
        return true;
    }

    bool add(std::uint32_t account_id)
    {
        types::AccountChange change;
        AccountValue value;
        if (snapshot_.account_at(account_id, change.address, value) != Presence::present)
            return false;
        change.account = snapshot_.account_of(value);
        open(change);
        if (!value.has_storage)
            return true;
        for (auto slot = std::ranges::lower_bound(slots_, value.storage, {}, &OrderedSlot::storage);
            slot != slots_.end() && slot->storage == value.storage; ++slot)
        {
            Reader::Slot read;
            if (snapshot_.slot_at(slot->id, read) != Presence::present)
                return false;
            if (slice_.slots.size() == slice_slots)
            {
                flush();
                open(change);
            }
            slice_.slots.push_back({read.key, read.value});
            ++slice_.accounts.back().slot_count;
        }
        return true;
    }

    void open(types::AccountChange change)
    {
        if (slice_.accounts.size() == slice_accounts)
            flush();
        change.first_slot = static_cast<std::uint32_t>(slice_.slots.size());
        slice_.accounts.push_back(change);
    }

    void flush()
    {
        trie_.amend(slice_);
        slice_.clear();
    }

    const Snapshot& snapshot_;
    const crypto::Kernels& kernels_;
    types::IdCounts ids_;
    trie::StateTrie& trie_;
    std::vector<OrderedAccount> accounts_;
    /// Also those of storages that are no account's any more.
    std::vector<OrderedSlot> slots_;
    types::StateDifference slice_;
};
}  // namespace

std::unique_ptr<trie::StateTrie> build_state_trie(const Snapshot& snapshot,
    const crypto::Kernels& kernels,
    const trie::ChunkMemory& memory)
{
    const auto ids = snapshot.id_counts();
    if (!ids)
        return nullptr;
    auto trie = std::make_unique<trie::StateTrie>(kernels, memory);
    // A version of its own, with nothing before it: what amends it keeps no lists of what it has replaced.
    trie->apply({});
    trie->drop_before(trie->latest().number);
    if (!TrieBuilder{snapshot, kernels, *ids, *trie}.build())
        return nullptr;
    return trie;
}
}  // namespace jiffy::world
