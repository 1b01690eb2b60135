// SPDX-License-Identifier: Apache-2.0
#include "node/mismatch_file.hpp"

#include "base/hex.hpp"
#include "replica/forger_test.hpp"
#include "rpc/statements.hpp"
#include "store/temporary_directory_test.hpp"

#include <fstream>
#include <gtest/gtest.h>
#include <simdjson.h>

namespace jiffy::node
{
namespace
{
using replica::Mismatch;

/// What a full node finds in a chain with one transfer of which something else is said.
template <class Alter>
Mismatch mismatch_after(const Alter& alter)
{
    replica::TrafficChain chain;
    chain.make_releaser();
    chain.start_sequencer();
    chain.send(0, sequencer::TestChain::transfer(0));
    chain.pass(30);
    replica::Forger forger{false, sequencer::development_sequencer_secret()};
    replica::VerifiedChain node{false};
    for (auto& frame : chain.log)
    {
        alter(frame);
        if (auto checked = node.verifier->apply(forger.sign(std::move(frame))); !checked)
            return checked.error();
    }
    throw std::logic_error{"nothing is wrong"};
}

std::string text_of(simdjson::dom::element element)
{
    std::string_view text;
    EXPECT_EQ(element.get(text), simdjson::SUCCESS);
    return std::string{text};
}

TEST(MismatchFile, has_what_was_signed_and_what_is_so)
{
    const auto mismatch = mismatch_after(
        [](types::LogFrame& frame)
        {
            if (auto* fragment = std::get_if<types::FragmentFrame>(&frame))
                fragment->transactions.front().gas_used += 1;
        });
    const store::TemporaryDirectory directory;
    const auto path = directory.path() + "/mismatch.json";
    ASSERT_TRUE(write_mismatch_file(path, mismatch));

    simdjson::dom::parser parser;
    simdjson::dom::element document;
    ASSERT_EQ(parser.load(path).get(document), simdjson::SUCCESS);
    EXPECT_EQ(text_of(document["mismatch"]["check"]), "receipt");
    EXPECT_EQ(text_of(document["mismatch"]["field"]), "gasUsed");
    EXPECT_EQ(text_of(document["mismatch"]["said"]), "21001");
    EXPECT_EQ(text_of(document["mismatch"]["found"]), "21000");
    EXPECT_EQ(text_of(document["mismatch"]["text"]), to_string(mismatch));
    EXPECT_TRUE(bool{document["isAgainstSequencer"]});
    EXPECT_EQ(text_of(document["frame"]), to_hex(mismatch.evidence.frame));

    const auto statement = rpc::parse_statement(document["result"].value());
    ASSERT_TRUE(statement) << statement.error();
    const auto& said = std::get<types::SignedPreconfirmation>(*statement);
    EXPECT_EQ(types::signer_of(said), replica::address_of_secret(sequencer::development_sequencer_secret()));
    EXPECT_EQ(text_of(document["signer"]), to_hex(types::signer_of(said)->view()));
    const auto receipt = from_hex(text_of(document["own"]["receipt"]));
    ASSERT_TRUE(receipt);
    EXPECT_NE(crypto::keccak256(*receipt), said.statement.receipt);
    EXPECT_EQ(types::decode_receipt(*receipt)->cumulative_gas_used, 21'000U);
}

TEST(MismatchFile, says_that_nothing_is_signed_where_nothing_is)
{
    const auto mismatch = mismatch_after(
        [](types::LogFrame& frame)
        {
            if (auto* open = std::get_if<types::OpenBlockFrame>(&frame))
                ++open->opening.timestamp;
        });
    const auto text = mismatch_json(mismatch);
    EXPECT_NE(text.find("\"result\":null"), std::string::npos);
    EXPECT_NE(text.find("\"isAgainstSequencer\":false"), std::string::npos);
    EXPECT_NE(text.find("\"field\":\"timestamp\""), std::string::npos);
}

TEST(MismatchFile, has_the_mini_block_whose_time_is_wrong)
{
    const auto mismatch = mismatch_after(
        [](types::LogFrame& frame)
        {
            if (auto* mini = std::get_if<types::SealMiniFrame>(&frame))
                mini->time += 3'600'000'000;
        });
    EXPECT_TRUE(mismatch.evidence.is_against_sequencer);
    simdjson::dom::parser parser;
    simdjson::dom::element document;
    ASSERT_EQ(parser.parse(mismatch_json(mismatch)).get(document), simdjson::SUCCESS);
    const auto statement = rpc::parse_statement(document["result"].value());
    ASSERT_TRUE(statement) << statement.error();
    EXPECT_TRUE(std::holds_alternative<types::SignedMiniBlock>(*statement));
}

TEST(MismatchFile, cannot_be_written_where_there_is_no_directory)
{
    const auto written = write_mismatch_file("/nonexistent/mismatch.json", Mismatch{});
    ASSERT_FALSE(written);
    EXPECT_NE(written.error().find("/nonexistent/mismatch.json"), std::string::npos);
}
}  // namespace
}  // namespace jiffy::node
