// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sequencer/append_only_vector.hpp"
#include "trie/node_store.hpp"
#include "types/block.hpp"
#include "types/receipt.hpp"

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
    /// Number of its mini-block.
    std::uint64_t mini_block = 0;
};

/// A sealed mini-block: a run of its block's transactions.
struct MiniBlockRecord
{
    /// Microseconds of Unix time.
    std::uint64_t time = 0;
    std::uint32_t first_transaction = 0;
    std::uint32_t transaction_count = 0;
};

/// What a block has once its roots are known.
struct SealedBlock
{
    types::Header header;
    Hash hash;
    /// Bytes of the block's RLP.
    std::size_t size = 0;
    /// The state after the block.
    trie::Version state{};
};

/// A block from its opening on. The sequencing thread fills it, anybody reads it; the seal comes last.
class BlockRecord
{
public:
    /// `opened` has the fields that are fixed when a block opens; the parent hash is not among them.
    BlockRecord(types::Header opened, const Hash& provisional, std::uint64_t first_mini_block_number)
      : opening{std::move(opened)}
      , provisional_hash{provisional}
      , first_mini_block{first_mini_block_number}
    {
    }
    BlockRecord(const BlockRecord&) = delete;
    BlockRecord& operator=(const BlockRecord&) = delete;
    ~BlockRecord() { delete sealed_.load(std::memory_order_relaxed); }

    const types::Header opening;
    /// Names the block until its hash is known (decision: domain-separated, in no commitment).
    const Hash provisional_hash;
    /// Number of its first mini-block.
    const std::uint64_t first_mini_block;
    AppendOnlyVector<TransactionRecord> transactions;
    AppendOnlyVector<MiniBlockRecord> mini_blocks;

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

    /// Number of the world's commit that holds the state after the block; empty while the block is open.
    [[nodiscard]] std::optional<std::uint64_t> state_commit() const noexcept
    {
        const auto commit = state_commit_.load(std::memory_order_acquire);
        return commit != not_closed ? std::optional{commit} : std::nullopt;
    }
    void close(std::uint64_t commit) noexcept { state_commit_.store(commit, std::memory_order_release); }

private:
    static constexpr std::uint64_t not_closed = ~std::uint64_t{0};

    std::atomic<const SealedBlock*> sealed_ = nullptr;
    std::atomic<std::uint64_t> state_commit_ = not_closed;
};

using BlockPointer = std::shared_ptr<const BlockRecord>;

/// Where a transaction stands.
struct TransactionPlace
{
    BlockPointer block;
    std::uint32_t index = 0;

    [[nodiscard]] const TransactionRecord& record() const noexcept { return block->transactions[index]; }
};
}  // namespace jiffy::sequencer
