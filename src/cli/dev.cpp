// SPDX-License-Identifier: Apache-2.0
#include "cli/dev.hpp"

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
constexpr int cannot_start = 2;
constexpr int cannot_write = 3;

int complain(const std::string& reason)
{
    std::fprintf(stderr, "jiffy: %s\n", reason.c_str());
    return cannot_start;
}

std::expected<feed::PublisherOptions, std::string> feed_options(const DevOptions& options)
{
    feed::PublisherOptions feed;
    auto endpoint = parse_endpoint("--feed-listen", options.feed_listen);
    if (!endpoint)
        return std::unexpected{std::move(endpoint.error())};
    feed.server.host = std::move(endpoint->host);
    feed.server.port = endpoint->port;
    if (options.feed_token_file.empty())
        return feed;
    auto token = node::read_token_file(options.feed_token_file);
    if (!token)
        return std::unexpected{std::move(token.error())};
    feed.server.token = std::move(*token);
    return feed;
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
    node_options.on_failure = [&has_failed, &is_stopping](const std::string& reason)
    {
        complain("stopping, as the log cannot be written: " + reason);
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
    return dev(options.chain);
}
}  // namespace jiffy::cli
