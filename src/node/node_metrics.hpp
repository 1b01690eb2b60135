// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "node/following.hpp"
#include "node/leader.hpp"
#include "node/metrics.hpp"
#include "rpc/node_status.hpp"
#include "rpc/transaction_route.hpp"

namespace jiffy::node
{
/// Says who leads the chain in this process; null if nobody does yet. Any thread.
using CurrentLeader = std::function<const Leader*()>;

/// Figures of ordering, execution and release; zeros while nobody leads here.
void add_leader_metrics(Metrics& metrics, const CurrentLeader& leader);

/// Figures of a chain, whoever leads it.
void add_chain_metrics(Metrics& metrics, const ChainParts& chain, const std::function<rpc::NodeStatus()>& status);

/// Figures of a node that follows; zeros for null.
void add_following_metrics(Metrics& metrics, const Following* following);
void add_forwarder_metrics(Metrics& metrics, const rpc::Forwarder* forwarder);

/// Figures of the way that transactions take from their clients.
void add_route_metrics(Metrics& metrics, const rpc::TransactionRoute& route);
}  // namespace jiffy::node
