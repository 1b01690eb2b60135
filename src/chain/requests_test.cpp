// SPDX-License-Identifier: Apache-2.0
#include "chain/requests.hpp"

#include "base/hex.hpp"

#include <gtest/gtest.h>

namespace jiffy::chain
{
namespace
{
using namespace literals;

constexpr Address deposit_contract = fixed_hex<20>("0x00000000219ab540356cbb839cbe05303d7705fa");

/// The event of a deposit as Solidity lays it out, every field filled with its number.
types::Log deposit_log()
{
    types::Log log;
    log.address = deposit_contract;
    log.topics.values[0] = fixed_hex<32>("0x649bbc62d0e31342afea4e5cd82d4049e7e1ee912fc0889aa790803be39038c5");
    log.topics.count = 1;
    log.data.assign(576, 0);
    const std::size_t offsets[] = {160, 256, 320, 384, 512};
    const std::size_t sizes[] = {48, 32, 8, 96, 8};
    for (std::size_t i = 0; i < 5; ++i)
    {
        store_big_endian(log.data.data() + 32 * i, U256{offsets[i]});
        store_big_endian(log.data.data() + offsets[i], U256{sizes[i]});
        std::fill_n(
            log.data.begin() + static_cast<std::ptrdiff_t>(offsets[i] + 32), sizes[i], static_cast<Byte>(i + 1));
    }
    return log;
}

TEST(DepositRequests, are_read_from_the_contracts_logs)
{
    const auto log = deposit_log();
    auto other = log;
    other.address = {};
    auto other_event = log;
    other_event.topics.values[0] = {};
    Bytes requests;
    ASSERT_TRUE(append_deposits(requests, std::array{other, log, other_event}, deposit_contract));
    ASSERT_EQ(requests.size(), 48U + 32 + 8 + 96 + 8);
    EXPECT_EQ(requests.front(), 1);
    EXPECT_EQ(requests[48], 2);
    EXPECT_EQ(requests[48 + 32], 3);
    EXPECT_EQ(requests[48 + 32 + 8], 4);
    EXPECT_EQ(requests.back(), 5);
}

TEST(DepositRequests, refuse_any_other_layout)
{
    for (const std::size_t position : {31U, 159U, 191U, 543U})
    {
        auto log = deposit_log();
        log.data[position] ^= 1;
        Bytes requests;
        EXPECT_FALSE(append_deposits(requests, {&log, 1}, deposit_contract)) << position;
    }
    auto log = deposit_log();
    log.data.pop_back();
    Bytes requests;
    EXPECT_FALSE(append_deposits(requests, {&log, 1}, deposit_contract));
}

TEST(RequestsHash, of_nothing_is_sha256_of_nothing)
{
    EXPECT_EQ(requests_hash({}), fixed_hex<32>("0xe3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"));
}

TEST(RequestsHash, depends_on_order)
{
    const std::array<Bytes, 2> requests{Bytes{0, 1}, Bytes{1, 1}};
    const std::array<Bytes, 2> reversed{requests[1], requests[0]};
    EXPECT_NE(requests_hash(requests), requests_hash(reversed));
}
}  // namespace
}  // namespace jiffy::chain
