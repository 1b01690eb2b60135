// SPDX-License-Identifier: Apache-2.0
#include "cli/dev.hpp"

#include "cli/complain.hpp"
#include "cli/endpoint.hpp"
#include "node/banner.hpp"
#include "node/key_file.hpp"

#include <atomic>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <unistd.h>

namespace jiffy::cli
{
namespace
{
/// `option` names where it comes from, for people.
std::expected<node::FeedAddress, std::string> read_address(std::string_view option, const std::string& text)
{
    auto endpoint = parse_endpoint(std::string{option}, text);
    if (!endpoint)
        return std::unexpected{std::move(endpoint.error())};
    return node::FeedAddress{std::move(endpoint->host), endpoint->port};
}

std::expected<feed::PublisherOptions, std::string> feed_options(const DevOptions& options)
{
    const auto address = read_address("--feed-listen", options.feed_listen);
    if (!address)
        return std::unexpected{address.error()};
    feed::PublisherOptions feed;
    feed.server.host = address->host;
    feed.server.port = address->port;
    if (options.feed_token_file.empty())
        return feed;
    auto token = node::read_token_file(options.feed_token_file);
    if (!token)
        return std::unexpected{std::move(token.error())};
    feed.server.token = std::move(*token);
    return feed;
}

std::expected<node::FollowOptions, std::string> follow_options(const ReplicaOptions& options)
{
    node::FollowOptions follow;
    for (const auto& text : options.feeds)
    {
        auto address = read_address("--feed", text);
        if (!address)
            return std::unexpected{std::move(address.error())};
        follow.feeds.push_back(std::move(*address));
    }
    follow.sequencer_url = options.sequencer;
    if (options.upstream_token_file.empty())
        return follow;
    auto token = node::read_token_file(options.upstream_token_file);
    if (!token)
        return std::unexpected{std::move(token.error())};
    follow.token = std::move(*token);
    return follow;
}
}  // namespace

int dev(const DevOptions& options)
{
    // Before any thread begins, so that all of them leave these signals to `sigwait`.
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);

    std::atomic<bool> has_failed = false;
    std::atomic<bool> is_stopping = false;
    auto node_options = options.node;
    if (!options.feed_listen.empty())
    {
        auto feed = feed_options(options);
        if (!feed)
            return complain(feed.error());
        node_options.feed = std::move(*feed);
    }
    node_options.on_notice = [](const std::string& reason) { complain(reason); };
    node_options.on_failure = [&has_failed, &is_stopping](const std::string& reason)
    {
        complain("stopping: " + reason);
        // To stop would wait for what does not come any more.
        if (is_stopping)
        {
            std::fflush(nullptr);
            std::_Exit(cannot_write);
        }
        has_failed = true;
        kill(getpid(), SIGTERM);
    };
    const auto started = node::Node::start(node_options);
    if (!started)
        return complain(started.error());
    auto& node = **started;
    if (!options.banner_file.empty() &&
        !node::write_file_at_once(options.banner_file, node::banner_json(node, node_options)))
        return complain("cannot write " + options.banner_file);
    std::fputs(node::banner_text(node, node_options).c_str(), stdout);
    std::fflush(stdout);

    int received = 0;
    sigwait(&signals, &received);
    is_stopping = true;
    if (has_failed)
    {
        node.abandon();
        std::fflush(nullptr);
        std::_Exit(cannot_write);
    }
    node.stop();
    if (!options.node.verify_roots)
        return 0;
    const auto report = node.root_report();
    std::printf("state roots recomputed from scratch: %llu right, %llu wrong, %llu not checked\n",
        static_cast<unsigned long long>(report.verified), static_cast<unsigned long long>(report.wrong),
        static_cast<unsigned long long>(report.unchecked));
    return report.wrong == 0 ? 0 : 1;
}

int sequencer(SequencerOptions options)
{
    const auto secret = node::read_key_file(options.key_file);
    if (!secret)
        return complain(secret.error());
    options.chain.node.sequencer_secret = *secret;
    if (!options.group.name.empty())
    {
        auto group = read_group_options(options.group);
        if (!group)
            return complain(group.error());
        options.chain.node.group = std::move(*group);
    }
    return dev(options.chain);
}

int replica(ReplicaOptions options)
{
    auto follow = follow_options(options);
    if (!follow)
        return complain(follow.error());
    options.chain.node.follow = std::move(*follow);
    return dev(options.chain);
}
}  // namespace jiffy::cli
