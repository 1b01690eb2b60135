// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/key_hasher.hpp"
#include "rpc/timed_replies.hpp"
#include "sequencer/history.hpp"

#include <mutex>
#include <unordered_map>

namespace jiffy::rpc
{
/// Gives the receipt of a released transaction with its preconfirmation, unless the reply was given already.
void answer_with_receipt(TimedReply& reply, const sequencer::TransactionPlace& place);

/// Replies that wait for their transactions to be released on this node, which only follows.
class TransactionWaiters
{
public:
    TransactionWaiters(const sequencer::History& history, std::size_t capacity);

    /// Any thread: gives the receipt once the transaction with the hash is released, which may be now. False if too
    /// many wait. A reply that is given otherwise is forgotten by and by.
    bool add(const Hash& hash, const std::shared_ptr<TimedReply>& reply);
    /// The following thread: these transactions of the block have been released.
    void serve(const sequencer::BlockPointer& block, std::uint32_t first, std::uint32_t end);

private:
    const sequencer::History& history_;
    std::size_t capacity_;
    std::mutex mutex_;
    std::unordered_multimap<Hash, std::shared_ptr<TimedReply>, KeyHasher> replies_;
    /// So many are kept before those that were given are thrown out.
    std::size_t most_kept_;
};
}  // namespace jiffy::rpc
