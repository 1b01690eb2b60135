// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "feed/position.hpp"
#include "sequencer/history.hpp"
#include "types/difference_frame.hpp"
#include "types/log_frame.hpp"

namespace jiffy::replica
{
/// A place in a log.
struct LogPlace
{
    /// Of the record that comes next.
    std::uint64_t sequence = 0;
    /// The term that the log is in there.
    types::EpochFrame epoch;
    /// The same place in the feed of the chain, if that is followed.
    std::optional<feed::FeedPosition> feed{};
};

/// All that a chain needs to go on behind a block, beside the state after it.
struct Checkpoint
{
    /// Of the log's first record behind the block.
    std::uint64_t log_sequence = 0;
    /// The term that the log is in there.
    types::EpochFrame epoch;
    /// Where the feed of the chain goes on there, if it is known.
    std::optional<feed::FeedPosition> feed;
    sequencer::ReleasePosition position;
    /// Hashes of the blocks before it that execution may ask for, oldest first.
    std::vector<Hash> ancestors;
    /// `sequencer::encode_block`.
    Bytes block;
};

/// Blocks that BLOCKHASH can ask for.
inline constexpr std::uint64_t most_ancestors = 256;

/// The checkpoint behind a sealed block.
Checkpoint make_checkpoint(const sequencer::BlockRecord& block,
    const sequencer::History& history,
    const LogPlace& place);

/// The encoding of version 2. One of version 1, which has no place in the feed, is read as well.
Bytes encode(const Checkpoint& checkpoint);
Result<Checkpoint, types::FrameError> decode_checkpoint(BytesView encoded);
}  // namespace jiffy::replica
