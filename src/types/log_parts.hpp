// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "types/log_frame.hpp"
#include "types/log_words.hpp"

#include <algorithm>

namespace jiffy::types
{
/// The parts that frames of the log are made of.

/// How accounts are mentioned once a frame's difference is known: by their place in it, or beyond its places by id.
class AccountMentions
{
public:
    AccountMentions(std::span<const AccountUpdate> accounts, std::uint32_t id_limit) noexcept
      : accounts_{accounts}
      , id_limit_{id_limit}
    {
    }

    /// Place of the account in the difference; none is beyond the last.
    [[nodiscard]] std::size_t place_of(std::uint32_t id) const noexcept
    {
        const auto place = std::ranges::lower_bound(accounts_, id, {}, &AccountUpdate::id);
        return static_cast<std::size_t>(place != accounts_.end() && place->id == id
                                            ? place - accounts_.begin()
                                            : accounts_.end() - accounts_.begin());
    }
    [[nodiscard]] const AccountUpdate* find(std::uint32_t id) const noexcept
    {
        const auto place = place_of(id);
        return place < accounts_.size() ? &accounts_[place] : nullptr;
    }
    void put(FrameWriter& writer, std::uint32_t id) const
    {
        const auto place = place_of(id);
        writer.number(place < accounts_.size() ? place : place + id);
    }
    [[nodiscard]] std::uint32_t read(FrameReader& reader) const noexcept
    {
        const auto mention = reader.number();
        if (mention < accounts_.size())
            return accounts_[mention].id;
        const auto id = mention - accounts_.size();
        if (id >= id_limit_ || find(static_cast<std::uint32_t>(id)) != nullptr)
            reader.fail(FrameError::bad_id);
        return static_cast<std::uint32_t>(id);
    }

private:
    std::span<const AccountUpdate> accounts_;
    std::uint32_t id_limit_;
};

/// A difference that begins at ids that the reader knows. Says the same as `encode(const DifferenceFrame&)` in fewer
/// bytes, and says nothing of an account that is gone but that it is.
void put_difference(FrameWriter& writer, const DifferenceFrame& frame);
DifferenceFrame read_difference(FrameReader& reader, const IdCounts& before);

/// The fewest bytes of a transaction in the log.
inline constexpr std::size_t smallest_logged_transaction = 32;

void put_logged(FrameWriter& writer,
    WordTable& words,
    const AccountMentions& accounts,
    std::uint64_t chain_id,
    const LoggedTransaction& logged);
void read_logged(FrameReader& reader,
    WordTable& words,
    const AccountMentions& accounts,
    std::uint64_t chain_id,
    LoggedTransaction& logged);
}  // namespace jiffy::types
