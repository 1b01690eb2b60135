// SPDX-License-Identifier: Apache-2.0
#include "base/hex.hpp"
#include "crypto/keccak.hpp"
#include "world/plain_state_test.hpp"
#include "world/state_restorer.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace jiffy::world
{
namespace
{
const ImageLabel label{1337, crypto::keccak256({})};

Bytes image_of(const Snapshot& snapshot)
{
    Bytes image;
    const auto written = write_state_image(snapshot, label, crypto::native_kernels(),
        [&image](BytesView piece)
        {
            append(image, piece);
            return true;
        });
    return written ? image : Bytes{};
}

Result<ImageSummary, ImageFault> restore(World& world, BytesView image, std::size_t piece_size = 1 << 16)
{
    StateRestorer restorer{world, label, crypto::scalar_kernels()};
    for (; !image.empty(); image = image.subspan(std::min(piece_size, image.size())))
        if (const auto fed = restorer.feed(image.first(std::min(piece_size, image.size()))); !fed)
            return failure(fed.error());
    return restorer.finish();
}

/// A world with a history of random differences, reservations and rewinds, and what it was at each commit.
struct RandomWorld
{
    explicit RandomWorld(const Limits& limits)
      : world{*rc::gen::arbitrary<std::uint64_t>(), limits}
    {
    }

    void step()
    {
        switch (pick(8))
        {
            case 0:
            {
                const auto target = pick(states.size());
                if (world.rewind(target))
                {
                    states.resize(target + 1);
                    // Codes keep their ids.
                    counts.resize(target + 1);
                    counts.back() = world.id_counts();
                }
                return;
            }
            case 1:
                world.reserve_slot(address_number(pick(address_range)), U256{pick(key_range)} << 100);
                if (world.commit_number() == states.size())
                    states.push_back(states.back());
                break;
            default:
            {
                const auto difference = random_difference();
                states.push_back(states.back());
                apply_to(states.back(), difference);
                world.apply(difference);
                break;
            }
        }
        counts.resize(states.size(), world.id_counts());
    }

    World world;
    std::vector<PlainState> states{1};
    std::vector<types::IdCounts> counts{types::IdCounts{}};
};

void have_same_ids(const World& a, const World& b)
{
    RC_ASSERT(a.id_counts() == b.id_counts());
    for (std::uint64_t number = 0; number < address_range; ++number)
    {
        const auto address = address_number(number);
        RC_ASSERT(a.account_id(address) == b.account_id(address));
        for (std::uint64_t key = 0; key < key_range; ++key)
            RC_ASSERT(a.slot_id(address, U256{key} << 100) == b.slot_id(address, U256{key} << 100));
    }
}

RC_GTEST_PROP(StateImage, of_any_commit_makes_a_world_with_its_state_and_ids, ())
{
    RandomWorld original{{.log_records = 1024}};
    for (auto steps = pick(30); steps != 0; --steps)
        original.step();
    for (auto commit = original.world.statistics().oldest; commit < original.states.size(); ++commit)
    {
        const auto snapshot = original.world.pin_at(commit);
        RC_ASSERT(snapshot.has_value());
        RC_ASSERT(snapshot->id_counts() == original.counts[commit]);
        const auto image = image_of(*snapshot);
        World restored{*rc::gen::arbitrary<std::uint64_t>(), {.log_records = 1024}};
        const auto summary = restore(restored, image, 1 + pick(200));
        RC_ASSERT(summary.has_value());
        RC_ASSERT(summary->commit == commit);
        RC_ASSERT(summary->ids == original.counts[commit]);
        RC_ASSERT(summary->bytes == image.size());
        RC_ASSERT(restored.commit_number() == commit);
        RC_ASSERT(restored.id_counts() == original.counts[commit]);
        RC_ASSERT(matches(restored.latest(), original.states[commit]));
        RC_ASSERT(image_of(restored.pin()) == image);
    }
}

RC_GTEST_PROP(StateImage, makes_a_world_that_gives_the_same_ids_for_ever, ())
{
    RandomWorld original{{.log_records = 1024}};
    for (auto steps = pick(20); steps != 0; --steps)
        original.step();
    World restored{*rc::gen::arbitrary<std::uint64_t>()};
    RC_ASSERT(restore(restored, image_of(original.world.pin())).has_value());
    have_same_ids(original.world, restored);

    const auto first = restored.commit_number();
    auto states = std::vector(original.states);
    for (auto steps = pick(20); steps != 0; --steps)
    {
        const auto kind = pick(6);
        if (kind == 0)
        {
            const auto target = first + pick(restored.commit_number() - first + 1);
            RC_ASSERT(restored.rewind(target) == original.world.rewind(target));
            if (original.world.commit_number() == target)
                states.resize(target + 1);
        }
        else if (kind == 1)
        {
            const auto address = address_number(pick(address_range));
            const auto key = U256{pick(key_range)} << 100;
            original.world.reserve_slot(address, key);
            restored.reserve_slot(address, key);
            if (restored.commit_number() == states.size())
                states.push_back(states.back());
        }
        else
        {
            const auto difference = random_difference();
            states.push_back(states.back());
            apply_to(states.back(), difference);
            DifferenceIds ids;
            DifferenceIds restored_ids;
            RC_ASSERT(original.world.apply(difference, &ids) == restored.apply(difference, &restored_ids));
            RC_ASSERT(ids.accounts == restored_ids.accounts);
            RC_ASSERT(ids.account_codes == restored_ids.account_codes);
            RC_ASSERT(ids.slots == restored_ids.slots);
            RC_ASSERT(ids.codes == restored_ids.codes);
        }
        have_same_ids(original.world, restored);
        RC_ASSERT(matches(restored.latest(), states.back()));
        if (const auto earlier = restored.pin_at(first + pick(restored.commit_number() - first + 1)))
            RC_ASSERT(matches(*earlier, states[earlier->commit()]));
    }
    RC_ASSERT(first == 0 || !restored.pin_at(first - 1));
    RC_ASSERT(first == 0 || !restored.rewind(first - 1));
    RC_ASSERT(image_of(original.world.pin()) == image_of(restored.pin()));
}

RC_GTEST_PROP(StateImage, is_refused_with_any_byte_changed_or_missing, ())
{
    RandomWorld original{{.log_records = 1024}};
    for (auto steps = pick(10); steps != 0; --steps)
        original.step();
    const auto image = image_of(original.world.pin());
    auto damaged = image;
    damaged[pick(image.size())] ^= static_cast<Byte>(1 + pick(255));
    World first;
    RC_ASSERT(!restore(first, damaged));
    World second;
    const auto kept = pick(image.size());
    RC_ASSERT(restore(second, BytesView{image}.first(kept)).error().error == ImageError::incomplete);
    auto longer = image;
    longer.push_back(0);
    World third;
    RC_ASSERT(restore(third, longer).error() == (ImageFault{ImageError::trailing_bytes, image.size()}));
    World fourth;
    RC_ASSERT(restore(fourth, image).has_value());
}

types::StateDifference accounts_difference(std::uint64_t first, std::uint64_t count, std::uint64_t balance = 1)
{
    types::StateDifference difference;
    for (auto number = first; number < first + count; ++number)
    {
        types::AccountChange change;
        change.address = address_number(number);
        change.account.balance = balance;
        difference.accounts.push_back(change);
    }
    return difference;
}

TEST(StateImage, comes_in_chunks_of_a_bounded_size)
{
    World world;
    world.apply(accounts_difference(0, 200'000));
    std::vector<std::size_t> sizes;
    const auto summary = write_state_image(world.pin(), label, crypto::native_kernels(),
        [&sizes](BytesView piece)
        {
            sizes.push_back(piece.size());
            return true;
        });
    ASSERT_TRUE(summary.has_value());
    EXPECT_GT(sizes.size(), 4U);
    std::size_t sum = 0;
    for (const auto size : sizes)
    {
        EXPECT_LT(size, image_chunk_size + 256);
        sum += size;
    }
    EXPECT_EQ(sum, summary->bytes);
}

TEST(StateImage, ends_with_an_error_when_its_commit_is_no_longer_kept)
{
    World world{0, {.log_records = 1024, .pins = 2}};
    world.apply(accounts_difference(0, 100'000));
    const auto snapshot = world.pin();
    std::size_t pieces = 0;
    const auto write = [&](const Snapshot& written)
    {
        return write_state_image(written, label, crypto::native_kernels(),
            [&](BytesView)
            {
                if (++pieces == 1)
                    for (std::uint64_t balance = 2; balance < 6; ++balance)
                        world.apply(accounts_difference(98'000, 1000, balance));
                return true;
            });
    };
    EXPECT_EQ(write(snapshot).error(), ImageWriteError::unavailable);
    EXPECT_GE(pieces, 1U);
    EXPECT_TRUE(write(world.pin()).has_value());
    const auto second = world.pin();
    EXPECT_EQ(write(world.pin()).error(), ImageWriteError::unavailable);
}

TEST(StateImage, ends_with_an_error_when_the_world_is_rewound_or_the_sink_fails)
{
    World world;
    world.apply(accounts_difference(0, 100'000));
    const auto target = world.apply(accounts_difference(0, 1, 2));
    world.apply(accounts_difference(1, 1, 2));
    const auto snapshot = world.pin_at(target).value();
    const auto write = [&](auto sink)
    { return write_state_image(snapshot, label, crypto::native_kernels(), sink).error(); };
    EXPECT_EQ(write([](BytesView) { return false; }), ImageWriteError::sink_failed);
    EXPECT_EQ(write([&](BytesView) { return world.rewind(target); }), ImageWriteError::unavailable);
}

TEST(StateImage, knows_a_code_of_which_only_the_hash_is_known)
{
    World world;
    auto difference = accounts_difference(1, 2);
    const auto known = code_number(1);
    difference.accounts[0].account.code_hash = Hash{{1}};
    difference.accounts[1].account.code_hash = crypto::keccak256(known);
    difference.codes.push_back({crypto::keccak256(known), known});
    world.apply(difference);
    World restored;
    ASSERT_TRUE(restore(restored, image_of(world.pin())).has_value());
    BytesView code;
    EXPECT_EQ(restored.latest().code(Hash{{1}}, code), state::Presence::unavailable);
    ASSERT_EQ(restored.latest().code(crypto::keccak256(known), code), state::Presence::present);
    EXPECT_EQ(to_bytes(code), known);
}

/// An image of one chunk.
class MadeImage
{
public:
    MadeImage(std::uint64_t accounts, std::uint64_t slots, std::uint64_t codes, CommitNumber commit = 5)
    {
        writer().number(label.chain_id);
        writer().bytes(label.genesis_hash.view());
        writer().number(commit);
        for (const auto count : {accounts, slots, codes})
            writer().number(count);
    }

    MadeImage& hex(std::string_view digits)
    {
        writer().bytes(from_hex(digits).value());
        return *this;
    }
    MadeImage& address(Byte last)
    {
        writer().bytes(address_number(last).view());
        return *this;
    }
    MadeImage& code(const Hash& hash, const Bytes& bytes)
    {
        writer().bytes(hash.view());
        writer().number(bytes.size() + 1);
        writer().bytes(bytes);
        return *this;
    }

    [[nodiscard]] Bytes bytes()
    {
        Bytes image(image_magic, image_magic + sizeof(image_magic));
        image.push_back(image_version);
        for (unsigned i = 0; i < 4; ++i)
            image.push_back(static_cast<Byte>(payload_.size() >> 8 * i));
        append(image, payload_);
        append(image, image_digest(first_image_digest(), payload_, crypto::scalar_kernels()).view());
        return image;
    }

    /// What is wrong with it, if anything.
    [[nodiscard]] std::optional<ImageError> error()
    {
        World world;
        const auto summary = restore(world, bytes());
        return summary ? std::nullopt : std::optional{summary.error().error};
    }

private:
    types::FrameWriter writer() { return types::FrameWriter{payload_}; }

    Bytes payload_;
};

/// Two accounts with the ids 0 and 1, the first of which is absent.
MadeImage two_accounts(std::uint64_t slots, std::uint64_t codes = 1)
{
    MadeImage image{2, slots, codes};
    image.hex("80").address(1).hex("02").address(2).hex("070100");
    return image;
}

TEST(StateRestorer, takes_what_the_format_says)
{
    EXPECT_EQ(MadeImage(0, 0, 1, 0).error(), std::nullopt);
    EXPECT_EQ(two_accounts(0).error(), std::nullopt);
    EXPECT_EQ(two_accounts(4).hex("80008001").error(), ImageError::malformed);
    // Two dead slots, slot 1 of account 1 with no value, slot 0x12 of the same account with value 9, a dead slot.
    auto image = two_accounts(5).hex(
        "8001"
        "01010100"
        "41120109"
        "8000");
    World world;
    const auto summary = restore(world, image.bytes());
    ASSERT_TRUE(summary.has_value());
    EXPECT_EQ(summary->commit, 5U);
    EXPECT_EQ(summary->ids, (types::IdCounts{2, 5, 1}));
    types::Account account;
    EXPECT_EQ(world.latest().account(address_number(1), account), state::Presence::absent);
    ASSERT_EQ(world.latest().account(address_number(2), account), state::Presence::present);
    EXPECT_EQ(account, (types::Account{7, 0x100}));
    EXPECT_EQ(world.account_id(address_number(1)), 0U);
    EXPECT_EQ(world.slot_id(address_number(2), 1), 2U);
    EXPECT_EQ(world.slot_id(address_number(2), 0x12), 3U);
    U256 value;
    EXPECT_EQ(world.latest().storage(address_number(2), 1, value), state::Presence::absent);
    ASSERT_EQ(world.latest().storage(address_number(2), 0x12, value), state::Presence::present);
    EXPECT_EQ(value, U256{9});
}

TEST(StateRestorer, names_what_is_wrong_with_accounts)
{
    EXPECT_EQ(MadeImage(2, 0, 1).hex("80").address(1).hex("80").address(1).error(), ImageError::duplicate_account);
    EXPECT_EQ(MadeImage(1, 0, 1).hex("81").address(1).error(), ImageError::malformed);
    EXPECT_EQ(MadeImage(1, 0, 1).hex("01").address(1).hex("0000").error(), ImageError::malformed);
    EXPECT_EQ(MadeImage(1, 0, 1).hex("21").address(1).hex("00").error(), ImageError::malformed);
    EXPECT_EQ(MadeImage(1, 0, 1).hex("00").address(1).hex("8000").error(), ImageError::malformed);
    EXPECT_EQ(MadeImage(1, 0, 1).hex("40").address(1).hex("0001").error(), ImageError::bad_id);
    EXPECT_EQ(MadeImage(1, 0, 2).hex("40").address(1).hex("0000").error(), ImageError::malformed);
    EXPECT_EQ(MadeImage(1, 0, 1).hex("80").address(1).hex("00").error(), ImageError::trailing_bytes);
    EXPECT_EQ(MadeImage(1, 0, 1).hex("80").error(), ImageError::malformed);
    EXPECT_EQ(MadeImage(2, 0, 1).hex("80").address(1).error(), ImageError::incomplete);
}

TEST(StateRestorer, names_what_is_wrong_with_slots)
{
    EXPECT_EQ(two_accounts(1).hex("000100").error(), std::nullopt);
    EXPECT_EQ(two_accounts(1).hex("000000").error(), ImageError::absent_owner);
    EXPECT_EQ(two_accounts(1).hex("000200").error(), ImageError::bad_id);
    EXPECT_EQ(two_accounts(1).hex("4000").error(), ImageError::bad_id);
    EXPECT_EQ(two_accounts(2)
                  .hex("000100"
                       "4000")
                  .error(),
        ImageError::duplicate_slot);
    EXPECT_EQ(two_accounts(2)
                  .hex("000100"
                       "000100")
                  .error(),
        ImageError::malformed);
    EXPECT_EQ(two_accounts(1).hex("01010000").error(), ImageError::malformed);
    EXPECT_EQ(two_accounts(1).hex("8001").error(), ImageError::bad_id);
    EXPECT_EQ(two_accounts(1).hex("8100").error(), ImageError::malformed);
}

TEST(StateRestorer, names_what_is_wrong_with_codes)
{
    const auto code = code_number(1);
    const auto hash = crypto::keccak256(code);
    EXPECT_EQ(two_accounts(0, 2).code(hash, code).error(), std::nullopt);
    EXPECT_EQ(two_accounts(0, 3).code(hash, code).code(hash, code).error(), ImageError::duplicate_code);
    EXPECT_EQ(two_accounts(0, 2).code(hash, code_number(2)).error(), ImageError::wrong_code_hash);
}

TEST(StateRestorer, refuses_impossible_counts)
{
    constexpr auto too_many = (std::uint64_t{1} << 31) + 1;
    EXPECT_EQ(MadeImage(too_many, 0, 1).error(), ImageError::bad_counts);
    EXPECT_EQ(MadeImage(0, too_many, 1).error(), ImageError::bad_counts);
    EXPECT_EQ(MadeImage(0, 0, too_many).error(), ImageError::bad_counts);
    EXPECT_EQ(MadeImage(0, 0, 0).error(), ImageError::bad_counts);
    EXPECT_EQ(MadeImage(1, 0, 1, 0).error(), ImageError::bad_counts);
    EXPECT_EQ(MadeImage(0, 0, 1, ~CommitNumber{0}).error(), ImageError::bad_counts);
}

TEST(StateRestorer, refuses_what_is_no_image_of_its_chain)
{
    auto image = MadeImage(0, 0, 1).bytes();
    const auto error_of = [](const Bytes& bytes)
    {
        World world;
        return restore(world, bytes).error();
    };
    auto other_magic = image;
    other_magic[3] ^= 1;
    EXPECT_EQ(error_of(other_magic), (ImageFault{ImageError::not_an_image, 0}));
    EXPECT_EQ(error_of({'n', 'o'}), (ImageFault{ImageError::not_an_image, 0}));
    auto other_version = image;
    other_version[8] = 2;
    EXPECT_EQ(error_of(other_version), (ImageFault{ImageError::unknown_version, 0}));
    auto empty_chunk = image;
    std::fill_n(empty_chunk.begin() + 9, 4, Byte{0});
    EXPECT_EQ(error_of(empty_chunk), (ImageFault{ImageError::bad_length, 9}));
    auto long_chunk = image;
    long_chunk[12] = 2;
    EXPECT_EQ(error_of(long_chunk), (ImageFault{ImageError::bad_length, 9}));
    auto changed = image;
    changed.back() ^= 1;
    EXPECT_EQ(error_of(changed), (ImageFault{ImageError::wrong_digest, 9}));

    World world;
    StateRestorer restorer{world, {label.chain_id + 1, label.genesis_hash}, crypto::scalar_kernels()};
    EXPECT_EQ(restorer.feed(image).error().error, ImageError::wrong_chain);
    EXPECT_EQ(restorer.finish().error().error, ImageError::wrong_chain);
    World used;
    used.apply(types::StateDifference{});
    EXPECT_EQ(restore(used, image).error().error, ImageError::world_not_empty);
}

TEST(StateRestorer, takes_no_memory_for_slots_that_are_dead)
{
    constexpr std::uint32_t dead = 1 << 30;
    auto image = two_accounts(dead + 1).hex(
        "80ffffffff03"
        "000100");
    World world{0, {.log_records = 1024}};
    ASSERT_TRUE(restore(world, image.bytes()).has_value());
    EXPECT_EQ(world.id_counts().slots, dead + 1);
    EXPECT_EQ(world.slot_id(address_number(2), {}), dead);
    EXPECT_LT(world.statistics().bytes_reserved, std::size_t{1} << 25);
    EXPECT_EQ(world.pin().id_counts(), world.id_counts());

    Reader::Slot slot;
    EXPECT_EQ(world.pin().slot_at(dead / 2, slot), state::Presence::absent);
    types::StateDifference difference;
    types::AccountChange change;
    change.address = address_number(2);
    change.slot_count = 1;
    difference.accounts.push_back(change);
    difference.slots.push_back({U256{1}, U256{1}});
    world.apply(difference);
    EXPECT_EQ(world.slot_id(address_number(2), 1), dead + 1);
}
}  // namespace
}  // namespace jiffy::world
