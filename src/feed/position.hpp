// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "store/chain_identity.hpp"

namespace jiffy::feed
{
/// A place in the order log, with all that is before it.
struct FeedPosition
{
    /// Of the record that comes next. The log's first record has number 1.
    std::uint64_t sequence = 1;
    /// Of the records before: keccak256(hash before the record ‖ its sequence number, 8 bytes little-endian ‖ payload).
    /// It depends on nothing but the records, so that whoever has followed the log can serve it further.
    Hash hash{};

    friend bool operator==(const FeedPosition&, const FeedPosition&) = default;
};

/// Before the first record.
inline FeedPosition beginning_of(const store::ChainIdentity& chain) noexcept
{
    return {.sequence = 1, .hash = chain.genesis};
}

/// Steps over records.
class ChainHasher
{
public:
    /// Steps over the record at `position`.
    void step(FeedPosition& position, BytesView payload);

private:
    /// Memory for what is hashed.
    Bytes text_;
};
}  // namespace jiffy::feed
