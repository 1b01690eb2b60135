// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "chain/optimism.hpp"
#include "evm/addresses.hpp"
#include "replica/follower.hpp"
#include "sequencer/test_chain.hpp"

#include <rapidcheck.h>

namespace jiffy::replica
{
using sequencer::SubmissionResult;
using sequencer::TestChain;
using sequencer::TransactionPlace;

/// A chain whose sequencer can begin behind what a follower was told.
struct TrafficChain : TestChain
{
    explicit TrafficChain(bool is_optimism = false, std::size_t history_blocks = 256)
      : TestChain{options_of(is_optimism), 10'000'000'000,
            is_optimism ? chain::optimism_specification(chain_id) : chain::ethereum_specification(chain_id),
            history_blocks}
    {
        release_options.queue_capacity = 64;
        release_options.terms.domain = types::StatementDomain::production;
        release_options.terms.durability = types::Durability::disk;
        release_options.terms.epoch = 1;
    }

    static sequencer::SequencerOptions options_of(bool is_optimism)
    {
        sequencer::SequencerOptions options;
        options.ends_block_at_stop = false;
        options.ingress_capacity = 16;
        if (is_optimism)
            options.beneficiary = chain::predeploys::sequencer_fee_vault;
        return options;
    }

    /// A follower of the chain from genesis on.
    Follower follower() { return {specification, world, history, *sealer, behind_genesis().assembler}; }

    /// Goes on as the sequencer of the next term.
    void resume(Follower follower, sequencer::LogSink sink)
    {
        release_options.terms.epoch = follower.epoch() ? follower.epoch()->terms.epoch + 1 : 1;
        resume_in_term(std::move(follower), std::move(sink));
    }

    /// Goes on as the sequencer of the term that the release options have.
    void resume_in_term(Follower follower, sequencer::LogSink sink)
    {
        auto block = follower.assembler().block();
        const bool knows_parent = follower.knows_parent();
        releaser.emplace(history, *sealer, clock,
            sequencer::ReleaseStartingPoint{std::move(follower).finish(), world.id_counts(), genesis_time},
            release_options, std::move(sink), [] {});
        sequencer.emplace(specification, world, history, *sealer, *releaser, clock,
            sequencer::ChainStart{genesis_time, std::move(block), knows_parent}, options);
        releaser->process_pending();
    }

    /// Nonce that the account's next transaction has.
    std::uint64_t nonce(std::size_t account) const
    {
        types::Account value;
        world.latest().account(accounts[account].address, value);
        return value.nonce;
    }
};

inline constexpr std::size_t sender_count = 4;

/// Stores the calldata's first word in the slot of its second one and logs it; with no calldata it stores the hash of
/// the block before in slot 0.
inline Bytes storing_contract()
{
    return {0x36, 0x60, 0x0b, 0x57,                // CALLDATASIZE PUSH1 11 JUMPI
        0x60, 0x01, 0x43, 0x03, 0x40, 0x5f, 0x55,  // PUSH1 1 NUMBER SUB BLOCKHASH PUSH0 SSTORE; falls through
        0x5b, 0x5f, 0x35, 0x60, 0x20, 0x35, 0x55,  // JUMPDEST PUSH0 CALLDATALOAD PUSH1 32 CALLDATALOAD SSTORE
        0x5f, 0x35, 0x5f, 0x5f, 0xa1};             // PUSH0 CALLDATALOAD PUSH0 PUSH0 LOG1
}

/// Some transactions, and time that passes between them. `pick(n)` chooses a number below n.
template <class Pick>
void some_traffic(TrafficChain& chain, std::size_t steps, Pick pick)
{
    for (std::size_t i = 0; i < steps; ++i)
    {
        const auto sender = pick(sender_count);
        auto transaction = TestChain::transfer(chain.nonce(sender), 4'000'000'000);
        switch (pick(5))
        {
            case 0:
                transaction = TestChain::creation(transaction.nonce, storing_contract());
                break;
            case 1:
            case 2:
                // The first contract of the first account, if it has made one.
                transaction.to = evm::create_address(chain.accounts[0].address, 0);
                transaction.gas_limit = 200'000;
                transaction.value = {};
                if (pick(3) != 0)
                {
                    transaction.data.resize(64);
                    transaction.data[31] = static_cast<Byte>(pick(3));
                    transaction.data[63] = static_cast<Byte>(pick(4));
                }
                // Too little to store anything.
                if (pick(8) == 0)
                    transaction.gas_limit = 24'000;
                break;
            case 3:
                transaction.to = chain.accounts[pick(sender_count)].address;
                break;
            default:
                transaction.to = Address{{static_cast<Byte>(1 + pick(5)), 0x77}};
        }
        chain.send(sender, transaction);
        if (pick(3) == 0)
            chain.sealer->process_pending();
        chain.clock.advance(1000 * (pick(4) == 0 ? pick(1500) : pick(20)));
        chain.step();
    }
}

/// For `some_traffic` in a property.
inline std::size_t pick_any(std::size_t bound)
{
    return *rc::gen::inRange<std::size_t>(0, bound);
}

/// Everything that the chain shows of a block, but for the parts that come with its seal.
inline void require_same_block(const sequencer::BlockRecord& said, const sequencer::BlockRecord& followed)
{
    RC_ASSERT(followed.opening == said.opening);
    RC_ASSERT(followed.provisional_hash == said.provisional_hash);
    RC_ASSERT(followed.fragments.size() == said.fragments.size());
    RC_ASSERT(followed.mini_blocks.size() == said.mini_blocks.size());
    for (std::size_t i = 0; i < said.mini_blocks.size(); ++i)
    {
        RC_ASSERT(followed.mini_blocks[i].header == said.mini_blocks[i].header);
        RC_ASSERT(followed.mini_blocks[i].signature == said.mini_blocks[i].signature);
        RC_ASSERT(followed.mini_blocks[i].terms == said.mini_blocks[i].terms);
    }
}

/// That the transaction stands there as it was promised.
inline void require_promise(const sequencer::TransactionRecord& promised,
    const types::SignedPreconfirmation& statement,
    const TransactionPlace& place)
{
    const auto& record = place.record();
    RC_ASSERT(sequencer::preconfirmation_of(place) == std::optional{statement});
    RC_ASSERT(record.transaction == promised.transaction);
    RC_ASSERT(record.hash == promised.hash);
    RC_ASSERT(record.sender == promised.sender);
    RC_ASSERT(record.receipt == promised.receipt);
    RC_ASSERT(record.gas_used == promised.gas_used);
    RC_ASSERT(record.effective_gas_price == promised.effective_gas_price);
    RC_ASSERT(record.blob_gas_used == promised.blob_gas_used);
    RC_ASSERT(record.created == promised.created);
    RC_ASSERT(record.first_log == promised.first_log);
}
}  // namespace jiffy::replica
