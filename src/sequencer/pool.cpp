// SPDX-License-Identifier: Apache-2.0
#include "sequencer/pool.hpp"

namespace jiffy::sequencer
{
namespace
{
/// geth's rule: both fees at least a tenth above the old ones.
bool pays_enough_to_replace(const types::Transaction& replacement, const types::Transaction& old)
{
    const auto is_tenth_more = [](const U256& offered, const U256& previous)
    {
        // Fees that a sender can pay are far below the size at which this overflows.
        return offered > previous && offered * U256{10} >= previous * U256{11};
    };
    return is_tenth_more(replacement.max_fee_per_gas, old.max_fee_per_gas) &&
           is_tenth_more(replacement.max_priority_fee_per_gas, old.max_priority_fee_per_gas);
}
}  // namespace

Result<Pool::Added, PoolRefusal> Pool::add(Submission& submission)
{
    const auto nonce = submission.transaction.nonce;
    const auto sender = senders_.find(submission.sender);
    if (sender != senders_.end())
    {
        auto& queue = sender->second;
        if (const auto place = queue.find(nonce); place != queue.end())
        {
            if (place->second.hash == submission.hash)
                return failure(PoolRefusal::already_known);
            if (!pays_enough_to_replace(submission.transaction, place->second.transaction))
                return failure(PoolRefusal::replacement_underpriced);
            return Added{&place->second, std::exchange(place->second, std::move(submission))};
        }
        if (queue.size() >= limits_.per_sender)
            return failure(PoolRefusal::account_limit_exceeded);
    }
    if (size_ >= limits_.transactions)
        return failure(PoolRefusal::full);
    auto& queue = sender != senders_.end() ? sender->second : senders_[submission.sender];
    const auto place = queue.emplace(nonce, std::move(submission)).first;
    ++size_;
    return Added{&place->second, std::nullopt};
}

std::optional<Submission> Pool::take(const Address& sender, std::uint64_t nonce, std::vector<Submission>& stale)
{
    const auto found = senders_.find(sender);
    if (found == senders_.end())
        return std::nullopt;
    auto& queue = found->second;
    std::optional<Submission> taken;
    while (!queue.empty() && queue.begin()->first <= nonce)
    {
        auto node = queue.extract(queue.begin());
        --size_;
        if (node.key() == nonce)
            taken = std::move(node.mapped());
        else
            stale.push_back(std::move(node.mapped()));
    }
    if (queue.empty())
        senders_.erase(found);
    return taken;
}

std::uint64_t Pool::next_nonce(const Address& sender, std::uint64_t nonce) const
{
    const auto found = senders_.find(sender);
    if (found == senders_.end())
        return nonce;
    for (auto place = found->second.lower_bound(nonce); place != found->second.end() && place->first == nonce; ++place)
        ++nonce;
    return nonce;
}

std::vector<Submission> Pool::clear()
{
    std::vector<Submission> all;
    all.reserve(size_);
    for (auto& [sender, queue] : senders_)
        for (auto& [nonce, submission] : queue)
            all.push_back(std::move(submission));
    senders_.clear();
    size_ = 0;
    return all;
}
}  // namespace jiffy::sequencer
