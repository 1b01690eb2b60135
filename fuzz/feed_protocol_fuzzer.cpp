// SPDX-License-Identifier: Apache-2.0
#include "feed/client_session.hpp"
#include "require.hpp"

// The same bytes are tried as a message, as a body of records, and as all that a server sends: a message that is taken
// has one encoding, and a session takes nothing that does not follow from what it has.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace jiffy;
    const BytesView input{data, size};
    if (const auto message = feed::decode(input))
    {
        const auto encoded = feed::encode(*message);
        fuzz::require(equal(BytesView{encoded}.subspan(feed::length_prefix_size), input),
            "a message is encoded as it was decoded");
    }
    if (const auto records = feed::unpack(input))
    {
        Bytes body;
        for (const auto record : *records)
            feed::pack(record, body);
        fuzz::require(equal(body, input), "a body is packed as it was unpacked");
    }
    feed::ChainHasher hasher;
    auto position = feed::beginning_of({});
    feed::ClientSession session{{}, position, std::size_t{1} << 20};
    const auto take = [&](std::span<const BytesView> records, const feed::FeedPosition& after)
    {
        for (const auto record : records)
            hasher.step(position, record);
        fuzz::require(position == after, "what is taken follows");
        return true;
    };
    for (auto rest = input; !rest.empty();)
    {
        const auto piece = rest.first(std::min<std::size_t>(rest.size(), 1 + rest[0]));
        if (!session.receive(piece, take))
            break;
        rest = rest.subspan(piece.size());
    }
    fuzz::require(session.position().sequence == position.sequence, "the session is where what it gave ends");
    return 0;
}
