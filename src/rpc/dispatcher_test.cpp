// SPDX-License-Identifier: Apache-2.0
#include "rpc/dispatcher.hpp"

#include "rpc/test_backend.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace jiffy::rpc
{
namespace
{
/// Nothing is admitted.
constexpr AdmissionLimits closed{.capacity = 0};

std::string answer_to(TestBackend& scene, const std::string& body)
{
    std::promise<std::string> promise;
    scene.dispatcher->handle(body, nullptr, [&promise](Answer answer) { promise.set_value(std::move(answer).text()); });
    return promise.get_future().get();
}

TEST(RefusalInPassing, is_none_while_transactions_are_admitted)
{
    TestBackend scene;
    const std::string body = R"({"jsonrpc":"2.0","id":1,"method":"eth_sendRawTransaction","params":["0x02"]})";
    std::string output = "before";
    EXPECT_FALSE(scene.dispatcher->refuse_in_passing(body, output));
    EXPECT_EQ(output, "before");
    const auto answer = scene.ask("eth_sendRawTransaction", {"0x02"});
    EXPECT_EQ(scene.route->ingress().waiting(), 1U);
    EXPECT_FALSE(scene.dispatcher->refuse_in_passing(body, output));
    EXPECT_EQ(output, "before");
}

TEST(RefusalInPassing, begins_after_a_first_refusal_and_is_counted)
{
    TestBackend scene{{}, 16, closed};
    const std::string body = R"({"jsonrpc":"2.0","id":1,"method":"eth_sendRawTransactionSync","params":["0x02"]})";
    std::string output;
    EXPECT_FALSE(scene.dispatcher->refuse_in_passing(body, output));
    const auto answer = answer_to(scene, body);
    EXPECT_EQ(answer,
        R"({"jsonrpc":"2.0","id":1,"error":{"code":-32005,"message":"the node is overloaded, retry in 1 ms",)"
        R"("data":{"retryAfterMilliseconds":1}}})");
    EXPECT_TRUE(scene.dispatcher->refuse_in_passing(body, output));
    EXPECT_EQ(output, answer);
    EXPECT_EQ(scene.route->ingress().refused(), 2U);
    EXPECT_FALSE(
        scene.dispatcher->refuse_in_passing(R"({"jsonrpc":"2.0","id":1,"method":"eth_chainId","params":[]})", output));
    EXPECT_EQ(output, answer);
}

RC_GTEST_PROP(RefusalInPassing, says_what_is_said_otherwise, ())
{
    TestBackend scene{{}, 16, closed};
    answer_to(scene, R"({"jsonrpc":"2.0","id":0,"method":"eth_sendRawTransaction","params":[]})");
    const auto method = *rc::gen::elementOf(std::vector<std::string>{"eth_sendRawTransaction",
        "eth_sendRawTransactionSync", "realtime_sendRawTransaction", "eth_chainId", "no_such"});
    const auto parameters = *rc::gen::elementOf(std::vector<std::string>{R"(["0x02"])", R"(["0x02",500])", "[]", "{}",
        R"([1,2,3])", R"(["no hex"])", R"(["0x02",])", R"(["\u0030"])", R"([null])"});
    const auto id = *rc::gen::elementOf(std::vector<std::string>{
        "0", "7", "42", "1000", "99999", "123456789012345", "1234567890123456", "007", "\"seven\"", "null", "1.0"});
    std::string body =
        R"({"jsonrpc":"2.0","id":)" + id + R"(,"method":")" + method + R"(","params":)" + parameters + "}";
    if (*rc::gen::inRange(0, 4) == 0)
        body[*rc::gen::inRange<std::size_t>(0, body.size())] = *rc::gen::inRange(' ', '~');
    std::string output;
    const bool is_refused = scene.dispatcher->refuse_in_passing(body, output);
    RC_CLASSIFY(is_refused);
    if (is_refused)
        RC_ASSERT(output == answer_to(scene, body));
    else
        RC_ASSERT(output.empty());
}
}  // namespace
}  // namespace jiffy::rpc
