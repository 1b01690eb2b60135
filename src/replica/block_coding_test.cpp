// SPDX-License-Identifier: Apache-2.0
#include "sequencer/block_coding.hpp"

#include "replica/archived_block_test.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace jiffy::replica
{
namespace
{
using sequencer::decode_block_record;
using sequencer::encode_block;

RC_GTEST_PROP(BlockCodingProperty, a_block_shows_the_same_after_it_was_encoded, ())
{
    TrafficChain chain{*rc::gen::arbitrary<bool>()};
    chain.make_releaser();
    chain.start_sequencer();
    some_traffic(chain, pick_any(40), pick_any);
    chain.pass(1000);
    chain.sealer->process_pending();

    for (std::uint64_t number = 0; number <= chain.history.sealed_number(); ++number)
    {
        const auto block = chain.history.find(number);
        const auto encoded = encode_block(*block);
        const auto decoded = decode_block_record(encoded);
        RC_ASSERT(decoded);
        require_same_sealed_block(*block, **decoded);
        RC_ASSERT(encode_block(**decoded) == encoded);
    }
}

RC_GTEST_PROP(BlockCodingProperty, altered_bytes_are_refused_or_another_block, ())
{
    TrafficChain chain{*rc::gen::arbitrary<bool>()};
    chain.make_releaser();
    chain.start_sequencer();
    some_traffic(chain, 10, pick_any);
    chain.pass(1000);
    chain.sealer->process_pending();
    auto encoded = encode_block(*chain.history.find(1));

    const auto at = pick_any(encoded.size());
    encoded[at] ^= static_cast<Byte>(1 + pick_any(255));
    if (const auto decoded = decode_block_record(encoded))
        RC_ASSERT(encode_block(**decoded) == encoded);
}

TEST(BlockCoding, refuses_what_is_cut_off_too_long_or_of_another_version)
{
    TrafficChain chain{true};
    chain.make_releaser();
    chain.start_sequencer();
    std::size_t picked = 0;
    some_traffic(chain, 10, [&](std::size_t bound) { return picked++ % bound; });
    chain.pass(1000);
    chain.sealer->process_pending();
    auto encoded = encode_block(*chain.history.find(1));

    for (std::size_t size = 0; size < encoded.size(); ++size)
        EXPECT_FALSE(decode_block_record(BytesView{encoded}.first(size)));
    encoded.push_back(0);
    EXPECT_EQ(decode_block_record(encoded).error(), types::FrameError::trailing_bytes);
    encoded.pop_back();
    ++encoded[0];
    EXPECT_EQ(decode_block_record(encoded).error(), types::FrameError::unknown_version);
}
}  // namespace
}  // namespace jiffy::replica
