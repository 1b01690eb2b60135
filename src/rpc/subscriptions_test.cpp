// SPDX-License-Identifier: Apache-2.0
#include "rpc/subscriptions.hpp"

#include "base/hex.hpp"
#include "sequencer/test_chain.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <random>

namespace jiffy::rpc
{
namespace
{
using nlohmann::json;
using sequencer::TestChain;

/// A client that reads when it is told to.
class Listener
{
public:
    explicit Listener(std::size_t bytes_of_a_message = 0)
    {
        channel->send = [this, bytes_of_a_message](const Message& message)
        {
            const std::lock_guard lock{mutex_};
            messages_.push_back(message);
            channel->queued_bytes += bytes_of_a_message;
        };
        channel->cut = [this](const std::string&) { channel->closed = true; };
    }

    void read() { channel->queued_bytes = 0; }
    std::size_t count()
    {
        const std::lock_guard lock{mutex_};
        return messages_.size();
    }
    std::vector<json> results()
    {
        const std::lock_guard lock{mutex_};
        std::vector<json> results;
        for (const auto& message : messages_)
            results.push_back(json::parse(*message.head + *message.tail)["params"]["result"]);
        return results;
    }

    const std::shared_ptr<Channel> channel = std::make_shared<Channel>();

private:
    std::mutex mutex_;
    std::vector<Message> messages_;
};

/// A chain that is driven by the test, and the thread that tells of it.
struct Scene
{
    Scene()
    {
        chain.start_sequencer();
        subscriptions.start();
    }

