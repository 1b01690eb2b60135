// SPDX-License-Identifier: Apache-2.0
#include "types/equivocation.hpp"

namespace jiffy::types
{
namespace
{
using Finding = std::optional<Contradiction>;

const StatementTerms& terms_of(const SignedPreconfirmation& preconfirmation)
{
    return preconfirmation.statement.terms;
}

const StatementTerms& terms_of(const SignedMiniBlock& mini_block)
{
    return mini_block.terms;
}

/// Calls `action` with whichever it is. Like std::visit, but without an exception for a state that cannot be.
template <class Action>
auto with_either(const SignedStatement& statement, const Action& action)
{
    if (const auto* preconfirmation = std::get_if<SignedPreconfirmation>(&statement))
        return action(*preconfirmation);
    return action(*std::get_if<SignedMiniBlock>(&statement));
}

/// Whether a mini-block at this index of its block can come so many mini-blocks, and so many blocks, after another one.
/// No block is without one.
constexpr bool is_possible(std::uint64_t mini_blocks, std::uint64_t blocks, std::uint64_t index)
{
    return blocks == 0 ? mini_blocks <= index : mini_blocks >= index && mini_blocks - index >= blocks;
}

/// `a` stands before `b`, or at the same place.
Finding compare_in_order(const Preconfirmation& a, const Preconfirmation& b)
{
    if (a.block_number == b.block_number)
    {
        if (a.environment != b.environment)
            return Contradiction::environment;
        if (a.index == b.index)
        {
            const bool is_same = a.transaction == b.transaction && a.receipt == b.receipt && a.prefix == b.prefix &&
                                 a.mini_block == b.mini_block;
            return is_same ? Finding{} : Contradiction::place;
        }
        if (b.index == a.index + 1 && extend_prefix(a.prefix, b.transaction, b.receipt) != b.prefix)
            return Contradiction::prefix;
    }
    else if (a.mini_block == b.mini_block)
    {
        return Contradiction::block;
    }
    if (a.transaction == b.transaction)
        return Contradiction::transaction;
    if (a.mini_block > b.mini_block || a.time > b.time)
        return Contradiction::order;
    if (b.mini_block - a.mini_block < b.block_number - a.block_number)
        return Contradiction::index;
    return {};
}

Finding compare(const SignedPreconfirmation& a, const SignedPreconfirmation& b)
{
    const auto place = [](const Preconfirmation& statement)
    { return std::pair{statement.block_number, statement.index}; };
    const auto& first = a.statement;
    const auto& second = b.statement;
    return place(first) <= place(second) ? compare_in_order(first, second) : compare_in_order(second, first);
}

/// `a` has the lower number, or the same.
Finding compare_in_order(const SignedMiniBlock& a, const SignedMiniBlock& b)
{
    const auto& first = a.mini_block;
    const auto& second = b.mini_block;
    if (first.number == second.number)
        return first == second ? Finding{} : Contradiction::mini_block;
    if (second.number == first.number + 1 && second.parent != mini_block_hash(a.terms, first))
        return Contradiction::parent;
    if (first.time >= second.time || first.block_number > second.block_number)
        return Contradiction::order;
    const auto mini_blocks = second.number - first.number;
    const auto blocks = second.block_number - first.block_number;
    const bool is_same_time = first.block_timestamp == second.block_timestamp;
    if (first.block_timestamp > second.block_timestamp || (blocks == 0 && !is_same_time))
        return Contradiction::timestamp;
    const bool is_counted = blocks != 0 || (first.index <= second.index && second.index - first.index == mini_blocks);
    if (!is_counted || !is_possible(mini_blocks, blocks, second.index))
        return Contradiction::index;
    return {};
}

Finding compare(const SignedMiniBlock& a, const SignedMiniBlock& b)
{
    return a.mini_block.number <= b.mini_block.number ? compare_in_order(a, b) : compare_in_order(b, a);
}

Finding compare(const SignedPreconfirmation& a, const SignedMiniBlock& b)
{
    const auto& statement = a.statement;
    const auto& mini_block = b.mini_block;
    if (statement.mini_block == mini_block.number && statement.block_number != mini_block.block_number)
        return Contradiction::block;
    // The transactions of a mini-block are executed before it ends, and after the end of the one before.
    if (statement.mini_block > mini_block.number)
    {
        const bool is_in_order = statement.block_number >= mini_block.block_number && statement.time >= mini_block.time;
        return is_in_order ? Finding{} : Contradiction::order;
    }
    if (statement.block_number > mini_block.block_number || statement.time > mini_block.time)
        return Contradiction::order;
    const auto mini_blocks = mini_block.number - statement.mini_block;
    const auto blocks = mini_block.block_number - statement.block_number;
    return is_possible(mini_blocks, blocks, mini_block.index) ? Finding{} : Contradiction::index;
}

Finding compare(const SignedMiniBlock& a, const SignedPreconfirmation& b)
{
    return compare(b, a);
}

template <class A, class B>
Result<Contradiction, NoEvidence> judge(const A& a, const B& b)
{
    const auto signer = signer_of(a);
    const auto other_signer = signer_of(b);
    if (!signer || !other_signer)
        return failure(NoEvidence::not_signed);
    if (*signer != *other_signer)
        return failure(NoEvidence::different_signers);
    const auto& terms = terms_of(a);
    const auto& other_terms = terms_of(b);
    if (terms.chain_id != other_terms.chain_id || terms.domain != other_terms.domain)
        return failure(NoEvidence::different_chains);
    if (terms.domain == StatementDomain::development || terms.durability == Durability::memory ||
        other_terms.durability == Durability::memory)
        return failure(NoEvidence::no_promise);
    if (terms.epoch != other_terms.epoch)
        return failure(NoEvidence::different_epochs);
    if (const auto found = compare(a, b))
        return *found;
    return failure(NoEvidence::consistent);
}
}  // namespace

Result<Contradiction, NoEvidence> find_contradiction(const SignedStatement& a, const SignedStatement& b)
{
    return with_either(a, [&b](const auto& first)
        { return with_either(b, [&first](const auto& second) { return judge(first, second); }); });
}
}  // namespace jiffy::types
