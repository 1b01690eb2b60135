// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "rpc/parameters.hpp"
#include "rpc/random_id.hpp"
#include "rpc/seal_waiters.hpp"
#include "rpc/server.hpp"
#include "sequencer/queues.hpp"

#include <thread>
#include <unordered_map>

namespace jiffy::rpc
{
/// What a subscriber is told of.
struct NewHeads
{
};
struct Logs
{
    LogFilter filter;
    /// Logs come at release, with the provisional block hash, instead of at the seal.
    bool at_release = false;
};
struct NewTransactions
{
    bool full = false;
};
using Topic = std::variant<NewHeads, Logs, NewTransactions>;

/// Follows the history on a thread of its own, tells subscribers what is new, and runs the waiting jobs that have
/// become due. It only reads what is published: nobody ever waits for a subscriber.
class Subscriptions
{
public:
    Subscriptions(const sequencer::History& history, SealWaiters& waiters);
    Subscriptions(const Subscriptions&) = delete;
    Subscriptions& operator=(const Subscriptions&) = delete;
    ~Subscriptions();

    void start();
    void stop();

    /// Any thread: there is something new.
    void notify() { waiters_.notify(); }

    /// A fresh id, which `add` makes effective; empty if there are too many subscriptions.
    std::optional<RandomId> reserve_id();
    /// What happens from now on is told.
    void add(const RandomId& id, const std::shared_ptr<Channel>& channel, Topic topic);
    /// False if the channel has no such subscription.
    bool remove(const RandomId& id, const std::shared_ptr<Channel>& channel);
    /// An id as clients see it.
    static std::string text_of(const RandomId& id);

private:
    struct Subscription
    {
        std::shared_ptr<Channel> channel;
        Topic topic;
    };

    void run();
    void tell_sealed(const sequencer::BlockRecord& block);
    void tell_released(const sequencer::BlockRecord& block, std::size_t first, std::size_t end);
    void drop_closed();

    const sequencer::History& history_;
    SealWaiters& waiters_;
    std::atomic<bool> stopping_ = false;
    std::mutex mutex_;
    std::unordered_map<RandomId, Subscription, RandomIdHasher> subscriptions_;
    /// How far the history was told.
    std::uint64_t told_sealed_ = 0;
    std::uint64_t told_block_ = 0;
    std::size_t told_transactions_ = 0;
    std::thread thread_;
};
}  // namespace jiffy::rpc
