// SPDX-License-Identifier: Apache-2.0
#include "feed/protocol.hpp"

#include "feed/compression.hpp"

#include <algorithm>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace jiffy::feed
{
namespace
{
rc::Gen<std::uint64_t> any_number()
{
    return rc::gen::map(rc::gen::pair(rc::gen::arbitrary<std::uint64_t>(), rc::gen::inRange(0, 64)),
        [](const std::pair<std::uint64_t, int>& parts) { return parts.first >> parts.second; });
}

template <std::size_t N>
FixedBytes<N> any_fixed()
{
    return FixedBytes<N>::from(*rc::gen::container<Bytes>(N, rc::gen::arbitrary<Byte>()));
}

std::string any_text(std::size_t longest)
{
    return *rc::gen::resize(static_cast<int>(longest), rc::gen::container<std::string>(rc::gen::arbitrary<char>()));
}

Message any_message(const Bytes& body)
{
    switch (*rc::gen::inRange(0, 5))
    {
        case 0:
        {
            Hello hello{.chain = {*any_number(), any_fixed<32>()},
                .wanted = std::max<std::uint64_t>(1, *any_number()),
                .hash_before = std::nullopt,
                .takes_compressed = *rc::gen::arbitrary<bool>(),
                .token = any_text(longest_token)};
            if (*rc::gen::arbitrary<bool>())
                hello.hash_before = any_fixed<32>();
            return hello;
        }
        case 1:
            return Welcome{.oldest = *any_number(),
                .released_before = *any_number(),
                .terms = {static_cast<types::StatementDomain>(*rc::gen::inRange(0, 2)), *any_number(), *any_number(),
                    static_cast<types::Durability>(*rc::gen::inRange(0, 4))},
                .signer = any_fixed<20>(),
                .hash_before = any_fixed<32>()};
        case 2:
        {
            Records records{.first = *any_number(),
                .released_before = *any_number(),
                .hash_after = any_fixed<32>(),
                .plain_size = std::nullopt,
                .body = body};
            if (*rc::gen::arbitrary<bool>())
                records.plain_size = *rc::gen::inRange<std::uint64_t>(0, longest_body + 1);
            return records;
        }
        case 3:
            return Heartbeat{.released_before = *any_number(), .time = *any_number()};
        default:
            return Goodbye{static_cast<GoodbyeCode>(*rc::gen::inRange(1, 10)), any_text(longest_text)};
    }
}

BytesView without_length(const Bytes& message)
{
    return BytesView{message}.subspan(length_prefix_size);
}

Bytes encoded_again(BytesView message)
{
    const auto decoded = decode(message);
    return decoded ? encode(*decoded) : Bytes{};
}

RC_GTEST_PROP(ProtocolProperty, a_message_is_decoded_as_it_was_encoded, ())
{
    const auto body = *rc::gen::nonEmpty(rc::gen::arbitrary<Bytes>());
    const auto message = any_message(body);
    const auto encoded = encode(message);
    const auto decoded = decode(without_length(encoded));
    RC_ASSERT(decoded);
    RC_ASSERT(decoded->index() == message.index());
    RC_ASSERT(encode(*decoded) == encoded);
    if (const auto* hello = std::get_if<Hello>(&message))
    {
        RC_ASSERT(*hello == std::get<Hello>(*decoded));
        RC_ASSERT(encoded.size() <= longest_hello);
    }
    if (const auto* welcome = std::get_if<Welcome>(&message))
        RC_ASSERT(*welcome == std::get<Welcome>(*decoded));
    if (const auto* goodbye = std::get_if<Goodbye>(&message))
        RC_ASSERT(*goodbye == std::get<Goodbye>(*decoded));
}

RC_GTEST_PROP(ProtocolProperty, what_is_decoded_has_one_encoding, ())
{
    const auto body = *rc::gen::nonEmpty(rc::gen::arbitrary<Bytes>());
    auto encoded = encode(any_message(body));
    for (auto changes = *rc::gen::inRange(1, 4); changes != 0; --changes)
    {
        const auto at = *rc::gen::inRange<std::size_t>(length_prefix_size, encoded.size());
        const auto position = encoded.begin() + static_cast<std::ptrdiff_t>(at);
        switch (*rc::gen::inRange(0, 3))
        {
            case 0:
                *position = *rc::gen::arbitrary<Byte>();
                break;
            case 1:
                encoded.insert(position, *rc::gen::arbitrary<Byte>());
                break;
            default:
                if (encoded.size() > length_prefix_size + 1)
                    encoded.erase(position);
        }
    }
    const auto changed = without_length(encoded);
    if (decode(changed))
        RC_ASSERT(equal(without_length(encoded_again(changed)), changed));
}

RC_GTEST_PROP(ProtocolProperty, a_stream_is_cut_into_the_same_messages_however_it_comes, ())
{
    const auto messages = *rc::gen::container<std::vector<Bytes>>(rc::gen::nonEmpty(rc::gen::arbitrary<Bytes>()));
    Bytes stream;
    for (const auto& message : messages)
    {
        const auto length = static_cast<std::uint32_t>(message.size());
        for (int shift = 0; shift < 32; shift += 8)
            stream.push_back(static_cast<Byte>(length >> shift));
        append(stream, message);
    }
    MessageReader reader{1 << 20};
    std::size_t found = 0;
    for (BytesView rest = stream; !rest.empty();)
    {
        const auto size = *rc::gen::inRange<std::size_t>(1, rest.size() + 1);
        reader.add(rest.first(size));
        rest = rest.subspan(size);
        for (;;)
        {
            const auto next = reader.next();
            RC_ASSERT(next);
            if (!*next)
                break;
            RC_ASSERT(found < messages.size());
            RC_ASSERT(equal(**next, messages[found++]));
        }
    }
    RC_ASSERT(found == messages.size());
}

RC_GTEST_PROP(ProtocolProperty, a_body_is_compressed_without_loss, ())
{
    const auto pattern = *rc::gen::nonEmpty(rc::gen::arbitrary<Bytes>());
    Bytes body;
    for (auto count = *rc::gen::inRange(1, 200); count != 0; --count)
        append(body, pattern);
    Compressor compressor;
    Decompressor decompressor;
    const auto compressed = compressor.compress(body);
    if (!compressed)
        return;
    RC_ASSERT(compressed->size() < body.size());
    const auto plain = decompressor.decompress(*compressed, body.size());
    RC_ASSERT(plain);
    RC_ASSERT(equal(*plain, body));
    RC_ASSERT(!decompressor.decompress(*compressed, body.size() + 1));
    RC_ASSERT(!decompressor.decompress(compressed->first(compressed->size() - 1), body.size()));
}

TEST(Protocol, refuses_lengths_beyond_the_bound_before_anything_has_come)
{
    MessageReader reader{longest_hello};
    reader.add(Bytes{0xff, 0xff, 0xff, 0xff});
    EXPECT_EQ(reader.next().error(), ProtocolError::too_long);
    MessageReader other{longest_hello};
    other.add(Bytes{0, 0, 0, 0});
    EXPECT_EQ(other.next().error(), ProtocolError::malformed);
}

TEST(Protocol, tells_another_version_from_nonsense)
{
    auto encoded = encode(Hello{});
    constexpr std::size_t version_at = length_prefix_size + 1 + 8;
    encoded[version_at] = 2;
    EXPECT_EQ(decode(without_length(encoded)).error(), ProtocolError::other_version);
    encoded[version_at - 1] ^= 1;
    EXPECT_EQ(decode(without_length(encoded)).error(), ProtocolError::malformed);
}

TEST(Protocol, a_body_has_records_and_none_of_them_is_empty)
{
    Bytes body;
    pack(Bytes{1, 2, 3}, body);
    pack(Bytes(300, 7), body);
    const auto records = unpack(body);
    ASSERT_TRUE(records);
    EXPECT_EQ(records->size(), 2U);
    EXPECT_TRUE(equal(records->back(), Bytes(300, 7)));
    EXPECT_FALSE(unpack(BytesView{body}.first(body.size() - 1)));
    EXPECT_FALSE(unpack({}));
    EXPECT_FALSE(unpack(Bytes{0}));
    Bytes many;
    for (std::uint32_t i = 0; i <= most_records; ++i)
        pack(Bytes{1}, many);
    EXPECT_FALSE(unpack(many));
    EXPECT_TRUE(unpack(BytesView{many}.first(many.size() - 2)));
}
}  // namespace
}  // namespace jiffy::feed
