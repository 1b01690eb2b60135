// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "consensus/witness_register.hpp"

#include <atomic>
#include <chrono>
#include <expected>
#include <functional>

namespace jiffy::consensus
{
struct WitnessServerOptions
{
    std::string host = "127.0.0.1";
    /// 0 lets the system choose one.
    std::uint16_t port = 0;
    /// What clients must know; empty if anybody may ask and propose.
    std::string token;
    std::size_t connections = 64;
    /// Time to say `WitnessHello`, and to take an answer.
    std::chrono::milliseconds patience{5000};
};

/// Figures of a server; readable by any thread.
struct WitnessServerFigures
{
    std::atomic<std::uint64_t> connections = 0;
    std::atomic<std::uint64_t> reads = 0;
    std::atomic<std::uint64_t> proposals = 0;
    /// Proposals after which another configuration was the current one.
    std::atomic<std::uint64_t> declined = 0;
    /// Connections that were not let in, or did not keep to the protocol.
    std::atomic<std::uint64_t> cut = 0;
};

/// Answers for a register over TCP. One thread, which also waits for the disk: a witness has nothing else to do.
class WitnessServer
{
public:
    /// Binds the port; the error is one line for people.
    static std::expected<std::unique_ptr<WitnessServer>, std::string> listen(const WitnessServerOptions& options);
    WitnessServer(const WitnessServer&) = delete;
    WitnessServer& operator=(const WitnessServer&) = delete;
    ~WitnessServer();

    [[nodiscard]] std::uint16_t port() const noexcept;
    [[nodiscard]] const WitnessServerFigures& figures() const noexcept;

    /// `on_failure` is told, on the server's thread and once, if the register cannot be written. Nothing is answered
    /// after that: what is on disk is found out by opening the register again.
    void start(WitnessRegister witness, std::function<void(const std::string&)> on_failure);
    void stop();

private:
    struct Implementation;
    explicit WitnessServer(std::unique_ptr<Implementation> implementation);
    std::unique_ptr<Implementation> implementation_;
};
}  // namespace jiffy::consensus
