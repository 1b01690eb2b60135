// SPDX-License-Identifier: Apache-2.0
#include "rpc/backend.hpp"
#include "rpc/methods.hpp"

#include <algorithm>

namespace jiffy::rpc
{
namespace
{
/// What a client asks for.
struct Wish
{
    Topic topic;
    /// It wants to be told everything since the beginning of this mini-block.
    std::optional<std::uint64_t> from_mini_block;
};

bool is_pending(const std::optional<BlockSelector>& selector)
{
    return selector && *selector == BlockSelector{BlockTag::pending};
}

bool has_no_end(const std::optional<BlockSelector>& selector)
{
    return !selector || *selector == BlockSelector{BlockTag::latest} || is_pending(selector);
}

std::optional<std::uint64_t> resumed_from(Call& call)
{
    return call.parameters.subscription_options(1).from_mini_block;
}

Wish read_logs(Call& call)
{
    Logs logs;
    if (!call.parameters.has(1))
        return {std::move(logs), {}};
    logs.filter = call.parameters.log_filter(1);
    // As in geth, any fromBlock is: tools ask for everything, from the earliest block on, and mean what is new.
    if (!has_no_end(logs.filter.to) || logs.filter.block_hash)
        call.parameters.reject(1, "a subscription is about new logs: toBlock can be latest or pending, blockHash none");
    const auto from = call.parameters.subscription_options(1).from_mini_block;
    logs.at_release = from || is_pending(logs.filter.from) || is_pending(logs.filter.to);
    return {std::move(logs), from};
}

Wish read_state_changes(Call& call)
{
    if (!call.parameters.has(1))
        return {StateChanges{}, {}};
    auto options = call.parameters.subscription_options(1);
    std::ranges::sort(options.addresses);
    return {StateChanges{std::move(options.addresses)}, options.from_mini_block};
}

std::optional<Wish> read_wish(Call& call)
{
    const auto name = call.parameters.string(0);
    if (name == "newHeads")
    {
        const auto from = resumed_from(call);
        return Wish{NewHeads{from.has_value()}, from};
    }
    if (name == "newPendingTransactions")
        return Wish{NewTransactions{call.parameters.has(1) && call.parameters.boolean(1)}, {}};
    if (name == "logs")
        return read_logs(call);
    if (name == "miniBlocks")
        return Wish{MiniBlocks{}, resumed_from(call)};
    if (name == "stateChanges")
        return read_state_changes(call);
    if (name == "syncing")
        return Wish{Syncing{call.backend.status().behind.has_value()}, {}};
    return std::nullopt;
}

void subscribe(Call& call)
{
    auto wish = read_wish(call);
    if (call.reject_bad_parameters(2))
        return;
    if (!call.channel)
        return call.reply.error({code::method_not_found, "notifications not supported", {}});
    if (!wish)
    {
        const auto name = call.parameters.string(0);
        constexpr std::size_t longest_name = 50;
        return call.reply.error({code::invalid_params,
            "no \"" + std::string{name.size() <= longest_name ? name : "such"} + "\" subscription in eth namespace",
            {}});
    }
    const auto& history = call.backend.history;
    auto start = wish->from_mini_block ? start_of_mini_block(history, *wish->from_mini_block) : next_start(history);
    if (!start)
        return call.reply.error(start.error());
    const auto id = call.backend.subscriptions.reserve_id(call.channel);
    if (!id)
        return call.reply.error(id.error());
    // The answer goes out first, so that no notification comes before the client knows the id.
    call.reply.result([&id](JsonWriter& json) { json.string(Subscriber::text_of(*id)); });
    call.backend.subscriptions.add(*id, call.channel, std::move(wish->topic), *start);
}

void unsubscribe(Call& call)
{
    const auto id = call.parameters.quantity256(0);
    if (call.reject_bad_parameters(1))
        return;
    if (!call.channel)
        return call.reply.error({code::method_not_found, "notifications not supported", {}});
    if (call.backend.subscriptions.remove(id, call.channel))
        call.reply.result([](JsonWriter& json) { json.boolean(true); });
    else
        call.reply.error({code::server_error, "subscription not found", {}});
}

constexpr Method methods[] = {
    {"eth_subscribe", subscribe},
    {"eth_unsubscribe", unsubscribe},
};
}  // namespace

std::span<const Method> eth_subscription_methods()
{
    return methods;
}
}  // namespace jiffy::rpc
