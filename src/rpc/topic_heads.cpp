// SPDX-License-Identifier: Apache-2.0
#include "rpc/format.hpp"
#include "rpc/topics.hpp"

namespace jiffy::rpc
{
void tell_head(std::span<const HeadSubscription> subscriptions, const sequencer::BlockRecord& block)
{
    if (subscriptions.empty())
        return;
    const auto result = make_shared_result([&block](JsonWriter& json) { write_header(json, block); });
    for (const auto& subscription : subscriptions)
        subscription.subscriber.send(result);
}
}  // namespace jiffy::rpc
