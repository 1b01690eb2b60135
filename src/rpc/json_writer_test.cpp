// SPDX-License-Identifier: Apache-2.0
#include "rpc/json_writer.hpp"

#include "rpc/error_texts.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <rapidcheck/gtest.h>

namespace jiffy::rpc
{
namespace
{
RC_GTEST_PROP(JsonWriterProperty, strings_and_bytes_come_back, (const std::vector<std::uint8_t>& bytes))
{
    // Any text of ASCII characters, control characters included.
    std::string text;
    for (const auto byte : bytes)
        text.push_back(static_cast<char>(byte & 0x7f));
    std::string output;
    JsonWriter json{output};
    json.begin_object();
    json.key("text").string(text);
    json.key("bytes").hex(bytes);
    json.key("list").begin_array();
    json.string(text);
    json.boolean(true);
    json.null();
    json.end_array();
    json.end_object();
    const auto parsed = nlohmann::json::parse(output);
    RC_ASSERT(parsed["text"] == text);
    RC_ASSERT(parsed["bytes"].get<std::string>().size() == 2 + 2 * bytes.size());
    RC_ASSERT(parsed["list"] == nlohmann::json::array({text, true, nullptr}));
}

std::string quantity(const U256& value)
{
    std::string output;
    JsonWriter{output}.quantity(value);
    return output;
}

TEST(JsonWriter, quantities_have_no_leading_zeros)
{
    EXPECT_EQ(quantity(0), "\"0x0\"");
    EXPECT_EQ(quantity(255), "\"0xff\"");
    EXPECT_EQ(quantity(U256{0, 1, 0, 0}), "\"0x10000000000000000\"");
    EXPECT_EQ(quantity(U256::max()), "\"0x" + std::string(64, 'f') + "\"");
}

/// ABI form of Error(string).
Bytes solidity_error(const U256& offset, const U256& length, std::string_view text)
{
    Bytes data{0x08, 0xc3, 0x79, 0xa0};
    append(data, to_hash(offset).view());
    append(data, to_hash(length).view());
    append(data, {reinterpret_cast<const Byte*>(text.data()), text.size()});
    return data;
}

TEST(ErrorTexts, revert_reasons_are_read_and_broken_ones_left_alone)
{
    EXPECT_EQ(revert_text({}), "execution reverted");
    EXPECT_EQ(revert_text(solidity_error(32, 4, "help")), "execution reverted: help");
    EXPECT_EQ(revert_text(solidity_error(32, 5, "help")), "execution reverted");
    EXPECT_EQ(revert_text(solidity_error(U256::max(), 4, "help")), "execution reverted");
    EXPECT_EQ(revert_text(solidity_error(32, U256::max(), "help")), "execution reverted");
    EXPECT_EQ(revert_text(solidity_error(33, 4, "help")), "execution reverted");
    EXPECT_EQ(revert_text(solidity_error(32, 2, "\xff\xfe")), "execution reverted") << "not UTF-8";
    Bytes panic{0x4e, 0x48, 0x7b, 0x71};
    append(panic, to_hash(U256{0x11}).view());
    EXPECT_EQ(revert_text(panic), "execution reverted: arithmetic underflow or overflow");
}
}  // namespace
}  // namespace jiffy::rpc
