// SPDX-License-Identifier: Apache-2.0
#include "rpc/subscription_start.hpp"
#include "rpc/test_backend.hpp"
#include "sequencer/archiver.hpp"
#include "store/posix_disk.hpp"
#include "store/temporary_directory_test.hpp"

#include <gtest/gtest.h>

namespace jiffy::rpc
{
namespace
{
using Json = TestBackend::Json;
using sequencer::TestChain;

constexpr std::size_t history_blocks = 16;

/// A backend whose memory holds a few blocks and whose archive holds all.
struct ArchivedBackend : TestBackend
{
    ArchivedBackend()
      : TestBackend{{}, history_blocks}
    {
        archive = sequencer::Archive::open(disk, directory.path(), {TestChain::chain_id, chain.history.find(0)->hash()})
                      .value();
        archiver.emplace(*archive, [](const std::string&) {});
        archiver->push(chain.history.find(0));
        backend->archive = archive.get();
    }

    void pass_archived_blocks(std::uint64_t count)
    {
        for (std::uint64_t i = 0; i < count; ++i)
        {
            pass_blocks(1);
            archiver->push(chain.history.sealed_head());
        }
    }

    store::TemporaryDirectory directory;
    store::PosixDisk disk;
    std::unique_ptr<sequencer::Archive> archive;
    std::optional<sequencer::Archiver> archiver;
};

/// Writes a log while it is created.
types::Transaction logging_creation(std::uint64_t nonce)
{
    auto transaction = TestChain::creation(nonce, {});
    transaction.data = {0x60, 0x20, 0x5f, 0xa0};  // PUSH1 32 PUSH0 LOG0
    return transaction;
}

TEST(RpcArchive, old_blocks_are_answered_for_as_when_they_were_in_memory)
{
    ArchivedBackend test;
    test.chain.send(0, logging_creation(0));
    test.chain.send(0, TestChain::transfer(1));
    test.pass_archived_blocks(1);
    const auto block = test.chain.history.find(1);
    ASSERT_EQ(block->transactions.size(), 2U);
    const auto hash = to_hex(block->hash().view());
    const auto transaction = to_hex(block->transactions[0].hash.view());
    const auto second = to_hex(block->transactions[1].hash.view());
    const auto mini_block = to_hex(block->mini_blocks[0].hash.view());
    const std::vector<std::pair<std::string, Json>> questions = {
        {"eth_getBlockByNumber", {"0x1", true}},
        {"eth_getBlockByNumber", {"0x0", false}},
        {"eth_getBlockByNumber", {"earliest", false}},
        {"eth_getBlockByHash", {hash, true}},
        {"eth_getBlockReceipts", {"0x1"}},
        {"eth_getBlockReceipts", Json::array({Json{{"blockHash", hash}}})},
        {"eth_getBlockTransactionCountByNumber", {"0x1"}},
        {"eth_getBlockTransactionCountByHash", {hash}},
        {"eth_getTransactionByBlockNumberAndIndex", {"0x1", "0x1"}},
        {"eth_getTransactionByBlockHashAndIndex", {hash, "0x0"}},
        {"eth_getTransactionByHash", {transaction}},
        {"eth_getRawTransactionByHash", {second}},
        {"eth_getTransactionReceipt", {transaction}},
        {"eth_getTransactionReceipt", {second}},
        {"eth_getLogs", Json::array({Json{{"fromBlock", "0x0"}, {"toBlock", "0x1"}}})},
        {"eth_getLogs", Json::array({Json{{"blockHash", hash}}})},
        {"eth_getLogsWithCursor", Json::array({Json{{"fromBlock", "0x0"}, {"toBlock", "0x1"}}})},
        {"eth_feeHistory", {"0x2", "0x1", Json::array({50})}},
        {"jiffy_getPreconfirmation", {second}},
        {"jiffy_getTransactionStage", {second}},
        {"jiffy_getMiniBlockByNumber", {"0x0", true}},
        {"jiffy_getMiniBlockByHash", {mini_block, true}},
        {"jiffy_getMiniBlockRange", {"0x0", "0x3", true}},
        {"jiffy_getMiniBlockProof", {second}},
    };
    std::vector<Json> answers;
    for (const auto& [method, parameters] : questions)
    {
        answers.push_back(test.answer(method, parameters));
        EXPECT_FALSE(answers.back().value("result", Json{}).empty()) << method << answers.back();
    }
    EXPECT_EQ(test.result("eth_getLogs", Json::array({Json{{"fromBlock", "0x0"}, {"toBlock", "0x1"}}})).size(), 1U);

    test.pass_archived_blocks(2 * history_blocks);
    ASSERT_EQ(test.chain.history.find(1), nullptr);
    for (std::size_t i = 0; i < questions.size(); ++i)
        EXPECT_EQ(test.answer(questions[i].first, questions[i].second), answers[i]) << questions[i].first;
    EXPECT_EQ(test.result("jiffy_chainInfo")["oldestMiniBlock"], "0x0");
    EXPECT_EQ(test.archive->read_errors(), 0U);
}

TEST(RpcArchive, states_and_differences_that_are_not_kept_are_refused)
{
    ArchivedBackend test;
    test.chain.send(0, TestChain::transfer(0));
    test.pass_archived_blocks(1);
    const auto hash = to_hex(test.chain.history.find(1)->hash().view());
    test.pass_archived_blocks(2 * history_blocks);
    ASSERT_EQ(test.chain.history.find(1), nullptr);

    const auto account = to_hex(test.chain.accounts[0].address.view());
    const auto by_hash = Json{{"blockHash", hash}};
    const std::string refused = "state of block 1 is not available any more";
    for (const auto& block : {Json("0x1"), by_hash})
    {
        EXPECT_EQ(test.error("eth_getBalance", {account, block})["message"], refused);
        EXPECT_EQ(test.error("eth_call", {Json{{"to", account}}, block})["message"], refused);
        EXPECT_EQ(test.error("eth_getProof", {account, Json::array(), block})["message"],
            "proofs for this block are not available any more");
    }
    EXPECT_EQ(
        test.error("eth_getBalance", {account, "earliest"})["message"], "state of block 0 is not available any more");
    EXPECT_EQ(test.error("eth_getBalance", {account, Json{{"blockHash", to_hex(Hash{}.view())}}})["message"],
        "header for hash not found");
    // Subscribers are told what transactions changed, which memory alone has.
    const auto start = start_of_mini_block(test.chain.history, 0);
    ASSERT_FALSE(start);
    EXPECT_EQ(start.error().code, code::pruned);
}

TEST(RpcArchive, what_there_never_was_is_null)
{
    ArchivedBackend test;
    test.pass_archived_blocks(2 * history_blocks);
    const auto nothing = to_hex(Hash{{1}}.view());
    for (const auto* method : {"eth_getTransactionReceipt", "eth_getTransactionByHash", "jiffy_getPreconfirmation",
             "jiffy_getMiniBlockByHash"})
        EXPECT_TRUE(test.answer(method, {nothing})["result"].is_null()) << method;
    EXPECT_TRUE(test.answer("eth_getBlockByHash", {nothing, false})["result"].is_null());
    EXPECT_TRUE(test.answer("eth_getBlockByNumber", {"0xffffff", false})["result"].is_null());
}
}  // namespace
}  // namespace jiffy::rpc
