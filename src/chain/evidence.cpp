// SPDX-License-Identifier: Apache-2.0
#include "chain/evidence.hpp"

#include "trie/proof.hpp"
#include "trie/root.hpp"

#include <algorithm>

namespace jiffy::chain
{
namespace
{
using types::Contradiction;
using types::NoEvidence;
using Finding = std::optional<Contradiction>;

/// What is known to stand in a mini-block.
struct Contents
{
    struct Entry
    {
        std::uint64_t index = 0;
        Hash transaction;
        std::optional<Hash> receipt;
    };
    types::MiniBlock header;
    std::vector<Entry> entries;
    /// Nothing else stands in it.
    bool is_complete = false;
};

bool is_proven(const Hash& root, std::uint64_t index, const Bytes& item, std::span<const Bytes> proof)
{
    const auto found = trie::verify_proof(root, trie::ordered_key(index), proof);
    return found && *found == item;
}

/// Empty if it does not belong to its header.
std::optional<Contents> contents_of(const ProvenTransaction& proven)
{
    const auto& header = proven.mini_block.mini_block;
    if (!is_proven(header.transactions_root, proven.index, proven.transaction, proven.transaction_proof) ||
        !is_proven(header.receipts_root, proven.index, proven.receipt, proven.receipt_proof))
        return std::nullopt;
    return Contents{
        header, {{proven.index, crypto::keccak256(proven.transaction), crypto::keccak256(proven.receipt)}}, false};
}

std::optional<Contents> contents_of(const MiniBlockBody& body)
{
    const auto& header = body.mini_block.mini_block;
    // A trie has no entry without a value.
    if (std::ranges::any_of(body.transactions, &Bytes::empty) ||
        trie::ordered_root(body.transactions) != header.transactions_root)
        return std::nullopt;
    Contents contents{header, {}, true};
    for (std::uint64_t i = 0; i < body.transactions.size(); ++i)
        contents.entries.push_back({i, crypto::keccak256(body.transactions[i]), std::nullopt});
    return contents;
}

/// Without entries if nothing is said of any.
std::optional<Contents> contents_of(const Evidence& evidence)
{
    if (const auto* proven = std::get_if<ProvenTransaction>(&evidence))
        return contents_of(*proven);
    if (const auto* body = std::get_if<MiniBlockBody>(&evidence))
        return contents_of(*body);
    return Contents{};
}

Finding compare(const types::Preconfirmation& said, const Contents& contents)
{
    const bool is_its_mini_block = said.mini_block == contents.header.number;
    // Its index counts from the block's beginning, an entry's from the mini-block's.
    const bool begins_with_block = contents.header.index == 0;
    for (const auto& entry : contents.entries)
    {
        if (entry.transaction == said.transaction)
        {
            if (!is_its_mini_block)
                return Contradiction::transaction;
            const bool is_its_place = begins_with_block ? entry.index == said.index : entry.index <= said.index;
            const bool is_its_receipt = !entry.receipt || *entry.receipt == said.receipt;
            return is_its_place && is_its_receipt ? Finding{} : Contradiction::place;
        }
        if (is_its_mini_block && begins_with_block && entry.index == said.index)
            return Contradiction::place;
    }
    return is_its_mini_block && contents.is_complete ? Finding{Contradiction::omission} : Finding{};
}

/// Whether a transaction stands at two places of them, be it in one and the same mini-block.
Finding find_repetition(const Contents& a, const Contents& b)
{
    struct Place
    {
        Hash transaction;
        std::uint64_t mini_block = 0;
        std::uint64_t index = 0;

        auto operator<=>(const Place&) const = default;
    };
    std::vector<Place> places;
    places.reserve(a.entries.size() + b.entries.size());
    for (const auto* contents : {&a, &b})
        for (const auto& entry : contents->entries)
            places.push_back({entry.transaction, contents->header.number, entry.index});
    std::ranges::sort(places);
    const auto is_repeated = [](const Place& place, const Place& next)
    { return place.transaction == next.transaction && place != next; };
    return std::ranges::adjacent_find(places, is_repeated) != places.end() ? Finding{Contradiction::transaction}
                                                                           : Finding{};
}
}  // namespace

types::SignedStatement statement_of(const Evidence& evidence)
{
    if (const auto* preconfirmation = std::get_if<types::SignedPreconfirmation>(&evidence))
        return *preconfirmation;
    if (const auto* mini_block = std::get_if<types::SignedMiniBlock>(&evidence))
        return *mini_block;
    if (const auto* proven = std::get_if<ProvenTransaction>(&evidence))
        return proven->mini_block;
    return std::get_if<MiniBlockBody>(&evidence)->mini_block;
}

bool belongs_to_header(const Evidence& evidence)
{
    return contents_of(evidence).has_value();
}

Result<Contradiction, NoEvidence> find_contradiction(const Evidence& a, const Evidence& b)
{
    const auto found = types::find_contradiction(statement_of(a), statement_of(b));
    if (found || found.error() != NoEvidence::consistent)
        return found;
    const auto contents = contents_of(a);
    const auto other_contents = contents_of(b);
    if (!contents || !other_contents)
        return failure(NoEvidence::not_proven);
    const auto* said = std::get_if<types::SignedPreconfirmation>(&a);
    const auto* other_said = std::get_if<types::SignedPreconfirmation>(&b);
    auto finding = find_repetition(*contents, *other_contents);
    if (!finding && said != nullptr && other_said == nullptr)
        finding = compare(said->statement, *other_contents);
    else if (!finding && said == nullptr && other_said != nullptr)
        finding = compare(other_said->statement, *contents);
    if (finding)
        return *finding;
    return failure(NoEvidence::consistent);
}
}  // namespace jiffy::chain