    void subscribe(Listener& listener, Topic topic, const SubscriptionStart& start)
    {
        const auto id = subscriptions.reserve_id(listener.channel);
        ASSERT_TRUE(id.has_value());
        subscriptions.add(*id, listener.channel, std::move(topic), start);
    }
    void pass(std::uint64_t milliseconds)
    {
        chain.pass(milliseconds);
        chain.sealer->process_pending();
        subscriptions.notify_released();
        subscriptions.notify();
    }
    void transfer()
    {
        ASSERT_TRUE(chain.send(0, TestChain::transfer(nonce++)).has_value());
        subscriptions.notify_released();
    }
    /// False if it does not come true in ten seconds.
    template <class Condition>
    static bool wait_for(Condition condition)
    {
        for (int i = 0; i < 10'000 && !condition(); ++i)
            std::this_thread::sleep_for(std::chrono::milliseconds{1});
        return condition();
    }

    TestChain chain;
    std::uint64_t nonce = 0;
    SealWaiters waiters{chain.history, 100};
    Subscriptions subscriptions{chain.history, waiters};
};

std::uint64_t number_of(const json& quantity)
{
    return std::stoull(quantity.get<std::string>(), nullptr, 16);
}

TEST(Subscriptions, whoever_joins_anywhere_is_told_everything_from_there_once_and_in_order)
{
    struct Reader
    {
        explicit Reader(std::size_t bytes_of_a_message)
          : listener{bytes_of_a_message}
        {
        }
        Listener listener;
        std::uint64_t first = 0;
    };
    std::mt19937 random{20'240'229};
    const auto draw = [&random](std::uint64_t end)
    { return std::uniform_int_distribution<std::uint64_t>{0, end - 1}(random); };
    Scene scene;
    std::vector<std::unique_ptr<Reader>> mini_block_readers;
    std::vector<std::unique_ptr<Reader>> transaction_readers;
    std::vector<std::unique_ptr<Reader>> change_readers;
    std::vector<std::uint64_t> mini_block_of_transaction;
    const Address recipient = *TestChain::transfer(0).to;
    for (int round = 0; round < 150; ++round)
    {
        for (auto count = draw(3); count != 0; --count)
        {
            mini_block_of_transaction.push_back(next_mini_block(scene.chain.history));
            scene.transfer();
        }
        scene.pass(draw(25));
        const auto next = next_mini_block(scene.chain.history);
        // Some read slowly.
        const std::size_t weight = draw(2) == 0 ? 0 : 400'000;
        if (draw(4) == 0)
        {
            auto& reader = *mini_block_readers.emplace_back(std::make_unique<Reader>(weight));
            reader.first = draw(next + 1);
            scene.subscribe(reader.listener, MiniBlocks{}, *start_of_mini_block(scene.chain.history, reader.first));
        }
        if (draw(8) == 0)
        {
            auto& reader = *change_readers.emplace_back(std::make_unique<Reader>(weight));
            reader.first = draw(next + 1);
            scene.subscribe(
                reader.listener, StateChanges{{recipient}}, *start_of_mini_block(scene.chain.history, reader.first));
        }
        if (draw(8) == 0)
        {
            auto& reader = *transaction_readers.emplace_back(std::make_unique<Reader>(0));
            reader.first = mini_block_of_transaction.size();
            scene.subscribe(reader.listener, NewTransactions{false}, next_start(scene.chain.history));
        }
        for (auto* readers : {&mini_block_readers, &change_readers})
            for (auto& reader : *readers)
                if (draw(2) == 0)
                    reader->listener.read();
    }
    scene.pass(20);

    const auto end = next_mini_block(scene.chain.history);
    for (const auto& reader : mini_block_readers)
    {
        ASSERT_TRUE(Scene::wait_for(
            [&]
            {
                reader->listener.read();
                scene.subscriptions.notify();
                return reader->listener.count() >= end - reader->first;
            }));
        const auto results = reader->listener.results();
        ASSERT_EQ(results.size(), end - reader->first);
        for (std::size_t i = 0; i < results.size(); ++i)
        {
            EXPECT_EQ(number_of(results[i]["mini_block_number"]), reader->first + i);
            EXPECT_EQ(results[i]["transactions"].size(), results[i]["receipts"].size());
            if (i != 0)
                EXPECT_EQ(results[i]["parent_hash"], results[i - 1]["hash"]);
        }
    }
    for (const auto& reader : transaction_readers)
    {
        const auto expected = mini_block_of_transaction.size() - reader->first;
        ASSERT_TRUE(Scene::wait_for([&] { return reader->listener.count() >= expected; }));
        EXPECT_EQ(reader->listener.count(), expected);
    }
    for (const auto& reader : change_readers)
    {
        const auto first = std::ranges::lower_bound(mini_block_of_transaction, reader->first);
        const auto expected = static_cast<std::size_t>(mini_block_of_transaction.end() - first);
        ASSERT_TRUE(Scene::wait_for(
            [&]
            {
                reader->listener.read();
                scene.subscriptions.notify();
                return reader->listener.count() >= expected;
            }));
        const auto results = reader->listener.results();
        ASSERT_EQ(results.size(), expected);
        for (std::size_t i = 0; i < results.size(); ++i)
        {
            // Each transfer is a fragment of its own here and gives one wei.
            EXPECT_EQ(number_of(results[i]["balance"]),
                static_cast<std::size_t>(first - mini_block_of_transaction.begin()) + i + 1);
            EXPECT_EQ(number_of(results[i]["miniBlockNumber"]), first[static_cast<std::ptrdiff_t>(i)]);
        }
    }
    EXPECT_GT(mini_block_readers.size(), 20U);
    EXPECT_GT(transaction_readers.size(), 5U);
    EXPECT_GT(change_readers.size(), 5U);
}

TEST(Subscriptions, who_wants_to_resume_what_is_not_kept_or_not_there_is_told_what_there_is)
{
    sequencer::SequencerOptions options;
    options.block_interval = 10'000;
    TestChain chain{options};
    chain.release_options.block_interval = 10'000;
    chain.make_releaser();
    chain.start_sequencer();
    for (int i = 0; i < 1100; ++i)
    {
        chain.pass(10);
        chain.sealer->process_pending();
    }
    const auto next = next_mini_block(chain.history);
    const auto oldest = sequencer::ChainReader{chain.history}.oldest_mini_block();
    EXPECT_EQ(next, 1100U);
    EXPECT_GT(oldest, 0U);
    EXPECT_LT(oldest, next);
    EXPECT_TRUE(start_of_mini_block(chain.history, oldest).has_value());
    EXPECT_TRUE(start_of_mini_block(chain.history, next).has_value());
    const auto pruned = start_of_mini_block(chain.history, oldest - 1);
    ASSERT_FALSE(pruned.has_value());
    EXPECT_EQ(pruned.error().code, 4444);
    EXPECT_EQ(pruned.error().data, json_string(to_quantity(oldest)));
    const auto future = start_of_mini_block(chain.history, next + 1);
    ASSERT_FALSE(future.has_value());
    EXPECT_EQ(future.error().code, -32602);
    EXPECT_EQ(future.error().data, json_string(to_quantity(next)));
}

TEST(Subscriptions, heads_go_on_with_the_block_of_a_mini_block)
{
    Scene scene;
    Listener always;
    scene.subscribe(always, NewHeads{}, next_start(scene.chain.history));
    const auto add = [&scene](Listener& listener, std::uint64_t mini_block)
    {
        const auto start = start_of_mini_block(scene.chain.history, mini_block);
        ASSERT_TRUE(start.has_value());
        scene.subscribe(listener, NewHeads{true}, *start);
    };
    scene.pass(3501);
    ASSERT_TRUE(Scene::wait_for([&] { return always.count() == 3; }));
    // From the first block, from the middle of the second, from the open one, and, as one does who has seen the third
    // head, from the mini-block after it.
    std::array<Listener, 4> late;
    constexpr std::array<std::uint64_t, late.size()> starts{0, 150, 340, 300};
    for (std::size_t i = 0; i < late.size(); ++i)
        add(late[i], starts[i]);
    scene.pass(499);
    ASSERT_TRUE(Scene::wait_for([&] { return always.count() == 4; }));
    // Nothing of the open block is sealed yet.
    Listener last;
    add(last, next_mini_block(scene.chain.history));
    scene.pass(1000);
    const auto has = [](Listener& listener, std::size_t count)
    { return [&listener, count] { return listener.count() == count; }; };
    const auto heads = [&always](std::size_t first)
    {
        auto all = always.results();
        return std::vector<json>(all.begin() + static_cast<std::ptrdiff_t>(first), all.end());
    };
    ASSERT_TRUE(Scene::wait_for(has(always, 5)));
    constexpr std::array<std::size_t, late.size()> firsts{0, 1, 3, 3};
    for (std::size_t i = 0; i < late.size(); ++i)
    {
        EXPECT_TRUE(Scene::wait_for(has(late[i], 5 - firsts[i])));
        EXPECT_EQ(late[i].results(), heads(firsts[i])) << starts[i];
    }
    EXPECT_TRUE(Scene::wait_for(has(last, 1)));
    EXPECT_EQ(last.results(), heads(4));
    scene.subscriptions.stop();
}

TEST(Subscriptions, all_who_are_told_the_same_share_one_text)
{
    Scene scene;
    std::vector<std::shared_ptr<Channel>> channels;
    std::mutex mutex;
    std::vector<SharedResult> texts;
    for (int i = 0; i < 100; ++i)
    {
        const auto& channel = channels.emplace_back(std::make_shared<Channel>());
        channel->send = [&](const Message& message)
        {
            const std::lock_guard lock{mutex};
            texts.push_back(message.tail);
        };
        const auto id = scene.subscriptions.reserve_id(channel);
        scene.subscriptions.add(*id, channel, NewHeads{}, next_start(scene.chain.history));
    }
    scene.pass(1001);
    const auto count = [&]
    {
        const std::lock_guard lock{mutex};
        return texts.size();
    };
    ASSERT_TRUE(Scene::wait_for([&] { return count() >= 100; }));
    scene.subscriptions.stop();
    EXPECT_EQ(texts.size(), 100U);
    for (const auto& text : texts)
        EXPECT_EQ(text, texts.front());
}

TEST(Subscriptions, a_connection_has_a_bounded_number_of_them)
{
    Scene scene;
    Listener listener;
    std::optional<RandomId> last;
    for (int i = 0; i < 100; ++i)
    {
        const auto id = scene.subscriptions.reserve_id(listener.channel);
        ASSERT_TRUE(id.has_value());
        last = *id;
    }
    const auto refused = scene.subscriptions.reserve_id(listener.channel);
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().code, -32005);
    Listener other;
    EXPECT_FALSE(scene.subscriptions.remove(*last, other.channel));
    EXPECT_TRUE(scene.subscriptions.remove(*last, listener.channel));
    EXPECT_TRUE(scene.subscriptions.reserve_id(listener.channel).has_value());
}

TEST(Subscriptions, who_waits_for_a_nonce_is_woken_by_the_transaction_that_brings_it)
{
    Scene scene;
    const auto address = scene.chain.accounts[0].address;
    const auto current = [&scene, address]
    {
        types::Account account;
        scene.chain.world.pin().account(address, account);
        return account.nonce;
    };
    std::array<std::atomic<int>, 4> calls{};
    for (std::uint64_t nonce = 0; nonce < calls.size(); ++nonce)
    {
        NonceWaiter waiter;
        waiter.address = address;
        waiter.nonce = nonce;
        waiter.deadline = std::chrono::steady_clock::now() + std::chrono::hours{1};
        waiter.has_come = [current, nonce] { return current() >= nonce; };
        waiter.job = [&calls, nonce] { ++calls[nonce]; };
        ASSERT_TRUE(scene.subscriptions.when_nonce(waiter));
    }
    ASSERT_TRUE(Scene::wait_for([&] { return calls[0] == 1; }));
    for (std::size_t nonce = 1; nonce < 3; ++nonce)
    {
        EXPECT_EQ(calls[nonce], 0);
        scene.transfer();
        ASSERT_TRUE(Scene::wait_for([&] { return calls[nonce] == 1; }));
    }
    scene.subscriptions.stop();
    EXPECT_EQ(calls[3], 0);
}
}  // namespace
}  // namespace jiffy::rpc
