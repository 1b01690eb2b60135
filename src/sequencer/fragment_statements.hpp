// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sequencer/records.hpp"

namespace jiffy::sequencer
{
/// Makes the statements of a fragment by the one rule for what they commit to.
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

    /// The block's next transaction, with this hash, belongs to the fragment.
    void add(const Hash& transaction) { transactions_.push_back(transaction); }

    [[nodiscard]] std::uint32_t size() const noexcept { return static_cast<std::uint32_t>(transactions_.size()); }

    /// The fragment of at least one transaction that ends before the block's one at `end`; its signature and what it
    /// changed are missing. `receipts` are those of its transactions, in consensus form. Extends `prefix`, which is the
    /// block's environment before its first transaction.
    FragmentRecord finish(const BlockRecord& block,
        std::uint32_t end,
        std::span<const Bytes> receipts,
        Hash& prefix,
        const crypto::Kernels& kernels);

private:
    types::StatementTerms terms_;
    std::uint64_t mini_block_ = 0;
    std::uint64_t time_ = 0;
    std::vector<Hash> transactions_;
    /// Of one call; kept for their memory.
    std::vector<BytesView> preimages_;
    std::vector<Hash> hashes_;
    std::vector<types::StatementBuffer> leaves_;
};

/// What is signed of a fragment.
Hash digest_of(const FragmentRecord& fragment);

/// Has the fragment's statements say the same on other terms; its signature is missing again.
void restate(FragmentRecord& fragment, const BlockRecord& block, const types::StatementTerms& terms);
}  // namespace jiffy::sequencer
