// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "rpc/chain_position.hpp"
#include "rpc/subscriber.hpp"

#include <algorithm>
#include <deque>
#include <span>
#include <vector>

namespace jiffy::rpc
{
/// The subscriptions to a topic: those who hear what is new, and those who are still being told what they have missed,
/// a little at a time, as fast as they read. Once they have come as far as the others, they hear what is new: nothing
/// is left out or told twice. One thread only.
template <class Subscription>
class ResumableTopic
{
public:
    /// Tells of things of a block, from number `first` up to and without `end`.
    using Tell = void (*)(std::span<const Subscription>,
        const sequencer::BlockRecord&,
        std::size_t first,
        std::size_t end);
    /// A step for those who are behind: the end of a small number of things from `first` on, at most `end`.
    using StepEnd = std::size_t (*)(const sequencer::BlockRecord&, std::size_t first, std::size_t end);

    ResumableTopic(Tell teller, StepEnd end_of_step) noexcept
      : tell_{teller}
      , step_end_{end_of_step}
    {
    }

    /// One that stands where the others stand.
    void join(Subscription subscription) { live_.push_back(std::move(subscription)); }
    /// `next` is not after where the others stand when `tell_behind` is called next.
    void add(Subscription subscription, ChainPosition next) { behind_.push_back({std::move(subscription), next}); }

    void tell(const sequencer::BlockRecord& block, std::size_t first, std::size_t end) const
    {
        if (!live_.empty())
            tell_(live_, block, first, end);
    }

    /// Tells those who are behind a little more; `newest` is where the others stand. False if none of them reads fast
    /// enough to be told more now.
    template <class Count>
    bool tell_behind(const sequencer::History& history, const ChainPosition& newest, Count count)
    {
        bool is_told = false;
        for (auto waiting = behind_.size(); waiting != 0; --waiting)
        {
            auto one = std::move(behind_.front());
            behind_.pop_front();
            if (one.subscription.subscriber.channel().closed)
                continue;
            if (one.subscription.subscriber.channel().queued_bytes >= most_queued_bytes)
            {
                behind_.push_back(std::move(one));
                continue;
            }
            is_told = true;
            if (step(history, one, newest, count))
                behind_.push_back(std::move(one));
        }
        return is_told;
    }

    template <class Predicate>
    void remove_if(Predicate predicate)
    {
        const auto matches = [&](const Subscription& one) { return predicate(one.subscriber); };
        std::erase_if(live_, matches);
        std::erase_if(behind_, [&](const Behind& one) { return matches(one.subscription); });
    }
    [[nodiscard]] bool empty() const noexcept { return live_.empty() && behind_.empty(); }

private:
    struct Behind
    {
        Subscription subscription;
        ChainPosition next;
    };

    /// One that has more than this to read waits until it has read some of it.
    static constexpr std::size_t most_queued_bytes = 1 << 20;

    /// False if it is not behind any more.
    template <class Count>
    bool step(const sequencer::History& history, Behind& one, const ChainPosition& newest, Count count)
    {
        if (one.next == newest)
        {
            live_.push_back(std::move(one.subscription));
            return false;
        }
        const auto block = history.find(one.next.block);
        if (block == nullptr)
        {
            one.subscription.subscriber.channel().cut("too slow: what was to be resumed is not kept any more");
            return false;
        }
        const auto end = one.next.block == newest.block ? newest.index : count(*block);
        if (one.next.index == end)
        {
            one.next = {one.next.block + 1, 0};
            return true;
        }
        const auto step_end = step_end_(*block, one.next.index, end);
        tell_({&one.subscription, 1}, *block, std::exchange(one.next.index, step_end), step_end);
        return true;
    }

    Tell tell_;
    StepEnd step_end_;
    std::vector<Subscription> live_;
    std::deque<Behind> behind_;
};
}  // namespace jiffy::rpc
