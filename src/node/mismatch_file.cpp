// SPDX-License-Identifier: Apache-2.0
#include "node/mismatch_file.hpp"

#include "rpc/statements.hpp"

#include <filesystem>
#include <fstream>

namespace jiffy::node
{
namespace
{
using rpc::JsonWriter;

void write_optional(JsonWriter& json, std::string_view name, const std::optional<Bytes>& bytes)
{
    json.key(name);
    if (bytes)
        json.hex(*bytes);
    else
        json.null();
}

void write_statement(JsonWriter& json, const types::SignedStatement& statement)
{
    if (const auto* preconfirmation = std::get_if<types::SignedPreconfirmation>(&statement))
        return rpc::write_preconfirmation(json, *preconfirmation);
    const auto& mini_block = std::get<types::SignedMiniBlock>(statement);
    json.begin_object();
    rpc::write_mini_block_fields(json, mini_block, types::mini_block_hash(mini_block.terms, mini_block.mini_block));
    json.end_object();
}

void write_finding(JsonWriter& json, const replica::Mismatch& mismatch)
{
    const auto& [check, field, said, found] = mismatch.finding;
    json.begin_object();
    json.key("text").string(replica::to_string(mismatch));
    json.key("blockNumber").quantity(mismatch.block);
    json.key("miniBlockNumber").quantity(mismatch.mini_block);
    if (mismatch.transaction)
        json.key("transactionIndex").quantity(*mismatch.transaction);
    if (mismatch.transaction_hash)
        json.key("transactionHash").hex(*mismatch.transaction_hash);
    json.key("check").string(replica::to_string(check));
    json.key("field").string(field);
    json.key("said").string(said);
    json.key("found").string(found);
    json.end_object();
}
}  // namespace

std::string mismatch_json(const replica::Mismatch& mismatch)
{
    const auto& evidence = mismatch.evidence;
    std::string text;
    JsonWriter json{text};
    json.begin_object();
    json.key("mismatch");
    write_finding(json, mismatch);
    json.key("isAgainstSequencer").boolean(evidence.is_against_sequencer);
    json.key("result");
    if (evidence.statement)
        write_statement(json, *evidence.statement);
    else
        json.null();
    json.key("signer");
    if (evidence.signer)
        json.hex(*evidence.signer);
    else
        json.null();
    json.key("own").begin_object();
    write_optional(json, "receipt", evidence.receipt);
    write_optional(json, "difference", evidence.difference);
    write_optional(json, "header", evidence.header);
    json.end_object();
    json.key("frame").hex(evidence.frame);
    json.end_object();
    text.push_back('\n');
    return text;
}

std::expected<void, std::string> write_mismatch_file(const std::string& path, const replica::Mismatch& mismatch)
{
    const auto whole = path + ".new";
    std::ofstream stream{whole, std::ios::binary | std::ios::trunc};
    stream << mismatch_json(mismatch);
    stream.close();
    if (!stream)
        return std::unexpected{"cannot write " + whole};
    std::error_code error;
    std::filesystem::rename(whole, path, error);
    if (error)
        return std::unexpected{"cannot write " + path + ": " + error.message()};
    return {};
}
}  // namespace jiffy::node
