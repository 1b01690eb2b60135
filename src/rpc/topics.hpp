// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "rpc/parameters.hpp"
#include "rpc/subscriber.hpp"
#include "sequencer/records.hpp"

#include <span>

namespace jiffy::rpc
{
// What can be subscribed to, one file each. A topic's function tells its subscribers of things of a block, from number
// `first` up to and without `end`.

struct HeadSubscription
{
    Subscriber subscriber;
    /// Of older ones it is not told.
    std::uint64_t first_block = 0;
};
/// The header of a sealed block, the only thing of its kind.
void tell_head(std::span<const HeadSubscription> subscriptions,
    const sequencer::BlockRecord& block,
    std::size_t first,
    std::size_t end);

struct LogSubscription
{
    Subscriber subscriber;
    LogFilter filter;
};
/// The matching logs of transactions, each with the number of its mini-block where that is known.
void tell_logs(std::span<const LogSubscription> subscriptions,
    const sequencer::BlockRecord& block,
    std::size_t first,
    std::size_t end);

struct MiniBlockSubscription
{
    Subscriber subscriber;
};
/// Sealed mini-blocks.
void tell_mini_blocks(std::span<const MiniBlockSubscription> subscriptions,
    const sequencer::BlockRecord& block,
    std::size_t first,
    std::size_t end);

struct StateChangeSubscription
{
    Subscriber subscriber;
    /// In order; empty for all.
    std::vector<Address> addresses;
};
/// What released transactions have changed, one fragment after the other, an account's changes in it as one.
void tell_state_changes(std::span<const StateChangeSubscription> subscriptions,
    const sequencer::BlockRecord& block,
    std::size_t first,
    std::size_t end);

struct TransactionSubscription
{
    Subscriber subscriber;
    /// The transaction instead of its hash.
    bool full = false;
};
/// Released transactions of users.
void tell_transactions(std::span<const TransactionSubscription> subscriptions,
    const sequencer::BlockRecord& block,
    std::size_t first,
    std::size_t end);

/// Whether this node is syncing.
void tell_syncing(const Subscriber& subscriber, bool is_syncing);
}  // namespace jiffy::rpc
