// SPDX-License-Identifier: Apache-2.0
#include "rpc/plain_request.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <rapidcheck/gtest.h>

namespace jiffy::rpc
{
namespace
{
using nlohmann::json;

TEST(PlainRequest, is_what_clients_write)
{
    for (const std::string_view text : {
             R"({"jsonrpc":"2.0","id":17,"method":"eth_sendRawTransaction","params":["0x02f8"]})",
             R"({"method":"eth_sendRawTransaction","params":["0x02f8",1000],"id":17,"jsonrpc":"2.0"})",
             R"({"jsonrpc": "2.0", "method": "eth_sendRawTransaction", "params": ["0x02f8", "0x1f4"], "id": 17})",
             " {\n\t\"id\" : 17 , \"jsonrpc\":\"2.0\",\"params\":[ ],\"method\":\"eth_sendRawTransaction\"\r\n} ",
         })
    {
        const auto request = read_plain_request(text);
        ASSERT_TRUE(request) << text;
        EXPECT_EQ(request->id, "17");
        EXPECT_EQ(request->method, "eth_sendRawTransaction");
    }
}

TEST(PlainRequest, is_nothing_else)
{
    for (const std::string_view text : {
             "",
             "{}",
             R"([{"jsonrpc":"2.0","id":1,"method":"m","params":[]}])",
             R"({"jsonrpc":"2.0","id":1,"method":"m","params":[]}x)",
             R"({"jsonrpc":"2.0","id":1,"method":"m","params":[])",
             R"({"jsonrpc":"2.0","id":1,"method":"m","params":[],})",
             R"({"jsonrpc":"2.0","id":1,"method":"m","params":[1,]})",
             R"({"jsonrpc":"2.0","id":1,"method":"m","params":["0x)",
             R"({"jsonrpc":"2.0","id":1,"method":"m","params":{}})",
             R"({"jsonrpc":"2.0","id":1,"method":"m","params":[null]})",
             R"({"jsonrpc":"2.0","id":1,"method":"m","params":[01]})",
             R"({"jsonrpc":"2.0","id":1,"method":"m","params":["a\"b"]})",
             "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"m\",\"params\":[\"a\nb\"]}",
             "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"m\",\"params\":[\"\xff\"]}",
             R"({"jsonrpc":"2.0","id":1,"id":2,"method":"m","params":[]})",
             R"({"jsonrpc":"2.0","id":1,"method":"m","params":[],"more":1})",
             R"({"jsonrpc":"2.0","method":"m","params":[]})",
             R"({"jsonrpc":"2.0","id":1,"method":"m"})",
             R"({"jsonrpc":"1.0","id":1,"method":"m","params":[]})",
             R"({"jsonrpc":"2.0","id":null,"method":"m","params":[]})",
             R"({"jsonrpc":"2.0","id":"1","method":"m","params":[]})",
             R"({"jsonrpc":"2.0","id":-1,"method":"m","params":[]})",
             R"({"jsonrpc":"2.0","id":1.5,"method":"m","params":[]})",
             R"({"jsonrpc":"2.0","id":1e5,"method":"m","params":[]})",
             R"({"jsonrpc":"2.0","id":01,"method":"m","params":[]})",
             R"({"jsonrpc":"2.0","id":12345678901234567890,"method":"m","params":[]})",
         })
        EXPECT_FALSE(read_plain_request(text)) << text;
}

RC_GTEST_PROP(PlainRequest, says_the_same_as_a_parser_if_it_says_anything, ())
{
    std::string text = R"({"jsonrpc":"2.0","id":)" + std::to_string(*rc::gen::inRange(0, 100'000)) +
                       R"(,"method":"eth_sendRawTransaction","params":["0x02f8", 17,"0x"]})";
    const auto piece = rc::gen::elementOf(
        std::vector<std::string>{"\"", "\\", "{", "}", "[", "]", ",", ":", " ", "0", "1", "-", ".", "e", "null",
            "\"id\"", "\"params\"", "\"method\"", "\"jsonrpc\"", "\"2.0\"", "\n", "\x7f", "\xc3\xbc", "x"});
    for (auto changes = *rc::gen::inRange(0, 4); changes > 0; --changes)
    {
        const auto place = *rc::gen::inRange<std::size_t>(0, text.size());
        text.replace(place, *rc::gen::inRange<std::size_t>(0, 3), *piece);
    }
    const auto request = read_plain_request(text);
    RC_CLASSIFY(request.has_value());
    if (!request)
        return;
    const auto parsed = json::parse(text);
    RC_ASSERT(parsed.size() == 4U);
    RC_ASSERT(parsed["jsonrpc"] == "2.0");
    RC_ASSERT(parsed["id"].is_number_unsigned());
    RC_ASSERT(parsed["id"].dump() == request->id);
    RC_ASSERT(parsed["method"] == std::string{request->method});
    RC_ASSERT(parsed["params"].is_array());
}
}  // namespace
}  // namespace jiffy::rpc
