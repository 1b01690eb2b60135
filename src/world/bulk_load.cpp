// SPDX-License-Identifier: Apache-2.0
#include "world/bulk_load.hpp"

#include <algorithm>

namespace jiffy::world
{
namespace
{
/// Keys whose places in an index are asked for together.
constexpr std::size_t group_size = 32;

/// Adds keys to an index that is large enough, some at a time, so that the waiting times for memory overlap.
template <class IsSame>
class IndexFiller
{
public:
    /// `is_same(a, b)`: both ids have the same key.
    IndexFiller(KeyIndex& index, IsSame is_same) noexcept
      : index_{index}
      , is_same_{is_same}
    {
    }

    void add(std::uint64_t hash, std::uint32_t id)
    {
        index_.prefetch(hash);
        group_[size_++] = {hash, id};
        if (size_ == group_size)
            put_group();
    }

    /// False if a key was there twice.
    [[nodiscard]] bool finish()
    {
        put_group();
        return all_differ_;
    }

private:
    struct Key
    {
        std::uint64_t hash;
        std::uint32_t id;
    };

    void put_group()
    {
        for (const auto& [hash, id] : std::span{group_}.first(size_))
        {
            const auto same =
                KeyIndex::find(index_.tables(), hash, [&](std::uint32_t other) { return is_same_(id, other); });
            if (same == no_id)
                index_.insert(hash, id);
            else
                all_differ_ = false;
        }
        size_ = 0;
    }

    KeyIndex& index_;
    IsSame is_same_;
    std::array<Key, group_size> group_;
    std::size_t size_ = 0;
    bool all_differ_ = true;
};

/// Nobody reads along: each word on its own.
template <std::size_t Count>
void store(AtomicWord (&entry)[Count], const std::array<Word, Count>& words) noexcept
{
    for (std::size_t i = 0; i < Count; ++i)
        entry[i].store(words[i], std::memory_order_relaxed);
}

void add_flag(AtomicWord& stamp, Word flag) noexcept
{
    stamp.store(stamp.load(std::memory_order_relaxed) | flag, std::memory_order_relaxed);
}

template <std::size_t Count>
bool agree(const AtomicWord (&a)[Count], const AtomicWord (&b)[Count], std::size_t begin, std::size_t end) noexcept
{
    for (auto i = begin; i != end; ++i)
        if (a[i].load(std::memory_order_relaxed) != b[i].load(std::memory_order_relaxed))
            return false;
    return true;
}
}  // namespace

BulkLoad::BulkLoad(World& world) noexcept
  : world_{world}
  , tables_{world.tables_}
{
}

bool BulkLoad::is_possible() const noexcept
{
    return world_.commit_number() == 0 && world_.id_counts() == types::IdCounts{};
}

void BulkLoad::start(CommitNumber commit) noexcept
{
    commit_ = commit;
    tables_.log.raise_floor(commit);
}

void BulkLoad::add_account(const Address& address, const AccountValue& value)
{
    const auto id = accounts_++;
    std::array<Word, 8> words{};
    words[0] = Stamp::next(0, commit_, 0);
    std::memcpy(&words[4], address.data(), sizeof(Address));
    if (value.is_present)
    {
        const auto& balance = value.balance.limbs;
        words[0] |= Stamp::present;
        words[1] = value.nonce;
        words[2] = balance[0];
        words[3] = balance[1];
        words[6] = join(low_half(words[6]), value.code);
        if (!value.balance.fits_128())
        {
            words[0] |= Stamp::wide;
            store(tables_.wide_balances.make(id).words, {balance[2], balance[3]});
        }
    }
    store(tables_.accounts.make(id).words, words);
}

bool BulkLoad::index_accounts()
{
    tables_.account_index.reserve(accounts_);
    const auto& entries = tables_.accounts;
    const auto address = [&](std::uint32_t id) { return address_of(read_entry(entries[id].words)); };
    IndexFiller filler{
        tables_.account_index, [&](std::uint32_t a, std::uint32_t b) { return address(a) == address(b); }};
    for (std::uint32_t id = 0; id < accounts_; ++id)
        filler.add(tables_.hasher(address(id)), id);
    return filler.finish();
}

bool BulkLoad::add_slot(std::uint32_t account, const U256& key, const U256& value)
{
    auto& owner = tables_.accounts[account].words;
    if ((owner[0].load(std::memory_order_relaxed) & Stamp::present) == 0)
        return false;
    auto storage = low_half(owner[7].load(std::memory_order_relaxed));
    if (storage == 0)
    {
        storage = world_.make_storage(account);
        owner[7].store(join(storage, 0), std::memory_order_relaxed);
    }
    auto stamp = Stamp::next(0, commit_, 0);
    if (!value.is_zero())
    {
        stamp |= Stamp::present;
        if (world_.storages_[storage].size++ == 0)
            add_flag(owner[0], Stamp::has_storage);
    }
    const auto& k = key.limbs;
    const auto& v = value.limbs;
    store(
        tables_.slots.make(slots_++).words, {stamp, join(storage, 0), k[0], k[1], k[2], k[3], v[0], v[1], v[2], v[3]});
    ++live_slots_;
    return true;
}

void BulkLoad::skip_slots(std::uint32_t count)
{
    const auto begin = slots_;
    slots_ += count;
    skipped_.emplace_back(begin, slots_);
    tables_.slots.share_zeros(begin, slots_);
    // The last ones may lie in a chunk that others will be in.
    tables_.slots.make(slots_ - 1);
}

bool BulkLoad::index_slots()
{
    tables_.slot_index.reserve(live_slots_);
    const auto& entries = tables_.slots;
    // The second word is that of the storage, whose newest record is none yet; then the key.
    IndexFiller filler{tables_.slot_index,
        [&](std::uint32_t a, std::uint32_t b) { return agree(entries[a].words, entries[b].words, 1, 6); }};
    std::uint32_t id = 0;
    skipped_.push_back({slots_, slots_});
    for (const auto& [first, last] : skipped_)
    {
        for (; id != first; ++id)
        {
            const auto words = read_entry(entries[id].words);
            const auto storage = low_half(words[1]);
            filler.add(tables_.slot_hash(storage, {words[2], words[3], words[4], words[5]}), id);
        }
        id = last;
    }
    skipped_ = {};
    return filler.finish();
}

bool BulkLoad::add_code(const Hash& hash, const Bytes* code)
{
    if (world_.code_entry(hash, code) != codes_)
        return false;
    ++codes_;
    return true;
}

void BulkLoad::finish()
{
    tables_.account_count.store(accounts_, std::memory_order_release);
    tables_.slot_count.store(slots_, std::memory_order_release);
    tables_.boundaries.write(
        commit_, {0, {accounts_, slots_, codes_}, static_cast<StorageId>(world_.storages_.size())});
    tables_.latest.store(commit_, std::memory_order_release);
}
}  // namespace jiffy::world
