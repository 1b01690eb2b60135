// SPDX-License-Identifier: Apache-2.0
#include "consensus/unreleased_records.hpp"

namespace jiffy::consensus
{
void UnreleasedRecords::add(std::span<const types::LogFrame> frames)
{
    for (const auto& frame : frames)
    {
        encoded_.clear();
        types::encode(frame, chain_id_, encoded_);
        feed::pack(encoded_, body_);
        ends_.push_back(body_.size());
        auto position = positions_.back();
        hasher_.step(position, encoded_);
        positions_.push_back(position);
    }
}

void UnreleasedRecords::clear(const feed::FeedPosition& end)
{
    body_.clear();
    ends_.clear();
    positions_.assign(1, end);
}

std::optional<feed::FeedPosition> UnreleasedRecords::position_at(std::uint64_t sequence) const
{
    if (sequence < first() || sequence > end().sequence)
        return std::nullopt;
    return positions_[sequence - first()];
}

BytesView UnreleasedRecords::body(std::uint64_t first_record, std::uint64_t before) const
{
    const auto begin = first_record - first();
    const auto offset = begin == 0 ? 0 : ends_[begin - 1];
    return BytesView{body_}.subspan(offset, ends_[before - first() - 1] - offset);
}

std::vector<BytesView> UnreleasedRecords::records() const
{
    auto records = feed::unpack(body_);
    return records ? std::move(*records) : std::vector<BytesView>{};
}
}  // namespace jiffy::consensus
