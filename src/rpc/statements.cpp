// SPDX-License-Identifier: Apache-2.0
#include "rpc/statements.hpp"

#include <array>

namespace jiffy::rpc
{
namespace
{
constexpr std::array<std::string_view, 2> domain_names{"production", "development"};
constexpr std::array<std::string_view, 4> durability_names{"memory", "disk", "standby", "standby+disk"};

/// Reads members of an object; the first failure sticks.
class MemberReader
{
public:
    explicit MemberReader(JsonElement element)
    {
        if (element.get_object().get(object_) != simdjson::SUCCESS)
            error_ = "expected an object";
    }

    [[nodiscard]] const std::string& error() const noexcept { return error_; }
    [[nodiscard]] bool has(std::string_view name) const
    {
        return error_.empty() && object_.at_key(name).error() == simdjson::SUCCESS;
    }

    template <class T>
    void read(std::string_view name, Parsed<T> (*parse)(JsonElement), T& target)
    {
        JsonElement element;
        if (!find(name, element))
            return;
        auto value = parse(element);
        if (value)
            target = std::move(*value);
        else
            fail(name, value.error());
    }
    void read(std::string_view name, std::uint64_t& target) { read(name, parse_quantity64, target); }
    void read(std::string_view name, U256& target) { read(name, parse_quantity256, target); }
    void read(std::string_view name, Hash& target) { read(name, parse_hash, target); }
    void read(std::string_view name, std::uint32_t& target)
    {
        std::uint64_t wide = 0;
        read(name, wide);
        if (wide > ~std::uint32_t{0})
            fail(name, "too large");
        target = static_cast<std::uint32_t>(wide);
    }
    /// An enumerator by its place in a list of names.
    template <class Enumeration, std::size_t count>
    void read(std::string_view name, const std::array<std::string_view, count>& names, Enumeration& target)
    {
        std::string_view text;
        read(name, parse_string, text);
        if (!error_.empty())
            return;
        for (std::size_t i = 0; i < count; ++i)
            if (names[i] == text)
            {
                target = static_cast<Enumeration>(i);
                return;
            }
        fail(name, "unknown");
    }
    void read(std::string_view name, std::vector<Hash>& target, std::size_t limit)
    {
        JsonElement element;
        if (!find(name, element))
            return;
        auto list = parse_list<Hash>(element, parse_hash, limit);
        if (list)
            target = std::move(*list);
        else
            fail(name, list.error());
    }
    void read(std::string_view name, crypto::RecoverableSignature& target)
    {
        JsonElement element;
        if (!find(name, element))
            return;
        MemberReader members{element};
        members.read("r", target.r);
        members.read("s", target.s);
        std::uint64_t parity = 0;
        members.read("yParity", parity);
        if (members.error_.empty() && parity > 1)
            members.fail("yParity", "neither 0 nor 1");
        target.y_parity = static_cast<std::uint8_t>(parity);
        if (!members.error_.empty())
            fail(name, members.error_);
    }
    void fail(std::string_view name, std::string_view reason)
    {
        if (error_.empty())
            error_.append(name).append(": ").append(reason);
    }

private:
    bool find(std::string_view name, JsonElement& element)
    {
        if (!error_.empty())
            return false;
        if (object_.at_key(name).get(element) != simdjson::SUCCESS)
            fail(name, "missing");
        return error_.empty();
    }

