// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "feed/protocol.hpp"
#include "types/log_frame.hpp"

#include <span>

namespace jiffy::consensus
{
/// The end of a leader's log, which is on its way to the standbys and not released.
class UnreleasedRecords
{
public:
    UnreleasedRecords(std::uint64_t chain_id, const feed::FeedPosition& released_end)
      : chain_id_{chain_id}
      , positions_{released_end}
    {
    }

    void add(std::span<const types::LogFrame> frames);
    /// What there was is released, or belongs to nobody: goes on behind `end`.
    void clear(const feed::FeedPosition& end);

    [[nodiscard]] bool is_empty() const noexcept { return ends_.empty(); }
    [[nodiscard]] std::uint64_t first() const noexcept { return positions_.front().sequence; }
    /// Behind the last record.
    [[nodiscard]] const feed::FeedPosition& end() const noexcept { return positions_.back(); }
    /// Before a record that is there, or behind the last one; nothing else.
    [[nodiscard]] std::optional<feed::FeedPosition> position_at(std::uint64_t sequence) const;
    /// Records that are there, at least one, as a message has them.
    [[nodiscard]] BytesView body(std::uint64_t first, std::uint64_t before) const;
    /// Each of them, until the next change.
    [[nodiscard]] std::vector<BytesView> records() const;

private:
    std::uint64_t chain_id_;
    Bytes body_;
    /// Of each record in the body.
    std::vector<std::size_t> ends_;
    /// Before each record, and behind the last.
    std::vector<feed::FeedPosition> positions_;
    feed::ChainHasher hasher_;
    /// Memory for a record.
    Bytes encoded_;
};
}  // namespace jiffy::consensus
