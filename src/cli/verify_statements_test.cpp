// SPDX-License-Identifier: Apache-2.0
#include "cli/verify_statements.hpp"

#include "base/hex.hpp"
#include "cli/statement_file.hpp"
#include "node/node.hpp"
#include "rpc/statements.hpp"
#include "rpc/test_client.hpp"
#include "trie/root.hpp"
#include "types/statement_test_signing.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <rapidcheck/gtest.h>

namespace jiffy::cli
{
namespace
{
using nlohmann::json;
using types::statement_test::promise;
using types::statement_test::secret;

std::string write_file(const std::string& name, const std::string& text)
{
    auto path = testing::TempDir() + "jiffy-statement-" + name + ".json";
    std::ofstream{path, std::ios::binary} << text;
    return path;
}

std::string write_file(const std::string& name, const json& document)
{
    return write_file(name, document.dump());
}

/// What a real node answers, and statements that are made of it.
class VerifyStatements : public testing::Test
{
protected:
    static void SetUpTestSuite()
    {
        node::NodeOptions options;
        options.port = 0;
        auto node = std::move(*node::Node::start(options));
        rpc::TestClient client{node->port()};
        const auto call = [&client](const std::string& method, const json& parameters)
        {
            const json body = {{"jsonrpc", "2.0"}, {"id", 1}, {"method", method}, {"params", parameters}};
            return json::parse(client.post(body.dump()).body);
        };
        types::Transaction transaction;
        transaction.type = types::TransactionType::dynamic_fee;
        transaction.chain_id = node::Node::chain_id;
        transaction.gas_limit = 100'000;
        transaction.max_fee_per_gas = U256{5'000'000'000};
        // A log of nothing, by whoever creates a contract without code.
        transaction.data = {0x5f, 0x5f, 0xa0};
        types::sign(transaction, node->accounts()[0].secret);
        answer = call("eth_sendRawTransactionSync", json::array({to_hex(types::encode(transaction))}));
        const auto hash = answer["result"]["transactionHash"];
        preconfirmation = call("jiffy_getPreconfirmation", json::array({hash}));
        const auto prove = [&call](const json& transaction_hash)
        {
            json proven;
            while (proven["result"].is_null())
                proven = call("jiffy_getMiniBlockProof", json::array({transaction_hash}));
            return proven;
        };
        const auto mini_block_of = [&call](const json& proven)
        {
            const auto number = proven["result"]["miniBlock"]["number"];
            return call("jiffy_getMiniBlockByNumber", json::array({number, true}));
        };
        proof = prove(hash);
        mini_block = mini_block_of(proof);
        const auto block = call("eth_getBlockByNumber", json::array({"pending", false}));
        const auto deposit = block["result"]["transactions"][0];
        deposit_mini_block = mini_block_of(prove(deposit));
        deposit_answer = call("eth_getTransactionReceipt", json::array({deposit}));
        deposit_answer["result"]["preconfirmation"] =
            call("jiffy_getPreconfirmation", json::array({deposit}))["result"];
        signer = call("jiffy_chainInfo", json::array())["result"]["signer"];
    }

    static Verdict verify(const json& document, const std::optional<std::string>& by = signer)
    {
        return verify_statement(write_file("verified", document), by);
    }

    /// What is printed of a statement that holds.
    static std::string line_of(const json& document, const std::string& by = signer)
    {
        testing::internal::CaptureStdout();
        EXPECT_EQ(verify(document, by), Verdict::holds);
        return testing::internal::GetCapturedStdout();
    }

    static json answer;
    static json preconfirmation;
    static json proof;
    static json mini_block;
    static json deposit_mini_block;
    static json deposit_answer;
    static std::string signer;
};

json VerifyStatements::answer;
json VerifyStatements::preconfirmation;
json VerifyStatements::proof;
json VerifyStatements::mini_block;
json VerifyStatements::deposit_mini_block;
json VerifyStatements::deposit_answer;
std::string VerifyStatements::signer;

TEST_F(VerifyStatements, takes_what_a_node_answers)
{
    for (const auto* document : {&answer, &preconfirmation, &proof, &mini_block, &deposit_mini_block, &deposit_answer})
    {
        EXPECT_EQ(verify(*document), Verdict::holds) << *document;
        EXPECT_EQ(verify((*document)["result"]), Verdict::holds) << "without the envelope";
    }
    EXPECT_EQ(answer["result"]["logs"].size(), 1U);
    EXPECT_EQ(deposit_answer["result"]["type"], "0x7e");
}

TEST_F(VerifyStatements, proves_nothing_without_a_signer)
{
    auto altered = preconfirmation;
    altered["result"]["timestamp"] = "0x1";
    for (const auto& document : {preconfirmation, altered})
        EXPECT_EQ(verify(document, std::nullopt), Verdict::unproven);
    EXPECT_EQ(verify(altered), Verdict::does_not_hold);
    EXPECT_EQ(verify(preconfirmation, "0x00000000000000000000000000000000000000aa"), Verdict::does_not_hold);
    for (const auto* no_address : {"", "0x", "0x12", "sequencer"})
        EXPECT_EQ(verify(preconfirmation, no_address), Verdict::unreadable);
    auto unsigned_one = preconfirmation;
    unsigned_one["result"]["signature"]["r"] = "0x0";
    EXPECT_EQ(verify(unsigned_one, std::nullopt), Verdict::does_not_hold);
}

/// Another value of the same form.
std::string altered_text(const std::string& text)
{
    if (text == "development")
        return "production";
    if (text == "memory")
        return "disk";
    if (text == "0x")
        return "0x00";
    auto altered = text;
    altered.back() = altered.back() == '1' ? '0' : '1';
    return altered;
}

/// Whether nobody signs the member at this place of a document, so that anything may stand there.
bool is_unsigned(const json& document, const std::string& place)
{
    using Names = std::vector<std::string>;
    // What no consensus form has.
    static const Names of_receipts{"from", "to", "contractAddress", "gasUsed", "effectiveGasPrice", "blockHash",
        "blockTimestamp", "logIndex", "removed", "l1GasPrice", "l1GasUsed", "l1Fee", "l1BlobBaseFee", "l1BaseFeeScalar",
        "l1BlobBaseFeeScalar"};
    static const Names of_transactions{"blockHash", "gasPrice"};
    static const Names of_deposits{"blockHash", "gasPrice", "nonce", "depositReceiptVersion", "v", "r", "s"};
    const auto is_named = [name = place.substr(place.rfind('/') + 1)](const Names& names)
    { return std::ranges::find(names, name) != names.end(); };
    if (document.contains("preconfirmation"))
        return is_named(of_receipts);
    if (!place.starts_with("/transactions/"))
        return false;
    if (place == "/transactions/0/transactionIndex")
        return document["index"] != "0x0";
    const auto transaction = document[json::json_pointer{place.substr(0, place.rfind('/'))}];
    const bool is_deposit = transaction.contains("type") && transaction["type"] == "0x7e";
    return is_named(is_deposit ? of_deposits : of_transactions);
}

TEST_F(VerifyStatements, no_member_can_be_altered)
{
    for (const auto* answered : {&answer, &deposit_answer, &preconfirmation, &proof, &mini_block, &deposit_mini_block})
    {
        const auto& document = (*answered)["result"];
        int altered_members = 0;
        const auto members = document.flatten();
        for (const auto& [place, value] : members.items())
        {
            if (!value.is_string() || is_unsigned(document, place))
                continue;
            auto altered = document;
            altered[json::json_pointer{place}] = altered_text(value);
            EXPECT_NE(altered, document) << place;
            const auto verdict = verify(altered);
            EXPECT_TRUE(verdict == Verdict::does_not_hold || verdict == Verdict::unreadable) << place;
            ++altered_members;
        }
        EXPECT_GE(altered_members, 17);
    }
    auto altered = mini_block["result"];
    altered["transactions"][0]["value"] = "0x1";
    EXPECT_EQ(verify(altered), Verdict::does_not_hold);
    altered["transactions"] = json::array();
    EXPECT_EQ(verify(altered), Verdict::does_not_hold);
}

TEST_F(VerifyStatements, tells_what_it_has_not_checked)
{
    auto with_hashes = mini_block["result"];
    for (auto& transaction : with_hashes["transactions"])
        transaction = transaction["hash"];
    const auto* const warning = "header only: the listed hashes are not checked";
    EXPECT_NE(line_of(with_hashes).find(warning), std::string::npos);
    EXPECT_EQ(line_of(mini_block).find(warning), std::string::npos);
    with_hashes["transactions"].push_back(mini_block["result"]["transactions"][0]);
    EXPECT_EQ(verify(with_hashes), Verdict::unreadable) << "neither hashes nor transactions";
    with_hashes["transactions"] = "0x";
    EXPECT_EQ(verify(with_hashes), Verdict::unreadable);
    with_hashes.erase("transactions");
    EXPECT_EQ(line_of(with_hashes).find(warning), std::string::npos) << "nothing is listed";
}

TEST_F(VerifyStatements, says_why_a_file_cannot_be_read)
{
    const auto text = answer.dump();
    for (std::size_t size = 0; size < text.size(); size += 13)
        EXPECT_EQ(verify_statement(write_file("cut", text.substr(0, size)), signer), Verdict::unreadable) << size;
    EXPECT_EQ(verify_statement("/no/such/file", signer), Verdict::unreadable);
    EXPECT_EQ(verify_statement(testing::TempDir(), signer), Verdict::unreadable);

    const auto reason = [](const json& document)
    {
        const auto read = read_statement_file(write_file("unreadable", document));
        return read ? "none" : read.error();
    };
    EXPECT_EQ(
        reason({{"error", {{"code", 4}, {"message", "timed out"}}}}), "the node answered with an error: timed out");
    EXPECT_EQ(reason({{"result", nullptr}}), "the node knew of no such statement: the result is null");
    EXPECT_EQ(reason(json::array()), "expected an object");
    EXPECT_EQ(reason(5), "expected an object");
    EXPECT_EQ(reason(json::object()), "version: missing");
    auto without = answer;
    without["result"].erase("preconfirmation");
    EXPECT_EQ(reason(without), "a receipt without a preconfirmation: jiffy_getPreconfirmation gives it");
    without = answer;
    without["result"].erase("status");
    EXPECT_EQ(reason(without), "missing member: status");
}

/// Any document has an answer, whatever member is missing or of another kind.
RC_GTEST_FIXTURE_PROP(VerifyStatements, survives_any_change, ())
{
    auto document = *rc::gen::element(answer, proof, mini_block, deposit_mini_block);
    const auto flat = document.flatten();
    auto member = flat.begin();
    std::advance(member, *rc::gen::inRange<std::size_t>(0, flat.size()));
    const json values[] = {nullptr, -1, 1.5, "", "0x", "x", std::string(100, '9'), json::object(), json::array(), true};
    document[json::json_pointer{member.key()}] = values[*rc::gen::inRange<std::size_t>(0, std::size(values))];
    const auto read = read_statement_file(write_file("changed", document));
    RC_ASSERT(read.has_value() || !read.error().empty());
}

/// The same document, signed anew by a sequencer that makes a promise, after `change` of the header or statement.
template <class Kind, class Change>
json promised(json document, const Change& change)
{
    simdjson::dom::parser parser;
    const auto text = document.dump();
    auto statement = std::get<Kind>(*rpc::parse_statement(parser.parse(text)));
    std::string written;
    rpc::JsonWriter json_writer{written};
    if constexpr (std::is_same_v<Kind, types::SignedMiniBlock>)
    {
        change(statement.mini_block);
        json_writer.begin_object();
        rpc::write_mini_block_fields(json_writer, types::statement_test::sign_mini_block(statement.mini_block),
            types::mini_block_hash(promise, statement.mini_block));
        json_writer.end_object();
    }
    else
    {
        statement.statement.terms = promise;
        change(statement.statement);
        rpc::write_preconfirmation(json_writer, types::statement_test::sign_alone(statement.statement));
    }
    document.update(json::parse(written));
    return document;
}

TEST_F(VerifyStatements, compares_indexes_with_where_the_block_begins)
{
    const auto by = to_hex(types::statement_test::signer().view());
    const auto numbered = [&by](std::uint64_t index_in_block, std::size_t first)
    {
        auto document = promised<types::SignedMiniBlock>(
            mini_block["result"], [=](auto& header) { header.index = index_in_block; });
        for (auto& transaction : document["transactions"])
            transaction["transactionIndex"] = first++;
        return verify(document, by);
    };
    EXPECT_EQ(numbered(0, 0), Verdict::holds);
    EXPECT_EQ(numbered(0, 1), Verdict::does_not_hold);
    EXPECT_EQ(numbered(1, 0), Verdict::holds);
    EXPECT_EQ(numbered(1, 5), Verdict::holds) << "nobody signs where a later mini-block begins";
}

TEST_F(VerifyStatements, tells_how_much_was_promised)
{
    EXPECT_NE(line_of(preconfirmation).find("(domain development, durability memory, no evidence)"), std::string::npos);
    EXPECT_NE(line_of(mini_block).find("(domain development, durability memory, no evidence)"), std::string::npos);
    const auto by = to_hex(types::statement_test::signer().view());
    const auto terms_of = [&by](types::StatementDomain domain, types::Durability durability)
    {
        const auto change = [&](auto& statement)
        {
            statement.terms.domain = domain;
            statement.terms.durability = durability;
        };
        const auto line = line_of(promised<types::SignedPreconfirmation>(preconfirmation["result"], change), by);
        return line.substr(line.find('('), line.find(')') + 1 - line.find('('));
    };
    using enum types::StatementDomain;
    using enum types::Durability;
    EXPECT_EQ(terms_of(production, memory), "(domain production, durability memory, no evidence)");
    EXPECT_EQ(terms_of(production, disk), "(domain production, durability disk)");
    EXPECT_EQ(terms_of(production, standby), "(domain production, durability standby)");
    EXPECT_EQ(terms_of(production, standby_and_disk), "(domain production, durability standby+disk)");
    EXPECT_EQ(terms_of(development, disk), "(domain development, durability disk, no evidence)");
}

class VerifyEquivocation : public VerifyStatements
{
protected:
    static Result<types::Contradiction, types::NoEvidence> found(const json& a, const json& b)
    {
        const auto first = read_statement_file(write_file("first", a));
        const auto second = read_statement_file(write_file("second", b));
        return chain::find_contradiction(first->evidence, second->evidence);
    }

