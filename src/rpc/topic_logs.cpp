// SPDX-License-Identifier: Apache-2.0
#include "rpc/format.hpp"
#include "rpc/topics.hpp"

namespace jiffy::rpc
{
namespace
{
SharedResult make_result(const LogPlace& place, const std::optional<std::uint64_t>& mini_block)
{
    return make_shared_result(
        [&](JsonWriter& json)
        {
            json.begin_object();
            write_log_fields(json, place);
            if (mini_block)
                json.key("miniBlockNumber").quantity(*mini_block);
            json.end_object();
        });
}
}  // namespace

void tell_logs(std::span<const LogSubscription> subscriptions,
    const sequencer::BlockRecord& block,
    std::size_t first,
    std::size_t end)
{
    if (subscriptions.empty())
        return;
    for (auto i = static_cast<std::uint32_t>(first); i < end; ++i)
    {
        const auto& logs = block.transactions[i].receipt.logs;
        if (logs.empty())
            continue;
        const auto fragment = block.fragment_of(i);
        const auto mini_block = fragment ? std::optional{fragment->mini_block} : std::nullopt;
        for (std::uint32_t k = 0; k < logs.size(); ++k)
        {
            SharedResult result;
            for (const auto& subscription : subscriptions)
            {
                if (!matches(subscription.filter, logs[k]))
                    continue;
                if (!result)
                    result = make_result({&block, i, k}, mini_block);
                subscription.subscriber.send(result);
            }
        }
    }
}
}  // namespace jiffy::rpc
