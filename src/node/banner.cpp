// SPDX-License-Identifier: Apache-2.0
#include "node/banner.hpp"

#include "base/hex.hpp"
#include "crypto/keccak.hpp"
#include "node/version.hpp"
#include "rpc/json_writer.hpp"

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <fstream>

namespace jiffy::node
{
namespace
{
/// The host as it stands in a URL: an address that means "all" is reached through the loopback.
std::string url_host(const std::string& host)
{
    if (host == "0.0.0.0")
        return "127.0.0.1";
    if (host == "::")
        return "[::1]";
    return host.find(':') != std::string::npos ? "[" + host + "]" : host;
}

std::string endpoint(const Node& node, const NodeOptions& options)
{
    return url_host(options.host) + ":" + std::to_string(node.port());
}

/// Empty if there is no feed.
std::string feed_endpoint(const Node& node, const NodeOptions& options)
{
    const auto port = node.feed_port();
    return port ? url_host(options.feed->server.host) + ":" + std::to_string(*port) : "";
}
}  // namespace

std::string checksummed(const Address& address)
{
    std::string digits = to_hex_digits(address.view());
    const Hash hash = crypto::keccak256({reinterpret_cast<const Byte*>(digits.data()), digits.size()});
    for (std::size_t i = 0; i < digits.size(); ++i)
    {
        const int nibble = i % 2 == 0 ? hash[i / 2] >> 4 : hash[i / 2] & 15;
        if (nibble >= 8)
            digits[i] = static_cast<char>(std::toupper(static_cast<unsigned char>(digits[i])));
    }
    return "0x" + digits;
}

std::string banner_text(const Node& node, const NodeOptions& options)
{
    const bool is_development = options.is_development();
    std::string text = "Jiffy " + std::string{version};
    text += is_development   ? ", a development chain"
            : options.follow ? ", a replica of a chain"
                             : ", the sequencer of a chain";
    text += options.data_directory.empty() ? " in memory\n\n" : "\n\n";
    const auto line = [&text](std::string_view name, const std::string& value)
    { text.append("  ").append(name).append(16 - name.size(), ' ').append(value).push_back('\n'); };
    line("HTTP", "http://" + endpoint(node, options));
    line("WebSocket", "ws://" + endpoint(node, options));
    if (options.feed)
        line("feed", feed_endpoint(node, options) +
                         (options.feed->server.token.empty() ? ", for everybody" : ", for those with the token"));
    const auto& jiffy = *node.specification().jiffy;
    line("chain id", std::to_string(node.specification().chain_id));
    if (options.genesis_file.empty())
        line("rules",
            std::string{rules_of(options.preset)} + " (--preset " + std::string{name_of(options.preset)} + ")");
    else
        line("rules", options.genesis_file);
    line("mini-blocks", "every " + std::to_string(jiffy.mini_block_interval) + " ms");
    line("blocks", "every " + std::to_string(jiffy.block_time) + " ms");
    line("genesis time", std::to_string(node.genesis().header.timestamp));
    line("gas limit", std::to_string(node.genesis().header.gas_limit));
    line("signer", checksummed(node.signer()));
    if (!options.data_directory.empty())
        line("data", options.data_directory);
    if (options.follow)
    {
        std::string feeds;
        for (const auto& [host, port] : options.follow->feeds)
            feeds.append(feeds.empty() ? "" : ", ").append(host).append(":").append(std::to_string(port));
        line("follows", feeds);
        line("transactions",
            options.follow->sequencer_url.empty() ? "are not taken" : "go to " + options.follow->sequencer_url);
    }
    else if (!is_development)
        line("durability", options.durability == types::Durability::disk
                               ? "disk: what is signed survives a loss of power"
                               : "memory: a crash may lose what is signed, so that it is no evidence");
    constexpr std::string_view end = "\nListening. Stop with Ctrl-C.\n";
    if (node.accounts().empty())
        return text.append(end);
    line("base fee", "1 gwei at genesis");
    line("mnemonic", std::string{sequencer::development_mnemonic});
    text.append("\n  Accounts with 10,000 ETH each. Everybody knows the keys: never use them elsewhere.\n\n");
    for (const auto& account : node.accounts())
        text.append("  ")
            .append(checksummed(account.address))
            .append("  ")
            .append(to_hex(account.secret.view()))
            .append("\n");
    return text.append(end);
}

std::string banner_json(const Node& node, const NodeOptions& options)
{
    std::string text;
    rpc::JsonWriter json{text};
    json.begin_object();
    json.key("http").string("http://" + endpoint(node, options));
    json.key("ws").string("ws://" + endpoint(node, options));
    json.key("port").number(std::uint64_t{node.port()});
    if (options.feed)
        json.key("feed").string(feed_endpoint(node, options));
    json.key("chainId").number(node.specification().chain_id);
    if (options.genesis_file.empty())
    {
        json.key("preset").string(name_of(options.preset));
        json.key("mnemonic").string(sequencer::development_mnemonic);
    }
    json.key("accounts").begin_array();
    for (const auto& account : node.accounts())
        json.string(checksummed(account.address));
    json.end_array();
    json.key("privateKeys").begin_array();
    for (const auto& account : node.accounts())
        json.hex(account.secret);
    json.end_array();
    json.key("signer").string(checksummed(node.signer()));
    json.key("miniBlockMs").number(node.specification().jiffy->mini_block_interval);
    json.key("blockMs").number(node.specification().jiffy->block_time);
    json.key("genesisTimestamp").number(node.genesis().header.timestamp);
    json.end_object();
    return text + "\n";
}

bool write_file_at_once(const std::string& path, std::string_view text)
{
    const std::string draft = path + ".tmp";
    {
        std::ofstream file{draft, std::ios::binary | std::ios::trunc};
        file.write(text.data(), static_cast<std::streamsize>(text.size()));
        if (!file.flush())
            return false;
    }
    return std::rename(draft.c_str(), path.c_str()) == 0;
}
}  // namespace jiffy::node
