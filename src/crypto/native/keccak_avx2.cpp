// SPDX-License-Identifier: Apache-2.0
#include "crypto/native/keccak_batch.hpp"
#include "crypto/native/keccak_lanes.hpp"

namespace jiffy::crypto
{
namespace
{
constexpr std::size_t width = 4;

/// Four lanes, one of each state.
using Vector = std::uint64_t __attribute__((vector_size(32)));
}  // namespace

void keccak256_batch_avx2(const BytesView* messages, Hash* digests, std::size_t count) noexcept
{
    KeccakLanes<width> lanes{messages, digests, count};
    Vector state[25] = {};
    while (lanes.any_running())
    {
        for (std::size_t lane = 0; lane < width; ++lane)
            if ((lanes.starting() >> lane & 1) != 0)
                for (auto& vector : state)
                    vector[lane] = 0;
        const Byte* const* blocks = lanes.next_blocks();
        for (std::size_t word = 0; word < keccak256_rate / 8; ++word)
        {
            Vector input;
            for (std::size_t lane = 0; lane < width; ++lane)
            {
                std::uint64_t value;
                std::memcpy(&value, blocks[lane] + 8 * word, 8);
                input[lane] = value;
            }
            state[word] ^= input;
        }
        keccak_permute(state);
        lanes.finish(state);
    }
}
}  // namespace jiffy::crypto
