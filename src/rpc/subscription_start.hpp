// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.hpp"
#include "rpc/chain_position.hpp"
#include "rpc/error.hpp"
#include "sequencer/chain_reader.hpp"

namespace jiffy::rpc
{
/// The first things that a subscriber is told of.
struct SubscriptionStart
{
    ChainPosition mini_block;
    /// Counts released transactions.
    ChainPosition transaction;
};

/// What comes next.
SubscriptionStart next_start(const sequencer::History& history);

/// The beginning of a mini-block, which is kept or comes next. The error names the numbers that there are.
Result<SubscriptionStart, Error> start_of_mini_block(const sequencer::History& history, std::uint64_t number);

/// Number of the mini-block that is sealed next.
std::uint64_t next_mini_block(const sequencer::History& history);

/// For a mini-block that is not kept any more.
Error pruned_mini_block(const sequencer::ChainReader& chain, std::uint64_t number);
}  // namespace jiffy::rpc
