// SPDX-License-Identifier: Apache-2.0
#include "chain/l1_attributes.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace jiffy::chain
{
namespace
{
L1Attributes any_attributes()
{
    const auto limb = [] { return *rc::gen::arbitrary<std::uint64_t>(); };
    const auto any_word = [&limb] { return U256{limb(), limb(), limb(), limb()}; };
    return {.number = *rc::gen::arbitrary<std::uint64_t>(),
        .timestamp = *rc::gen::arbitrary<std::uint64_t>(),
        .block_hash = to_hash(any_word()),
        .sequence_number = *rc::gen::arbitrary<std::uint64_t>(),
        .base_fee = any_word(),
        .blob_base_fee = any_word(),
        .base_fee_scalar = *rc::gen::arbitrary<std::uint32_t>(),
        .blob_base_fee_scalar = *rc::gen::arbitrary<std::uint32_t>(),
        .operator_fee_scalar = *rc::gen::arbitrary<std::uint32_t>(),
        .operator_fee_constant = *rc::gen::arbitrary<std::uint64_t>(),
        .batcher_hash = to_hash(any_word())};
}

/// The byte ranges are those of the specification's table.
TEST(L1Attributes, stand_where_the_specification_says)
{
    const L1Attributes attributes{.number = 5,
        .timestamp = 4,
        .block_hash = Hash{{8}},
        .sequence_number = 3,
        .base_fee = U256{6},
        .blob_base_fee = U256{7},
        .base_fee_scalar = 1,
        .blob_base_fee_scalar = 2,
        .operator_fee_scalar = 10,
        .operator_fee_constant = 11,
        .batcher_hash = Hash{{9}}};
    const auto data = encode(attributes);
    ASSERT_EQ(data.size(), 176U);
    const std::string_view signature = "setL1BlockValuesIsthmus()";
    const auto selector = crypto::keccak256({reinterpret_cast<const Byte*>(signature.data()), signature.size()});
    EXPECT_TRUE(equal(BytesView{data}.first(4), selector.view().first(4)));
    struct Mark
    {
        std::size_t place;
        Byte value;
    };
    for (const auto& mark :
        {Mark{7, 1}, {11, 2}, {19, 3}, {27, 4}, {35, 5}, {67, 6}, {99, 7}, {100, 8}, {132, 9}, {167, 10}, {175, 11}})
        EXPECT_EQ(data[mark.place], mark.value) << mark.place;
    EXPECT_EQ(std::count_if(data.begin() + 4, data.end(), [](Byte byte) { return byte != 0; }), 11);
}

RC_GTEST_PROP(L1Attributes, are_read_back, ())
{
    const auto attributes = any_attributes();
    const auto data = encode(attributes);
    RC_ASSERT(decode_l1_attributes(data) == attributes);
    const auto length = *rc::gen::inRange<std::size_t>(0, data.size());
    RC_ASSERT(!decode_l1_attributes(BytesView{data}.first(length)));
}

TEST(L1Attributes, are_no_other_call)
{
    auto data = encode(L1Attributes{});
    data.push_back(0);
    EXPECT_FALSE(decode_l1_attributes(data));
    data.pop_back();
    data[0] ^= 1;
    EXPECT_FALSE(decode_l1_attributes(data));
}

RC_GTEST_PROP(L1Attributes, come_in_a_deposit_that_no_other_block_has, ())
{
    const auto attributes = any_attributes();
    const auto transaction = make_l1_attributes_transaction(attributes);
    RC_ASSERT(transaction.deposit.from == predeploys::depositor_account);
    RC_ASSERT(transaction.to == predeploys::l1_block);
    RC_ASSERT(transaction.deposit.mint.is_zero() && transaction.value.is_zero());
    RC_ASSERT(!transaction.deposit.is_system_transaction);
    auto next = attributes;
    ++next.sequence_number;
    RC_ASSERT(make_l1_attributes_transaction(next).deposit.source_hash != transaction.deposit.source_hash);
    next = attributes;
    next.block_hash[31] ^= 1;
    RC_ASSERT(make_l1_attributes_transaction(next).deposit.source_hash != transaction.deposit.source_hash);
}

/// The hash is what viem's `getSourceHash` gives for this block and sequence number.
TEST(L1Attributes, have_the_source_hash_of_the_specification)
{
    using namespace literals;
    L1Attributes attributes;
    attributes.block_hash.bytes.fill(0x11);
    attributes.sequence_number = 5;
    EXPECT_EQ(make_l1_attributes_transaction(attributes).deposit.source_hash,
        "0xf109b4cb8dc4582b9b04011e42aa61c63aa2fc0e73d21a0fbdbfde490a61513e"_hash);
}

TEST(L1Attributes, hold_the_prices_of_l1)
{
    const L1Attributes attributes{.base_fee = U256{1},
        .blob_base_fee = U256{2},
        .base_fee_scalar = 3,
        .blob_base_fee_scalar = 4,
        .operator_fee_scalar = 5,
        .operator_fee_constant = 6};
    const L1FeeParameters expected{.base_fee = U256{1},
        .blob_base_fee = U256{2},
        .base_fee_scalar = 3,
        .blob_base_fee_scalar = 4,
        .operator_fee_scalar = 5,
        .operator_fee_constant = 6};
    EXPECT_EQ(fee_parameters_of(attributes), expected);
    EXPECT_TRUE(fee_parameters_of({}).are_free());
}
}  // namespace
}  // namespace jiffy::chain
