// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sequencer/append_only_vector.hpp"
#include "trie/node_store.hpp"
#include "types/mini_block.hpp"
#include "types/state_difference.hpp"

#include <memory>
#include <optional>

namespace jiffy::sequencer
{
/// An executed transaction.
struct TransactionRecord
{
    types::Transaction transaction;
    Hash hash;
    Address sender;
    types::Receipt receipt;
    std::uint64_t gas_used = 0;
    /// Wei per gas.
    U256 effective_gas_price;
    std::uint64_t blob_gas_used = 0;
    /// Address of the contract that it created, if it is a creation.
    std::optional<Address> created;
    /// Place of its first log in the block.
    std::uint64_t first_log = 0;
};

using Differences = std::vector<types::StateDifference>;

/// A run of a block's transactions that were released together, behind one signature.
struct FragmentRecord
{
    types::StatementTerms terms;
    std::uint32_t first_transaction = 0;
    std::uint32_t transaction_count = 0;
    /// Number of the mini-block that it belongs to.
    std::uint64_t mini_block = 0;
    /// Microseconds of Unix time.
    std::uint64_t time = 0;

    /// What the statement about a transaction says of its result and of what came before.
    struct Commitment
    {
        Hash receipt;
        Hash prefix;
    };
    std::vector<Commitment> commitments;
    types::MerkleTree statements;
    crypto::RecoverableSignature signature;
    /// What each transaction changed; null if that is not kept, as in an archive.
    std::shared_ptr<const Differences> differences;
};

using FragmentPointer = std::shared_ptr<const FragmentRecord>;

/// A sealed mini-block: a run of its block's transactions.
struct MiniBlockRecord
{
    types::StatementTerms terms;
    types::MiniBlock header;
    Hash hash;
    crypto::RecoverableSignature signature;
    std::uint32_t first_transaction = 0;
    std::uint32_t transaction_count = 0;
};

/// What is fixed for everything that is released of a block.
struct ReleaseStart
{
    /// Number of its first mini-block.
    std::uint64_t first_mini_block = 0;
    Hash environment;
};

/// Where a chain stands after what was released last: the next fragment and mini-block follow on it.
struct ReleasePosition
{
    /// After the last transaction; the hash of the genesis block before the first.
    Hash prefix{};
    /// Number of the open mini-block.
    std::uint64_t mini_block = 0;
    /// Hash of the one before it; zero for the chain's first.
    Hash mini_block_parent{};
    /// End of the one before it, in microseconds of Unix time.
    std::uint64_t mini_block_start = 0;
    /// Time of the last fragment, in microseconds of Unix time.
    std::uint64_t fragment_time = 0;

    friend bool operator==(const ReleasePosition&, const ReleasePosition&) = default;
};

/// What a block has once its roots are known.
struct SealedBlock
{
    types::Header header;
    Hash hash;
    /// Bytes of the block's RLP.
    std::size_t size = 0;
    /// The state after the block; empty if the block comes from an archive, which keeps no states.
    std::optional<trie::Version> state{};
};

/// A block from its opening on. The sequencing thread fills it with transactions, the releasing thread with fragments
/// and mini-blocks, anybody reads it; the seal comes last.
class BlockRecord
{
public:
    /// `opened` has the fields that are fixed when a block opens; the parent hash is not among them.
    BlockRecord(types::Header opened, const Hash& provisional)
      : opening{std::move(opened)}
      , provisional_hash{provisional}
    {
    }
    BlockRecord(const BlockRecord&) = delete;
    BlockRecord& operator=(const BlockRecord&) = delete;
    ~BlockRecord()
    {
        delete sealed_.load(std::memory_order_relaxed);
        delete release_start_.load(std::memory_order_relaxed);
    }

    const types::Header opening;
    /// Names the block until its hash is known (decision: domain-separated, in no commitment).
    const Hash provisional_hash;
    AppendOnlyVector<TransactionRecord> transactions;
    AppendOnlyVector<FragmentPointer> fragments;
    AppendOnlyVector<MiniBlockRecord> mini_blocks;

