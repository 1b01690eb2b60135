// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "crypto/keccak.hpp"
#include "crypto/keccak_round.hpp"

namespace jiffy::crypto
{
/// `Width` messages on their way through as many lanes of a wide permutation. A lane whose message has ended takes the
/// next one, so messages of any lengths mix and only the end of the batch leaves lanes idle.
template <std::size_t Width>
class KeccakLanes
{
public:
    KeccakLanes(const BytesView* messages, Hash* digests, std::size_t count) noexcept
      : messages_{messages}
      , digests_{digests}
      , count_{count}
    {
        for (std::size_t lane = 0; lane < Width; ++lane)
            start_next(lane);
    }

    /// False when every digest has been written.
    [[nodiscard]] bool any_running() const noexcept { return running_ != 0; }

    /// Bit i is set if lane i begins a message with its next block: the lane's state must be zero.
    [[nodiscard]] unsigned starting() const noexcept { return starting_; }

    /// The next block of each lane, `keccak256_rate` bytes; an idle lane has some block too.
    [[nodiscard]] const Byte* const* next_blocks() noexcept
    {
        starting_ = 0;
        ending_ = 0;
        for (std::size_t lane = 0; lane < Width; ++lane)
        {
            Message& message = lanes_[lane];
            if ((running_ >> lane & 1) != 0 && message.left.size() >= keccak256_rate)
            {
                blocks_[lane] = message.left.data();
                message.left = message.left.subspan(keccak256_rate);
                continue;
            }
            blocks_[lane] = padded_[lane];
            if ((running_ >> lane & 1) == 0)
                continue;
            ending_ |= 1U << lane;
            // The whole buffer, as a length known at compile time is cheaper than a shorter one that is not.
            std::memset(padded_[lane], 0, keccak256_rate);
            if (!message.left.empty())
                std::memcpy(padded_[lane], message.left.data(), message.left.size());
            padded_[lane][message.left.size()] = 0x01;
            padded_[lane][keccak256_rate - 1] |= 0x80;
        }
        return blocks_;
    }

    /// Writes the digests of the messages that have ended, `state[w][lane]` being their words, and starts others.
    template <class Vector>
    void finish(const Vector* state) noexcept
    {
        static_assert(sizeof(Vector) == 8 * Width);
        if (ending_ == 0)
            return;
        std::uint64_t words[4][Width];
        std::memcpy(words, state, sizeof(words));
        for (std::size_t lane = 0; lane < Width; ++lane)
        {
            if ((ending_ >> lane & 1) == 0)
                continue;
            Byte* digest = digests_[lanes_[lane].index].data();
            for (std::size_t word = 0; word < 4; ++word)
                std::memcpy(digest + 8 * word, &words[word][lane], 8);
            start_next(lane);
        }
    }

private:
    struct Message
    {
        BytesView left;
        std::size_t index = 0;
    };

    void start_next(std::size_t lane) noexcept
    {
        if (next_ == count_)
        {
            running_ &= ~(1U << lane);
            return;
        }
        running_ |= 1U << lane;
        starting_ |= 1U << lane;
        lanes_[lane] = {messages_[next_], next_};
        ++next_;
    }

    const BytesView* messages_;
    Hash* digests_;
    std::size_t count_;
    std::size_t next_ = 0;
    unsigned running_ = 0;
    unsigned starting_ = 0;
    /// Bit i is set if the blocks taken last ended the message of lane i.
    unsigned ending_ = 0;
    Message lanes_[Width];
    const Byte* blocks_[Width];
    Byte padded_[Width][keccak256_rate] = {};
};
}  // namespace jiffy::crypto
