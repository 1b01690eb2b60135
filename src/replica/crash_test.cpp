// SPDX-License-Identifier: Apache-2.0
#include "replica/promises_test.hpp"
#include "store/log_reader.hpp"
#include "store/order_log.hpp"
#include "store/simulated_disk.hpp"

#include <gtest/gtest.h>
#include <random>

namespace jiffy::replica
{
namespace
{
using store::SimulatedDisk;

constexpr std::size_t crashes_in_a_row = 4;

/// A sequencer that keeps its log on a disk, from its start to its end. One thread.
class Life
{
public:
    Life(SimulatedDisk& disk, bool is_optimism, bool waits_for_disk)
      : chain{is_optimism}
    {
        // So that contradictions are evidence, whatever the level: there must be none in either.
        chain.release_options.terms.durability = types::Durability::disk;
        chain.release_options.mini_block_interval = 50'000;
        store::LogOptions log_options;
        log_options.file_size = 48 << 10;
        log_options.secret = Hash{{0x5e}};
        auto opened = store::WriteAheadLog::open(
            disk, "chain", {TestChain::chain_id, chain.history.find(0)->hash()}, log_options);
        if (!opened)
        {
            fault = opened.error().text;
            return;
        }
        log = std::move(*opened);
        auto follower = chain.follower();
        if (!follow(follower))
            return;
        order_log.emplace(*log,
            store::OrderLogOptions{.chain_id = TestChain::chain_id, .waits_for_disk = waits_for_disk},
            [this](const store::Error& error) { fault = error.text; });
        chain.sealer->process_pending();
        collector.begin_behind(chain.history);
        chain.resume(std::move(follower),
            sequencer::frame_by_frame([this](const types::LogFrame& frame) { order_log->append(frame); },
                [this] { return order_log->make_durable(); }));
    }

    [[nodiscard]] bool is_alive() const { return chain.releaser && fault.empty() && !chain.releaser->has_failed(); }

    std::unique_ptr<store::WriteAheadLog> log;
    std::optional<store::OrderLog> order_log;
    TrafficChain chain;
    PromiseCollector collector;
    /// Why it cannot go on.
    std::string fault;

private:
    bool follow(Follower& follower)
    {
        auto reader = log->reader_from(log->first_sequence());
        for (;;)
        {
            const auto record = reader->next();
            if (!record)
            {
                fault = record.error().text;
                return false;
            }
            if (!*record)
                return true;
            auto frame = types::decode_log_frame((*record)->payload, {TestChain::chain_id, chain.world.id_counts()});
            if (!frame || !follower.apply(std::move(*frame)))
            {
                ADD_FAILURE() << "record " << (*record)->sequence << " cannot be followed";
                fault = "a record that cannot be followed";
                return false;
            }
        }
    }
};

/// Lets a sequencer live until it loses its power, again and again, on the disk that is left.
void crash_again_and_again(std::uint64_t seed, bool waits_for_disk, std::uint64_t& crashes)
{
    std::mt19937_64 random{seed};
    const bool is_optimism = seed % 4 == 0;
    const auto pick = [&random](std::size_t bound) { return static_cast<std::size_t>(random() % bound); };
    auto disk = std::make_unique<SimulatedDisk>(random());
    Promises promises;
    std::uint64_t time = TestChain::genesis_time * 1'000'000;
    for (std::size_t i = 0; i < crashes_in_a_row; ++i)
    {
        // Half of them at any operation of the disk, the others between two steps of the sequencer.
        if (pick(2) == 0)
            disk->stop_at_operation(disk->operations() + pick(60));
        Life life{*disk, is_optimism, waits_for_disk};
        if (life.is_alive())
        {
            life.chain.clock.advance(time - life.chain.clock.now());
            if (waits_for_disk)
                require_kept(life.chain.history, promises.transactions, promises.mini_blocks);
            require_no_evidence(life.chain.history, promises);
            for (std::size_t steps = pick(12); steps != 0 && life.is_alive(); --steps)
            {
                some_traffic(life.chain, 1, pick);
                life.collector.collect(life.chain.history, promises);
                if (pick(4) == 0 && !waits_for_disk)
                    static_cast<void>(life.log->sync());
                if (pick(4) == 0)
                    static_cast<void>(life.log->prepare());
            }
            require_no_evidence(life.chain.history, promises);
            if (pick(8) == 0 && life.is_alive())
                require_valid(life.chain);
            time = life.chain.clock.now();
        }
        disk = disk->crash(random());
        ++crashes;
    }
    Life last{*disk, is_optimism, waits_for_disk};
    ASSERT_TRUE(last.is_alive()) << last.fault;
    if (waits_for_disk)
        require_kept(last.chain.history, promises.transactions, promises.mini_blocks);
    require_no_evidence(last.chain.history, promises);
    require_valid(last.chain);
}

void crash_as_often_as_wanted(bool waits_for_disk)
{
    std::uint64_t crashes = 0;
    for (std::uint64_t seed = 1; crashes < wanted_crashes(); ++seed)
    {
        crash_again_and_again(seed, waits_for_disk, crashes);
        ASSERT_FALSE(testing::Test::HasFailure()) << "seed " << seed;
    }
    std::printf("%llu crashes\n", static_cast<unsigned long long>(crashes));
}

TEST(Crash, no_promise_is_lost_or_contradicted_that_waited_for_the_disk)
{
    crash_as_often_as_wanted(true);
}

TEST(Crash, what_did_not_wait_for_the_disk_may_be_lost_but_is_never_contradicted)
{
    crash_as_often_as_wanted(false);
}
}  // namespace
}  // namespace jiffy::replica
