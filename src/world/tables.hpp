// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/key_hasher.hpp"
#include "state/source.hpp"
#include "world/boundary_log.hpp"
#include "world/dense_array.hpp"
#include "world/key_index.hpp"
#include "world/version_log.hpp"

#include <optional>

namespace jiffy::world
{
/// An account, one cache line; its id is its place, given at its first appearance.
///   0 stamp    1 nonce    2, 3 low half of the balance    4 to 6 address, and the code id above its end
///   7 storage id, place of the newest record about it
struct alignas(64) AccountEntry
{
    AtomicWord words[8];
};

/// The upper half of a balance, for the few that have one.
struct WideBalance
{
    AtomicWord words[2];
};

/// A storage slot.
///   0 stamp    1 storage id, place of the newest record about it    2 to 5 key    6 to 9 value
struct SlotEntry
{
    AtomicWord words[10];
};

/// A code by its hash. Entries are never taken back: they say the same in every state.
struct CodeEntry
{
    Hash hash;
    /// Null if only the hash has become known.
    std::atomic<const Bytes*> code{nullptr};
};

/// Id of a code; 0 is the empty code.
using CodeId = std::uint32_t;

/// An account as the tables have it.
struct AccountValue
{
    bool is_present = false;
    bool has_storage = false;
    std::uint64_t nonce = 0;
    U256 balance;
    CodeId code = 0;
    StorageId storage = 0;

    friend bool operator==(const AccountValue&, const AccountValue&) = default;
};

/// The tables of the world and the log behind them; what readers and the writer have in common.
struct Tables
{
    Tables(std::uint64_t hash_seed, std::size_t log_capacity, std::size_t maximum_pins)
      : hasher{hash_seed}
      , pins{maximum_pins}
      , account_index{pins}
      , slot_index{pins}
      , code_index{pins}
      , log{log_capacity}
      , boundaries{log.capacity()}
    {
    }
    ~Tables();
    Tables(const Tables&) = delete;
    Tables& operator=(const Tables&) = delete;

    [[nodiscard]] std::uint64_t slot_hash(StorageId storage, const U256& key) const noexcept
    {
        return hasher.words_hash(key.limbs, storage);
    }

    KeyHasher hasher;
    mutable PinTable pins;
    KeyIndex account_index;
    KeyIndex slot_index;
    KeyIndex code_index;
    DenseArray<AccountEntry> accounts;
    DenseArray<WideBalance> wide_balances;
    DenseArray<SlotEntry> slots;
    DenseArray<CodeEntry> codes;
    VersionLog log;
    BoundaryLog boundaries;
    std::atomic<CommitNumber> latest{0};
    /// Counts rewinds: raised before anything is taken back, to an odd number, and again when all is.
    std::atomic<std::uint64_t> rewinds{0};
    std::atomic<std::uint32_t> account_count{0};
    std::atomic<std::uint32_t> slot_count{0};
    /// One more than the number of codes: id 0 is taken.
    std::atomic<std::uint32_t> code_count{1};
};

/// The address in the words of an account.
Address address_of(const std::array<Word, 8>& words) noexcept;

/// The words of an account and the upper half of its balance as a value.
AccountValue account_value_of(const std::array<Word, 8>& words, const Word high[2]) noexcept;

/// The record of an account as a value.
AccountValue account_value_of(const Record& record) noexcept;

/// Reads the tables as they were at one commit. Answers `unavailable` once that cannot be told any more, because the
/// log does not reach back so far or the world was rewound.
class Reader
{
public:
    /// `rewinds` was loaded before `commit` was known to exist.
    Reader(const Tables& tables, CommitNumber commit, std::uint64_t rewinds) noexcept
      : tables_{&tables}
      , commit_{commit}
      , rewinds_{rewinds}
      , account_index_{tables.account_index.tables()}
      , slot_index_{tables.slot_index.tables()}
      , code_index_{tables.code_index.tables()}
    {
    }

    [[nodiscard]] CommitNumber commit() const noexcept { return commit_; }
    [[nodiscard]] std::uint64_t rewinds() const noexcept { return rewinds_; }

    /// False once the world was rewound: what was read before and not checked may be wrong.
    [[nodiscard]] bool is_valid() const noexcept
    {
        return tables_->rewinds.load(std::memory_order_acquire) == rewinds_;
    }

    state::Presence account(const Address& address, types::Account& result) const noexcept;
    state::Presence storage(const Address& address, const U256& key, U256& result) const noexcept;
    state::Presence code(const Hash& code_hash, BytesView& result) const noexcept;
    state::Presence has_storage(const Address& address) const noexcept;

    /// How many ids had been given out at the commit; empty if that is unavailable.
    [[nodiscard]] std::optional<types::IdCounts> id_counts() const noexcept;

    /// The account with this id, and its address; `absent` also for an id that was not given out at the commit.
    state::Presence account_at(std::uint32_t id, Address& address, AccountValue& result) const noexcept;
    /// A slot of the world by its id.
    struct Slot
    {
        /// Of a dead slot, whose account has lost its storage, it is no account's.
        StorageId storage;
        U256 key;
        U256 value;
    };
    state::Presence slot_at(std::uint32_t id, Slot& result) const noexcept;
    /// The entry of a code that had its id at the commit; not of id 0.
    [[nodiscard]] const CodeEntry& code_at(CodeId id) const noexcept { return tables_->codes[id]; }
    [[nodiscard]] types::Account account_of(const AccountValue& value) const noexcept;

private:
    state::Presence find_account(const Address& address, AccountValue& result) const noexcept;
    state::Presence account_value(std::uint32_t id,
        const std::array<Word, 8>& words,
        AccountValue& result) const noexcept;
    state::Presence slot_value(const std::array<Word, 10>& words, U256& result) const noexcept;
    /// The record that holds an entry's value at the commit, from the newest one on.
    state::Presence find_record(std::uint32_t newest, Record& result) const noexcept;

    const Tables* tables_;
    CommitNumber commit_;
    std::uint64_t rewinds_;
    KeyIndex::Tables account_index_;
    KeyIndex::Tables slot_index_;
    KeyIndex::Tables code_index_;
};
}  // namespace jiffy::world
