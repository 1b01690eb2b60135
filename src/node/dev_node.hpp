// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "feed/publisher.hpp"
#include "node/preset.hpp"
#include "rpc/admission.hpp"
#include "rpc/server.hpp"
#include "sequencer/genesis.hpp"

#include <expected>
#include <memory>
#include <optional>

namespace jiffy::node
{
struct DevNodeOptions
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
    /// Where the chain is kept; empty for a chain in memory only.
    std::string data_directory;
    /// What a preconfirmation waits for before it is released: memory or disk.
    types::Durability durability = types::Durability::memory;
    /// Blocks from one snapshot of the state to the next, if the chain is kept somewhere.
    std::uint64_t snapshot_interval = 600;
    /// Told once, on any thread, why the log cannot be written any more. Nothing is released from then on, and the node
    /// is to be stopped with `abandon`.
    std::function<void(const std::string&)> on_failure = [](const std::string&) {};
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
};

/// What `verify_roots` has found.
struct RootReport
{
    std::uint64_t verified = 0;
    std::uint64_t wrong = 0;
    std::uint64_t unchecked = 0;
};

/// A whole chain in one process: sequencer, state, history and RPC. A development chain, unless it has a sequencer's
/// key of its own.
class DevNode
{
public:
    /// Of a chain without a genesis file.
    static constexpr std::uint64_t chain_id = 31'337;

    /// Binds the port and begins to seal. The error, as that the sequencer's key is another one than the chain wants,
    /// is one line for people.
    static std::expected<std::unique_ptr<DevNode>, std::string> start(const DevNodeOptions& options);
    DevNode(const DevNode&) = delete;
    DevNode& operator=(const DevNode&) = delete;
    ~DevNode();

    [[nodiscard]] std::uint16_t port() const noexcept;
    /// Of the feed, if it has one.
    [[nodiscard]] std::optional<std::uint16_t> feed_port() const noexcept;
    [[nodiscard]] const std::vector<sequencer::DevelopmentAccount>& accounts() const noexcept;
    [[nodiscard]] const sequencer::Genesis& genesis() const noexcept;
    [[nodiscard]] const chain::ChainSpecification& specification() const noexcept;
    /// Address of the key that signs.
    [[nodiscard]] const Address& signer() const noexcept;
    [[nodiscard]] RootReport root_report() const noexcept;

    /// Serves a request body as if it had come over HTTP.
    void handle(std::string body, rpc::Responder respond);

    /// Answers what has begun, seals the open block if the chain is in memory only, and ends every thread.
    void stop();
    /// Ends serving after a failure. The process is to end then: its other threads are in the middle of something that
    /// will never come.
    void abandon();

private:
    struct Parts;
    explicit DevNode(std::unique_ptr<Parts> parts);
    std::unique_ptr<Parts> parts_;
};
}  // namespace jiffy::node
