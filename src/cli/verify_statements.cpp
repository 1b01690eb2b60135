// SPDX-License-Identifier: Apache-2.0
#include "cli/verify_statements.hpp"

#include "base/hex.hpp"
#include "cli/statement_file.hpp"

#include <cstdio>

namespace jiffy::cli
{
namespace
{
Verdict complain(const std::string& file, const std::string& reason)
{
    std::fprintf(stderr, "jiffy: %s: %s\n", file.c_str(), reason.c_str());
    return Verdict::unreadable;
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
        case types::Contradiction::timestamp:
            return "two timestamps for one block, or a later block with an earlier one";
        case types::Contradiction::index:
            return "the numbers of mini-blocks do not go with their places";
        case types::Contradiction::omission:
            return "the mini-block lacks a transaction that was said to stand in it";
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
        case types::NoEvidence::not_proven:
            return "what one of them says to stand in a mini-block does not belong to its header";
        case types::NoEvidence::consistent:
            return "both can be true";
    }
    return "";
}

std::optional<Address> signer_of(const types::SignedStatement& statement)
{
    return std::visit([](const auto& signed_statement) { return types::signer_of(signed_statement); }, statement);
}

const types::StatementTerms& terms_of(const types::SignedStatement& statement)
{
    if (const auto* mini_block = std::get_if<types::SignedMiniBlock>(&statement))
        return mini_block->terms;
    return std::get<types::SignedPreconfirmation>(statement).statement.terms;
}

const char* text_of(types::Durability durability)
{
    switch (durability)
    {
        case types::Durability::memory:
            return "memory";
        case types::Durability::disk:
            return "disk";
        case types::Durability::standby:
            return "standby";
        case types::Durability::standby_and_disk:
            return "standby+disk";
    }
    return "";
}

/// How much the signature promises.
std::string text_of(const types::StatementTerms& terms)
{
    const bool is_development = terms.domain == types::StatementDomain::development;
    const bool is_evidence = !is_development && terms.durability != types::Durability::memory;
    return std::string{"domain "} + (is_development ? "development" : "production") + ", durability " +
           text_of(terms.durability) + (is_evidence ? "" : ", no evidence");
}

std::string subject_of(const StatementFile& file)
{
    const auto statement = chain::statement_of(file.evidence);
    if (const auto* mini_block = std::get_if<types::SignedMiniBlock>(&statement))
    {
        auto text = "mini-block " + std::to_string(mini_block->mini_block.number) + " of block " +
                    std::to_string(mini_block->mini_block.block_number);
        if (const auto* proven = std::get_if<chain::ProvenTransaction>(&file.evidence))
            text += " with transaction " + to_hex(crypto::keccak256(proven->transaction).view()) + " and its receipt";
        if (const auto* body = std::get_if<chain::MiniBlockBody>(&file.evidence))
            text += " with its " + std::to_string(body->transactions.size()) + " transactions";
        if (file.has_unchecked_hashes)
            text += ", header only: the listed hashes are not checked";
        return text;
    }
    const auto& said = std::get<types::SignedPreconfirmation>(statement).statement;
    return "transaction " + to_hex(said.transaction.view()) + " at index " + std::to_string(said.index) + " of block " +
           std::to_string(said.block_number) + (file.receipt ? " with its receipt" : "");
}

std::string text_of(const StatementFile& file)
{
    return subject_of(file) + " (" + text_of(terms_of(chain::statement_of(file.evidence))) + ")";
}

/// Whether what came with the statement is what it commits to.
bool belongs_together(const StatementFile& file)
{
    const auto* preconfirmation = std::get_if<types::SignedPreconfirmation>(&file.evidence);
    if (file.receipt && preconfirmation != nullptr)
        return belongs_to(*file.receipt, preconfirmation->statement);
    return chain::belongs_to_header(file.evidence);
}

Verdict refuse(const std::string& reason)
{
    std::printf("not valid: %s\n", reason.c_str());
    return Verdict::does_not_hold;
}
}  // namespace

Verdict verify_statement(const std::string& file, const std::optional<std::string>& signer)
{
    const auto wanted = signer ? fixed_from_hex<20>(*signer) : std::nullopt;
    if (signer && !wanted)
        return complain("--signer", "expected an address in hex");
    const auto read = read_statement_file(file);
    if (!read)
        return complain(file, read.error());
    const auto found = signer_of(chain::statement_of(read->evidence));
    if (!found)
        return refuse("no key has signed it");
    const auto name = to_hex(found->view());
    if (wanted && *found != *wanted)
        return refuse("it was altered, or not signed by " + to_hex(wanted->view()) + " but by " + name);
    if (!belongs_together(*read))
        return refuse("the receipt, or what stands in the mini-block, is not what was signed");
    if (!read->wrong_member.empty())
        return refuse(read->wrong_member + ": does not follow from what was signed");
    const auto text = text_of(*read);
    if (!wanted)
    {
        std::printf(
            "unproven: %s, if %s is the sequencer's address (--signer); altered, it would lead to another one\n",
            text.c_str(), name.c_str());
        return Verdict::unproven;
    }
    std::printf("valid: %s, signed by %s\n", text.c_str(), name.c_str());
    return Verdict::holds;
}

Verdict verify_equivocation(const std::string& first_file, const std::string& second_file)
{
    const auto first = read_statement_file(first_file);
    const auto second = read_statement_file(second_file);
    for (const auto* read : {&first, &second})
        if (!*read)
            return complain(read == &first ? first_file : second_file, read->error());
    const auto found = chain::find_contradiction(first->evidence, second->evidence);
    if (!found)
    {
        std::printf("no contradiction: %s\n", text_of(found.error()));
        return Verdict::does_not_hold;
    }
    const auto signer = signer_of(chain::statement_of(first->evidence));
    std::printf("evidence against %s: %s\n", to_hex(signer->view()).c_str(), text_of(*found));
    return Verdict::holds;
}
}  // namespace jiffy::cli
