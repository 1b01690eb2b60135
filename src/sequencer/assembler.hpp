// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sequencer/fragment_statements.hpp"
#include "sequencer/frame_builder.hpp"
#include "sequencer/records.hpp"

namespace jiffy::sequencer
{
/// Puts fragments and mini-blocks together, by the one rule that whoever signs and whoever follows must keep: what they
/// commit to follows from the transactions, the places where they end, and the terms.
class Assembler
{
public:
    Assembler(const crypto::Kernels& kernels, const ReleasePosition& position)
      : kernels_{kernels}
      , position_{position}
    {
    }

    /// The next block begins; `ids` have been given out by then.
    void open(std::shared_ptr<BlockRecord> block, const types::IdCounts& ids);

    /// The open block; null before the first.
    [[nodiscard]] const std::shared_ptr<BlockRecord>& block() const noexcept { return block_; }
    [[nodiscard]] const ReleasePosition& position() const noexcept { return position_; }
    /// Transactions of the open block that were taken, in a fragment or not.
    [[nodiscard]] std::uint32_t taken_count() const noexcept { return taken_count_; }
    /// Those since the last fragment.
    [[nodiscard]] std::uint32_t fragment_size() const noexcept { return statements_.size(); }
    /// Bytes of their receipts and call data, about.
    [[nodiscard]] std::size_t fragment_bytes() const noexcept { return fragment_bytes_; }
    /// Those since the last mini-block.
    [[nodiscard]] std::uint32_t mini_block_size() const noexcept { return taken_count_ - mini_block_first_; }

    /// A fragment begins: time in microseconds of Unix time.
    void begin_fragment(const types::StatementTerms& terms, std::uint64_t time);
    /// The open block's next transaction, which stands in its record, belongs to the fragment.
    void add() { add(block_->transactions[taken_count_]); }
    /// Likewise, before it stands there. When the mini-block ends, it must.
    void add(const TransactionRecord& record);

    struct UnsignedFragment
    {
        FragmentRecord record;
        Hash digest;
    };
    /// The fragment with what it changed, and the accounts of the slots of that, place for place; its signature, over
    /// the digest, is missing.
    UnsignedFragment end_fragment(const types::DifferenceFrame& difference,
        std::span<const std::uint32_t> slot_accounts);

    /// A fragment that was put together elsewhere, and what taking it changes.
    struct ToldFragment
    {
        UnsignedFragment fragment;
        /// After its last transaction.
        Hash prefix;
        /// Of its transactions, in consensus form.
        std::vector<Bytes> receipts;
    };
    /// What a fragment of the open block's next transactions, which need not stand in its record yet, commits to. Takes
    /// nothing.
    [[nodiscard]] ToldFragment tell_fragment(const types::StatementTerms& terms,
        std::uint64_t time,
        std::span<const TransactionRecord> transactions) const;
    /// Takes it; `difference` and `slot_accounts` as for `end_fragment`.
    FragmentRecord take_fragment(ToldFragment told,
        const types::DifferenceFrame& difference,
        std::span<const std::uint32_t> slot_accounts);

    /// The mini-block that ends at this time, without its signature over its hash. `ids` have been given out by then.
    MiniBlockRecord end_mini_block(const types::StatementTerms& terms, std::uint64_t time, const types::IdCounts& ids);

    /// Has the mini-block that ended last say the same on other terms; its signature is missing again.
    void restate(MiniBlockRecord& record, const types::StatementTerms& terms);
    /// What the end of a mini-block closes.
    struct OpenMiniBlock
    {
        ReleasePosition position;
        std::uint32_t first = 0;
        std::vector<Bytes> receipts;
        types::DifferenceFrame frame;
        std::vector<std::uint32_t> slot_accounts;
    };
    /// Likewise; `open` gets what `reopen` needs to take it back, before anything else is done.
    MiniBlockRecord end_mini_block(const types::StatementTerms& terms,
        std::uint64_t time,
        const types::IdCounts& ids,
        OpenMiniBlock& open);
    void reopen(OpenMiniBlock open);

    /// The open block ends; its last mini-block has.
    std::shared_ptr<BlockRecord> end_block() noexcept;

private:
    const crypto::Kernels& kernels_;
    ReleasePosition position_;
    std::shared_ptr<BlockRecord> block_;
    std::uint32_t taken_count_ = 0;
    std::uint32_t mini_block_first_ = 0;
    std::size_t fragment_bytes_ = 0;
    /// Of the fragment.
    FragmentStatements statements_;
    /// Of the mini-block's transactions, in consensus form.
    std::vector<Bytes> receipts_;
    /// What the mini-block's fragments changed.
    FrameBuilder frame_;
};
}  // namespace jiffy::sequencer
