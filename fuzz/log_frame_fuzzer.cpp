// SPDX-License-Identifier: Apache-2.0
#include "require.hpp"
#include "types/log_frame.hpp"

// The same bytes are tried as a frame of the log and as a difference: what one of them takes, it must encode to the
// very same bytes.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace jiffy;
    const BytesView input{data, size};
    const types::LogPosition position{8453, {100'000, 300'000, 40}};
    if (const auto frame = types::decode_log_frame(input, position))
        fuzz::require(equal(types::encode(*frame, position.chain_id), input), "a frame is encoded as it was decoded");
    if (const auto frame = types::decode_difference_frame(input))
        fuzz::require(equal(types::encode(*frame), input), "a difference is encoded as it was decoded");
    return 0;
}
