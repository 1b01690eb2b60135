// SPDX-License-Identifier: Apache-2.0
#include "sequencer/records.hpp"

#include "rlp/rlp.hpp"

namespace jiffy::sequencer
{
Hash provisional_hash_of(const types::Header& opened)
{
    constexpr std::string_view domain = "jiffy provisional block";
    rlp::Writer writer;
    const auto list = writer.open_list();
    writer.bytes({reinterpret_cast<const Byte*>(domain.data()), domain.size()});
    writer.integer(opened.number);
    writer.integer(opened.timestamp);
    writer.fixed(opened.mix_hash);
    writer.close_list(list);
    return crypto::keccak256(writer.result());
}

FragmentPointer BlockRecord::fragment_of(std::uint32_t transaction) const
{
    std::size_t begin = 0;
    const std::size_t end = fragments.size();
    for (std::size_t count = end; count != 0;)
    {
        const auto half = count / 2;
        const auto& middle = *fragments[begin + half];
        const bool is_before = middle.first_transaction + middle.transaction_count <= transaction;
        begin = is_before ? begin + half + 1 : begin;
        count = is_before ? count - half - 1 : half;
    }
    return begin != end ? fragments[begin] : nullptr;
}

types::Preconfirmation statement_of(const FragmentRecord& fragment, const BlockRecord& block, std::uint32_t leaf)
{
    return statement_of(fragment, block, leaf, block.transactions[fragment.first_transaction + leaf].hash);
}

types::Preconfirmation statement_of(const FragmentRecord& fragment,
    const BlockRecord& block,
    std::uint32_t leaf,
    const Hash& transaction)
{
    const auto& commitment = fragment.commitments[leaf];
    return {.terms = fragment.terms,
        .block_number = block.number(),
        .environment = block.release_start()->environment,
        .mini_block = fragment.mini_block,
        .index = fragment.first_transaction + leaf,
        .transaction = transaction,
        .receipt = commitment.receipt,
        .prefix = commitment.prefix,
        .time = fragment.time};
}

std::optional<types::SignedPreconfirmation> preconfirmation_of(const TransactionPlace& place)
{
    const auto fragment = place.block->fragment_of(place.index);
    if (fragment == nullptr)
        return std::nullopt;
    return preconfirmation_of(*place.block, *fragment, place.index - fragment->first_transaction, place.record().hash);
}

types::SignedPreconfirmation preconfirmation_of(const BlockRecord& block,
    const FragmentRecord& fragment,
    std::uint32_t leaf,
    const Hash& transaction)
{
    types::SignedPreconfirmation result;
    result.statement = statement_of(fragment, block, leaf, transaction);
    result.leaf_index = leaf;
    result.leaf_count = fragment.transaction_count;
    result.proof = fragment.statements.proof(leaf);
    result.signature = fragment.signature;
    return result;
}
}  // namespace jiffy::sequencer
