// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "node/chain_parts.hpp"
#include "node/metrics.hpp"
#include "rpc/backend.hpp"
#include "rpc/dispatcher.hpp"
#include "rpc/server.hpp"

namespace jiffy::node
{
/// Binds the port of a node. The error is one line for people.
std::expected<std::unique_ptr<rpc::Server>, std::string> listen(const NodeOptions& options);

/// What serves clients, whatever the role of the node: the methods, those who wait, and the figures.
class Service
{
public:
    /// `archive` is null for a chain in memory; `status` is callable by any thread.
    Service(const ChainParts& chain,
        const NodeOptions& options,
        const sequencer::Archive* archive,
        std::function<rpc::NodeStatus()> status);
    Service(const Service&) = delete;
    Service& operator=(const Service&) = delete;

    /// Tells subscribers from now on. The chain has begun.
    void start() { subscriptions_.start(); }
    /// Serves requests, which goes on until the server stops. All figures are registered.
    void serve(rpc::Server& server);
    /// The server has stopped.
    void stop_workers() { workers_.stop(); }
    /// Nothing comes any more that anybody could wait for.
    void stop() { subscriptions_.stop(); }

    /// Any thread.
    void on_sealed() { subscriptions_.notify(); }
    void on_release() { subscriptions_.notify_released(); }

    /// The following thread: these transactions of the block have been released.
    void on_followed(const sequencer::BlockPointer& block, std::uint32_t first, std::uint32_t end)
    {
        transaction_waiters_.serve(block, first, end);
    }

    /// Serves a request body as if it had come over HTTP.
    void handle(std::string body, rpc::Responder respond);

    [[nodiscard]] rpc::TransactionRoute& route() noexcept { return route_; }
    [[nodiscard]] rpc::CurrentSigning& signing() noexcept { return signing_; }
    [[nodiscard]] const rpc::CurrentSigning& signing() const noexcept { return signing_; }
    /// To register figures before `serve`.
    [[nodiscard]] Metrics& metrics() noexcept { return metrics_; }

private:
    rpc::CurrentSigning signing_;
    rpc::TransactionRoute route_;
    rpc::SealWaiters waiters_;
    rpc::TransactionWaiters transaction_waiters_;
    rpc::Subscriptions subscriptions_;
    rpc::Filters filters_;
    rpc::Workers workers_;
    rpc::Backend backend_;
    rpc::Dispatcher dispatcher_;
    Metrics metrics_;
};
}  // namespace jiffy::node