    simdjson::dom::object object_;
    std::string error_;
};

void read_terms(MemberReader& members, types::StatementTerms& terms)
{
    std::uint64_t version = 0;
    members.read("version", version);
    if (members.error().empty() && version != types::statement_version)
        members.fail("version", "unknown; this program reads version 1");
    members.read("domain", domain_names, terms.domain);
    members.read("chainId", terms.chain_id);
    members.read("epoch", terms.epoch);
    members.read("durability", durability_names, terms.durability);
}

types::SignedPreconfirmation read_preconfirmation(MemberReader& members)
{
    constexpr std::size_t longest_proof = 32;
    types::SignedPreconfirmation result;
    auto& statement = result.statement;
    read_terms(members, statement.terms);
    members.read("blockNumber", statement.block_number);
    members.read("environmentCommitment", statement.environment);
    members.read("miniBlockNumber", statement.mini_block);
    members.read("transactionIndex", statement.index);
    members.read("transactionHash", statement.transaction);
    members.read("receiptCommitment", statement.receipt);
    members.read("prefixCommitment", statement.prefix);
    members.read("timestamp", statement.time);
    members.read("leafIndex", result.leaf_index);
    members.read("leafCount", result.leaf_count);
    members.read("proof", result.proof, longest_proof);
    members.read("signature", result.signature);
    return result;
}

types::SignedMiniBlock read_mini_block(MemberReader& members)
{
    types::SignedMiniBlock result;
    auto& header = result.mini_block;
    read_terms(members, result.terms);
    members.read("number", header.number);
    members.read("parentHash", header.parent);
    members.read("blockNumber", header.block_number);
    members.read("blockTimestamp", header.block_timestamp);
    members.read("index", header.index);
    members.read("timestamp", header.time);
    members.read("gasUsed", header.gas_used);
    members.read("transactionsRoot", header.transactions_root);
    members.read("receiptsRoot", header.receipts_root);
    members.read("stateDifferenceHash", header.difference);
    members.read("signature", result.signature);
    return result;
}
}  // namespace

void write_terms(JsonWriter& json, const types::StatementTerms& terms)
{
    json.key("version").quantity(types::statement_version);
    json.key("domain").string(domain_names[static_cast<std::size_t>(terms.domain)]);
    json.key("chainId").quantity(terms.chain_id);
    json.key("epoch").quantity(terms.epoch);
    json.key("durability").string(durability_names[static_cast<std::size_t>(terms.durability)]);
}

void write_signature(JsonWriter& json, const crypto::RecoverableSignature& signature)
{
    json.key("signature").begin_object();
    json.key("r").quantity(signature.r);
    json.key("s").quantity(signature.s);
    json.key("yParity").quantity(std::uint64_t{signature.y_parity});
    json.end_object();
}

void write_preconfirmation(JsonWriter& json, const types::SignedPreconfirmation& preconfirmation)
{
    const auto& statement = preconfirmation.statement;
    json.begin_object();
    write_terms(json, statement.terms);
    json.key("blockNumber").quantity(statement.block_number);
    json.key("environmentCommitment").hex(statement.environment);
    json.key("miniBlockNumber").quantity(statement.mini_block);
    json.key("transactionIndex").quantity(statement.index);
    json.key("transactionHash").hex(statement.transaction);
    json.key("receiptCommitment").hex(statement.receipt);
    json.key("prefixCommitment").hex(statement.prefix);
    json.key("timestamp").quantity(statement.time);
    json.key("leafIndex").quantity(std::uint64_t{preconfirmation.leaf_index});
    json.key("leafCount").quantity(std::uint64_t{preconfirmation.leaf_count});
    json.key("proof").begin_array();
    for (const auto& node : preconfirmation.proof)
        json.hex(node);
    json.end_array();
    write_signature(json, preconfirmation.signature);
    json.end_object();
}

void write_mini_block_fields(JsonWriter& json, const types::SignedMiniBlock& mini_block, const Hash& hash)
{
    const auto& header = mini_block.mini_block;
    write_terms(json, mini_block.terms);
    json.key("number").quantity(header.number);
    json.key("hash").hex(hash);
    json.key("parentHash").hex(header.parent);
    json.key("blockNumber").quantity(header.block_number);
    json.key("blockTimestamp").quantity(header.block_timestamp);
    json.key("index").quantity(header.index);
    json.key("timestamp").quantity(header.time);
    json.key("gasUsed").quantity(header.gas_used);
    json.key("transactionsRoot").hex(header.transactions_root);
    json.key("receiptsRoot").hex(header.receipts_root);
    json.key("stateDifferenceHash").hex(header.difference);
    write_signature(json, mini_block.signature);
}

Parsed<types::SignedStatement> parse_statement(JsonElement element)
{
    MemberReader members{element};
    types::SignedStatement statement;
    if (members.has("transactionHash"))
        statement = read_preconfirmation(members);
    else
        statement = read_mini_block(members);
    if (!members.error().empty())
        return std::unexpected{members.error()};
    return statement;
}
}  // namespace jiffy::rpc