    static Verdict verify_both(const json& a, const json& b)
    {
        const auto first = write_file("first", a);
        const auto second = write_file("second", b);
        const auto verdict = verify_equivocation(first, second);
        EXPECT_EQ(verdict, verify_equivocation(second, first)) << "the order does not matter";
        return verdict;
    }

    json said = promised<types::SignedPreconfirmation>(preconfirmation["result"], [](auto&) {});
    json sealed = promised<types::SignedMiniBlock>(mini_block["result"], [](auto&) {});
};

TEST_F(VerifyEquivocation, what_agrees_is_no_contradiction)
{
    const auto is_consistent = [](const json& a, const json& b)
    {
        EXPECT_EQ(found(a, b), failure(types::NoEvidence::consistent));
        EXPECT_EQ(verify_both(a, b), Verdict::does_not_hold);
    };
    is_consistent(said, sealed);
    is_consistent(said, said);
    auto receipt = answer;
    receipt["result"]["preconfirmation"] = said;
    is_consistent(receipt, sealed);
    auto proven = proof;
    proven["result"]["miniBlock"] = sealed;
    is_consistent(said, proven);
}

TEST_F(VerifyEquivocation, recognises_a_fabricated_contradiction)
{
    const auto other = promised<types::SignedPreconfirmation>(said, [](auto& statement) { statement.receipt[0] ^= 1; });
    EXPECT_EQ(verify_both(said, other), Verdict::holds);
    EXPECT_EQ(verify_both({{"jsonrpc", "2.0"}, {"result", said}}, other), Verdict::holds);
    EXPECT_EQ(verify_both(sealed, promised<types::SignedMiniBlock>(sealed, [](auto& header) { ++header.gas_used; })),
        Verdict::holds);
    const auto late =
        promised<types::SignedPreconfirmation>(said, [](auto& statement) { statement.time += 1'000'000; });
    EXPECT_EQ(verify_both(late, sealed), Verdict::holds);
}

TEST_F(VerifyEquivocation, recognises_that_a_transaction_was_left_out)
{
    auto emptied =
        promised<types::SignedMiniBlock>(sealed, [](auto& header) { header.transactions_root = trie::empty_root; });
    EXPECT_EQ(found(said, emptied), failure(types::NoEvidence::not_proven));
    EXPECT_EQ(verify_both(said, emptied), Verdict::does_not_hold);
    auto& transactions = emptied["transactions"];
    for (auto it = transactions.begin(); it != transactions.end();)
        it = (*it)["hash"] == said["transactionHash"] ? transactions.erase(it) : it + 1;
    const auto read = read_statement_file(write_file("emptied", emptied));
    const auto& left = std::get<chain::MiniBlockBody>(read->evidence).transactions;
    emptied = promised<types::SignedMiniBlock>(
        emptied, [&left](auto& header) { header.transactions_root = trie::ordered_root(left); });
    EXPECT_EQ(verify_both(said, emptied), Verdict::holds);
}

TEST_F(VerifyEquivocation, says_why_a_file_cannot_be_read)
{
    EXPECT_EQ(verify_equivocation(write_file("cut", said.dump().substr(0, 100)), write_file("whole", said)),
        Verdict::unreadable);
    EXPECT_EQ(verify_equivocation(write_file("whole", said), "/no/such/file"), Verdict::unreadable);
}

TEST_F(VerifyEquivocation, blames_nobody_who_promised_nothing)
{
    const auto verdict_on = [this](types::StatementDomain domain, types::Durability durability)
    {
        const auto with_terms = [&](auto& statement)
        {
            statement.terms.domain = domain;
            statement.terms.durability = durability;
        };
        const auto one = promised<types::SignedPreconfirmation>(said, with_terms);
        const auto other = promised<types::SignedPreconfirmation>(said,
            [&](auto& statement)
            {
                with_terms(statement);
                statement.receipt[0] ^= 1;
            });
        const auto verdict = found(one, other);
        EXPECT_EQ(verify_both(one, other), verdict ? Verdict::holds : Verdict::does_not_hold);
        return verdict;
    };
    using enum types::StatementDomain;
    using enum types::Durability;
    EXPECT_EQ(verdict_on(production, disk), types::Contradiction::place);
    EXPECT_EQ(verdict_on(development, disk), failure(types::NoEvidence::no_promise));
    EXPECT_EQ(verdict_on(production, memory), failure(types::NoEvidence::no_promise));
}
}  // namespace
}  // namespace jiffy::cli
