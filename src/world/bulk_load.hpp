// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "world/world.hpp"

namespace jiffy::world
{
/// Fills an empty world with a state whose ids are known, much faster than differences do: accounts, then slots, then
/// codes, each in the order of their ids. Nobody may read the world before `finish`, and if something is wrong with
/// what is added it is good for nothing but to be destroyed.
///
/// The world takes memory for what was added, never for what is only announced.
class BulkLoad
{
public:
    explicit BulkLoad(World& world) noexcept;

    /// True if the world has neither commits nor ids.
    [[nodiscard]] bool is_possible() const noexcept;

    /// The state will be that of this commit, the oldest one of the world. Below 2^47.
    void start(CommitNumber commit) noexcept;

    /// Of `value`, storage counts for nothing. Its code is below the number of codes that are to come.
    void add_account(const Address& address, const AccountValue& value);
    /// After the last account: false if an address is there twice.
    [[nodiscard]] bool index_accounts();

    /// A slot of an account that was added; false if that is absent.
    [[nodiscard]] bool add_slot(std::uint32_t account, const U256& key, const U256& value);
    /// Ids of slots whose account has lost its storage, at least one.
    void skip_slots(std::uint32_t count);
    /// After the last slot: false if a key is there twice in a storage.
    [[nodiscard]] bool index_slots();

    /// The bytes belong to the hash, or are unknown. False if the hash is there already.
    [[nodiscard]] bool add_code(const Hash& hash, const Bytes* code);

    /// Makes the world ready for its writer and for readers.
    void finish();

    [[nodiscard]] std::uint32_t accounts() const noexcept { return accounts_; }
    [[nodiscard]] std::uint32_t slots() const noexcept { return slots_; }
    [[nodiscard]] std::uint32_t codes() const noexcept { return codes_; }

private:
    World& world_;
    Tables& tables_;
    CommitNumber commit_ = 0;
    std::uint32_t accounts_ = 0;
    std::uint32_t slots_ = 0;
    std::uint32_t live_slots_ = 0;
    CodeId codes_ = 1;
    /// Ids of dead slots, each [first, last).
    std::vector<std::pair<std::uint32_t, std::uint32_t>> skipped_;
};
}  // namespace jiffy::world
