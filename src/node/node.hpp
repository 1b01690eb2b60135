// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "node/node_options.hpp"
#include "rpc/server.hpp"
#include "sequencer/genesis.hpp"

#include <expected>
#include <memory>

namespace jiffy::node
{
/// What `verify_roots` has found.
struct RootReport
{
    std::uint64_t verified = 0;
    std::uint64_t wrong = 0;
    std::uint64_t unchecked = 0;
};

/// A node in one process: it keeps a chain, leads it, and serves it over RPC.
class Node
{
public:
    /// Of a chain without a genesis file.
    static constexpr std::uint64_t chain_id = 31'337;

    /// Binds the port and begins. The error, as that the sequencer's key is another one than the chain wants, is one
    /// line for people.
    static std::expected<std::unique_ptr<Node>, std::string> start(const NodeOptions& options);
    Node(const Node&) = delete;
    Node& operator=(const Node&) = delete;
    ~Node();

    [[nodiscard]] std::uint16_t port() const noexcept;
    /// Of the feed, if it has one.
    [[nodiscard]] std::optional<std::uint16_t> feed_port() const noexcept;
    [[nodiscard]] const std::vector<sequencer::DevelopmentAccount>& accounts() const noexcept;
    [[nodiscard]] const sequencer::Genesis& genesis() const noexcept;
    [[nodiscard]] const chain::ChainSpecification& specification() const noexcept;
    /// Address of the key that signs now.
    [[nodiscard]] Address signer() const;
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
    explicit Node(std::unique_ptr<Parts> parts);
    std::unique_ptr<Parts> parts_;
};
}  // namespace jiffy::node