    /// Null until the releasing thread has come to the block, and so before its first fragment and mini-block.
    [[nodiscard]] const ReleaseStart* release_start() const noexcept
    {
        return release_start_.load(std::memory_order_acquire);
    }
    /// Once, by the releasing thread.
    void start_release(const ReleaseStart& start)
    {
        release_start_.store(new ReleaseStart{start}, std::memory_order_release);
    }
    /// Where the chain stands behind its last mini-block; before the seal, by the thread that releases.
    void end_release(const ReleasePosition& position) noexcept { release_end_ = position; }
    /// Once it is sealed.
    [[nodiscard]] const ReleasePosition& release_end() const noexcept { return release_end_; }
    /// Number of transactions in fragments.
    [[nodiscard]] std::uint32_t released_count() const noexcept
    {
        const auto count = fragments.size();
        if (count == 0)
            return 0;
        const auto& last = *fragments[count - 1];
        return last.first_transaction + last.transaction_count;
    }
    /// The fragment that holds the transaction; null while it is not released.
    [[nodiscard]] FragmentPointer fragment_of(std::uint32_t transaction) const;

    [[nodiscard]] std::uint64_t number() const noexcept { return opening.number; }
    /// Null until the roots are known.
    [[nodiscard]] const SealedBlock* sealed() const noexcept { return sealed_.load(std::memory_order_acquire); }
    /// The hash, or the provisional one.
    [[nodiscard]] const Hash& hash() const noexcept
    {
        const auto* seal = sealed();
        return seal != nullptr ? seal->hash : provisional_hash;
    }
    /// Once, by the sealing thread.
    void seal(SealedBlock block) { sealed_.store(new SealedBlock{std::move(block)}, std::memory_order_release); }

    /// Number of the world's commit that holds the state after the block; empty while the block is open, and for a
    /// block from an archive.
    [[nodiscard]] std::optional<std::uint64_t> state_commit() const noexcept
    {
        const auto commit = state_commit_.load(std::memory_order_acquire);
        return commit != not_closed ? std::optional{commit} : std::nullopt;
    }
    void close(std::uint64_t commit) noexcept { state_commit_.store(commit, std::memory_order_release); }

private:
    static constexpr std::uint64_t not_closed = ~std::uint64_t{0};

    std::atomic<const ReleaseStart*> release_start_ = nullptr;
    ReleasePosition release_end_;
    std::atomic<const SealedBlock*> sealed_ = nullptr;
    std::atomic<std::uint64_t> state_commit_ = not_closed;
};

/// A name for a block whose hash is not known yet; a leading text keeps it apart from every other hash.
Hash provisional_hash_of(const types::Header& opened);

using BlockPointer = std::shared_ptr<const BlockRecord>;

/// Where a transaction stands.
struct TransactionPlace
{
    BlockPointer block;
    std::uint32_t index = 0;

    [[nodiscard]] const TransactionRecord& record() const noexcept { return block->transactions[index]; }
};

/// Where a mini-block stands.
struct MiniBlockPlace
{
    BlockPointer block;
    std::uint32_t index = 0;

    [[nodiscard]] const MiniBlockRecord& record() const noexcept { return block->mini_blocks[index]; }
};

/// The statement about a fragment's transaction, counted from its first.
types::Preconfirmation statement_of(const FragmentRecord& fragment, const BlockRecord& block, std::uint32_t leaf);
/// Likewise, whether the block has the transaction, which has this hash, or not.
types::Preconfirmation statement_of(const FragmentRecord& fragment,
    const BlockRecord& block,
    std::uint32_t leaf,
    const Hash& transaction);

/// The signed statement about a transaction; empty while it is not released.
std::optional<types::SignedPreconfirmation> preconfirmation_of(const TransactionPlace& place);

/// The signed statement about the fragment's transaction at `leaf`, which has this hash, whether the block has it or
/// not.
types::SignedPreconfirmation preconfirmation_of(const BlockRecord& block,
    const FragmentRecord& fragment,
    std::uint32_t leaf,
    const Hash& transaction);
}  // namespace jiffy::sequencer
