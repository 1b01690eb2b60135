// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "types/state_difference.hpp"

namespace jiffy::state
{
/// Answer of a read. `unavailable` means that the state below cannot tell (a remote state not fetched yet, a witness
/// that lacks it, a view that is too old): execution unwinds, the shell fetches and runs again.
enum class Presence : std::uint8_t
{
    present,
    absent,
    unavailable,
};

/// Borrowed reader of some state: two words of reference, to be passed by value. The object behind it outlives it.
/// Any type with the four const member functions can stand behind it.
class Source
{
public:
    template <class Reader>
    explicit Source(const Reader& reader) noexcept
      : reader_{&reader}
      , table_{&table_of<Reader>}
    {
    }

    /// The account without its storage.
    Presence account(const Address& address, types::Account& result) const noexcept
    {
        return table_->account(reader_, address, result);
    }

    /// Value of a slot; `absent` means zero.
    Presence storage(const Address& address, const U256& key, U256& result) const noexcept
    {
        return table_->storage(reader_, address, key, result);
    }

    /// Code by its hash. The bytes stay where they are for as long as the reader lives.
    Presence code(const Hash& code_hash, BytesView& result) const noexcept
    {
        return table_->code(reader_, code_hash, result);
    }

    /// `present` if the account has a slot that is not zero (asked at a creation only, EIP-7610).
    Presence has_storage(const Address& address) const noexcept { return table_->has_storage(reader_, address); }

private:
    struct Table
    {
        Presence (*account)(const void*, const Address&, types::Account&) noexcept;
        Presence (*storage)(const void*, const Address&, const U256&, U256&) noexcept;
        Presence (*code)(const void*, const Hash&, BytesView&) noexcept;
        Presence (*has_storage)(const void*, const Address&) noexcept;
    };

    template <class Reader>
    static constexpr Table table_of{[](const void* reader, const Address& address, types::Account& result) noexcept
        { return static_cast<const Reader*>(reader)->account(address, result); },
        [](const void* reader, const Address& address, const U256& key, U256& result) noexcept
        { return static_cast<const Reader*>(reader)->storage(address, key, result); },
        [](const void* reader, const Hash& code_hash, BytesView& result) noexcept
        { return static_cast<const Reader*>(reader)->code(code_hash, result); },
        [](const void* reader, const Address& address) noexcept
        { return static_cast<const Reader*>(reader)->has_storage(address); }};

    const void* reader_;
    const Table* table_;
};

/// A state with nothing in it.
struct EmptyState
{
    Presence account(const Address&, types::Account&) const noexcept { return Presence::absent; }
    Presence storage(const Address&, const U256&, U256&) const noexcept { return Presence::absent; }
    Presence code(const Hash&, BytesView&) const noexcept { return Presence::absent; }
    Presence has_storage(const Address&) const noexcept { return Presence::absent; }
};

inline constexpr EmptyState empty_state{};
}  // namespace jiffy::state
