// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "feed/server.hpp"

namespace jiffy::feed
{
struct PublisherOptions
{
    ServerOptions server;
    /// Bytes of the newest records that are kept in memory.
    std::size_t window = std::size_t{64} << 20;
};

/// The feed of a sequencer: takes the log's records from the releasing thread, which it never holds up, and serves
/// those that are released.
class Publisher
{
public:
    /// Binds the port; the error is one line for people.
    static std::expected<std::unique_ptr<Publisher>, std::string> listen(const PublisherOptions& options);
    Publisher(const Publisher&) = delete;
    Publisher& operator=(const Publisher&) = delete;
    ~Publisher();

    /// Serves records from `first` on, which is the beginning of the chain unless the log has lost its own to a
    /// snapshot. Goes on behind what the log has, which is all released and is read once; it may be null for a chain in
    /// memory, and outlives `stop`.
    store::StoreResult<void> begin(const store::ChainIdentity& chain,
        const FeedPosition& first,
        const store::WriteAheadLog* log);
    /// Begins to serve. Behind `begin`.
    void start(const types::StatementTerms& terms, const Address& signer);
    void stop();
    /// Another term has begun: who subscribes from now on is told so. Behind `start`; any thread.
    void set_terms(const types::StatementTerms& terms, const Address& signer) { server_->set_terms(terms, signer); }

    /// The log's next record. Copies and hashes it and waits for nobody. The releasing thread, as the following ones.
    void append(BytesView record);
    /// Subscribers may have all records so far.
    void release() noexcept;
    /// Tells them so.
    void notify() noexcept { server_->notify(); }

    /// The newest records.
    [[nodiscard]] const RecordWindow& window() const noexcept { return *window_; }

    [[nodiscard]] std::uint16_t port() const noexcept { return server_->port(); }
    [[nodiscard]] const ServerMetrics& metrics() const noexcept { return server_->metrics(); }

private:
    Publisher(std::unique_ptr<Server> server, std::size_t window_size)
      : window_size_{window_size}
      , server_{std::move(server)}
    {
    }

    std::size_t window_size_;
    store::ChainIdentity chain_;
    std::optional<RecordWindow> window_;
    /// Of the log, if there is one.
    std::optional<Waypoints> waypoints_;
    std::optional<LogSource> log_source_;
    std::unique_ptr<Server> server_;
};
}  // namespace jiffy::feed
