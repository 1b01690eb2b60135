// SPDX-License-Identifier: Apache-2.0
#include "cli/group_options.hpp"

#include "cli/endpoint.hpp"
#include "consensus/configuration.hpp"
#include "node/key_file.hpp"

namespace jiffy::cli
{
namespace
{
constexpr std::string_view form_of_peer = "NAME,link=HOST:PORT,feed=HOST:PORT[,rpc=ws://HOST:PORT] is wanted";

std::unexpected<std::string> wrong_peer(const std::string& text)
{
    return std::unexpected{"--peer: " + std::string{form_of_peer} + ", not " + text};
}

std::expected<std::pair<std::string, node::PeerOptions>, std::string> read_peer(const std::string& text)
{
    std::pair<std::string, node::PeerOptions> result;
    auto& [name, peer] = result;
    for (std::size_t begin = 0; begin <= text.size();)
    {
        const auto end = std::min(text.find(',', begin), text.size());
        const auto part = text.substr(begin, end - begin);
        const auto equals = part.find('=');
        const auto key = part.substr(0, equals);
        if (begin == 0)
            name = part;
        else if (key == "rpc" && equals != std::string::npos)
            peer.rpc_url = part.substr(equals + 1);
        else if ((key == "link" || key == "feed") && equals != std::string::npos)
        {
            auto endpoint = parse_endpoint("--peer", part.substr(equals + 1));
            if (!endpoint)
                return std::unexpected{std::move(endpoint.error())};
            if (key == "link")
                peer.link = {std::move(endpoint->host), endpoint->port};
            else
                peer.feed = {std::move(endpoint->host), endpoint->port};
        }
        else
            return wrong_peer(text);
        begin = end + 1;
    }
    if (!consensus::is_name(name) || peer.link.port == 0 || peer.feed.port == 0)
        return wrong_peer(text);
    return result;
}
}  // namespace

std::expected<node::GroupOptions, std::string> read_group_options(const GroupArguments& arguments)
{
    node::GroupOptions options;
    options.name = arguments.name;
    if (!consensus::is_name(options.name))
        return std::unexpected{"--name: 1 to 32 of a-z, 0-9 and '-' are wanted, not " + options.name};
    auto listen = parse_endpoint("--standby-listen", arguments.listen);
    if (!listen)
        return std::unexpected{std::move(listen.error())};
    options.listen = {std::move(listen->host), listen->port};
    auto witness = parse_endpoint("--witness", arguments.witness);
    if (!witness)
        return std::unexpected{std::move(witness.error())};
    options.witness = {std::move(witness->host), witness->port};
    for (const auto& text : arguments.peers)
    {
        auto peer = read_peer(text);
        if (!peer)
            return std::unexpected{std::move(peer.error())};
        if (peer->first == options.name || !options.peers.insert(std::move(*peer)).second)
            return std::unexpected{"--peer: each name once, and not that of this node: " + text};
    }
    options.takes_leadership = arguments.takes_leadership;
    if (arguments.token_file.empty())
        return options;
    auto token = node::read_token_file(arguments.token_file);
    if (!token)
        return std::unexpected{std::move(token.error())};
    options.token = std::move(*token);
    return options;
}
}  // namespace jiffy::cli
