// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/key_hasher.hpp"
#include "state/slot_table.hpp"
#include "state/source.hpp"
#include "types/receipt.hpp"

#include <memory>

namespace jiffy::evm
{
struct AnalysedCode;
}

namespace jiffy::state
{
/// Index of an account in the journal of one transaction, in order of first touch.
using AccountIndex = std::uint32_t;

/// An account as the running transaction sees it.
struct AccountEntry
{
    types::Account current;
    types::Account original;
    Address address;
    AccountIndex index = 0;
    /// Place in the journal's table, kept for clearing.
    std::uint32_t bucket = 0;
    /// It is in the state (as changed so far); before Spurious Dragon an empty account can be.
    bool exists = false;
    bool original_exists = false;
    /// EIP-2929: accessed in this transaction.
    bool warm = false;
    /// EIP-161: to be removed at the end of the transaction if it is empty.
    bool touched = false;
    /// Created in this transaction: its storage began empty, and SELFDESTRUCT removes it (EIP-6780).
    bool created = false;
    bool destructed = false;
    bool code_loaded = false;
    /// Somebody looked at the balance; else all changes to it were credits, which commute.
    bool balance_observed = false;
    /// Valid if `code_loaded`.
    BytesView code;
    /// Set by the interpreter when it has looked the code up, kept here so that it looks once in a transaction.
    const evm::AnalysedCode* analysis = nullptr;
};

/// What must hold at the end of a transaction; differs by fork.
struct FinalisationRules
{
    /// EIP-161 (Spurious Dragon): touched empty accounts are removed.
    bool remove_empty_accounts = true;
};

/// State of one transaction over a source: reads are loaded once, every change can be taken back to a checkpoint.
/// An object is reused from one transaction to the next and keeps its memory.
///
/// A read that the source cannot answer gives a null pointer, after which `unavailable()` is true and the transaction
/// must be abandoned.
class Journal
{
public:
    explicit Journal(std::uint64_t hash_seed = 0);

    /// Forgets everything and begins a transaction over `source`, which must stay until the next `begin`.
    void begin(Source source) noexcept;

    /// Accounts that are warm from the start of every transaction to come (EIP-2929: the precompiled contracts),
    /// without being loaded. The addresses must outlive the journal.
    void set_warm_from_start(std::span<const Address> addresses) noexcept { warm_from_start_ = addresses; }

    [[nodiscard]] bool unavailable() const noexcept { return unavailable_; }

    /// The account, loaded on first use and there even if it does not exist; null if unavailable. Pointers stay valid
    /// until the next `begin`.
    AccountEntry* account(const Address& address)
    {
        auto* entry = find(address);
        return entry != nullptr ? entry : load(address);
    }
    [[nodiscard]] AccountEntry& entry(AccountIndex index) noexcept
    {
        return chunks_[index / chunk_size][index % chunk_size];
    }
    [[nodiscard]] std::size_t account_count() const noexcept { return account_count_; }

    /// Code of the account; false if unavailable.
    bool load_code(AccountEntry& entry);

    /// Marks as accessed (EIP-2929); true if it was cold.
    bool warm_up(AccountEntry& entry)
    {
        if (entry.warm)
            return false;
        entry.warm = true;
        record(Change::warm_account, entry.index);
        return true;
    }

    /// EIP-161 touch; before Spurious Dragon it brings an empty account into being (`create_if_absent`).
    void touch(AccountEntry& entry);
    void touch_creating(AccountEntry& entry);

    /// Adds wei to the balance; touches. Commutes with other credits: the balance is not looked at.
    void credit(AccountEntry& entry, const U256& amount);
    /// Takes wei off the balance, which the caller has checked.
    void debit(AccountEntry& entry, const U256& amount);
    void set_nonce(AccountEntry& entry, std::uint64_t nonce);
    /// The bytes are copied.
    void set_code(AccountEntry& entry, BytesView code);

    /// Begins the life of a contract: nonce as given, no code, storage empty, balance kept.
    void create(AccountEntry& entry, std::uint64_t nonce);
    /// True if the address is taken: nonce, code or storage (EIP-684, EIP-7610). Sets `unavailable()` if not known.
    bool is_creation_collision(AccountEntry& entry);
    /// Removal at the end of the transaction; true if it was not marked before.
    bool mark_destructed(AccountEntry& entry);

