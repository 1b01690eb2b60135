// SPDX-License-Identifier: Apache-2.0
#include "consensus/simulated_cluster_test.hpp"

namespace jiffy::consensus
{
namespace
{
std::size_t wanted_runs()
{
    const char* text = std::getenv("JIFFY_CLUSTER_RUNS");
    return text != nullptr ? std::strtoull(text, nullptr, 10) : 300;
}

constexpr std::uint64_t second = 1'000'000;

/// Waits until the cluster is whole and something new is released; the operator has to decide after some time.
void recover(SimulatedCluster& cluster)
{
    cluster.heal();
    const auto released = cluster.released();
    const auto is_well = [&] { return cluster.released() > released + 10 && cluster.is_complete(); };
    for (int tries = 0; tries < 48 && !is_well() && cluster.failure_text().empty(); ++tries)
        cluster.run(second / 4, false);
    if (!is_well() && !cluster.has_leader() && cluster.failure_text().empty())
    {
        cluster.force();
        cluster.run(2 * second, false);
        const auto left = cluster.released();
        for (int tries = 0; tries < 12 && cluster.released() <= left + 10 && cluster.failure_text().empty(); ++tries)
            cluster.run(second, false);
        ASSERT_GT(cluster.released(), left) << cluster.describe();
        return;
    }
    ASSERT_TRUE(is_well() || !cluster.failure_text().empty())
        << cluster.released() - released << " new records; " << cluster.describe();
}

TEST(Cluster, no_released_record_is_lost_whatever_breaks)
{
    ClusterFigures sum;
    for (std::uint64_t seed = 1; seed <= wanted_runs(); ++seed)
    {
        SCOPED_TRACE("seed " + std::to_string(seed));
        ClusterOptions options;
        options.nodes = 2 + seed % 2;
        options.writes_at_once = seed / 2 % 2 == 0;
        options.window = seed / 4 % 4 == 0 ? 200 : 1'000'000;
        options.longest_delay = seed / 3 % 2 == 0 ? 400 : 10'000;
        options.longest_pause = seed / 5 % 3 == 0 ? 1000 : 8000;
        SimulatedCluster cluster{seed, options};
        cluster.run(second, false);
        for (int round = 0; round < 2 && cluster.failure_text().empty(); ++round)
        {
            cluster.run(3 * second, true);
            recover(cluster);
        }
        ASSERT_EQ(cluster.failure_text(), "");
        if (testing::Test::HasFatalFailure())
            return;
        const auto& figures = cluster.figures();
        sum.released += cluster.released();
        sum.takeovers += figures.takeovers;
        sum.restarts += figures.restarts;
        sum.joins += figures.joins;
        sum.removals += figures.removals;
        sum.hand_overs += figures.hand_overs;
        sum.begun_again += figures.begun_again;
        sum.cuts += figures.cuts;
        sum.forced += figures.forced;
        sum.lost += figures.lost;
        sum.spurious += figures.spurious;
    }
    std::printf(
        "released %lu, takeovers %lu, restarts %lu, joins %lu, removals %lu, handovers %lu, begun again %lu, "
        "logs cut %lu, forced %lu (records lost by that: %lu), spurious %lu\n",
        sum.released, sum.takeovers, sum.restarts, sum.joins, sum.removals, sum.hand_overs, sum.begun_again, sum.cuts,
        sum.forced, sum.lost, sum.spurious);
    EXPECT_GT(sum.takeovers, 0U);
    EXPECT_GT(sum.hand_overs, 0U);
    EXPECT_GT(sum.removals, 0U);
}
}  // namespace
}  // namespace jiffy::consensus
