// SPDX-License-Identifier: Apache-2.0
#include "base/hex.hpp"
#include "rpc/backend.hpp"
#include "rpc/methods.hpp"

namespace jiffy::rpc
{
namespace
{
bool is_pending(const std::optional<BlockSelector>& selector)
{
    return selector && *selector == BlockSelector{BlockTag::pending};
}

std::optional<Topic> topic_of(Call& call)
{
    const auto name = call.parameters.string(0);
    if (name == "newHeads")
        return NewHeads{};
    if (name == "newPendingTransactions")
        return NewTransactions{call.parameters.has(1) && call.parameters.boolean(1)};
    if (name == "logs")
    {
        Logs logs;
        if (call.parameters.has(1))
            logs.filter = call.parameters.log_filter(1);
        logs.at_release = is_pending(logs.filter.from) || is_pending(logs.filter.to);
        return logs;
    }
    return std::nullopt;
}

void subscribe(Call& call)
{
    auto topic = topic_of(call);
    if (call.reject_bad_parameters(2))
        return;
    if (!call.channel)
        return call.reply.error({code::method_not_found, "notifications not supported", {}});
    if (!topic)
    {
        const auto name = call.parameters.string(0);
        constexpr std::size_t longest_name = 50;
        return call.reply.error({code::method_not_found,
            "no \"" + std::string{name.size() <= longest_name ? name : "such"} + "\" subscription in eth namespace",
            {}});
    }
    const auto id = call.backend.subscriptions.reserve_id();
    if (!id)
        return call.reply.error({code::limit_exceeded, "too many subscriptions", {}});
    // The answer goes out first, so that no notification comes before the client knows the id.
    call.reply.result([&id](JsonWriter& json) { json.string(Subscriptions::text_of(*id)); });
    call.backend.subscriptions.add(*id, call.channel, std::move(*topic));
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
