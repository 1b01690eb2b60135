// SPDX-License-Identifier: Apache-2.0
#include "rpc/submission.hpp"
#include "rpc/test_backend.hpp"

#include <algorithm>
#include <gtest/gtest.h>
#include <malloc.h>

namespace jiffy::rpc
{
namespace
{
using namespace std::chrono_literals;
using nlohmann::json;
using sequencer::TestChain;
using std::chrono::steady_clock;

bool is_ready(const std::future<json>& answer)
{
    return answer.wait_for(0s) == std::future_status::ready;
}

struct SyncSends : testing::Test
{
    /// Whether the answer comes exactly when the time is over.
    testing::AssertionResult ends_after(std::chrono::milliseconds timeout, const json& parameters)
    {
        const auto before = steady_clock::now();
        const auto answer = scene.ask("eth_sendRawTransactionSync", parameters);
        const auto after = steady_clock::now();
        scene.run_due(before + timeout - 1ms);
        if (is_ready(answer))
            return testing::AssertionFailure() << "too early";
        scene.run_due(after + timeout);
        return is_ready(answer) ? testing::AssertionSuccess() : testing::AssertionFailure() << "too late";
    }

    TestBackend scene;
    const std::string raw = scene.sign(0, TestChain::transfer(0));
};

TEST_F(SyncSends, the_time_begins_when_the_request_is_taken)
{
    // Where the transaction is when the time is over: with those whose senders are not known yet, in the queue of the
    // sequencing thread, executed and not released.
    const std::function<void()> ways[] = {
        [] {},
        [this] { scene.take_in(); },
        [this]
        {
            scene.take_in();
            scene.chain.sequencer->step();
        },
    };
    std::uint64_t account = 0;
    for (const auto& go : ways)
    {
        const auto sent = scene.sign(account++, TestChain::transfer(0));
        auto answer = scene.ask("eth_sendRawTransactionSync", json::array({sent}));
        go();
        EXPECT_FALSE(is_ready(answer));
        scene.run_due(steady_clock::now() + 2s);
        ASSERT_TRUE(is_ready(answer));
        const auto error = answer.get()["error"];
        EXPECT_EQ(error["code"], 4);
        EXPECT_EQ(error["message"], "The transaction was added to the mempool but wasn't processed in 2000 ms");
        EXPECT_EQ(error["data"], TestBackend::hash_of(sent));
    }
    // It was not given up.
    scene.take_in();
    scene.chain.step();
    for (std::uint64_t i = 0; i < account; ++i)
        EXPECT_EQ(scene.result("eth_getTransactionReceipt",
                      {TestBackend::hash_of(scene.sign(i, TestChain::transfer(0)))})["status"],
            "0x1");
}

TEST_F(SyncSends, the_time_runs_out_in_the_pool)
{
    // It pays a little less than the base fee of the first blocks.
    const auto base_fee = scene.chain.history.open_block()->opening.base_fee_per_gas->low();
    const auto sent = scene.sign(0, TestChain::transfer(0, base_fee - 1));
    auto answer = scene.ask("realtime_sendRawTransaction", {sent, "0x64"});
    scene.take_in();
    scene.chain.step();
    EXPECT_EQ(scene.chain.sequencer->pooled(), 1U);
    EXPECT_FALSE(is_ready(answer));
    scene.run_due(steady_clock::now() + 100ms);
    const auto error = answer.get()["error"];
    EXPECT_EQ(error["code"], -32000);
    EXPECT_EQ(error["message"], "realtime transaction expired");
    EXPECT_EQ(error["data"], TestBackend::hash_of(sent));
}

TEST_F(SyncSends, those_that_wait_do_not_keep_the_transaction)
{
    scene.subscriptions.start();
    constexpr std::size_t size = 100'000;
    const auto base_fee = scene.chain.history.open_block()->opening.base_fee_per_gas->low();
    auto transaction = TestChain::transfer(0, base_fee - 1);
    transaction.data = Bytes(size);
    transaction.gas_limit = 2'000'000;
    const auto sent = scene.sign(0, transaction);
    std::vector<std::future<json>> answers;
    const auto send = [&](int times)
    {
        for (int i = 0; i < times; ++i)
        {
            answers.push_back(scene.ask("eth_sendRawTransactionSync", {sent, 60'000}));
            scene.take_in();
            scene.chain.step();
        }
    };
    const auto used = []
    {
        const auto memory = ::mallinfo2();
        return memory.uordblks + memory.hblkhd;
    };
    send(10);
    EXPECT_EQ(scene.chain.sequencer->pooled(), 1U);
    const auto before = used();
    send(200);
    EXPECT_LT(used(), before + 200 * size / 4);
    EXPECT_TRUE(std::ranges::none_of(answers, is_ready));
}

TEST_F(SyncSends, a_hash_that_is_known_is_not_computed_again)
{
    const auto bytes = *from_hex(raw);
    const Hash known{{1}};
    std::vector<Hash> hashes;
    for (const auto& hash : {std::optional{known}, std::optional<Hash>{}})
        ASSERT_TRUE(admit(
            *scene.backend, bytes,
            [&](Arrival arrival)
            {
                const auto submission = make_submission(*scene.backend, std::move(arrival));
                ASSERT_TRUE(submission);
                hashes.push_back(submission->hash);
            },
            hash));
    scene.take_in();
    EXPECT_EQ(hashes, (std::vector{known, crypto::keccak256(bytes)}));
}

TEST_F(SyncSends, a_timeout_that_makes_no_sense_counts_as_none)
{
    EXPECT_TRUE(ends_after(100ms, {raw, 100}));
    EXPECT_TRUE(ends_after(100ms, {raw, "0x64"}));
    EXPECT_TRUE(ends_after(60'000ms, {raw, 60'000}));
    EXPECT_TRUE(ends_after(2'000ms, json::array({raw})));
    for (const json& timeout : {json(nullptr), json(0), json(60'001), json(-1), json(1.5), json("100"), json("0x"),
             json("0xzz"), json("soon"), json(true), json::array({100}), json(1e30)})
        EXPECT_TRUE(ends_after(2'000ms, {raw, timeout})) << timeout;
}

TEST_F(SyncSends, calls_that_were_answered_at_once_do_not_keep_others_out)
{
    scene.subscriptions.start();
    const json call = {{"to", "0x0000000000000000000000000000000000000004"}, {"input", "0x1234"}};
    const json condition = {
        {"account", to_hex(scene.chain.accounts[0].address.view())}, {"nonce", 0}, {"timeout", 60'000}};
    for (int i = 0; i < 11'000; ++i)
        ASSERT_EQ(scene.result("eth_callAfter", {call, condition}), "0x1234");
}

TEST_F(SyncSends, a_nonce_gap_names_the_nonce_that_is_taken)
{
    const auto base_fee = scene.chain.history.open_block()->opening.base_fee_per_gas->low();
    const auto send = [&](std::uint64_t nonce)
    {
        auto answer = scene.ask(
            "eth_sendRawTransactionSync", json::array({scene.sign(0, TestChain::transfer(nonce, base_fee - 1))}));
        scene.take_in();
        scene.chain.step();
        return answer;
    };
    const auto first = send(0);
    auto refused = send(2).get()["error"];
    EXPECT_EQ(refused["code"], 6);
    EXPECT_EQ(refused["data"], "0x1");
    EXPECT_EQ(refused["message"], "nonce too high: next nonce 1, tx nonce 2");
    const auto second = send(1);
    EXPECT_FALSE(is_ready(second));
    EXPECT_EQ(send(3).get()["error"]["data"], "0x2");
}

TEST_F(SyncSends, a_repeated_one_gets_the_receipt_of_the_first)
{
    scene.subscriptions.start();
    // Both wait together: the second one finds the first executed and not released.
    auto first = scene.ask("eth_sendRawTransactionSync", json::array({raw}));
    auto second = scene.ask("eth_sendRawTransactionSync", {raw, 60'000});
    scene.take_in();
    scene.chain.sequencer->step();
    EXPECT_FALSE(is_ready(first));
    EXPECT_FALSE(is_ready(second));
    scene.chain.releaser->process_pending();
    scene.subscriptions.notify_released();
    const auto receipt = first.get()["result"];
    EXPECT_EQ(receipt["status"], "0x1");
    EXPECT_EQ(second.get()["result"], receipt);
    // And later, before and after the seal.
    for (int i = 0; i < 2; ++i)
    {
        auto later = scene.ask("realtime_sendRawTransaction", json::array({raw}));
        scene.take_in();
        scene.chain.step();
        EXPECT_EQ(later.get()["result"]["preconfirmation"], receipt["preconfirmation"]);
        scene.pass_blocks(1);
    }
}

TEST_F(SyncSends, a_repeated_one_waits_with_the_first_in_the_pool)
{
    scene.subscriptions.start();
    const auto base_fee = scene.chain.history.open_block()->opening.base_fee_per_gas->low();
    const auto kept = scene.sign(0, TestChain::transfer(0, base_fee - 1));
    const auto replaced = scene.sign(1, TestChain::transfer(0, base_fee - base_fee / 4));
    std::vector<std::future<json>> answers;
    for (const auto& sent : {kept, kept, kept, replaced, replaced})
        answers.push_back(scene.ask("eth_sendRawTransactionSync", {sent, 60'000}));
    scene.take_in();
    scene.chain.step();
    EXPECT_EQ(scene.chain.sequencer->pooled(), 2U);
    auto other = scene.ask("eth_sendRawTransactionSync", {scene.sign(1, TestChain::transfer(0, base_fee - 1)), 60'000});
    scene.take_in();
    // The base fee falls.
    scene.pass_blocks(2);
    scene.subscriptions.notify();
    const auto receipt = answers[0].get()["result"];
    EXPECT_EQ(receipt["status"], "0x1");
    EXPECT_EQ(answers[1].get()["result"]["preconfirmation"], receipt["preconfirmation"]);
    EXPECT_EQ(answers[2].get()["result"]["preconfirmation"], receipt["preconfirmation"]);
    EXPECT_EQ(answers[3].get()["error"]["message"], "transaction was replaced by one that pays more");
    // The one that follows asks the sequencing thread whether it is too late.
    while (!is_ready(answers[4]))
        scene.chain.step();
    EXPECT_EQ(answers[4].get()["error"]["message"], "transaction has left the txpool without being executed");
    EXPECT_EQ(other.get()["result"]["status"], "0x1");
}
}  // namespace
}  // namespace jiffy::rpc
