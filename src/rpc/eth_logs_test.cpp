// SPDX-License-Identifier: Apache-2.0
#include "rpc/test_backend.hpp"

#include <gtest/gtest.h>

namespace jiffy::rpc
{
namespace
{
using nlohmann::json;
using sequencer::TestChain;

struct Logs : testing::Test
{
    /// A block with two logs: init code that is PUSH0 PUSH0 LOG0, twice.
    void pass_block_with_logs()
    {
        auto emitting = TestChain::transfer(nonce++);
        emitting.to.reset();
        emitting.value = U256{};
        emitting.gas_limit = 100'000;
        emitting.data = {0x5f, 0x5f, 0xa0, 0x5f, 0x5f, 0xa0};
        ASSERT_TRUE(std::holds_alternative<sequencer::TransactionPlace>(*scene.chain.send(0, emitting)));
        scene.pass_blocks(1);
    }
    json page(json filter, const json& cursor)
    {
        if (!cursor.is_null())
            filter["cursor"] = cursor;
        return scene.result("eth_getLogsWithCursor", json::array({filter}));
    }
    static json places_of(const json& logs)
    {
        json places = json::array();
        for (const auto& log : logs)
            places.push_back({log["blockNumber"], log["logIndex"]});
        return places;
    }

    // As few blocks as a history keeps.
    TestBackend scene{{}, 16};
    std::uint64_t nonce = 0;
};

TEST_F(Logs, of_blocks_that_are_not_kept_are_no_empty_list)
{
    const auto filter = scene.result("eth_newFilter", json::array({json::object()}));
    pass_block_with_logs();
    const json all = {{"fromBlock", "0x0"}, {"toBlock", "0x1"}};
    scene.pass_blocks(12);
    EXPECT_EQ(scene.result("eth_getLogs", json::array({all})).size(), 2U);
    scene.pass_blocks(12);
    const auto oldest = scene.chain.history.oldest_number();
    ASSERT_GT(oldest, 1U);
    for (const auto* method : {"eth_getLogs", "eth_getLogsWithCursor"})
    {
        const auto error = scene.error(method, json::array({all}));
        EXPECT_EQ(error["code"], 4444) << method;
        EXPECT_EQ(error["data"], to_quantity(oldest)) << method;
        EXPECT_EQ(error["message"], "block 0 is not kept any more, the oldest one is " + std::to_string(oldest))
            << method;
    }
    EXPECT_EQ(scene.result("eth_getLogs", json::array({{{"fromBlock", to_quantity(oldest)}}})), json::array());
    EXPECT_EQ(scene.error("eth_getFilterChanges", json::array({filter}))["code"], 4444) << "not told what it missed";
    EXPECT_EQ(scene.result("eth_getFilterChanges", json::array({filter})), json::array()) << "but goes on";
}

TEST_F(Logs, that_were_too_many_for_a_filter_are_still_told)
{
    const auto filter = scene.result("eth_newFilter", json::array({json::object()}));
    pass_block_with_logs();
    pass_block_with_logs();
    auto& limits = scene.backend->limits;
    for (const auto& [logs, blocks] : {std::pair<std::size_t, std::uint64_t>{3, 100}, {100, 1}, {3, 100}})
    {
        limits.logs = logs;
        limits.log_blocks = blocks;
        EXPECT_EQ(scene.error("eth_getFilterChanges", json::array({filter}))["code"], -32005);
    }
    limits.logs = 4;
    EXPECT_EQ(places_of(scene.result("eth_getFilterChanges", json::array({filter}))),
        json::parse(R"([["0x1","0x0"],["0x1","0x1"],["0x2","0x0"],["0x2","0x1"]])"));
    EXPECT_EQ(scene.result("eth_getFilterChanges", json::array({filter})), json::array());
}

TEST_F(Logs, pages_go_on_while_the_head_moves)
{
    pass_block_with_logs();
    for (const bool has_end : {false, true})
        for (const bool is_from_latest : {false, true})
        {
            const auto head = scene.chain.history.sealed_number();
            json filter = {{"limit", 1}};
            if (is_from_latest)
                filter["fromBlock"] = "latest";
            if (has_end)
                filter["toBlock"] = to_quantity(head);
            const auto first = page(filter, nullptr);
            json seen = first["logs"];
            ASSERT_EQ(seen.size(), 1U);
            pass_block_with_logs();
            for (auto cursor = first["cursor"]; !cursor.is_null();)
            {
                const auto next = page(filter, cursor);
                ASSERT_TRUE(next.is_object()) << filter;
                seen.insert(seen.end(), next["logs"].begin(), next["logs"].end());
                cursor = next.value("cursor", json{});
            }
            json expected = json::array();
            for (auto number = head; number <= (has_end ? head : head + 1); ++number)
                for (const auto* index : {"0x0", "0x1"})
                    expected.push_back({to_quantity(number), index});
            EXPECT_EQ(places_of(seen), expected) << filter;
        }
}

TEST_F(Logs, a_cursor_of_another_filter_is_refused)
{
    pass_block_with_logs();
    pass_block_with_logs();
    const auto cursor = page({{"fromBlock", "0x1"}, {"limit", 1}}, nullptr)["cursor"];
    for (const json& filter : {json::object({{"fromBlock", "0x2"}}), json{{"fromBlock", "0x0"}, {"toBlock", "0x0"}},
             json::object({{"blockHash", to_hex(scene.chain.history.find(2)->hash().view())}})})
    {
        auto asked = filter;
        asked["cursor"] = cursor;
        const auto error = scene.error("eth_getLogsWithCursor", json::array({asked}));
        EXPECT_EQ(error["code"], -32602) << filter;
        EXPECT_EQ(error["message"], "invalid argument 0: the cursor is not of this filter");
    }
    EXPECT_EQ(page({{"blockHash", to_hex(scene.chain.history.find(1)->hash().view())}}, cursor)["logs"].size(), 1U);
}

TEST_F(Logs, a_cursor_does_not_hide_what_is_wrong_with_the_filter)
{
    pass_block_with_logs();
    const auto cursor = page({{"fromBlock", "0x1"}, {"limit", 1}}, nullptr)["cursor"];
    const std::string unknown = "0x" + std::string(64, '1');
    for (json filter : {json::object({{"blockHash", unknown}}), json{{"fromBlock", "0x1"}, {"toBlock", "0x0"}}})
    {
        const auto expected = scene.error("eth_getLogs", json::array({filter}));
        ASSERT_TRUE(expected.is_object());
        for (const json& given : {cursor, json("0x01")})
        {
            filter["cursor"] = given;
            EXPECT_EQ(scene.error("eth_getLogsWithCursor", json::array({filter})), expected) << filter;
        }
    }
}

TEST_F(Logs, a_mini_block_that_is_not_kept_is_told_from_one_that_does_not_exist)
{
    scene.pass_blocks(25);
    const auto oldest = scene.result("jiffy_chainInfo")["oldestMiniBlock"];
    const auto error = scene.error("jiffy_getMiniBlockByNumber", json::array({"0x0"}));
    EXPECT_EQ(error["code"], 4444);
    EXPECT_EQ(error["data"], oldest);
    EXPECT_EQ(scene.result("jiffy_getMiniBlockByNumber", json::array({oldest}))["number"], oldest);
    EXPECT_EQ(scene.result("jiffy_getMiniBlockByNumber", json::array({"0xffffff"})), nullptr);
}
}  // namespace
}  // namespace jiffy::rpc
