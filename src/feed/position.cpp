// SPDX-License-Identifier: Apache-2.0
#include "feed/position.hpp"

#include "crypto/keccak.hpp"
#include "store/little_endian.hpp"

namespace jiffy::feed
{
void ChainHasher::step(FeedPosition& position, BytesView payload)
{
    constexpr auto sequence_at = Hash::size();
    constexpr auto payload_at = sequence_at + sizeof(position.sequence);
    text_.resize(payload_at);
    std::memcpy(text_.data(), position.hash.data(), Hash::size());
    store::put(text_.data() + sequence_at, position.sequence);
    append(text_, payload);
    position = {position.sequence + 1, crypto::keccak256(text_)};
}
}  // namespace jiffy::feed
