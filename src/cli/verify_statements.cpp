// SPDX-License-Identifier: Apache-2.0
#include "cli/verify_statements.hpp"

#include "base/hex.hpp"
#include "rpc/statements.hpp"

#include <cstdio>

namespace jiffy::cli
{
namespace
{
constexpr int unreadable = 2;

int complain(const std::string& file, const std::string& reason)
{
    std::fprintf(stderr, "jiffy: %s: %s\n", file.c_str(), reason.c_str());
    return unreadable;
}

const char* text_of(types::Contradiction contradiction)
{
    switch (contradiction)
    {
        case types::Contradiction::environment:
            return "two environments for one block";
        case types::Contradiction::place:
            return "two transactions, results or histories at one place";
        case types::Contradiction::transaction:
            return "one transaction at two places";
        case types::Contradiction::order:
            return "what comes later is said to have been earlier";
        case types::Contradiction::prefix:
            return "the later history does not follow from the earlier one";
        case types::Contradiction::mini_block:
            return "two mini-blocks with one number";
        case types::Contradiction::parent:
            return "the later mini-block does not follow from the earlier one";
        case types::Contradiction::block:
            return "one mini-block in two blocks";
    }
    return "";
}

const char* text_of(types::NoEvidence reason)
{
    switch (reason)
    {
        case types::NoEvidence::not_signed:
            return "one of them has no valid signature";
        case types::NoEvidence::different_signers:
            return "they have different signers";
        case types::NoEvidence::different_chains:
            return "they are of different chains";
        case types::NoEvidence::different_epochs:
            return "they are of different epochs";
        case types::NoEvidence::no_promise:
            return "a development chain, or level \"memory\": nothing was promised";
        case types::NoEvidence::consistent:
            return "both can be true";
    }
    return "";
}

rpc::Parsed<types::SignedStatement> read_statement(const std::string& file)
{
    simdjson::dom::parser parser;
    rpc::JsonElement element;
    if (const auto error = parser.load(file).get(element); error != simdjson::SUCCESS)
        return std::unexpected{std::string{simdjson::error_message(error)}};
    // The answer of a node as it came, or only its result.
    if (rpc::JsonElement result; element.at_key("result").get(result) == simdjson::SUCCESS)
        element = result;
    return rpc::parse_statement(element);
}

std::optional<Address> signer_of(const types::SignedStatement& statement)
{
    return std::visit([](const auto& signed_statement) { return types::signer_of(signed_statement); }, statement);
}

std::string text_of(const types::SignedStatement& statement)
{
    if (const auto* mini_block = std::get_if<types::SignedMiniBlock>(&statement))
        return "mini-block " + std::to_string(mini_block->mini_block.number) + " of block " +
               std::to_string(mini_block->mini_block.block_number);
    const auto& said = std::get<types::SignedPreconfirmation>(statement).statement;
    return "transaction " + to_hex(said.transaction.view()) + " at index " + std::to_string(said.index) + " of block " +
           std::to_string(said.block_number);
}
}  // namespace

int verify_statement(const std::string& file, const std::string& wanted_signer)
{
    const auto statement = read_statement(file);
    if (!statement)
        return complain(file, statement.error());
    const auto wanted = from_hex(wanted_signer);
    if (!wanted || (!wanted->empty() && wanted->size() != sizeof(Address)))
        return complain("--signer", "expected an address in hex");
    const auto signer = signer_of(*statement);
    if (!signer)
    {
        std::printf("not valid: no key has signed it\n");
        return 1;
    }
    const auto name = to_hex(signer->view());
    if (!wanted->empty() && *signer != Address::from(*wanted))
    {
        std::printf("not valid: it was signed by %s, or altered\n", name.c_str());
        return 1;
    }
    std::printf("valid: %s, signed by %s\n", text_of(*statement).c_str(), name.c_str());
    return 0;
}

int verify_equivocation(const std::string& first_file, const std::string& second_file)
{
    const auto first = read_statement(first_file);
    const auto second = read_statement(second_file);
    for (const auto* read : {&first, &second})
        if (!*read)
            return complain(read == &first ? first_file : second_file, read->error());
    const auto found = types::find_contradiction(*first, *second);
    if (!found)
    {
        std::printf("no evidence: %s\n", text_of(found.error()));
        return 1;
    }
    std::printf("evidence against %s: %s\n", to_hex(signer_of(*first)->view()).c_str(), text_of(*found));
    return 0;
}
}  // namespace jiffy::cli