    /// Current value of a slot, with the value before the transaction and its warmth; null if unavailable. The pointer
    /// is valid until the next call that loads a slot.
    SlotEntry* slot(const AccountEntry& entry, const U256& key)
    {
        auto* found = slots_.find(entry.index, key);
        return found != nullptr ? found : load_slot(entry, key);
    }
    /// Marks as accessed (EIP-2929); true if it was cold.
    bool warm_up(SlotEntry& slot)
    {
        if (slot.warm)
            return false;
        slot.warm = true;
        record(Change::warm_slot, slots_.index_of(slot));
        return true;
    }
    void set_slot(SlotEntry& slot, const U256& value);

    [[nodiscard]] U256 transient(const AccountEntry& entry, const U256& key) noexcept;
    void set_transient(const AccountEntry& entry, const U256& key, const U256& value);

    /// Appends a log; topics and data are copied.
    void add_log(const Address& address, std::span<const Hash> topics, BytesView data);
    [[nodiscard]] std::size_t log_count() const noexcept { return logs_.size(); }
    [[nodiscard]] std::vector<types::Log> logs() const;

    /// Refund counter in gas; may go below zero in between, never at the end.
    [[nodiscard]] std::int64_t refund() const noexcept { return refund_; }
    void add_refund(std::int64_t gas) noexcept { refund_ += gas; }

    struct Checkpoint
    {
        std::size_t change_count;
        std::size_t log_count;
        std::size_t log_bytes;
        std::int64_t refund;
    };
    [[nodiscard]] Checkpoint checkpoint() const noexcept
    {
        return {changes_.size(), logs_.size(), log_data_.size(), refund_};
    }
    /// Takes back everything since the checkpoint, warmth included.
    void revert(const Checkpoint& checkpoint) noexcept;

    /// Ends the transaction: applies destructions and the rules, and writes what differs from the source to
    /// `difference`, accounts in order of first touch, slots in order of first touch within each.
    void finalise(const FinalisationRules& rules, types::StateDifference& difference);

private:
    static constexpr std::size_t chunk_size = 64;

    enum class Change : std::uint32_t
    {
        warm_account,
        warm_slot,
        touch,
        exists,
        balance,
        nonce,
        code,
        create,
        destruct,
        slot,
        transient,
    };

    /// How to take one change back.
    struct Record
    {
        Change change;
        std::uint32_t index;
        U256 previous;
    };

    struct CodeRecord
    {
        Hash hash;
        BytesView code;
        const evm::AnalysedCode* analysis;
        bool loaded;
    };

    struct LogRecord
    {
        Address address;
        types::Topics topics;
        std::size_t data_offset;
        std::size_t data_size;
    };

    void record(Change change, std::uint32_t index, const U256& previous = {})
    {
        changes_.push_back({change, index, previous});
    }
    AccountEntry* find(const Address& address) noexcept;
    AccountEntry* load(const Address& address);
    SlotEntry* load_slot(const AccountEntry& entry, const U256& key);
    void place_account(AccountEntry& entry) noexcept;
    void clear_accounts() noexcept;
    void take_back(const Record& record) noexcept;

    KeyHasher hasher_;
    Source source_;
    bool unavailable_ = false;
    std::span<const Address> warm_from_start_;

    std::vector<std::unique_ptr<AccountEntry[]>> chunks_;
    std::size_t account_count_ = 0;
    /// Open addressing from address to account index plus one; 0 is free.
    std::vector<std::uint32_t> account_table_;

    SlotTable slots_;
    SlotTable transients_;

    std::vector<Record> changes_;
    std::vector<CodeRecord> code_records_;
    std::vector<Bytes> new_codes_;
    std::vector<LogRecord> logs_;
    Bytes log_data_;
    std::int64_t refund_ = 0;
    /// Scratch of `finalise`.
    std::vector<std::uint32_t> slot_places_;
};
}  // namespace jiffy::state
