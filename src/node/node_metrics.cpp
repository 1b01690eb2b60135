// SPDX-License-Identifier: Apache-2.0
#include "node/node_metrics.hpp"

namespace jiffy::node
{
void add_leader_metrics(Metrics& metrics, const CurrentLeader& leader)
{
    const auto histogram = [&](std::string_view name, std::string_view help, auto find)
    {
        metrics.histogram(name, help,
            [leader, find]() -> const sequencer::LatencyHistogram*
            {
                const auto* current = leader();
                return current != nullptr ? &find(*current) : nullptr;
            });
    };
    const auto ordering = [](const sequencer::LatencyHistogram sequencer::SequencerLatencies::* member)
    {
        return [member](const Leader& current) -> const auto& { return current.sequencer().latencies().*member; };
    };
    const auto releasing = [](const sequencer::LatencyHistogram sequencer::ReleaseLatencies::* member)
    {
        return [member](const Leader& current) -> const auto& { return current.releaser().latencies().*member; };
    };
    using sequencer::ReleaseLatencies;
    using sequencer::SequencerLatencies;
    histogram("jiffy_ingress_seconds", "From the reading of a request to its transaction decoded, its sender known.",
        ordering(&SequencerLatencies::ingress));
    histogram("jiffy_queue_seconds", "From there to a transaction's turn.", ordering(&SequencerLatencies::queue));
    histogram("jiffy_execution_seconds", "Execution of a transaction.", ordering(&SequencerLatencies::execution));
    histogram("jiffy_release_seconds", "From a transaction's execution to its release, signed.",
        releasing(&ReleaseLatencies::release));
    histogram("jiffy_signature_seconds", "Signing of a fragment.", releasing(&ReleaseLatencies::signature));
    histogram("jiffy_mini_block_seal_seconds", "Roots, commitment and signature of a mini-block.",
        releasing(&ReleaseLatencies::mini_block_seal));
    histogram("jiffy_mini_block_interval_seconds", "From one mini-block's seal to the next one's.",
        releasing(&ReleaseLatencies::mini_block_interval));
    histogram("jiffy_block_change_seconds", "End of a block and opening of the next, when nothing runs.",
        ordering(&SequencerLatencies::block_change));
}

void add_chain_metrics(Metrics& metrics, const ChainParts& chain, const std::function<rpc::NodeStatus()>& status)
{
    const auto counter = [&](std::string_view name, std::string_view help, std::uint64_t rpc::NodeStatus::* member)
    { metrics.counter(name, help, [status, member] { return static_cast<double>(status().*member); }); };
    counter("jiffy_transactions_total", "Transactions executed, or followed.", &rpc::NodeStatus::transactions);
    counter("jiffy_fragments_total", "Fragments released and signed, or followed.", &rpc::NodeStatus::fragments);
    counter("jiffy_released_transactions_total", "Transactions released to their senders, or followed.",
        &rpc::NodeStatus::released_transactions);
    counter("jiffy_mini_blocks_total", "Mini-blocks sealed, or followed.", &rpc::NodeStatus::mini_blocks);
    counter("jiffy_blocks_total", "EVM blocks closed.", &rpc::NodeStatus::blocks);
    counter("jiffy_parent_hash_waits_total", "Transactions that had to wait for the parent's hash.",
        &rpc::NodeStatus::parent_hash_waits);
    metrics.gauge("jiffy_pool_transactions", "Transactions in the pool, which cannot run yet.",
        [status] { return static_cast<double>(status().pooled); });
    metrics.histogram(
        "jiffy_block_seal_seconds", "Roots and header of a block, in the background.", chain.sealer->latency());
    const auto& roots = chain.root_check.metrics();
    metrics.counter("jiffy_roots_verified_total", "State roots recomputed and right.", roots.verified);
    metrics.counter("jiffy_roots_wrong_total", "State roots recomputed and wrong.", roots.wrong);
    metrics.counter("jiffy_roots_unchecked_total", "Blocks that the check of roots was too slow for.", roots.unchecked);
}

void add_following_metrics(Metrics& metrics, const Following* following)
{
    static const FollowingMetrics none;
    const auto& figures = following != nullptr ? following->metrics() : none;
    metrics.counter("jiffy_follow_records_total", "Records of the feed applied.", figures.records);
    metrics.gauge("jiffy_follow_next_record", "Number of the record of the feed that comes next.",
        [&figures] { return static_cast<double>(figures.next_record); });
    metrics.gauge("jiffy_follow_lag_records", "Records of the feed that are released and not applied here.",
        [following] { return following != nullptr ? static_cast<double>(following->lag()) : 0.0; });
    metrics.histogram("jiffy_follow_delay_seconds",
        "From the time of a fragment to its application here, less the shortest such time.", figures.delay);
    metrics.counter("jiffy_follow_connections_total", "Connections made to feeds.",
        [following] { return following != nullptr ? static_cast<double>(following->connections()) : 0.0; });
    metrics.counter(
        "jiffy_follow_faults_total", "Connections to feeds that failed, ended or were given up.", figures.faults);
}

void add_forwarder_metrics(Metrics& metrics, const rpc::Forwarder* forwarder)
{
    static const rpc::ForwarderMetrics none;
    const auto& figures = forwarder != nullptr ? forwarder->metrics() : none;
    metrics.counter("jiffy_forwarded_total", "Requests passed on to the sequencer.", figures.sent);
    metrics.counter("jiffy_forward_failures_total",
        "Requests that were not passed on, or whose answer was lost with the connection.", figures.failed);
    metrics.counter("jiffy_forward_connections_total", "Connections made to the sequencer.", figures.connections);
}

void add_route_metrics(Metrics& metrics, const rpc::TransactionRoute& route)
{
    metrics.gauge("jiffy_waiting_transactions", "Transactions that wait for the recovery of their senders.",
        [&route] { return static_cast<double>(route.ingress().waiting()); });
    metrics.counter("jiffy_overload_refusals_total", "Transactions refused because more came than could be done.",
        route.ingress().refused());
}
}  // namespace jiffy::node
