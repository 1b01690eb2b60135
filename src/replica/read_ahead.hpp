// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "types/log_frame.hpp"
#include "world/world.hpp"

namespace jiffy::replica
{
/// Reads the records of a log before a world has the changes of those before: what a record needs of them, ids and the
/// addresses of accounts, it learns from the records themselves. So senders can be recovered while older fragments are
/// still executed. One thread, which need not be that of the world.
class ReadAhead
{
public:
    /// The world stands where the log goes on; it is asked for the accounts that it has then, and must outlive the
    /// object.
    ReadAhead(const world::World& world, std::uint64_t chain_id);

    /// The log's next record as a frame, its transactions with their recipients. After an error it is of no use any
    /// more.
    Result<types::LogFrame, types::LogFrameError> next(BytesView record);

private:
    [[nodiscard]] std::optional<Address> address_at(std::uint32_t account_id) const;

    const world::World& world_;
    types::LogPosition position_;
    std::uint32_t known_accounts_;
    /// Of the accounts since then.
    std::vector<Address> addresses_;
};

/// Who sent each of a fragment's transactions, by their signatures; empty for one that no key has signed. Their
/// recipients stand in them, as `ReadAhead` leaves them. Any thread.
std::vector<std::optional<Address>> recover_senders(const types::FragmentFrame& fragment);
}  // namespace jiffy::replica
