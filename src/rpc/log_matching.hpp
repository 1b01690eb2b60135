// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "rpc/parameters.hpp"
#include "sequencer/records.hpp"

namespace jiffy::rpc
{
/// True if addresses and topics are among the filter's.
bool matches(const LogFilter& filter, const types::Log& log) noexcept;

/// False if no log behind the bloom can match.
bool may_match(const LogFilter& filter, const Bloom& bloom) noexcept;

/// A log with its place.
struct LogPlace
{
    const sequencer::BlockRecord* block;
    std::uint32_t transaction;
    std::uint32_t log;
};

/// Appends the block's matching logs from its transaction `first` up to and without `end`; false if there would be
/// more than `limit` in all.
bool collect_logs(const LogFilter& filter,
    const sequencer::BlockRecord& block,
    std::size_t first,
    std::size_t end,
    std::size_t limit,
    std::vector<LogPlace>& places);
}  // namespace jiffy::rpc
