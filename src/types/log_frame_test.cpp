// SPDX-License-Identifier: Apache-2.0
#include "types/log_frame.hpp"

#include "types/generators.hpp"
#include "types/log_words.hpp"
#include "types/transfer_frames_test.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace jiffy::types
{
namespace
{
constexpr std::uint64_t chain_id = 31337;

/// A number below `bound`, of any size in small test cases too.
std::uint64_t pick(std::uint64_t bound)
{
    return *rc::gen::resize(rc::kNominalSize, rc::gen::inRange<std::uint64_t>(0, bound));
}

/// Words that come again, and some that do not.
Bytes some_words()
{
    Bytes data = *rc::gen::arbitrary<Bytes>();
    for (auto count = pick(6); count != 0; --count)
    {
        const auto number = pick(4);
        append(data, to_hash(U256{number} << *rc::gen::element<std::uint64_t>(0, 40, 250)).view());
    }
    return data;
}

std::uint32_t some_account(const DifferenceFrame& difference)
{
    if (!difference.accounts.empty() && *rc::gen::arbitrary<bool>())
        return difference.accounts[generators::small_number() % difference.accounts.size()].id;
    return generators::small_number() % difference.after.accounts;
}

LoggedTransaction some_transaction(const DifferenceFrame& difference)
{
    LoggedTransaction logged;
    auto& transaction = logged.transaction;
    transaction = generators::transaction(generators::transaction_type());
    if (transaction.chain_id && pick(3) != 0)
        transaction.chain_id = chain_id;
    if (pick(3) != 0)
        transaction.access_list.clear();
    if (*rc::gen::arbitrary<bool>())
        transaction.data = some_words();
    if (*rc::gen::arbitrary<bool>())
        transaction.value = U256{generators::number() % 1000} * power(U256{10}, U256{generators::number() % 40});
    logged.sender = some_account(difference);
    if (transaction.to && *rc::gen::arbitrary<bool>())
    {
        transaction.to.reset();
        logged.recipient = some_account(difference);
    }
    logged.success = *rc::gen::arbitrary<bool>();
    logged.gas_used = generators::number();
    logged.logs.resize(pick(5));
    for (auto& log : logged.logs)
    {
        log = generators::log();
        if (*rc::gen::arbitrary<bool>())
            log.data = some_words();
    }
    const auto seldom = [](const auto& make) { return pick(4) == 0 ? std::optional{make()} : std::nullopt; };
    logged.post_state = seldom(generators::fixed<32>);
    logged.deposit_nonce = seldom(generators::number);
    logged.deposit_receipt_version = seldom(generators::number);
    return logged;
}

/// Its difference and its transactions mention accounts.
DifferenceFrame some_difference()
{
    auto difference = generators::difference_frame();
    difference.after.accounts += difference.after.accounts == 0;
    return difference;
}

LogFrame some_frame()
{
    const auto time = generators::number();
    const auto signature = generators::signature();
    switch (pick(10))
    {
        case 0:
            return EpochFrame{{StatementDomain::development, generators::number(), generators::number(),
                                  Durability::standby_and_disk},
                generators::fixed<20>(), time};
        case 1:
            return OpenBlockFrame{generators::header(), some_difference()};
        case 2:
            return ParentSealedFrame{generators::header(), some_difference()};
        case 3:
            return SealMiniFrame{time, signature};
        case 4:
            return SealBlockFrame{time, signature, generators::some(generators::bytes), some_difference()};
        default:
            break;
    }
    FragmentFrame fragment{time, {}, some_difference(), signature};
    fragment.transactions.resize(pick(8));
    for (auto& transaction : fragment.transactions)
        transaction = some_transaction(fragment.difference);
    return fragment;
}

LogPosition position_of(const LogFrame& frame)
{
    const auto* const difference = difference_of(frame);
    return {chain_id, difference != nullptr ? difference->before : IdCounts{}};
}

RC_GTEST_PROP(LogFrameProperty, decodes_to_what_was_encoded, ())
{
    const auto frame = some_frame();
    const auto encoded = encode(frame, chain_id);
    const auto decoded = decode_log_frame(encoded, position_of(frame));
    RC_ASSERT(decoded.has_value());
    RC_ASSERT(*decoded == frame);

    Bytes behind{1, 2, 3};
    encode(frame, chain_id, behind);
    RC_ASSERT(equal(BytesView{behind}.subspan(3), encoded));
}

RC_GTEST_PROP(LogFrameProperty, has_one_encoding, ())
{
    const auto frame = some_frame();
    const auto position = position_of(frame);
    auto encoded = encode(frame, chain_id);
    const auto check = [&](const Bytes& changed)
    {
        if (const auto decoded = decode_log_frame(changed, position))
            RC_ASSERT(encode(*decoded, chain_id) == changed);
    };
    for (int i = 0; i < 20; ++i)
    {
        const auto place = *rc::gen::inRange<std::size_t>(0, encoded.size());
        const auto before = encoded[place];
        encoded[place] = *rc::gen::arbitrary<Byte>();
        check(encoded);
        auto shorter = encoded;
        shorter.erase(shorter.begin() + static_cast<std::ptrdiff_t>(place));
        check(shorter);
        auto longer = encoded;
        longer.insert(longer.begin() + static_cast<std::ptrdiff_t>(place), *rc::gen::element<Byte>(0, 1, 0x80));
        check(longer);
        encoded[place] = before;
    }
    auto cut = encoded;
    cut.resize(*rc::gen::inRange<std::size_t>(0, encoded.size()));
    RC_ASSERT(!decode_log_frame(cut, position).has_value());
}

RC_GTEST_PROP(LogWordsProperty, an_amount_takes_no_more_than_its_bytes, ())
{
    const auto amount =
        *rc::gen::arbitrary<bool>()
            ? generators::wide_number()
            : U256{generators::number()} * power(U256{10}, U256{*rc::gen::inRange<std::uint64_t>(0, 60)});
    Bytes encoded;
    FrameWriter writer{encoded};
    put_amount(writer, amount);
    RC_ASSERT(encoded.size() <= 1 + amount.byte_length());
    FrameReader reader{encoded};
    RC_ASSERT(read_amount(reader) == amount);
    RC_ASSERT(!reader.error());
    RC_ASSERT(reader.left() == 0U);
}

TEST(LogWords, writes_round_amounts_by_their_zeros)
{
    const auto size_of = [](const U256& amount)
    {
        Bytes encoded;
        FrameWriter writer{encoded};
        put_amount(writer, amount);
        return encoded.size();
    };
    EXPECT_EQ(size_of(U256{}), 1U);
    EXPECT_EQ(size_of(U256{1'000'000'000'000'000'000}), 2U);
    EXPECT_EQ(size_of(U256{1'500'000'000}), 2U);
    EXPECT_EQ(size_of(U256{12'345} * power(U256{10}, U256{21})), 3U);
    EXPECT_EQ(size_of(power(U256{10}, U256{38})), 2U);
    EXPECT_EQ(size_of(power(U256{10}, U256{39})), 18U) << "more than 128 bits";
}

TEST(LogWords, knows_the_topics_of_tokens)
{
    const auto topic = [](std::string_view event)
    { return to_u256(crypto::keccak256({reinterpret_cast<const Byte*>(event.data()), event.size()})); };
    const WordTable table;
    EXPECT_NE(table.find(topic("Transfer(address,address,uint256)")), WordTable::places);
    EXPECT_NE(table.find(topic("Approval(address,address,uint256)")), WordTable::places);
    EXPECT_EQ(table.find(topic("Transfer(address,address)")), WordTable::places);
}

TEST(LogFrame, refuses_what_is_none)
{
    const LogPosition position{chain_id, {1, 1, 1}};
    EXPECT_EQ(decode_log_frame({}, position), failure(FrameError::malformed));
    EXPECT_EQ(decode_log_frame(Bytes{0}, position), failure(FrameError::unknown_kind));
    EXPECT_EQ(decode_log_frame(Bytes{7}, position), failure(FrameError::unknown_kind));
    auto seal = encode(SealMiniFrame{1, {U256{1}, U256{1}, 0}}, chain_id);
    seal.push_back(0);
    EXPECT_EQ(decode_log_frame(seal, position), failure(FrameError::trailing_bytes));
    seal.pop_back();
    seal.back() = 2;
    EXPECT_EQ(decode_log_frame(seal, position), failure(FrameError::malformed)) << "a parity of 2";
    EXPECT_EQ(decode_log_frame(Bytes{2, 1, 0xc0}, position), failure(FrameError::invalid_header));
}

TEST(LogFrame, refuses_a_fragment_whose_transactions_cannot_be)
{
    FragmentFrame fragment;
    fragment.difference.before = fragment.difference.after = {3, 0, 1};
    fragment.difference.accounts = {{.id = 1, .nonce = 1}};
    LoggedTransaction logged;
    logged.transaction.chain_id = chain_id;
    logged.transaction.signature = {U256{1}, U256{1}, 0};
    logged.sender = 1;
    const auto with = [&](const LoggedTransaction& transaction)
    {
        fragment.transactions = {transaction};
        return decode_log_frame(encode(fragment, chain_id), {chain_id, fragment.difference.before});
    };
    EXPECT_TRUE(with(logged).has_value());
    auto changed = logged;
    changed.sender = 3;
    EXPECT_EQ(with(changed), failure(FrameError::bad_id));
    changed = logged;
    changed.transaction.signature.s = crypto::secp256k1_order;
    EXPECT_EQ(with(changed), failure(FrameError::invalid_transaction));
    changed = logged;
    changed.transaction.type = TransactionType::dynamic_fee;
    changed.transaction.chain_id.reset();
    EXPECT_EQ(with(changed), failure(FrameError::malformed)) << "only a legacy transaction can be of any chain";
    EXPECT_FALSE(decode_log_frame(encode(fragment, chain_id), {chain_id, {0, 0, 1}}).has_value())
        << "ids that are still to come";
}

TEST(LogFrame, asks_for_no_memory_that_the_input_has_nothing_for)
{
    // A fragment at time 0 with an empty difference and 2^63 transactions; one with 2^56 bytes of calldata.
    Bytes encoded{4, 0};
    encoded.resize(encoded.size() + 65);
    append(encoded, Bytes{0, 0, 0, 0, 0});
    auto many = encoded;
    append(many, Bytes{0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 1});
    EXPECT_EQ(decode_log_frame(many, {chain_id, {1, 1, 1}}), failure(FrameError::malformed));
    append(encoded, Bytes{1, 8, 0, 0, 0, 0, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 1});
    encoded.resize(encoded.size() + 100);
    EXPECT_EQ(decode_log_frame(encoded, {chain_id, {1, 1, 1}}), failure(FrameError::malformed));
}

double bytes_per_transaction(const FragmentFrame& fragment)
{
    return static_cast<double>(encode(fragment, test::busy_chain_id).size()) /
           static_cast<double>(fragment.transactions.size());
}

TEST(LogFrame, is_small)
{
    test::BusyChain chain;
    EXPECT_LE(bytes_per_transaction(chain.transfers(64)), 130);
    EXPECT_LE(bytes_per_transaction(chain.token_transfers(64)), 180);
}
}  // namespace
}  // namespace jiffy::types
