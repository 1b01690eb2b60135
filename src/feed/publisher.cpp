// SPDX-License-Identifier: Apache-2.0
#include "feed/publisher.hpp"

namespace jiffy::feed
{
std::expected<std::unique_ptr<Publisher>, std::string> Publisher::listen(const PublisherOptions& options)
{
    auto server = Server::listen(options.server);
    if (!server)
        return std::unexpected{std::move(server.error())};
    return std::unique_ptr<Publisher>{new Publisher{std::move(*server), options.window}};
}

Publisher::~Publisher()
{
    stop();
}

store::StoreResult<void> Publisher::begin(const store::ChainIdentity& chain,
    const FeedPosition& first,
    const store::WriteAheadLog* log)
{
    chain_ = chain;
    auto position = first;
    if (log != nullptr)
    {
        waypoints_.emplace(position);
        const auto end = survey(*log, position, *waypoints_);
        if (!end)
            return std::unexpected{end.error()};
        position = *end;
        log_source_.emplace(*log, *waypoints_);
    }
    window_.emplace(position, window_size_);
    return {};
}

void Publisher::start(const types::StatementTerms& terms, const Address& signer)
{
    server_->start({.chain = chain_,
        .terms = terms,
        .signer = signer,
        .window = &*window_,
        .log = log_source_ ? &*log_source_ : nullptr});
}

void Publisher::stop()
{
    server_->stop();
}

void Publisher::append(BytesView record)
{
    window_->append(record);
    if (waypoints_)
        waypoints_->pass(window_->end(), record.size());
}

void Publisher::release() noexcept
{
    window_->release();
}
}  // namespace jiffy::feed
