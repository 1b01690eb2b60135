// SPDX-License-Identifier: Apache-2.0
#include "rpc/statements.hpp"

#include "types/generators.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace jiffy::rpc
{
namespace
{
using types::generators::fixed;
using types::generators::number;

types::StatementTerms some_terms()
{
    return {.domain = *rc::gen::element(types::StatementDomain::production, types::StatementDomain::development),
        .chain_id = number(),
        .epoch = number(),
        .durability = *rc::gen::element(types::Durability::memory, types::Durability::standby_and_disk)};
}

Parsed<types::SignedStatement> parse(const std::string& text)
{
    simdjson::dom::parser parser;
    JsonElement element;
    if (parser.parse(text).get(element) != simdjson::SUCCESS)
        return std::unexpected{"no JSON"};
    return parse_statement(element);
}

RC_GTEST_PROP(StatementsProperty, preconfirmations_are_read_as_they_were_written, ())
{
    types::SignedPreconfirmation written;
    written.statement = {
        some_terms(), number(), fixed<32>(), number(), number(), fixed<32>(), fixed<32>(), fixed<32>(), number()};
    written.leaf_index = *rc::gen::arbitrary<std::uint32_t>();
    written.leaf_count = *rc::gen::arbitrary<std::uint32_t>();
    written.proof = types::generators::some(fixed<32>);
    written.signature = {to_u256(fixed<32>()), to_u256(fixed<32>()), *rc::gen::element<std::uint8_t>(0, 1)};
    std::string text;
    JsonWriter json{text};
    write_preconfirmation(json, written);
    const auto read = parse(text);
    RC_ASSERT(read.has_value());
    RC_ASSERT(*read == types::SignedStatement{written});
}

RC_GTEST_PROP(StatementsProperty, mini_blocks_are_read_as_they_were_written, ())
{
    types::SignedMiniBlock written;
    written.terms = some_terms();
    written.mini_block = {
        number(), fixed<32>(), number(), number(), number(), number(), number(), fixed<32>(), fixed<32>(), fixed<32>()};
    written.signature = {to_u256(fixed<32>()), to_u256(fixed<32>()), *rc::gen::element<std::uint8_t>(0, 1)};
    std::string text;
    JsonWriter json{text};
    json.begin_object();
    write_mini_block_fields(json, written, fixed<32>());
    json.key("transactions").begin_array();
    json.end_array();
    json.end_object();
    const auto read = parse(text);
    RC_ASSERT(read.has_value());
    RC_ASSERT(*read == types::SignedStatement{written});
}

TEST(Statements, says_what_is_wrong)
{
    EXPECT_EQ(parse("[]").error(), "expected an object");
    EXPECT_EQ(parse("{}").error(), "version: missing");
    EXPECT_EQ(parse(R"({"version":"0x2"})").error(), "version: unknown; this program reads version 1");
    EXPECT_EQ(parse(R"({"version":"0x1","domain":"test"})").error(), "domain: unknown");
}
}  // namespace
}  // namespace jiffy::rpc
