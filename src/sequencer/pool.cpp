// SPDX-License-Identifier: Apache-2.0
#include "sequencer/pool.hpp"

#include "chain/validity.hpp"

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

void Pool::set_waiting(std::uint64_t nonce, Entry& entry, bool waits)
{
    if (entry.waits == waits)
        return;
    entry.waits = waits;
    const auto& submission = entry.submission;
    const ByFee fee{submission.transaction.max_fee_per_gas, submission.sender, nonce};
    const ByAge age{entry.arrival, submission.sender, nonce};
    if (waits)
    {
        by_fee_.insert(fee);
        by_age_.insert(age);
    }
    else
    {
        by_fee_.erase(fee);
        by_age_.erase(age);
    }
}

void Pool::classify(Sender& sender, std::uint64_t account_nonce, const U256& base_fee)
{
    for (auto& [nonce, entry] : sender.queue)
    {
        const bool waits = nonce > account_nonce || entry.submission.transaction.max_fee_per_gas < base_fee;
        set_waiting(nonce, entry, waits);
        if (!waits)
            account_nonce = std::max(account_nonce, nonce + 1);
    }
}

Submission Pool::remove(SenderPlace sender, Queue::iterator place)
{
    set_waiting(place->first, place->second, false);
    auto submission = std::move(place->second.submission);
    hashes_.erase(submission.hash);
    sender->second.cost = sender->second.cost - place->second.cost;
    sender->second.queue.erase(place);
    --size_;
    if (sender->second.queue.empty())
        senders_.erase(sender);
    return submission;
}

std::optional<Pool::ByFee> Pool::cheapest_waiting_beside(const Address& sender) const
{
    for (const auto& place : by_fee_)
        if (place.sender != sender)
            return place;
    return std::nullopt;
}

Result<void, PoolRefusal> Pool::make_room(const Submission& submission, bool waits, std::optional<Submission>& evicted)
{
    if (size_ < limits_.transactions)
        return {};
    // An executable one is worth more than one that waits, whatever it pays, and is never given up for one that waits.
    // What the sender has in the pool itself is the last to go: it may become executable by this one.
    if (const auto worst = cheapest_waiting_beside(submission.sender))
    {
        if (waits && submission.transaction.max_fee_per_gas <= worst->max_fee)
            return failure(PoolRefusal::full);
        const auto owner = senders_.find(worst->sender);
        evicted = remove(owner, owner->second.queue.find(worst->nonce));
        return {};
    }
    if (waits || by_fee_.empty())
        return failure(PoolRefusal::full);
    const auto own = senders_.find(submission.sender);
    evicted = remove(own, std::prev(own->second.queue.end()));
    return {};
}

Result<Pool::Added, PoolRefusal> Pool::add(Submission& submission,
    const SenderState& state,
    const U256& base_fee,
    std::uint64_t time)
{
    const auto nonce = submission.transaction.nonce;
    const auto cost = chain::maximum_cost(submission.transaction);
    auto sender = senders_.find(submission.sender);
    const auto pooled_cost = sender != senders_.end() ? sender->second.cost : U256{};
    bool waits =
        next_nonce(submission.sender, state.nonce) < nonce || submission.transaction.max_fee_per_gas < base_fee;
    const auto can_pay = [&](const U256& others)
    { return cost && others <= state.balance && *cost <= state.balance - others; };
    if (sender != senders_.end())
    {
        auto& queue = sender->second.queue;
        if (const auto place = queue.find(nonce); place != queue.end())
        {
            auto& entry = place->second;
            if (entry.submission.hash == submission.hash)
                return failure(PoolRefusal::already_known);
            if (!pays_enough_to_replace(submission.transaction, entry.submission.transaction))
                return failure(PoolRefusal::replacement_underpriced);
            if (!can_pay(pooled_cost - entry.cost))
                return failure(PoolRefusal::insufficient_funds_for_all);
            set_waiting(nonce, entry, false);
            sender->second.cost = pooled_cost - entry.cost + *cost;
            entry.cost = *cost;
            entry.arrival = time;
            hashes_.erase(entry.submission.hash);
            hashes_.insert(submission.hash);
            auto replaced = std::exchange(entry.submission, std::move(submission));
            classify(sender->second, state.nonce, base_fee);
            return Added{&entry.submission, std::move(replaced), std::nullopt};
        }
        if (queue.size() >= limits_.per_sender)
            return failure(PoolRefusal::account_limit_exceeded);
        classify(sender->second, state.nonce, base_fee);
        if (const auto before = queue.find(nonce - 1); nonce > state.nonce && before != queue.end())
            waits = waits || before->second.waits;
    }
    if (!can_pay(pooled_cost))
        return failure(PoolRefusal::insufficient_funds_for_all);
    std::optional<Submission> evicted;
    if (const auto room = make_room(submission, waits, evicted); !room)
        return failure(room.error());
    hashes_.insert(submission.hash);
    auto& owner = senders_[submission.sender];
    owner.cost = owner.cost + *cost;
    const auto place =
        owner.queue.emplace(nonce, Entry{.submission = std::move(submission), .cost = *cost, .arrival = time}).first;
    ++size_;
    classify(owner, state.nonce, base_fee);
    return Added{&place->second.submission, std::nullopt, std::move(evicted)};
}

std::optional<Submission> Pool::take(const Address& sender, std::uint64_t nonce, std::vector<Submission>& stale)
{
    std::optional<Submission> taken;
    for (auto found = senders_.find(sender); found != senders_.end(); found = senders_.find(sender))
    {
        const auto first = found->second.queue.begin();
        if (first->first > nonce)
            break;
        const bool is_wanted = first->first == nonce;
        auto submission = remove(found, first);
        if (is_wanted)
        {
            taken = std::move(submission);
            break;
        }
        stale.push_back(std::move(submission));
    }
    return taken;
}

void Pool::update(const Address& sender, std::uint64_t account_nonce, const U256& base_fee)
{
    if (const auto found = senders_.find(sender); found != senders_.end())
        classify(found->second, account_nonce, base_fee);
}

std::vector<Submission> Pool::expire(std::uint64_t time)
{
    std::vector<Submission> expired;
    while (!by_age_.empty() && std::get<0>(*by_age_.begin()) + limits_.lifetime < time)
    {
        const auto [arrival, address, nonce] = *by_age_.begin();
        const auto sender = senders_.find(address);
        expired.push_back(remove(sender, sender->second.queue.find(nonce)));
    }
    return expired;
}

std::uint64_t Pool::next_nonce(const Address& sender, std::uint64_t nonce) const
{
    const auto found = senders_.find(sender);
    if (found == senders_.end())
        return nonce;
    const auto& queue = found->second.queue;
    for (auto place = queue.lower_bound(nonce); place != queue.end() && place->first == nonce; ++place)
        ++nonce;
    return nonce;
}

std::vector<Submission> Pool::clear()
{
    std::vector<Submission> all;
    all.reserve(size_);
    for (auto& [address, sender] : senders_)
        for (auto& [nonce, entry] : sender.queue)
            all.push_back(std::move(entry.submission));
    senders_.clear();
    hashes_.clear();
    by_fee_.clear();
    by_age_.clear();
    size_ = 0;
    return all;
}
}  // namespace jiffy::sequencer
