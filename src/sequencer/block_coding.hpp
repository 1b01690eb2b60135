// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sequencer/records.hpp"
#include "types/difference_frame.hpp"

namespace jiffy::sequencer
{
inline constexpr Byte block_coding_version = 1;

/// All that is shown of a sealed block, without ids or state, so that it can be read by itself: its header when it was
/// opened and when it was sealed, transactions in canonical form with sender and outcome, and the places, times, terms
/// and signatures of its fragments and mini-blocks. What follows from that is left out. What a transaction changed and
/// the state after the block are not in it.
Bytes encode_block(const BlockRecord& block);

/// The block that `encode_block` was given; its fragments have no differences, and no state belongs to it. Takes up to
/// 64 times the memory of its encoding. Checks all that concerns the form, and that the header has the hash; not that
/// transactions and outcomes belong to the header, nor signatures.
Result<std::shared_ptr<BlockRecord>, types::FrameError> decode_block_record(BytesView encoded);
}  // namespace jiffy::sequencer
