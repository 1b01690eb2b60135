// SPDX-License-Identifier: Apache-2.0
#include "rpc/transaction_waiters.hpp"

#include "rpc/format.hpp"

#include <algorithm>
#include <random>

namespace jiffy::rpc
{
namespace
{
constexpr std::size_t least_kept = 256;
}  // namespace

void answer_with_receipt(TimedReply& reply, const sequencer::TransactionPlace& place)
{
    auto taken = reply.take();
    if (!taken)
        return;
    taken->result_later(
        [place](JsonWriter& json)
        {
            const auto preconfirmation = sequencer::preconfirmation_of(place);
            write_receipt(json, *place.block, place.index, preconfirmation ? &*preconfirmation : nullptr);
        });
}

TransactionWaiters::TransactionWaiters(const sequencer::History& history, std::size_t capacity)
  : history_{history}
  , capacity_{capacity}
  , replies_(0, KeyHasher{std::random_device{}()})
  , most_kept_{std::min(least_kept, capacity)}
{
}

bool TransactionWaiters::add(const Hash& hash, const std::shared_ptr<TimedReply>& reply)
{
    {
        const std::lock_guard lock{mutex_};
        if (replies_.size() >= most_kept_)
        {
            std::erase_if(replies_, [](const auto& entry) { return entry.second->is_taken(); });
            if (replies_.size() >= capacity_)
                return false;
            most_kept_ = std::clamp(2 * replies_.size(), std::min(least_kept, capacity_), capacity_);
        }
        replies_.emplace(hash, reply);
    }
    // Released before it was added, it is found here; after that, whoever serves finds the reply.
    const auto place = history_.find_transaction(hash);
    if (place && place->block->fragment_of(place->index) != nullptr)
        answer_with_receipt(*reply, *place);
    return true;
}

void TransactionWaiters::serve(const sequencer::BlockPointer& block, std::uint32_t first, std::uint32_t end)
{
    const std::lock_guard lock{mutex_};
    for (auto index = first; index < end && !replies_.empty(); ++index)
    {
        const auto [begin, last] = replies_.equal_range(block->transactions[index].hash);
        for (auto entry = begin; entry != last; ++entry)
            answer_with_receipt(*entry->second, {block, index});
        replies_.erase(begin, last);
    }
}
}  // namespace jiffy::rpc
