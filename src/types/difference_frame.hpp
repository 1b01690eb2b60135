// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.hpp"
#include "types/state_difference.hpp"

namespace jiffy::types
{
/// How many ids of each kind have been given out. Accounts, slots and codes get theirs in the order in which they first
/// appear in the chain; code 0 is the empty one.
struct IdCounts
{
    std::uint32_t accounts = 0;
    std::uint32_t slots = 0;
    std::uint32_t codes = 1;

    friend bool operator==(const IdCounts&, const IdCounts&) = default;
};

/// An account's new value.
struct AccountUpdate
{
    std::uint32_t id = 0;
    /// Only of one that appears in this frame.
    Address address{};
    /// It is gone, with its storage; the other fields are defaults.
    bool deleted = false;
    /// All its slots from before are gone.
    bool storage_cleared = false;
    std::uint64_t nonce = 0;
    /// Wei.
    U256 balance{};
    /// Id of its code.
    std::uint32_t code = 0;

    friend bool operator==(const AccountUpdate&, const AccountUpdate&) = default;
};

/// A slot's new value.
struct SlotUpdate
{
    std::uint32_t id = 0;
    /// Only of one that appears in this frame: id of its account, and its key.
    std::uint32_t account = 0;
    U256 key{};
    U256 value{};

    friend bool operator==(const SlotUpdate&, const SlotUpdate&) = default;
};

/// A state difference that names things by id (decision: small without depending on the frames before). Updates ascend
/// by id, none twice. An id between `before` and `after` that no update has belongs to something that appeared and was
/// gone again within the frame.
struct DifferenceFrame
{
    IdCounts before;
    IdCounts after;
    std::vector<AccountUpdate> accounts;
    std::vector<SlotUpdate> slots;
    /// Those with the ids from `before.codes` to `after.codes`.
    std::vector<NewCode> codes;

    friend bool operator==(const DifferenceFrame&, const DifferenceFrame&) = default;
};

/// Why bytes are no frame.
enum class FrameError : std::uint8_t
{
    malformed,
    unknown_version,
    trailing_bytes,
    /// Ids do not ascend, or are not below their count.
    bad_id,
    /// Of a frame of the log.
    unknown_kind,
    invalid_transaction,
    invalid_header,
};

inline constexpr Byte difference_frame_version = 1;

/// One version byte, then integers of 7 bits a byte, least significant first: the six counts; the number of accounts
/// and for each the distance of its id from the one before, flags, the address of a new one, nonce, balance and code
/// id; the slots and the codes likewise. Wide numbers are a length byte and big-endian bytes without leading zeros.
Bytes encode(const DifferenceFrame& frame);
Result<DifferenceFrame, FrameError> decode_difference_frame(BytesView encoded);
}  // namespace jiffy::types
