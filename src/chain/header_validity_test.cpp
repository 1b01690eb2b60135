// SPDX-License-Identifier: Apache-2.0
#include "chain/header_validity.hpp"

#include "chain/fees.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace jiffy::chain
{
namespace
{
types::Header parent_at(const ChainSpecification& specification, std::uint64_t gas_limit = 30'000'000)
{
    // A header like genesis', made by the rules of a child of nothing.
    types::Header before;
    before.gas_limit = gas_limit;
    before.difficulty = U256{131'072};
    before.ommers_hash = types::empty_ommers_hash;
    auto parent = make_child_header(specification, before, {}, 1'000, gas_limit);
    parent.gas_used = gas_limit / 3;
    return parent;
}

RC_GTEST_PROP(ChildHeader, is_valid_on_its_parent_in_every_fork, ())
{
    const auto fork = static_cast<Fork>(*rc::gen::inRange<std::size_t>(0, fork_count));
    const auto specification = ethereum_specification(1, fork);
    const auto parent = parent_at(specification, *rc::gen::inRange<std::uint64_t>(10'000, 100'000'000));
    const auto wanted = *rc::gen::inRange<std::uint64_t>(5'000, 200'000'000);
    const auto child = make_child_header(
        specification, parent, {}, parent.timestamp + *rc::gen::inRange<std::uint64_t>(1, 2'000), wanted);
    const auto verdict = validate_header(specification, child, parent);
    RC_ASSERT(verdict.has_value());
}

TEST(ChildHeader, has_the_wanted_gas_limit_on_a_chain_of_ours)
{
    auto specification = ethereum_specification(1);
    const auto parent = parent_at(specification);
    EXPECT_EQ(make_child_header(specification, parent, {}, 2'000, 10'000'000'000).gas_limit,
        30'000'000U + 30'000'000 / 1'024 - 1);
    specification.jiffy.emplace();
    const auto child = make_child_header(specification, parent, {}, 2'000, 10'000'000'000);
    EXPECT_EQ(child.gas_limit, 10'000'000'000U);
    EXPECT_TRUE(validate_header(specification, child, parent));
}

class HeaderValidity : public testing::Test
{
protected:
    template <class Change>
    std::optional<InvalidBlock> fault(const Change& change)
    {
        auto child = make_child_header(specification, parent, {}, 2'000, parent.gas_limit);
        change(child);
        const auto verdict = validate_header(specification, child, parent);
        return verdict ? std::nullopt : std::optional{verdict.error()};
    }

    ChainSpecification specification = ethereum_specification(1);
    types::Header parent = parent_at(specification);
};

TEST_F(HeaderValidity, follows_the_parent)
{
    EXPECT_EQ(fault([](auto&) {}), std::nullopt);
    EXPECT_EQ(fault([](auto& h) { ++h.number; }), InvalidBlock::invalid_block_number);
    EXPECT_EQ(fault([](auto& h) { h.timestamp = 1'000; }), InvalidBlock::invalid_block_timestamp_older_than_parent);
    EXPECT_EQ(fault([](auto& h) { h.gas_limit += h.gas_limit / 1'024; }), InvalidBlock::invalid_gaslimit);
    EXPECT_EQ(fault([](auto& h) { h.gas_limit += h.gas_limit / 1'024 - 1; }), std::nullopt);
    EXPECT_EQ(fault([](auto& h) { h.gas_limit = 4'999; }), InvalidBlock::invalid_gaslimit);
    EXPECT_EQ(fault([](auto& h) { h.gas_limit = std::uint64_t{1} << 63; }), InvalidBlock::gaslimit_too_big);
    EXPECT_EQ(fault([](auto& h) { *h.base_fee_per_gas += U256{1}; }), InvalidBlock::invalid_basefee_per_gas);
    EXPECT_EQ(fault([](auto& h) { *h.excess_blob_gas += 1; }), InvalidBlock::incorrect_excess_blob_gas);
}

TEST_F(HeaderValidity, may_share_the_time_of_its_parent_where_blocks_are_shorter_than_a_second)
{
    const auto at_the_same_time = [](auto& h) { h.timestamp = 1'000; };
    specification.jiffy.emplace();
    EXPECT_EQ(fault(at_the_same_time), InvalidBlock::invalid_block_timestamp_older_than_parent);
    specification.jiffy->block_time = 100;
    EXPECT_EQ(fault(at_the_same_time), std::nullopt);
    EXPECT_EQ(fault([](auto& h) { h.timestamp = 999; }), InvalidBlock::invalid_block_timestamp_older_than_parent);
}

TEST_F(HeaderValidity, has_its_own_bounds)
{
    EXPECT_EQ(fault([](auto& h) { h.gas_used = h.gas_limit + 1; }), InvalidBlock::gas_used_overflow);
    EXPECT_EQ(fault([](auto& h) { h.extra_data.assign(33, 0); }), InvalidBlock::extra_data_too_big);
    EXPECT_EQ(fault([](auto& h) { h.difficulty = U256{1}; }), InvalidBlock::import_impossible_difficulty_over_paris);
    EXPECT_EQ(fault([](auto& h) { h.nonce[0] = 1; }), InvalidBlock::import_impossible_difficulty_over_paris);
    EXPECT_EQ(fault([](auto& h) { h.ommers_hash = {}; }), InvalidBlock::import_impossible_uncles_over_paris);
}

TEST_F(HeaderValidity, has_the_fields_of_its_fork)
{
    EXPECT_EQ(fault([](auto& h) { h.base_fee_per_gas.reset(); }), InvalidBlock::import_impossible_legacy);
    EXPECT_EQ(fault([](auto& h) { h.withdrawals_root.reset(); }), InvalidBlock::import_impossible_paris_over_shanghai);
    EXPECT_EQ(fault([](auto& h) { h.blob_gas_used.reset(); }), InvalidBlock::incorrect_block_format);
    EXPECT_EQ(fault([](auto& h) { h.parent_beacon_block_root.reset(); }), InvalidBlock::incorrect_block_format);
    EXPECT_EQ(fault([](auto& h) { h.requests_hash.reset(); }), InvalidBlock::incorrect_block_format);
    specification = ethereum_specification(1, Fork::cancun);
    parent.requests_hash.reset();
    EXPECT_EQ(fault([](auto& h) { h.requests_hash = Hash{}; }), InvalidBlock::incorrect_block_format);
}

TEST_F(HeaderValidity, has_the_daos_extra_data_for_ten_blocks)
{
    specification = ethereum_specification(1, Fork::homestead);
    specification.activations[Fork::dao] = parent.number + 1;
    parent = parent_at(specification);
    constexpr std::string_view extra = "dao-hard-fork";
    EXPECT_EQ(fault([](auto&) {}), InvalidBlock::extra_data_invalid_dao);
    EXPECT_EQ(fault([&](auto& h) { h.extra_data.assign(extra.begin(), extra.end()); }), std::nullopt);
    specification.activations[Fork::dao] = 0;
    parent.number = 9;
    EXPECT_EQ(fault([](auto&) {}), std::nullopt);
}

TEST_F(HeaderValidity, names_the_parameters_of_the_base_fee_since_holocene)
{
    specification = optimism_specification(1);
    parent = parent_at(specification);
    EXPECT_EQ(fault([](auto&) {}), std::nullopt);
    EXPECT_EQ(fault([](auto& h) { h.extra_data.clear(); }), InvalidBlock::extra_data_invalid_holocene);
    EXPECT_EQ(fault([](auto& h) { h.extra_data[0] = 1; }), InvalidBlock::extra_data_invalid_holocene);
    specification.optimism->activations[OptimismFork::holocene] = 2'001;
    EXPECT_EQ(fault([](auto& h) { h.extra_data = {1}; }), std::nullopt);
}

/// Difficulty of a child of a block of difficulty 2048 * 1000 without ommers.
U256 difficulty(Fork fork, std::uint64_t elapsed)
{
    types::Header parent;
    parent.number = 1'000;
    parent.timestamp = 100;
    parent.difficulty = U256{2'048'000};
    parent.ommers_hash = types::empty_ommers_hash;
    return next_difficulty(ethereum_specification(1, fork), parent, 100 + elapsed);
}

TEST(Difficulty, follows_the_time_between_blocks)
{
    EXPECT_EQ(difficulty(Fork::frontier, 12), U256{2'049'000});
    EXPECT_EQ(difficulty(Fork::frontier, 13), U256{2'047'000});
    EXPECT_EQ(difficulty(Fork::homestead, 9), U256{2'049'000});
    EXPECT_EQ(difficulty(Fork::homestead, 10), U256{2'048'000});
    EXPECT_EQ(difficulty(Fork::homestead, 25), U256{2'047'000});
    EXPECT_EQ(difficulty(Fork::homestead, 100'000), U256{2'048'000 - 99'000});
    EXPECT_EQ(difficulty(Fork::byzantium, 8), U256{2'049'000});
    EXPECT_EQ(difficulty(Fork::byzantium, 9), U256{2'048'000});
}

TEST(Difficulty, has_a_bomb_that_forks_delay)
{
    types::Header parent;
    parent.number = 399'999;
    parent.timestamp = 100;
    parent.difficulty = U256{2'048'000};
    parent.ommers_hash = types::empty_ommers_hash;
    EXPECT_EQ(next_difficulty(ethereum_specification(1, Fork::homestead), parent, 110), U256{2'048'000 + 4});
    EXPECT_EQ(next_difficulty(ethereum_specification(1, Fork::byzantium), parent, 110), U256{2'048'000});
    parent.number = 3'399'999;
    EXPECT_EQ(next_difficulty(ethereum_specification(1, Fork::byzantium), parent, 110), U256{2'048'000 + 4});
    EXPECT_EQ(next_difficulty(ethereum_specification(1, Fork::constantinople), parent, 110), U256{2'048'000});
}

TEST(Difficulty, counts_ommers_of_the_parent_since_byzantium)
{
    types::Header parent;
    parent.timestamp = 100;
    parent.difficulty = U256{2'048'000};
    EXPECT_EQ(next_difficulty(ethereum_specification(1, Fork::byzantium), parent, 101), U256{2'050'000});
}

class Ommers : public testing::Test
{
protected:
    Ommers()
    {
        types::Header header = parent_at(specification, 1'000'000);
        for (std::size_t i = 0; i < 9; ++i)
        {
            chain.push_back(header);
            header =
                make_child_header(specification, header, types::header_hash(header), header.timestamp + 10, 1'000'000);
        }
    }

    /// A block beside the one of this index.
    types::Header sibling_of(std::size_t index)
    {
        const auto& parent = chain[index - 1];
        auto ommer =
            make_child_header(specification, parent, types::header_hash(parent), parent.timestamp + 10, 1'000'000);
        ommer.extra_data = {1};
        return ommer;
    }

    std::optional<InvalidBlock> fault(const std::vector<types::Header>& ommers,
        std::span<const types::Header> included = {})
    {
        std::vector<Ancestor> ancestors;
        for (std::size_t i = chain.size() - 1; i-- > 0;)
            ancestors.push_back({&chain[i], {}});
        ancestors[1].ommers = included;
        const auto verdict =
            validate_ommers(specification, chain.back(), ommers, std::span<const Ancestor>{ancestors}.first(7));
        return verdict ? std::nullopt : std::optional{verdict.error()};
    }

    ChainSpecification specification = ethereum_specification(1, Fork::homestead);
    std::vector<types::Header> chain;
};

TEST_F(Ommers, are_of_the_last_six_generations)
{
    EXPECT_EQ(fault({}), std::nullopt);
    EXPECT_EQ(fault({sibling_of(7), sibling_of(2)}), std::nullopt);
    EXPECT_EQ(fault({sibling_of(1)}), InvalidBlock::uncle_unknown_parent);
    EXPECT_EQ(fault({sibling_of(8)}), InvalidBlock::uncle_unknown_parent) << "a sibling of the block itself";
}

TEST_F(Ommers, are_two_at_most_and_new)
{
    EXPECT_EQ(fault({sibling_of(7), sibling_of(6), sibling_of(5)}), InvalidBlock::too_many_uncles);
    EXPECT_EQ(fault({sibling_of(7), sibling_of(7)}), InvalidBlock::uncle_in_chain);
    EXPECT_EQ(fault({chain[7]}), InvalidBlock::uncle_is_ancestor);
    const auto included = sibling_of(5);
    EXPECT_EQ(fault({included}, {&included, 1}), InvalidBlock::uncle_in_chain);
}

TEST_F(Ommers, are_valid_headers)
{
    auto ommer = sibling_of(7);
    ommer.difficulty += U256{1};
    EXPECT_EQ(fault({ommer}), InvalidBlock::invalid_difficulty);
}
}  // namespace
}  // namespace jiffy::chain
