// SPDX-License-Identifier: Apache-2.0
#include "node/metrics.hpp"

#include "node/node.hpp"
#include "rpc/test_client.hpp"

#include <fstream>
#include <gtest/gtest.h>
#include <map>
#include <sstream>

namespace jiffy::node
{
namespace
{
TEST(Metrics, are_told_in_the_text_format)
{
    std::atomic<std::uint64_t> counted = 5;
    sequencer::LatencyHistogram histogram;
    histogram.record(0);
    histogram.record(3);
    histogram.record(1'000'000);
    Metrics metrics;
    metrics.counter("things_total", "Things.", counted);
    metrics.gauge("level", "The level.", [] { return 0.5; });
    metrics.histogram("wait_seconds", "The wait.", histogram);
    const auto text = metrics.text();
    EXPECT_EQ(text.find("# HELP things_total Things.\n# TYPE things_total counter\nthings_total 5\n"), 0U) << text;
    EXPECT_NE(text.find("# HELP level The level.\n# TYPE level gauge\nlevel 0.5\n"), std::string::npos) << text;
    EXPECT_NE(text.find("# TYPE wait_seconds histogram\n"
                        "wait_seconds_bucket{le=\"1e-06\"} 1\n"
                        "wait_seconds_bucket{le=\"2e-06\"} 1\n"
                        "wait_seconds_bucket{le=\"3e-06\"} 1\n"
                        "wait_seconds_bucket{le=\"4e-06\"} 2\n"),
        std::string::npos)
        << text;
    EXPECT_NE(text.find("wait_seconds_bucket{le=\"0.917504\"} 2\n"
                        "wait_seconds_bucket{le=\"1.048576\"} 3\n"),
        std::string::npos)
        << text;
    EXPECT_TRUE(text.ends_with("wait_seconds_bucket{le=\"+Inf\"} 3\nwait_seconds_sum 1.000003\nwait_seconds_count 3\n"))
        << text;
    counted = 6;
    EXPECT_NE(metrics.text().find("things_total 6\n"), std::string::npos);
}

TEST(Metrics, have_each_name_once)
{
    Metrics metrics;
    metrics.gauge("level", "The level.", [] { return 0.0; });
    EXPECT_THROW(metrics.gauge("level", "Another.", [] { return 1.0; }), std::logic_error);
}

/// Name and type of each row of the tables in docs/metrics.md.
std::map<std::string, std::string> documented_metrics()
{
    std::ifstream document{JIFFY_METRICS_DOCUMENT};
    std::map<std::string, std::string> result;
    std::string line;
    while (std::getline(document, line))
        if (line.starts_with("| `"))
        {
            std::string separator, name, type;
            std::istringstream{line} >> separator >> name >> separator >> type;
            result[name.substr(1, name.size() - 2)] = type;
        }
    return result;
}

TEST(Metrics, of_a_node_are_those_of_the_document)
{
    NodeOptions options;
    options.port = 0;
    const auto node = std::move(*Node::start(options));
    rpc::TestClient client{node->port()};
    client.send("GET /metrics HTTP/1.1\r\nHost: test\r\n\r\n");
    const auto response = client.read_response();
    EXPECT_EQ(response.status, 200);

    std::map<std::string, std::string> told;
    std::istringstream lines{response.body};
    std::string line;
    while (std::getline(lines, line))
        if (line.starts_with("# TYPE "))
        {
            std::string mark, word, name, type;
            std::istringstream{line} >> mark >> word >> name >> type;
            told[name] = type;
        }
    EXPECT_FALSE(told.empty());
    EXPECT_EQ(told, documented_metrics());
    EXPECT_NE(response.body.find("\njiffy_rpc_connections 1\n"), std::string::npos) << response.body;
    EXPECT_EQ(client.post(R"({"jsonrpc":"2.0","id":1,"method":"eth_chainId"})").status, 200)
        << "on the same connection";
}
}  // namespace
}  // namespace jiffy::node
