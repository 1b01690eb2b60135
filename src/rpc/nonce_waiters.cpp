// SPDX-License-Identifier: Apache-2.0
#include "rpc/nonce_waiters.hpp"

namespace jiffy::rpc
{
void NonceWaiters::add(NonceWaiter waiter)
{
    if (waiter.has_come())
        return waiter.job();
    const auto address = waiter.address;
    by_address_.emplace(address, std::move(waiter));
}

void NonceWaiters::serve(const sequencer::BlockRecord& block, std::size_t first, std::size_t end)
{
    while (first < end && !by_address_.empty())
    {
        const auto fragment = block.fragment_of(static_cast<std::uint32_t>(first));
        for (const auto& difference : *fragment->differences)
            for (const auto& change : difference.accounts)
            {
                auto [place, last] = by_address_.equal_range(change.address);
                while (place != last)
                {
                    if (change.account.nonce < place->second.nonce)
                    {
                        ++place;
                        continue;
                    }
                    place->second.job();
                    place = by_address_.erase(place);
                }
            }
        first = fragment->first_transaction + fragment->transaction_count;
    }
}

void NonceWaiters::expire(std::chrono::steady_clock::time_point now)
{
    std::erase_if(by_address_, [now](const auto& entry) { return entry.second.deadline < now; });
}
}  // namespace jiffy::rpc
