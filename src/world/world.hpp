// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.hpp"
#include "types/difference_frame.hpp"
#include "world/snapshot.hpp"

namespace jiffy::world
{
/// Bounds of a world's memory for the past and for readers.
struct Limits
{
    /// Overwritten values kept for pinned readers and rewinds, 64 bytes each: how far back both reach.
    std::size_t log_records = std::size_t{1} << 20;
    /// Snapshots alive at a time.
    std::size_t pins = 1024;
};

/// What a world holds; for metrics.
struct Statistics
{
    std::uint32_t accounts = 0;
    std::uint32_t slots = 0;
    std::uint32_t codes = 0;
    std::size_t pins = 0;
    /// The oldest commit that can be pinned.
    CommitNumber oldest = 0;
    /// Address space of tables and log; memory is taken as it fills.
    std::size_t bytes_reserved = 0;
};

/// The ids of what a difference names, place for place.
struct DifferenceIds
{
    /// `no_id` for an account that was deleted without ever having appeared.
    std::vector<std::uint32_t> accounts;
    /// Of the accounts' codes.
    std::vector<std::uint32_t> account_codes;
    /// `no_id` for a slot that was set to zero without ever having been anything else.
    std::vector<std::uint32_t> slots;
    /// Of the new codes.
    std::vector<std::uint32_t> codes;
};

/// What of a frame does not fit a world.
enum class FrameMisfit : std::uint8_t
{
    /// It begins at other ids than the world ends at, or leaves out what must not be left out.
    ids,
    /// An account twice, unknown, or with fields that it cannot have.
    account,
    /// A slot twice or unknown, of a storage that is gone, or of an account that the frame does not have.
    slot,
    /// A code that the world has already, or that has another hash.
    code,
};

/// The live state in memory. One thread, the committer, applies differences; any number of threads read snapshots of it
/// without locks and without ever holding the writer up.
///
/// Accounts and slots have ids in the order in which they first appear, in any run the same for the same differences.
class World
{
public:
    /// The seed decides where keys lie in the tables, so that nobody can prepare colliding ones; nothing else depends
    /// on it.
    explicit World(std::uint64_t hash_seed = 0, const Limits& limits = {});

    /// Writer: applies the difference as one commit and returns its number. Readers see all of it or nothing. Tells the
    /// ids of what it names if `ids` is not null.
    CommitNumber apply(const types::StateDifference& difference, DifferenceIds* ids = nullptr);

    /// Writer: applies the changes of a frame that begins at the ids given out by now, as one commit. What names
    /// something new stands with its name in it: every account, if need be as deleted; every slot, if need be with
    /// value zero, but those of a storage that was cleared within the frame. Every account of a slot is among the
    /// accounts. A frame that does not fit has no effect.
    Result<CommitNumber, FrameMisfit> apply(const types::DifferenceFrame& frame);

    /// Writer: all that is applied from here on is one commit, which readers do not see before `show`.
    void hold() noexcept { is_holding_ = true; }
    /// Writer: shows what was held, and returns the number of its commit.
    CommitNumber show();
    /// Writer: takes back what was held; as `rewind` to the latest commit.
    bool drop_held();

    /// Writer: the difference that a frame which was applied makes, with names instead of ids; without what came and
    /// went within the frame.
    [[nodiscard]] types::StateDifference named(const types::DifferenceFrame& frame) const;

    /// Writer: ids of the accounts of the slots of a frame that was applied, place for place.
    [[nodiscard]] std::vector<std::uint32_t> slot_accounts(const types::DifferenceFrame& frame) const;

    /// Writer: gives a slot of an account that exists its id before its first value is known, so that ids do not depend
    /// on when that comes. A commit of its own. Gives the frame of what it did: if the slot has an id only now, its
    /// account as it is and the slot with value zero.
    types::DifferenceFrame reserve_slot(const Address& address, const U256& key);

    /// Writer: how many ids have been given out.
    [[nodiscard]] types::IdCounts id_counts() const noexcept
    {
        return {tables_.account_count.load(std::memory_order_relaxed),
            tables_.slot_count.load(std::memory_order_relaxed), tables_.code_count.load(std::memory_order_relaxed)};
    }

    /// Writer: makes `commit` the latest commit again, with the ids that were given out by then. Every snapshot becomes
    /// unavailable. False, without effect, if the log does not reach back to it or it is still to come.
    bool rewind(CommitNumber commit);

    /// Writer: the state as it is at each read, without a pin.
    [[nodiscard]] state::Source latest() const noexcept { return state::Source{latest_}; }

    /// Number of the latest commit; any thread.
    [[nodiscard]] CommitNumber commit_number() const noexcept { return tables_.latest.load(std::memory_order_acquire); }

