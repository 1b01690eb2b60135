// SPDX-License-Identifier: Apache-2.0
#include "rpc/format.hpp"
#include "rpc/topics.hpp"

namespace jiffy::rpc
{
void tell_transactions(std::span<const TransactionSubscription> subscriptions,
    const sequencer::BlockRecord& block,
    std::size_t first,
    std::size_t end)
{
    if (subscriptions.empty())
        return;
    for (auto i = first; i < end; ++i)
    {
        const auto& record = block.transactions[i];
        // Nobody waits for those of the protocol, which were never pending.
        if (record.transaction.type == types::TransactionType::deposit)
            continue;
        SharedResult hash;
        SharedResult full;
        for (const auto& subscription : subscriptions)
        {
            auto& result = subscription.full ? full : hash;
            if (!result)
                result = make_shared_result(
                    [&](JsonWriter& json)
                    {
                        if (subscription.full)
                            write_transaction(json, block, i);
                        else
                            json.hex(record.hash);
                    });
            subscription.subscriber.send(result);
        }
    }
}
}  // namespace jiffy::rpc
