// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sequencer/records.hpp"

namespace jiffy::sequencer
{
/// Makes the statements of a fragment, transaction by transaction, by the one rule for what they commit to.
class FragmentStatements
{
public:
    /// A fragment begins, in this mini-block: time in microseconds of Unix time.
    void begin(const types::StatementTerms& terms, std::uint64_t mini_block, std::uint64_t time) noexcept
    {
        terms_ = terms;
        mini_block_ = mini_block;
        time_ = time;
    }

    /// The block's transaction at `index` belongs to the fragment; `receipt` is its receipt in consensus form. Extends
    /// `prefix`, which is the block's environment before its first transaction.
    void add(const BlockRecord& block, std::uint32_t index, const Hash& transaction, BytesView receipt, Hash& prefix);

    [[nodiscard]] std::uint32_t size() const noexcept { return static_cast<std::uint32_t>(commitments_.size()); }

    /// The fragment of at least one transaction that ends before the one at `end`; its signature and what it changed
    /// are missing.
    FragmentRecord finish(std::uint32_t end);

private:
    types::StatementTerms terms_;
    std::uint64_t mini_block_ = 0;
    std::uint64_t time_ = 0;
    std::vector<FragmentRecord::Commitment> commitments_;
    std::vector<Hash> leaves_;
};

/// What is signed of a fragment.
Hash digest_of(const FragmentRecord& fragment);

/// Has the fragment's statements say the same on other terms; its signature is missing again.
void restate(FragmentRecord& fragment, const BlockRecord& block, const types::StatementTerms& terms);
}  // namespace jiffy::sequencer
