// SPDX-License-Identifier: Apache-2.0
#include "cli/statement_file.hpp"

#include "cli/rpc_json.hpp"
#include "rpc/statements.hpp"
#include "trie/root.hpp"

#include <algorithm>

namespace jiffy::cli
{
namespace
{
constexpr std::size_t largest_file = std::size_t{64} << 20;

/// What the node answered, without the envelope of JSON-RPC.
Json result_of(Json document)
{
    if (const auto error = find(document, "error"))
    {
        const auto message = find(*error, "message");
        throw FixtureError{"the node answered with an error: " + std::string{message ? read_text(*message) : ""}};
    }
    Json result;
    if (document.at_key("result").get(result) != simdjson::SUCCESS)
        return document;
    if (result.is_null())
        throw FixtureError{"the node knew of no such statement: the result is null"};
    return result;
}

types::SignedStatement read_statement(Json element)
{
    auto statement = rpc::parse_statement(element);
    if (!statement)
        throw FixtureError{statement.error()};
    return std::move(*statement);
}

/// One of the two kinds of statements.
template <class Kind>
Kind read_statement_of_kind(Json element, const char* name)
{
    auto statement = read_statement(element);
    if (!std::holds_alternative<Kind>(statement))
        throw FixtureError{std::string{name} + ": is another kind of statement"};
    return std::get<Kind>(std::move(statement));
}

AttachedReceipt::Place read_place(Json element)
{
    return {read_hash(get(element, "transactionHash")), read_number_64(get(element, "blockNumber")),
        read_number_64(get(element, "transactionIndex"))};
}

AttachedReceipt read_receipt(Json element)
{
    AttachedReceipt result{{read_place(element)}, read_rpc_receipt(element)};
    simdjson::dom::array logs;
    if (get(element, "logs").get(logs) == simdjson::SUCCESS)
        for (const auto log : logs)
            result.places.push_back(read_place(log));
    return result;
}

std::vector<Bytes> read_nodes(Json element)
{
    simdjson::dom::array array;
    if (element.get(array) != simdjson::SUCCESS)
        throw FixtureError{"a proof is an array of nodes"};
    std::vector<Bytes> nodes;
    for (const auto node : array)
        nodes.push_back(read_bytes(node));
    return nodes;
}

/// Compares a member, which may be left out, with what it must be.
template <class Read, class Value>
void expect(StatementFile& file, Json object, std::string_view name, const Read& read, const Value& value)
{
    const auto member = find(object, name);
    if (member && read(*member) != value && file.wrong_member.empty())
        file.wrong_member = name;
}

void expect_hash(StatementFile& file, Json object, const types::SignedMiniBlock& header)
{
    expect(file, object, "hash", read_hash, types::mini_block_hash(header.terms, header.mini_block));
}

StatementFile read_proven_transaction(Json element)
{
    const auto mini_block = get(element, "miniBlock");
    const chain::ProvenTransaction proven{read_statement_of_kind<types::SignedMiniBlock>(mini_block, "miniBlock"),
        read_number_64(get(element, "index")), read_bytes(get(element, "transaction")),
        read_nodes(get(element, "transactionProof")), read_bytes(get(element, "receipt")),
        read_nodes(get(element, "receiptProof"))};
    StatementFile file{proven};
    expect_hash(file, mini_block, proven.mini_block);
    expect(file, element, "transactionHash", read_hash, crypto::keccak256(proven.transaction));
    expect(file, element, "key", read_bytes, trie::ordered_key(proven.index));
    return file;
}

/// Index in its block of a mini-block's first transaction; of a later mini-block nobody signs it.
std::uint64_t first_index_of(const types::MiniBlock& header, Json first_transaction)
{
    const auto index = find(first_transaction, "transactionIndex");
    return index && header.index != 0 ? read_number_64(*index) : 0;
}

/// The header alone if the transactions are left out or told by their hashes.
StatementFile read_mini_block(const types::SignedMiniBlock& header, Json element)
{
    StatementFile file{header};
    expect_hash(file, element, header);
    const auto transactions = find(element, "transactions");
    if (!transactions)
        return file;
    simdjson::dom::array array;
    if (transactions->get(array) != simdjson::SUCCESS)
        throw FixtureError{"transactions: expected an array"};
    file.has_unchecked_hashes = array.size() != 0 && array.at(0).is_string();
    if (file.has_unchecked_hashes)
    {
        for (const auto hash : array)
            read_hash(hash);
        return file;
    }
    chain::MiniBlockBody body{header, {}};
    auto index = array.size() == 0 ? 0 : first_index_of(header.mini_block, array.at(0));
    for (const auto member : array)
    {
        const auto transaction = read_rpc_transaction(member);
        body.transactions.push_back(types::encode(transaction));
        expect(file, member, "hash", read_hash, crypto::keccak256(body.transactions.back()));
        expect(file, member, "from", read_address, types::recover_sender(transaction));
        expect(file, member, "blockNumber", read_number_64, header.mini_block.block_number);
        expect(file, member, "transactionIndex", read_number_64, index++);
    }
    file.evidence = std::move(body);
    return file;
}

StatementFile read_document(Json document)
{
    const auto element = result_of(document);
    if (const auto preconfirmation = find(element, "preconfirmation"))
        return {read_statement_of_kind<types::SignedPreconfirmation>(*preconfirmation, "preconfirmation"),
            read_receipt(element)};
    if (find(element, "cumulativeGasUsed"))
        throw FixtureError{"a receipt without a preconfirmation: jiffy_getPreconfirmation gives it"};
    if (find(element, "miniBlock"))
        return read_proven_transaction(element);
    const auto statement = read_statement(element);
    if (const auto* header = std::get_if<types::SignedMiniBlock>(&statement))
        return read_mini_block(*header, element);
    return {std::get<types::SignedPreconfirmation>(statement)};
}
}  // namespace

std::expected<StatementFile, std::string> read_statement_file(const std::string& path)
{
    simdjson::dom::parser parser{largest_file};
    Json document;
    if (const auto error = parser.load(path).get(document); error != simdjson::SUCCESS)
        return std::unexpected{std::string{simdjson::error_message(error)}};
    try
    {
        return read_document(document);
    }
    catch (const FixtureError& error)
    {
        return std::unexpected{std::string{error.what()}};
    }
}

bool belongs_to(const AttachedReceipt& receipt, const types::Preconfirmation& statement)
{
    const AttachedReceipt::Place place{statement.transaction, statement.block_number, statement.index};
    return types::receipt_commitment(receipt.receipt) == statement.receipt &&
           std::ranges::all_of(receipt.places, [&](const auto& named) { return named == place; });
}
}  // namespace jiffy::cli
