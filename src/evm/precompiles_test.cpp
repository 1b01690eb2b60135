// SPDX-License-Identifier: Apache-2.0
#include "evm/precompiles.hpp"

#include "base/hex.hpp"

#include <gtest/gtest.h>
#include <limits>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

namespace jiffy::evm
{
namespace
{
using namespace literals;

constexpr Revision all_revisions[] = {Revision::frontier, Revision::homestead, Revision::tangerine_whistle,
    Revision::spurious_dragon, Revision::byzantium, Revision::constantinople, Revision::petersburg, Revision::istanbul,
    Revision::berlin, Revision::london, Revision::paris, Revision::shanghai, Revision::cancun, Revision::prague,
    Revision::osaka};
static_assert(std::size(all_revisions) == revision_count);

constexpr std::int64_t plenty = std::numeric_limits<std::int64_t>::max();

Address address_of(std::uint16_t number)
{
    return to_address(U256{number});
}

const Precompile& contract(Revision revision, std::uint16_t number)
{
    const auto* found = find_precompile(revision, address_of(number));
    EXPECT_NE(found, nullptr) << "no contract at " << number;
    return *found;
}

/// Output in hex, or "failure".
std::string output_of(Revision revision, std::uint16_t number, BytesView input, std::int64_t gas = plenty)
{
    Bytes buffer{1, 2, 3};
    const auto outcome = run_precompile(contract(revision, number), input, gas, buffer);
    return outcome.success ? to_hex(outcome.output) : "failure";
}

Bytes modexp_header(const U256& base, const U256& exponent, const U256& modulus)
{
    Bytes header(96);
    store_big_endian(header.data(), base);
    store_big_endian(header.data() + 32, exponent);
    store_big_endian(header.data() + 64, modulus);
    return header;
}

TEST(Precompiles, each_revision_has_its_contracts)
{
    const auto last_of = [](Revision revision) -> unsigned
    {
        if (revision >= Revision::prague)
            return 0x11;
        if (revision >= Revision::cancun)
            return 0x0a;
        if (revision >= Revision::istanbul)
            return 0x09;
        return revision >= Revision::byzantium ? 0x08 : 0x04;
    };
    for (const auto revision : all_revisions)
    {
        std::size_t count = 0;
        for (unsigned number = 0; number <= 0xffff; ++number)
        {
            const bool expected =
                (number >= 1 && number <= last_of(revision)) || (number == 0x100 && revision >= Revision::osaka);
            EXPECT_EQ(find_precompile(revision, address_of(static_cast<std::uint16_t>(number))) != nullptr, expected)
                << static_cast<int>(revision) << ", address " << number;
            count += expected ? 1 : 0;
        }
        const auto addresses = precompile_addresses(revision);
        EXPECT_EQ(addresses.size(), count);
        for (const auto& address : addresses)
            EXPECT_NE(find_precompile(revision, address), nullptr);
    }
}

TEST(Precompiles, no_contract_at_an_address_with_a_high_byte)
{
    for (std::size_t position = 0; position < 18; ++position)
    {
        Address address = address_of(1);
        address[position] = 0x80;
        EXPECT_EQ(find_precompile(latest_revision, address), nullptr) << position;
    }
}

TEST(Precompiles, prices_of_bn254_fall_with_istanbul)
{
    const Bytes two_pairs(384);
    EXPECT_EQ(contract(Revision::byzantium, 6).gas({}), 500);
    EXPECT_EQ(contract(Revision::byzantium, 7).gas({}), 40000);
    EXPECT_EQ(contract(Revision::byzantium, 8).gas(two_pairs), 260000);
    EXPECT_EQ(contract(Revision::istanbul, 6).gas({}), 150);
    EXPECT_EQ(contract(Revision::istanbul, 7).gas({}), 6000);
    EXPECT_EQ(contract(Revision::istanbul, 8).gas(two_pairs), 113000);
}

TEST(Precompiles, prices_by_word)
{
    const auto price = [](std::uint16_t number, std::size_t size)
    { return contract(Revision::frontier, number).gas(Bytes(size)); };
    EXPECT_EQ(price(2, 0), 60);
    EXPECT_EQ(price(2, 33), 84);
    EXPECT_EQ(price(3, 1), 720);
    EXPECT_EQ(price(4, 64), 21);
}

TEST(Precompiles, prices_of_bls12_sums)
{
    const auto price = [](std::uint16_t number, std::size_t size)
    { return contract(Revision::prague, number).gas(Bytes(size)); };
    EXPECT_EQ(price(0x0c, 0), 0);
    EXPECT_EQ(price(0x0c, 160), 12000);
    EXPECT_EQ(price(0x0c, 160 * 2), 22776);
    EXPECT_EQ(price(0x0c, 160 * 128), 797184);
    EXPECT_EQ(price(0x0c, 160 * 129), 803412);
    EXPECT_EQ(price(0x0e, 288), 22500);
    EXPECT_EQ(price(0x0e, 288 * 129), 1520910);
    EXPECT_EQ(price(0x0f, 384 * 2), 102900);
}

TEST(Precompiles, gas_is_taken_before_the_work)
{
    const Bytes word(32);
    EXPECT_EQ(output_of(Revision::osaka, 4, word, 17), "failure");
    Bytes buffer;
    const auto outcome = run_precompile(contract(Revision::osaka, 4), word, 18, buffer);
    EXPECT_TRUE(outcome.success);
    EXPECT_EQ(outcome.gas_left, 0);
    EXPECT_EQ(to_hex(outcome.output), to_hex(word));
}

TEST(Precompiles, a_failure_takes_all_gas)
{
    Bytes buffer;
    const auto outcome = run_precompile(contract(Revision::osaka, 9), Bytes(212), 1'000'000, buffer);
    EXPECT_FALSE(outcome.success);
    EXPECT_EQ(outcome.gas_left, 0);
    EXPECT_TRUE(outcome.output.empty());
}

TEST(Precompiles, ecrecover_without_a_signer_succeeds_with_no_output)
{
    EXPECT_EQ(output_of(Revision::frontier, 1, {}), "0x");
    Bytes input = *from_hex(
        "18c547e4f7b0f325ad1e56f57e26c745b09a3e503d86e00e5255ff7f715d3d1c0000000000000000000000000000000000000000000000"
        "00"
        "000000000000001c73b1693892219d736caba55bdb67216e485557ea6b6af75f37096c9aa6a5a75feeb940b1d03b21e36b0e47e79769f0"
        "95"
        "fe2ab855bd91e3a38756b7d75a9c4549");
    EXPECT_EQ(
        output_of(Revision::frontier, 1, input), "0x000000000000000000000000a94f5374fce5edbc8e2a8697c15331677e6ebf0b");
    input[32] = 1;
    EXPECT_EQ(output_of(Revision::frontier, 1, input), "0x") << "v is read as 256 bits";
}

TEST(Precompiles, p256_verify_of_a_wrong_length_succeeds_with_no_output)
{
    EXPECT_EQ(output_of(Revision::osaka, 0x100, Bytes(159)), "0x");
    EXPECT_EQ(output_of(Revision::osaka, 0x100, Bytes(161)), "0x");
    EXPECT_EQ(output_of(Revision::osaka, 0x100, Bytes(160)), "0x");
}

TEST(Precompiles, hashes_of_nothing)
{
    EXPECT_EQ(
        output_of(Revision::frontier, 2, {}), "0xe3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    EXPECT_EQ(
        output_of(Revision::frontier, 3, {}), "0x0000000000000000000000009c1185a5c5e9fc54612808977ee8f548b2258d31");
    EXPECT_EQ(output_of(Revision::frontier, 4, {}), "0x");
}

TEST(Precompiles, blake2f_refuses_a_flag_above_one)
{
    Bytes input(213);
    input[212] = 2;
    EXPECT_EQ(output_of(Revision::istanbul, 9, input), "failure");
    input[212] = 1;
    EXPECT_NE(output_of(Revision::istanbul, 9, input), "failure");
}

TEST(Precompiles, modexp_of_huge_lengths_costs_more_than_there_is)
{
    const U256 huge = U256{1} << 64;
    for (const auto revision : {Revision::byzantium, Revision::berlin, Revision::osaka})
        for (const auto& length : {huge, U256::max(), huge - 1, huge >> 1, (U256{1} << 40) + 1})
        {
            EXPECT_EQ(output_of(revision, 5, modexp_header(length, 1, 1)), "failure");
            EXPECT_EQ(output_of(revision, 5, modexp_header(1, 1, length)), "failure");
            EXPECT_EQ(output_of(revision, 5, modexp_header(length, length, length)), "failure");
            EXPECT_EQ(output_of(revision, 5, modexp_header(32, length, 32), 1'000'000'000), "failure");
        }
}

TEST(Precompiles, modexp_of_a_huge_exponent_over_nothing_is_free_before_berlin)
{
    const auto header = modexp_header(0, U256::max(), 0);
    EXPECT_EQ(contract(Revision::byzantium, 5).gas(header), 0);
    EXPECT_EQ(contract(Revision::berlin, 5).gas(header), 200);
    EXPECT_EQ(output_of(Revision::byzantium, 5, header), "0x");
    EXPECT_EQ(output_of(Revision::berlin, 5, header), "0x");
    EXPECT_EQ(output_of(Revision::osaka, 5, header), "failure");
}

TEST(Precompiles, modexp_is_bounded_since_osaka)
{
    EXPECT_NE(output_of(Revision::prague, 5, modexp_header(1025, 1, 1)), "failure");
    EXPECT_EQ(output_of(Revision::osaka, 5, modexp_header(1025, 1, 1)), "failure");
    EXPECT_EQ(output_of(Revision::osaka, 5, modexp_header(1, 1025, 1)), "failure");
    EXPECT_EQ(output_of(Revision::osaka, 5, modexp_header(1, 1, 1025)), "failure");
    EXPECT_NE(output_of(Revision::osaka, 5, modexp_header(1024, 1024, 1024)), "failure");
}

TEST(Precompiles, modexp_completes_short_input_with_zeros)
{
    Bytes input = modexp_header(1, 1, 2);
    EXPECT_EQ(output_of(Revision::berlin, 5, input), "0x0000") << "modulus 0";
    append(input, Bytes{7, 3});
    EXPECT_EQ(output_of(Revision::berlin, 5, input), "0x0000") << "modulus 0";
    input.push_back(1);
    EXPECT_EQ(output_of(Revision::berlin, 5, input), "0x0057") << "7^3 mod 0x100";
    EXPECT_EQ(output_of(Revision::berlin, 5, {}), "0x");
}

TEST(Precompiles, modexp_of_an_empty_base_and_exponent)
{
    Bytes input = modexp_header(0, 0, 1);
    input.push_back(5);
    EXPECT_EQ(output_of(Revision::berlin, 5, input), "0x01") << "0^0 is 1";
    input.back() = 1;
    EXPECT_EQ(output_of(Revision::berlin, 5, input), "0x00") << "modulo 1";
}

/// Whether a contract takes input of zeros of this size, the gas being there.
bool takes(Revision revision, PrecompileRules rules, std::uint16_t number, std::size_t size)
{
    Bytes buffer;
    const auto* found = find_precompile(revision, address_of(number), rules);
    return found != nullptr && run_precompile(*found, Bytes(size), plenty, buffer).success;
}

TEST(Precompiles, the_op_stack_has_p256_verify_since_fjord_at_half_the_price)
{
    EXPECT_EQ(find_precompile(Revision::cancun, address_of(0x100)), nullptr);
    for (const auto& [rules, revision, count] : {std::tuple{PrecompileRules::fjord, Revision::cancun, 0x0bU},
             {PrecompileRules::granite, Revision::cancun, 0x0bU}, {PrecompileRules::isthmus, Revision::prague, 0x12U}})
    {
        ASSERT_NE(find_precompile(revision, address_of(0x100), rules), nullptr);
        EXPECT_EQ(find_precompile(revision, address_of(0x100), rules)->gas(Bytes(160)), 3450U);
        const auto addresses = precompile_addresses(revision, rules);
        EXPECT_EQ(addresses.size(), count);
        for (const auto& address : addresses)
            EXPECT_NE(find_precompile(revision, address, rules), nullptr);
        EXPECT_EQ(find_precompile(revision, address_of(0x12), rules), nullptr);
    }
}

TEST(Precompiles, the_op_stack_bounds_the_input_of_pairings_and_sums)
{
    // The bound on the pairing check is no multiple of a pair: 586 pairs are below it.
    EXPECT_TRUE(takes(Revision::cancun, PrecompileRules::granite, 8, 586 * 192));
    EXPECT_FALSE(takes(Revision::cancun, PrecompileRules::granite, 8, 587 * 192));
    EXPECT_TRUE(takes(Revision::cancun, PrecompileRules::fjord, 8, 587 * 192));

    struct Bound
    {
        std::uint16_t number;
        std::size_t item;
        std::size_t bytes;
    };
    for (const auto& bound : {Bound{0x0c, 160, 513'760}, Bound{0x0e, 288, 488'448}, Bound{0x0f, 384, 235'008}})
    {
        ASSERT_EQ(bound.bytes % bound.item, 0U);
        EXPECT_TRUE(takes(Revision::prague, PrecompileRules::isthmus, bound.number, bound.bytes));
        EXPECT_FALSE(takes(Revision::prague, PrecompileRules::isthmus, bound.number, bound.bytes + bound.item));
        EXPECT_TRUE(takes(Revision::prague, PrecompileRules::granite, bound.number, bound.bytes + bound.item));
    }
}

RC_GTEST_PROP(Precompiles, any_input_is_answered_or_refused, ())
{
    const auto revision =
        *rc::gen::elementOf(std::vector<Revision>(std::begin(all_revisions), std::end(all_revisions)));
    const auto& address = *rc::gen::elementOf(
        std::vector<Address>(precompile_addresses(revision).begin(), precompile_addresses(revision).end()));
    const Bytes input = *rc::gen::arbitrary<Bytes>();
    const std::int64_t gas = *rc::gen::inRange<std::int64_t>(0, 1'000'000);
    const auto& precompile = *find_precompile(revision, address);
    Bytes buffer;
    const auto outcome = run_precompile(precompile, input, gas, buffer);
    RC_ASSERT(outcome.gas_left <= gas);
    RC_ASSERT(outcome.gas_left >= 0);
    RC_ASSERT(outcome.success || (outcome.gas_left == 0 && outcome.output.empty()));
}
}  // namespace
}  // namespace jiffy::evm
