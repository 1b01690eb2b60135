// SPDX-License-Identifier: Apache-2.0
#include "feed/client_session.hpp"

#include "feed/subscriber.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace jiffy::feed
{
namespace
{
const store::ChainIdentity chain{777, Hash{{0x77}}};

/// What a server sends, and what it is made of.
struct Stream
{
    std::vector<Bytes> records;
    std::vector<Bytes> messages;

    [[nodiscard]] Bytes bytes() const
    {
        Bytes all;
        for (const auto& message : messages)
            append(all, message);
        return all;
    }
};

Welcome welcome_to(const FeedPosition& position)
{
    return {.oldest = 1,
        .released_before = position.sequence + 100,
        .terms = {.chain_id = chain.chain_id, .epoch = 3},
        .signer = {},
        .hash_before = position.hash};
}

/// Some messages of records, of which some are compressed, and heartbeats.
Stream any_stream()
{
    Stream stream;
    auto position = beginning_of(chain);
    stream.messages.push_back(encode(welcome_to(position)));
    ChainHasher hasher;
    BatchEncoder encoder;
    for (auto count = *rc::gen::inRange(1, 6); count != 0; --count)
    {
        if (*rc::gen::inRange(0, 4) == 0)
            stream.messages.push_back(encode(Heartbeat{position.sequence, 5}));
        Batch batch{.first = position.sequence, .count = 0, .body = {}, .after = {}};
        for (auto size = *rc::gen::inRange(1, 5); size != 0; --size)
        {
            stream.records.push_back(*rc::gen::nonEmpty(rc::gen::arbitrary<Bytes>()));
            if (*rc::gen::inRange(0, 5) == 0)
                stream.records.back().resize(2000, 9);
            pack(stream.records.back(), batch.body);
            hasher.step(position, stream.records.back());
            ++batch.count;
        }
        batch.after = position;
        stream.messages.push_back(*encoder.encode(batch, position.sequence, *rc::gen::arbitrary<bool>()));
    }
    return stream;
}

/// Takes what is given in any pieces. What came of it is in order and unaltered, whatever came.
struct Follower
{
    Result<void, Fault> follow(BytesView bytes, const std::vector<Bytes>& expected)
    {
        Result<void, Fault> result;
        while (!bytes.empty() && result)
        {
            const auto size = *rc::gen::inRange<std::size_t>(1, bytes.size() + 1);
            result = session.receive(bytes.first(size),
                [&](std::span<const BytesView> records, const FeedPosition& after)
                {
                    for (const auto record : records)
                    {
                        RC_ASSERT(taken < expected.size());
                        RC_ASSERT(equal(record, expected[taken++]));
                    }
                    RC_ASSERT(after.sequence == taken + 1);
                    return true;
                });
            bytes = bytes.subspan(size);
        }
        RC_ASSERT(session.position().sequence == taken + 1);
        return result;
    }

    ClientSession session{chain, beginning_of(chain)};
    std::size_t taken = 0;
};

RC_GTEST_PROP(ClientSessionProperty, takes_every_record_once_however_the_stream_comes, ())
{
    const auto stream = any_stream();
    Follower follower;
    RC_ASSERT(follower.follow(stream.bytes(), stream.records));
    RC_ASSERT(follower.taken == stream.records.size());
}

RC_GTEST_PROP(ClientSessionProperty, takes_nothing_that_was_altered, ())
{
    const auto stream = any_stream();
    auto bytes = stream.bytes();
    for (auto changes = *rc::gen::inRange(1, 4); changes != 0; --changes)
    {
        const auto at = bytes.begin() + static_cast<std::ptrdiff_t>(*rc::gen::inRange<std::size_t>(0, bytes.size()));
        switch (*rc::gen::inRange(0, 3))
        {
            case 0:
                *at ^= static_cast<Byte>(1 << *rc::gen::inRange(0, 8));
                break;
            case 1:
                bytes.insert(at, *rc::gen::arbitrary<Byte>());
                break;
            default:
                bytes.erase(at, at + std::min<std::ptrdiff_t>(*rc::gen::inRange(1, 100), bytes.end() - at));
        }
        if (bytes.empty())
            return;
    }
    // `follow` compares whatever is taken.
    Follower follower;
    const auto followed = follower.follow(bytes, stream.records);
    if (!followed)
        RC_ASSERT(!followed.error().text.empty());
}

RC_GTEST_PROP(ClientSessionProperty, notices_at_once_that_messages_are_missing_repeated_or_exchanged, ())
{
    const auto stream = any_stream();
    std::vector<std::size_t> places;
    for (std::size_t i = 0; i < stream.messages.size(); ++i)
        if (stream.messages[i][length_prefix_size] == 3)
            places.push_back(i);
    auto messages = stream.messages;
    const auto place = *rc::gen::elementOf(places);
    const bool is_last = place == places.back();
    const auto at = messages.begin() + static_cast<std::ptrdiff_t>(place);
    if (is_last || *rc::gen::arbitrary<bool>())
        messages.insert(at, messages[place]);
    else
        messages.erase(at);
    Bytes bytes;
    for (const auto& message : messages)
        append(bytes, message);
    Follower follower;
    const auto followed = follower.follow(bytes, stream.records);
    RC_ASSERT(!followed);
    RC_ASSERT(followed.error().kind == FaultKind::broken_chain);
}

TEST(ClientSession, notices_a_record_that_was_altered_dropped_or_repeated_within_a_message)
{
    const Bytes first(10, 1);
    const Bytes second(10, 2);
    auto position = beginning_of(chain);
    ChainHasher hasher;
    hasher.step(position, first);
    hasher.step(position, second);
    auto altered = second;
    altered[3] ^= 1;
    for (const auto& records : std::vector<std::vector<Bytes>>{
             {first, altered}, {first}, {second}, {first, first}, {second, first}, {first, second, second}})
    {
        Batch batch{.first = 1, .count = 0, .body = {}, .after = position};
        for (const auto& record : records)
            pack(record, batch.body);
        ClientSession session{chain, beginning_of(chain)};
        const auto nothing = [](std::span<const BytesView>, const FeedPosition&)
        {
            ADD_FAILURE() << "it was taken";
            return true;
        };
        ASSERT_TRUE(session.receive(encode(welcome_to(beginning_of(chain))), nothing));
        BatchEncoder encoder;
        const auto received = session.receive(*encoder.encode(batch, 3, false), nothing);
        ASSERT_FALSE(received);
        EXPECT_EQ(received.error().kind, FaultKind::broken_chain);
        EXPECT_EQ(session.position().sequence, 1U);
    }
}

TEST(ClientSession, wants_the_history_that_it_has)
{
    const auto take = [](std::span<const BytesView>, const FeedPosition&) { return true; };
    ClientSession session{chain, FeedPosition{5, Hash{{1}}}};
    const auto other = session.receive(encode(welcome_to({5, Hash{{2}}})), take);
    ASSERT_FALSE(other);
    EXPECT_EQ(other.error().kind, FaultKind::other_history);

    ClientStart unknown;
    unknown.sequence = 5;
    ClientSession believing{chain, unknown};
    EXPECT_TRUE(believing.receive(encode(welcome_to({5, Hash{{2}}})), take));
    EXPECT_EQ(believing.position().hash, std::optional{Hash{{2}}});

    ClientSession early{chain, beginning_of(chain)};
    const auto received = early.receive(encode(Heartbeat{}), take);
    ASSERT_FALSE(received);
    EXPECT_EQ(received.error().kind, FaultKind::malformed);
}
}  // namespace
}  // namespace jiffy::feed
