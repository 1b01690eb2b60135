// SPDX-License-Identifier: Apache-2.0
#include "cli/bench_load_options.hpp"

#include "cli/bench_load_command.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <span>

namespace jiffy::cli::load
{
namespace
{
constexpr std::array<std::string_view, 3> kind_names = {"transfer", "erc20", "swap"};
constexpr std::array<std::string_view, 3> mode_names = {"sync", "async", "ws"};

constexpr std::uint16_t default_http_port = 80;
/// More than a node on two cores takes, so that a run without a rate does not end early.
constexpr double unbounded_rate = 30'000;
constexpr unsigned fewest_senders = 16;
constexpr unsigned most_senders_by_default = 4096;
constexpr unsigned most_senders = 4'000'000;
/// Their places are 32-bit numbers, and each takes about 300 bytes.
constexpr std::uint64_t most_transactions = 50'000'000;

template <class Enumeration>
std::optional<Enumeration> value_of(std::span<const std::string_view> names, std::string_view name)
{
    const auto found = std::ranges::find(names, name);
    if (found == names.end())
        return std::nullopt;
    return static_cast<Enumeration>(found - names.begin());
}

/// Declares an option whose value is one of the names.
template <class Enumeration>
void add_choice(CLI::App& command,
    const std::string& option,
    const std::string& description,
    std::span<const std::string_view> names,
    Enumeration& choice)
{
    command
        .add_option_function<std::string>(
            option, [names, &choice](const std::string& text) { choice = *value_of<Enumeration>(names, text); },
            description)
        ->check(CLI::IsMember(std::vector<std::string>(names.begin(), names.end())));
}

template <class Number>
bool parse_whole(std::string_view text, Number& number)
{
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc{} && end == text.data() + text.size();
}
}  // namespace

std::string_view name_of(Kind kind)
{
    return kind_names[static_cast<std::size_t>(kind)];
}

std::string_view name_of(Mode mode)
{
    return mode_names[static_cast<std::size_t>(mode)];
}

std::optional<Kind> kind_of(std::string_view name)
{
    return value_of<Kind>(kind_names, name);
}

std::optional<Url> parse_url(std::string_view text)
{
    if (text.starts_with("http://"))
        text.remove_prefix(7);
    else if (text.starts_with("ws://"))
        text.remove_prefix(5);
    else
        return std::nullopt;
    Url url;
    const auto path_at = std::min(text.find('/'), text.size());
    url.path = path_at < text.size() ? text.substr(path_at) : "/";
    const auto authority = text.substr(0, path_at);
    // The port follows the last colon, unless that one is inside the brackets of an IPv6 address.
    const auto colon = authority.rfind(':');
    const bool has_port = colon != std::string_view::npos && authority.find(']', colon) == std::string_view::npos;
    url.port = default_http_port;
    if (has_port && (!parse_whole(authority.substr(colon + 1), url.port) || url.port == 0))
        return std::nullopt;
    auto host = has_port ? authority.substr(0, colon) : authority;
    if (host.starts_with('[') && host.ends_with(']'))
        host = host.substr(1, host.size() - 2);
    if (host.empty() || host.find_first_of(" \r\n@?#") != std::string_view::npos ||
        url.path.find_first_of(" \r\n") != std::string::npos)
        return std::nullopt;
    url.host = host;
    return url;
}

std::optional<double> parse_rate(std::string_view text)
{
    double rate = 0;
    if (!parse_whole(text, rate) || !std::isfinite(rate) || rate <= 0)
        return std::nullopt;
    return rate;
}

void declare_options(CLI::App& command, Options& options)
{
    const auto url_check = [](const std::string& text)
    { return parse_url(text) ? std::string{} : "not of the form http://host:port/path: " + text; };
    const auto rate_check = [](const std::string& text)
    { return text == "max" || parse_rate(text) ? std::string{} : "neither max nor a number above zero: " + text; };

    command.add_option("--rpc", options.rpc, "URL of the endpoint")->check(url_check)->capture_default_str();
    add_choice(command, "--kind", "what a transaction does, by default a transfer", kind_names, options.kind);
    add_choice(command, "--mode", "how it is sent, by default sync", mode_names, options.mode);
    command.add_option("--connections", options.connections)->check(CLI::Range(1, 4096))->capture_default_str();
    command
        .add_option_function<std::string>(
            "--rate", [&options](const std::string& text) { options.rate = parse_rate(text); },
            "transactions per second, or max (the default)")
        ->check(rate_check);
    command.add_option("--seconds", options.seconds)->check(CLI::Range(0.1, 86'400.0))->capture_default_str();
    command.add_option("--batch", options.batch, "transactions of an HTTP request")
        ->check(CLI::Range(1, 1000))
        ->capture_default_str();
    command.add_option("--window", options.window, "requests outstanding on a WebSocket connection")
        ->check(CLI::Range(1, 10'000))
        ->capture_default_str();
    command.add_option("--senders", options.senders, "accounts that send, default: by connections and window")
        ->check(CLI::Range(1U, most_senders));
    command.add_option("--count", options.count, "transactions to prepare, default: by rate and seconds")
        ->check(CLI::Range(std::uint64_t{1}, most_transactions));
    command.add_option("--keys", options.keys_file, "file of the keys that pay, default: the development accounts");
    auto* replayed =
        command.add_option("--transactions", options.transactions_file, "send the prepared transactions of this file");
    command.add_option("--write-transactions", options.write_file, "prepare transactions in this file, send none")
        ->excludes(replayed);
    command.add_flag("--json", options.json, "one JSON object");
}

std::string contradiction(const Options& options)
{
    if (options.mode == Mode::ws && options.batch > 1)
        return "--batch is for HTTP; over WebSocket, --window lets many requests be outstanding";
    if (options.senders % options.connections != 0)
        return "--senders must be a multiple of --connections, because each connection has senders of its own";
    if (transaction_count(options) > most_transactions)
        return "the rate and the time make more than " + std::to_string(most_transactions) + " transactions";
    return {};
}

unsigned sender_count(const Options& options)
{
    if (options.senders != 0)
        return options.senders;
    const auto outstanding = options.mode == Mode::ws ? options.window : options.batch;
    const auto wanted = std::clamp(options.connections * outstanding, fewest_senders, most_senders_by_default);
    return (wanted + options.connections - 1) / options.connections * options.connections;
}

std::uint64_t transaction_count(const Options& options)
{
    if (options.count != 0)
        return options.count;
    return static_cast<std::uint64_t>(std::ceil(options.rate.value_or(unbounded_rate) * options.seconds));
}
}  // namespace jiffy::cli::load
