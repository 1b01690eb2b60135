// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "world/tables.hpp"

#include <optional>

namespace jiffy::world
{
/// The state at one commit, pinned: any thread may read it while the writer goes on. A `state::Source` can stand in
/// front of it. The world must outlive it. It holds nothing back: once the version log no longer reaches back to its
/// commit, or the world was rewound, its answers are `unavailable`.
class Snapshot
{
public:
    Snapshot(Snapshot&& other) noexcept
      : tables_{other.tables_}
      , place_{std::exchange(other.place_, std::nullopt)}
      , reader_{other.reader_}
    {
    }
    Snapshot& operator=(Snapshot&& other) noexcept
    {
        std::swap(tables_, other.tables_);
        std::swap(place_, other.place_);
        std::swap(reader_, other.reader_);
        return *this;
    }
    ~Snapshot();

    [[nodiscard]] CommitNumber commit() const noexcept { return reader_.commit(); }
    /// False if there was no place left to pin it, or a rewind was going on: every answer is `unavailable`.
    [[nodiscard]] bool is_pinned() const noexcept { return place_.has_value(); }

    state::Presence account(const Address& address, types::Account& result) const noexcept
    {
        return is_pinned() ? reader_.account(address, result) : state::Presence::unavailable;
    }
    state::Presence storage(const Address& address, const U256& key, U256& result) const noexcept
    {
        return is_pinned() ? reader_.storage(address, key, result) : state::Presence::unavailable;
    }
    /// The bytes stay where they are for as long as the world lives.
    state::Presence code(const Hash& code_hash, BytesView& result) const noexcept
    {
        return is_pinned() ? reader_.code(code_hash, result) : state::Presence::unavailable;
    }
    state::Presence has_storage(const Address& address) const noexcept
    {
        return is_pinned() ? reader_.has_storage(address) : state::Presence::unavailable;
    }

    /// How many ids had been given out at the commit; empty if that is unavailable.
    [[nodiscard]] std::optional<types::IdCounts> id_counts() const noexcept
    {
        return is_pinned() ? reader_.id_counts() : std::nullopt;
    }
    /// The account with an id that `id_counts` tells of, absent or not, and its address.
    state::Presence account_at(std::uint32_t id, Address& address, AccountValue& result) const noexcept
    {
        return is_pinned() ? reader_.account_at(id, address, result) : state::Presence::unavailable;
    }
    /// The slot with an id that `id_counts` tells of.
    state::Presence slot_at(std::uint32_t id, Reader::Slot& result) const noexcept
    {
        return is_pinned() ? reader_.slot_at(id, result) : state::Presence::unavailable;
    }
    /// The code with an id that `id_counts` tells of, but 0. It stays where it is for as long as the world lives.
    [[nodiscard]] const CodeEntry& code_at(CodeId id) const noexcept { return reader_.code_at(id); }
    [[nodiscard]] types::Account account_of(const AccountValue& value) const noexcept
    {
        return reader_.account_of(value);
    }

    /// The whole state as a difference to nothing, accounts in the order of their ids, without codes of which only the
    /// hash is known. Empty once the state is unavailable. Takes memory for a copy of the state.
    [[nodiscard]] std::optional<types::StateDifference> as_difference() const;

private:
    friend class World;

    /// Pins the latest commit.
    explicit Snapshot(const Tables& tables) noexcept;
    /// Pins this commit; the caller has seen `rewinds`, and then that the commit exists.
    Snapshot(const Tables& tables, CommitNumber commit, std::uint64_t rewinds) noexcept;

    const Tables* tables_;
    std::optional<std::uint32_t> place_;
    Reader reader_;
};
}  // namespace jiffy::world
