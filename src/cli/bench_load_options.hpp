// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace jiffy::cli::load
{
/// What a transaction does.
enum class Kind : std::uint8_t
{
    transfer,
    erc20,
    swap,
};

/// How transactions are handed in.
enum class Mode : std::uint8_t
{
    /// eth_sendRawTransactionSync over HTTP: the answer is the receipt.
    sync,
    /// eth_sendRawTransaction over HTTP: the answer is the hash, the receipts are looked up in the end.
    async,
    /// eth_sendRawTransactionSync over WebSocket, with many requests outstanding on each connection.
    ws,
};

std::string_view name_of(Kind kind);
std::string_view name_of(Mode mode);
std::optional<Kind> kind_of(std::string_view name);

struct Options
{
    std::string rpc = "http://127.0.0.1:8545";
    Kind kind = Kind::transfer;
    Mode mode = Mode::sync;
    unsigned connections = 16;
    /// Transactions per second over all connections; empty: each as soon as there is room for it.
    std::optional<double> rate;
    double seconds = 10;
    /// Transactions of an HTTP request; more than one makes it a JSON-RPC batch.
    unsigned batch = 1;
    /// Requests outstanding on a WebSocket connection.
    unsigned window = 64;
    /// 0: chosen so that those that are outstanding at the same time have different senders.
    unsigned senders = 0;
    /// Transactions to prepare; 0: enough for the time.
    std::uint64_t count = 0;
    /// File of the secret keys that pay, one in hex on each line; empty: the development accounts.
    std::string keys_file;
    /// File of prepared transactions to send; empty: prepare them.
    std::string transactions_file;
    /// File for the prepared transactions, which are then not sent.
    std::string write_file;
    bool json = false;
};

/// Where an endpoint listens.
struct Url
{
    std::string host;
    std::uint16_t port = 0;
    std::string path;
};

/// The parts of http://host[:port][/path], or the same with ws; empty for anything else.
std::optional<Url> parse_url(std::string_view text);

/// The number of transactions per second, greater than zero; empty for anything else.
std::optional<double> parse_rate(std::string_view text);

/// Why these options cannot go together; empty if they can.
std::string contradiction(const Options& options);

/// Senders of the transactions to prepare: a multiple of the connections, each of which has its own.
unsigned sender_count(const Options& options);

/// Transactions to prepare: of the rate for the time, or as many as a fast node takes in it.
std::uint64_t transaction_count(const Options& options);
}  // namespace jiffy::cli::load
