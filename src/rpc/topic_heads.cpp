// SPDX-License-Identifier: Apache-2.0
#include "rpc/format.hpp"
#include "rpc/topics.hpp"

namespace jiffy::rpc
{
void tell_head(std::span<const HeadSubscription> subscriptions,
    const sequencer::BlockRecord& block,
    std::size_t,
    std::size_t)
{
    SharedResult result;
    for (const auto& subscription : subscriptions)
    {
        if (block.number() < subscription.first_block)
            continue;
        if (!result)
            result = make_shared_result([&block](JsonWriter& json) { write_header(json, block); });
        subscription.subscriber.send(result);
    }
}
}  // namespace jiffy::rpc
