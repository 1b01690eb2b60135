// SPDX-License-Identifier: Apache-2.0
#include "byte_source.hpp"
#include "require.hpp"
#include "rpc/websocket_frames.hpp"

#include <algorithm>
#include <cstring>
#include <vector>

namespace jiffy::fuzz
{
namespace
{
constexpr std::size_t largest_message = 100'000;

struct Seen
{
    rpc::ClientFrame::Kind kind{};
    std::string payload;
    rpc::CloseCode code{};

    friend bool operator==(const Seen&, const Seen&) = default;
};

/// What a reader finds in the stream if it comes in pieces of at most so many bytes as `size_of_piece` says.
template <class SizeOfPiece>
std::vector<Seen> read(BytesView stream, SizeOfPiece size_of_piece)
{
    rpc::ClientFrameReader reader{largest_message};
    std::vector<Seen> seen;
    while (!stream.empty())
    {
        const auto room = reader.room();
        require(!room.empty(), "there is always room");
        const auto count = std::min({room.size(), stream.size(), std::max<std::size_t>(size_of_piece(), 1)});
        std::memcpy(room.data(), stream.data(), count);
        reader.add(count);
        stream = stream.subspan(count);
        while (const auto frame = reader.next())
            seen.push_back({frame->kind, std::string{frame->payload}, frame->code});
    }
    return seen;
}
}  // namespace
}  // namespace jiffy::fuzz

/// The first bytes say in what pieces the others come: whatever they are, the reader finds the same, no message is too
/// large, and nothing comes behind the end.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace jiffy;
    constexpr std::size_t deciding = 16;
    const BytesView input{data, size};
    const auto decisions = input.subspan(0, std::min(size, deciding));
    const auto stream = input.subspan(decisions.size());
    const auto whole = fuzz::read(stream, [] { return SIZE_MAX; });
    fuzz::ByteSource source{decisions};
    const auto pieces = fuzz::read(stream, [&source] { return source.byte(); });
    fuzz::require(whole == pieces, "it is the same in whatever pieces it comes");
    for (std::size_t i = 0; i < whole.size(); ++i)
    {
        using Kind = rpc::ClientFrame::Kind;
        fuzz::require(whole[i].payload.size() <= fuzz::largest_message, "a message has a bound");
        if (whole[i].kind == Kind::close || whole[i].kind == Kind::violation)
            fuzz::require(i + 1 == whole.size(), "nothing comes behind the end");
    }
    return 0;
}