    /// The state at the latest commit; any thread. Too many snapshots make one that is not pinned.
    [[nodiscard]] Snapshot pin() const noexcept { return Snapshot{tables_}; }

    /// The state at an earlier commit; any thread. Empty if it is not there any more, not yet, or if there are too many
    /// snapshots.
    [[nodiscard]] std::optional<Snapshot> pin_at(CommitNumber commit) const noexcept;

    /// Writer.
    [[nodiscard]] Statistics statistics() const noexcept;

    /// Writer: the id of an account or slot that has appeared, else `no_id`. The slot is that of the account's storage
    /// now.
    [[nodiscard]] std::uint32_t account_id(const Address& address) const noexcept;
    /// The address of the account with this id; empty if it has not been given out. Any thread, for as long as nothing
    /// is taken back.
    [[nodiscard]] std::optional<Address> address_at(std::uint32_t account_id) const noexcept;
    [[nodiscard]] std::uint32_t slot_id(const Address& address, const U256& key) const noexcept;

private:
    /// Reads what was written last.
    struct Latest
    {
        const Tables& tables;

        [[nodiscard]] Reader reader() const noexcept;
        state::Presence account(const Address& address, types::Account& result) const noexcept
        {
            return reader().account(address, result);
        }
        state::Presence storage(const Address& address, const U256& key, U256& result) const noexcept
        {
            return reader().storage(address, key, result);
        }
        state::Presence code(const Hash& code_hash, BytesView& result) const noexcept
        {
            return reader().code(code_hash, result);
        }
        state::Presence has_storage(const Address& address) const noexcept { return reader().has_storage(address); }
    };

    friend class BulkLoad;

    /// The slots of an account between two times that they are cleared.
    struct Storage
    {
        /// Number of slots that are not zero.
        std::uint32_t size = 0;
        std::uint32_t account = no_id;
    };

    /// What a frame comes to in this world, found out before anything of it is applied.
    struct FramePlan
    {
        struct NewSlot
        {
            std::uint64_t hash;
            StorageId storage;
        };
        /// Of the frame's accounts after it, place for place.
        std::vector<StorageId> storages;
        /// Accounts that get a storage, in the order of these.
        std::vector<std::uint32_t> new_storages;
        /// Hashes of the addresses of new accounts.
        std::vector<std::uint64_t> new_accounts;
        std::vector<NewSlot> new_slots;
        /// Hashes of new names, and the places of these in the frame.
        std::vector<std::pair<std::uint64_t, std::size_t>> new_names;
    };

    std::optional<FrameMisfit> plan(const types::DifferenceFrame& frame);
    bool plan_codes(const types::DifferenceFrame& frame);
    bool plan_accounts(const types::DifferenceFrame& frame);
    bool plan_slots(const types::DifferenceFrame& frame);
    bool plan_new_slot(const types::SlotUpdate& slot, std::size_t account_place);
    [[nodiscard]] std::uint32_t account_of_slot(std::uint32_t slot_id) const noexcept;

    std::uint32_t account_entry(const Address& address, std::uint64_t hash);
    std::uint32_t make_account(const Address& address, std::uint64_t hash);
    /// Gives the id of the account's code.
    CodeId apply_account(CommitNumber commit,
        const types::StateDifference& difference,
        const types::AccountChange& change,
        std::uint32_t id,
        std::uint32_t* slot_ids);
    /// Gives the slot's id.
    std::uint32_t apply_slot(CommitNumber commit, StorageId storage, const types::SlotChange& change);
    std::uint32_t make_slot(StorageId storage, const U256& key, std::uint64_t hash);
    /// Gives the next id to a slot that nobody finds.
    void make_lost_slot();
    void write_slot(CommitNumber commit, std::uint32_t id, const U256& value);
    StorageId make_storage(std::uint32_t account_id);
    void write_account(CommitNumber commit, std::uint32_t id, const AccountValue& before, const AccountValue& value);
    CodeId code_entry(const Hash& hash, const Bytes* code);
    [[nodiscard]] std::uint32_t find_account(const Address& address, std::uint64_t hash) const noexcept;
    [[nodiscard]] std::uint32_t find_slot(StorageId storage, const U256& key, std::uint64_t hash) const noexcept;
    [[nodiscard]] AccountValue value_of(std::uint32_t account_id) const noexcept;
    void store_account(std::uint32_t id, Word stamp, const AccountValue& value, std::uint32_t newest_record) noexcept;
    void take_back(const Record& record) noexcept;
    void close_commit(CommitNumber commit);

    Tables tables_;
    Latest latest_{tables_};
    /// By storage id.
    std::vector<Storage> storages_;
    bool is_holding_ = false;
    /// Of the frame that is being applied; kept for its memory.
    FramePlan plan_;
};
}  // namespace jiffy::world
