// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sequencer/records.hpp"

#include <deque>
#include <variant>

namespace jiffy::sequencer
{
/// A block begins; its environment is fixed before anything runs in it.
struct OpenBlock
{
    /// Its `opening` has number, timestamp, gas limit, beneficiary, base fee, mix hash and the like; the parent hash is
    /// left empty.
    BlockPointer block;
};

/// A transaction of the protocol itself, such as the L1 attributes: a deposit, which nobody signs.
struct System
{
    TransactionPlace place;
};

/// A user's transaction, with its result.
struct Tx
{
    TransactionPlace place;
};

/// A mini-block ends.
struct SealMini
{
    /// Microseconds of Unix time.
    std::uint64_t time = 0;
};

/// A block ends, and with it its last mini-block.
struct SealBlock
{
    /// Microseconds of Unix time.
    std::uint64_t time = 0;
};

/// Everything that changes the state, in the one order that all nodes follow.
using Entry = std::variant<OpenBlock, System, Tx, SealMini, SealBlock>;

/// The newest entries of the log, whole blocks of them.
class OrderLog
{
public:
    explicit OrderLog(std::size_t block_limit)
      : block_limit_{block_limit}
    {
    }

    void append(Entry entry)
    {
        if (std::holds_alternative<OpenBlock>(entry) && ++block_count_ > block_limit_)
            drop_oldest_block();
        entries_.push_back(std::move(entry));
    }

    [[nodiscard]] const std::deque<Entry>& entries() const noexcept { return entries_; }

private:
    void drop_oldest_block()
    {
        do
            entries_.pop_front();
        while (!entries_.empty() && !std::holds_alternative<OpenBlock>(entries_.front()));
        --block_count_;
    }

    std::size_t block_limit_;
    std::size_t block_count_ = 0;
    std::deque<Entry> entries_;
};
}  // namespace jiffy::sequencer
