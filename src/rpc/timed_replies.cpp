// SPDX-License-Identifier: Apache-2.0
#include "rpc/timed_replies.hpp"

#include <algorithm>

namespace jiffy::rpc
{
TimedReplies::~TimedReplies()
{
    for (auto* reply = newest_.exchange(nullptr); reply != nullptr;)
    {
        const auto self = std::move(reply->self_);
        reply = reply->previous_;
    }
}

void TimedReplies::add(std::shared_ptr<TimedReply> reply) noexcept
{
    auto* added = reply.get();
    added->self_ = std::move(reply);
    added->previous_ = newest_.load(std::memory_order_relaxed);
    while (
        !newest_.compare_exchange_weak(added->previous_, added, std::memory_order_release, std::memory_order_relaxed))
    {
    }
}

void TimedReplies::expire(TimedReply::TimePoint now)
{
    for (auto* added = newest_.exchange(nullptr, std::memory_order_acquire); added != nullptr;)
    {
        auto self = std::move(added->self_);
        added = added->previous_;
        if (!self->is_taken())
            by_deadline_.emplace(self->deadline(), std::move(self));
    }
    while (!by_deadline_.empty() && by_deadline_.begin()->first <= now)
    {
        by_deadline_.begin()->second->expire();
        by_deadline_.erase(by_deadline_.begin());
    }
    if (by_deadline_.size() > most_kept_)
    {
        std::erase_if(by_deadline_, [](const auto& entry) { return entry.second->is_taken(); });
        most_kept_ = std::max(least_purged, 2 * by_deadline_.size());
    }
}
}  // namespace jiffy::rpc
