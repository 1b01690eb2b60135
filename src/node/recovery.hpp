// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "feed/position.hpp"
#include "replica/follower.hpp"
#include "store/write_ahead_log.hpp"

#include <expected>
#include <string>

namespace jiffy::node
{
/// Brings a chain to where its log ends, from the record with this sequence number on. `position`, if there is one, is
/// before that record, and moves along. The error is one line for people. Returns the number of frames.
std::expected<std::uint64_t, std::string> follow_log(const store::WriteAheadLog& log,
    std::uint64_t sequence,
    std::uint64_t chain_id,
    const world::World& world,
    replica::Follower& follower,
    std::optional<feed::FeedPosition>& position);
}  // namespace jiffy::node
