// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "feed/publisher.hpp"
#include "node/preset.hpp"
#include "rpc/admission.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace jiffy::node
{
struct FeedAddress
{
    std::string host = "127.0.0.1";
    std::uint16_t port = 0;
};

/// Whom a node follows that does not lead its chain.
struct FollowOptions
{
    /// Where the chain's feed is to be had: the next is tried when one fails.
    std::vector<FeedAddress> feeds;
    /// What the feeds want to know of a subscriber; empty for nothing.
    std::string token;
    /// Where transactions are passed on to: ws://HOST:PORT. Empty if none are taken.
    std::string sequencer_url;
};

struct NodeOptions
{
    std::string host = "127.0.0.1";
    /// 0 lets the system choose one.
    std::uint16_t port = 8545;
    Preset preset = Preset::op;
    /// The chain in geth's genesis format; it then has no accounts whose keys everybody knows, and the preset and the
    /// intervals are the file's. Empty for none.
    std::string genesis_file;
    /// The key that the genesis file's sequencer signs with. What it signs is no development chain's, and there are no
    /// methods that only such a chain has. Empty on a development chain, whose key everybody knows.
    std::optional<Hash> sequencer_secret;
    /// The node only follows; nothing if it leads its chain. It needs a genesis file.
    std::optional<FollowOptions> follow;
    /// Where the chain is kept; empty for a chain in memory only.
    std::string data_directory;
    /// What a preconfirmation waits for before it is released: memory or disk.
    types::Durability durability = types::Durability::memory;
    /// Blocks from one snapshot of the state to the next, if the chain is kept somewhere.
    std::uint64_t snapshot_interval = 600;
    /// Told once, on any thread, why the node cannot go on, as that the log cannot be written any more. Nothing is
    /// released from then on, and the node is to be stopped with `abandon`.
    std::function<void(const std::string&)> on_failure = [](const std::string&) {};
    /// Told, on any thread, what whoever runs the node should know though it goes on.
    std::function<void(const std::string&)> on_notice = [](const std::string&) {};
    /// Where the order log is served to those who follow it; nothing for nowhere.
    std::optional<feed::PublisherOptions> feed;
    /// Milliseconds.
    std::uint64_t mini_block_interval = 10;
    std::uint64_t block_interval = 1000;
    /// Blocks kept in memory, and transactions in them together; an empty block takes 12 kB and 0.4 kB for each of its
    /// mini-blocks, a transfer 2.3 kB.
    std::size_t history_blocks = 16'384;
    std::uint64_t history_transactions = 2'000'000;
    rpc::AdmissionLimits admission;
    /// Recompute every state root from scratch.
    bool verify_roots = false;

    /// Its keys are everybody's, and its statements no evidence.
    [[nodiscard]] bool is_development() const noexcept { return !sequencer_secret && !follow; }
};
}  // namespace jiffy::node
