// SPDX-License-Identifier: Apache-2.0
#include "consensus/messages.hpp"

#include "consensus/witness_protocol.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace jiffy::consensus
{
namespace
{
rc::Gen<std::uint64_t> any_number()
{
    return rc::gen::map(rc::gen::pair(rc::gen::arbitrary<std::uint64_t>(), rc::gen::inRange(0, 64)),
        [](const std::pair<std::uint64_t, int>& parts) { return parts.first >> parts.second; });
}

Hash any_hash()
{
    return Hash::from(*rc::gen::container<Bytes>(Hash::size(), rc::gen::arbitrary<Byte>()));
}

std::string any_text(std::size_t longest)
{
    return *rc::gen::resize(static_cast<int>(longest), rc::gen::container<std::string>(rc::gen::arbitrary<char>()));
}

Member any_member(const std::string& prefix)
{
    const auto character = rc::gen::elementOf(std::string{"abcxyz0189-"});
    const auto rest = *rc::gen::resize(20, rc::gen::container<std::string>(character));
    return {prefix + rest, *any_number()};
}

Configuration any_configuration()
{
    Configuration configuration{std::max<std::uint64_t>(1, *any_number()), any_member("leader"), {}};
    for (auto count = *rc::gen::inRange<std::size_t>(0, most_standbys + 1); count != 0; --count)
        configuration.standbys.insert(
            configuration.standbys.begin(), any_member(std::string{static_cast<char>('a' + count)}));
    return configuration;
}

feed::FeedPosition any_position()
{
    return {std::max<std::uint64_t>(1, *any_number()), any_hash()};
}

store::ChainIdentity any_chain()
{
    return {*any_number(), any_hash()};
}

Message any_message(const Bytes& body)
{
    switch (*rc::gen::inRange(0, 9))
    {
        case 0:
        {
            Join join{any_chain(), any_text(feed::longest_token), any_member("m"), *any_number(), {}};
            for (auto count = *rc::gen::inRange<std::size_t>(1, most_positions + 1); count != 0; --count)
                join.positions.push_back(any_position());
            return join;
        }
        case 1:
            return Welcome{any_configuration(), any_position(), *any_number()};
        case 2:
            return Refused{static_cast<RefusedReason>(*rc::gen::inRange(1, 10)), any_text(feed::longest_text)};
        case 3:
            return Frames{*any_number(), std::max<std::uint64_t>(1, *any_number()), *any_number(), any_hash(), body};
        case 4:
            return Acknowledge{*any_number(), *any_number()};
        case 5:
            return Released{*any_number()};
        case 6:
            return Configured{any_configuration(), *any_number()};
        case 7:
            return PleaseLead{};
        default:
            return Heartbeat{*any_number()};
    }
}

WitnessMessage any_witness_message()
{
    switch (*rc::gen::inRange(0, 5))
    {
        case 0:
            return WitnessHello{any_chain(), any_text(feed::longest_token)};
        case 1:
            return WitnessQuestion{*any_number(), ReadConfiguration{}};
        case 2:
            return WitnessQuestion{*any_number(), Propose{*any_number(), any_member("p"), any_configuration()}};
        case 3:
            return WitnessReply{*any_number(), *rc::gen::arbitrary<bool>() ? any_configuration() : Configuration{}};
        default:
            return WitnessRefusal{any_text(feed::longest_text)};
    }
}

BytesView without_length(const Bytes& message)
{
    return BytesView{message}.subspan(feed::length_prefix_size);
}

void change(Bytes& encoded)
{
    for (auto changes = *rc::gen::inRange(1, 4); changes != 0; --changes)
    {
        const auto at = *rc::gen::inRange<std::size_t>(feed::length_prefix_size, encoded.size());
        const auto position = encoded.begin() + static_cast<std::ptrdiff_t>(at);
        const auto kind = *rc::gen::inRange(0, 3);
        if (kind == 0)
            *position = *rc::gen::arbitrary<Byte>();
        else if (kind == 1)
            encoded.insert(position, *rc::gen::arbitrary<Byte>());
        else if (encoded.size() > feed::length_prefix_size + 1)
            encoded.erase(position);
    }
}

RC_GTEST_PROP(LinkMessages, are_decoded_as_they_were_encoded, ())
{
    const auto body = *rc::gen::nonEmpty(rc::gen::arbitrary<Bytes>());
    const auto message = any_message(body);
    const auto encoded = encode(message);
    const auto decoded = decode(without_length(encoded));
    RC_ASSERT(decoded);
    RC_ASSERT(decoded->index() == message.index());
    RC_ASSERT(encode(*decoded) == encoded);
    if (!std::holds_alternative<Frames>(message))
        RC_ASSERT(encoded.size() <= longest_small_message);
    const auto is_same = [&](const auto& content)
    {
        using Content = std::decay_t<decltype(content)>;
        if constexpr (!std::is_same_v<Content, Frames>)
            RC_ASSERT(content == std::get<Content>(*decoded));
    };
    std::visit(is_same, message);
}

RC_GTEST_PROP(LinkMessages, have_one_encoding_each, ())
{
    const auto body = *rc::gen::nonEmpty(rc::gen::arbitrary<Bytes>());
    auto encoded = encode(any_message(body));
    change(encoded);
    if (const auto decoded = decode(without_length(encoded)))
        RC_ASSERT(equal(without_length(encode(*decoded)), without_length(encoded)));
}

RC_GTEST_PROP(WitnessMessages, are_decoded_as_they_were_encoded, ())
{
    const auto message = any_witness_message();
    const auto encoded = encode(message);
    RC_ASSERT(encoded.size() <= longest_witness_message);
    const auto decoded = decode_witness(without_length(encoded));
    RC_ASSERT(decoded);
    RC_ASSERT(bool(*decoded == message));
}

RC_GTEST_PROP(WitnessMessages, have_one_encoding_each, ())
{
    auto encoded = encode(any_witness_message());
    change(encoded);
    if (const auto decoded = decode_witness(without_length(encoded)))
        RC_ASSERT(equal(without_length(encode(*decoded)), without_length(encoded)));
}

TEST(LinkMessages, another_version_is_told_from_nonsense)
{
    auto encoded = encode(Join{{}, {}, {"a", 1}, 0, {{}}});
    constexpr std::size_t version_at = feed::length_prefix_size + 1 + 8;
    encoded[version_at] = 2;
    EXPECT_EQ(decode(without_length(encoded)).error(), feed::ProtocolError::other_version);
    encoded[version_at - 1] ^= 1;
    EXPECT_EQ(decode(without_length(encoded)).error(), feed::ProtocolError::malformed);
}

TEST(LinkMessages, names_are_those_of_nodes)
{
    for (const std::string name : {"", "A", "a b", "a/b", "ä", "123456789012345678901234567890123"})
        EXPECT_FALSE(is_name(name)) << name;
    EXPECT_TRUE(is_name("node-7"));
    EXPECT_FALSE(decode(without_length(encode(Join{{}, {}, {"A", 1}, 0, {{}}}))));
    EXPECT_FALSE(decode(without_length(encode(Join{{}, {}, {"a", 1}, 0, {}}))));
    EXPECT_FALSE(decode(without_length(encode(Welcome{{1, {"a", 1}, {{"a", 2}}}, {}, 1}))));
    EXPECT_FALSE(decode(without_length(encode(Configured{{}, 1})))) << "led by nobody";
}
}  // namespace
}  // namespace jiffy::consensus
