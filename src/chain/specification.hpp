// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "evm/revision.hpp"
#include "types/block.hpp"

namespace jiffy::chain
{
/// Upgrades of the protocol in order. Those before Shanghai come at a block number, the others at a timestamp; forks
/// without a revision of their own changed blocks (`dao`, difficulty bomb delays) or blob limits (`bpo`, EIP-7892).
enum class Fork : std::uint8_t
{
    frontier,
    homestead,
    /// EIP-779
    dao,
    tangerine_whistle,
    spurious_dragon,
    byzantium,
    constantinople,
    petersburg,
    istanbul,
    muir_glacier,
    berlin,
    london,
    arrow_glacier,
    gray_glacier,
    paris,
    shanghai,
    cancun,
    prague,
    osaka,
    bpo1,
    bpo2,
    bpo3,
    bpo4,
};

inline constexpr std::size_t fork_count = 23;
inline constexpr Fork first_timed_fork = Fork::shanghai;

/// Upgrades of the OP Stack, all at a timestamp.
enum class OptimismFork : std::uint8_t
{
    bedrock,
    regolith,
    canyon,
    ecotone,
    fjord,
    granite,
    holocene,
    isthmus,
};

inline constexpr std::size_t optimism_fork_count = 8;

/// Blob limits of a fork (EIP-7840), in blobs.
struct BlobParameters
{
    std::uint64_t target = 0;
    std::uint64_t maximum = 0;
    std::uint64_t base_fee_update_fraction = 1;

    friend bool operator==(const BlobParameters&, const BlobParameters&) = default;
};

/// Where each fork begins; empty for a fork that the chain does not have.
template <class Enumeration, std::size_t count>
struct ActivationTable
{
    std::array<std::optional<std::uint64_t>, count> at;

    std::optional<std::uint64_t>& operator[](Enumeration fork) noexcept { return at[static_cast<std::size_t>(fork)]; }
    [[nodiscard]] const std::optional<std::uint64_t>& operator[](Enumeration fork) const noexcept
    {
        return at[static_cast<std::size_t>(fork)];
    }
    friend bool operator==(const ActivationTable&, const ActivationTable&) = default;
};

/// op-geth's `optimism` section of the genesis file.
struct OptimismSection
{
    /// EIP-1559 parameters before Holocene, and with zeros in the header since.
    std::uint64_t eip1559_elasticity = 6;
    std::uint64_t eip1559_denominator = 50;
    /// The denominator since Canyon.
    std::uint64_t eip1559_denominator_canyon = 250;
    /// Timestamps.
    ActivationTable<OptimismFork, optimism_fork_count> activations;

    [[nodiscard]] bool is_active(OptimismFork fork, std::uint64_t timestamp) const noexcept
    {
        return activations[fork].has_value() && *activations[fork] <= timestamp;
    }
    friend bool operator==(const OptimismSection&, const OptimismSection&) = default;
};

/// Largest gas limit of one transaction on our chains of the OP Stack if they do not name another: it bounds how long
/// one keeps those behind it waiting.
inline constexpr std::uint64_t optimism_transaction_gas_cap = std::uint64_t{1} << 24;

/// Jiffy's own section of the genesis file.
struct JiffySection
{
    /// Milliseconds.
    std::uint64_t mini_block_interval = 10;
    /// Milliseconds; below 1000 only on chains that nobody derives from L1.
    std::uint64_t block_time = 1000;
    std::uint64_t block_gas_limit = 10'000'000'000;
    /// Largest gas limit of one transaction; a fork's own limit (EIP-7825) holds besides.
    std::optional<std::uint64_t> transaction_gas_cap;
    /// Wei; the base fee never falls below it.
    U256 minimum_base_fee;
    /// Address of the key that signs preconfirmations and mini-blocks; a development chain need not name it.
    std::optional<Address> sequencer;

    friend bool operator==(const JiffySection&, const JiffySection&) = default;
};

/// The rules of one chain: its identity and when which rule begins. A value; the genesis file is read by the shell.
struct ChainSpecification
{
    std::uint64_t chain_id = 1;
    /// Block numbers before `first_timed_fork`, timestamps from there on.
    ActivationTable<Fork, fork_count> activations;
    /// The Merge by total difficulty (EIP-3675), for chains whose Paris block is not known beforehand: whoever imports
    /// sets `activations[Fork::paris]` once the total difficulty is reached.
    std::optional<U256> terminal_total_difficulty;
    /// By fork; a fork without an entry has that of the one before it.
    std::array<std::optional<BlobParameters>, fork_count> blob_schedule;
    /// Contract whose logs are deposit requests (EIP-6110).
    Address deposit_contract;
    /// Wei; base fee of the first London block if it is not genesis (EIP-1559).
    U256 initial_base_fee{1'000'000'000};
    std::optional<OptimismSection> optimism;
    std::optional<JiffySection> jiffy;

    [[nodiscard]] bool is_active(Fork fork, std::uint64_t number, std::uint64_t timestamp) const noexcept
    {
        const auto& begin = activations[fork];
        return begin.has_value() && *begin <= (fork < first_timed_fork ? number : timestamp);
    }
    /// True in the first block of a fork, given its parent.
    [[nodiscard]] bool is_first_block(Fork fork,
        const types::Header& header,
        const types::Header& parent) const noexcept
    {
        return is_active(fork, header.number, header.timestamp) && !is_active(fork, parent.number, parent.timestamp);
    }
    /// The newest fork active in a block.
    [[nodiscard]] Fork fork_at(std::uint64_t number, std::uint64_t timestamp) const noexcept;
    /// Execution rules of a block.
    [[nodiscard]] evm::Revision revision_at(std::uint64_t number, std::uint64_t timestamp) const noexcept;
    /// Blob limits of a block; empty before Cancun.
    [[nodiscard]] std::optional<BlobParameters> blob_parameters_at(std::uint64_t number,
        std::uint64_t timestamp) const noexcept;

    friend bool operator==(const ChainSpecification&, const ChainSpecification&) = default;
};

/// Execution rules that came with a fork.
evm::Revision revision_of(Fork fork) noexcept;

/// Mainnet's blob limits for Cancun, Prague, Osaka and the blob-parameter-only forks.
std::array<std::optional<BlobParameters>, fork_count> mainnet_blob_schedule() noexcept;

/// A chain that has every fork up to `last` from genesis, with mainnet's blob limits and deposit contract: the
/// `ethereum` preset.
ChainSpecification ethereum_specification(std::uint64_t chain_id, Fork last = Fork::osaka) noexcept;

/// The `op` preset: all of Ethereum up to Prague and the OP Stack up to Isthmus from genesis, with Jiffy's limits: ten
/// billion gas a block, 2^24 a transaction, a base fee of a thousandth of a gwei at least.
ChainSpecification optimism_specification(std::uint64_t chain_id) noexcept;
}  // namespace jiffy::chain
