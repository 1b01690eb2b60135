// SPDX-License-Identifier: Apache-2.0
#include "chain/block_import.hpp"

#include "chain/requests.hpp"
#include "chain/scenario_test.hpp"
#include "chain/system_contracts.hpp"
#include "chain/trie_roots_test.hpp"

namespace jiffy::chain
{
namespace
{
using scenario::ether;
using scenario::transfer;

/// A valid block with one transfer on a small state; each test changes it.
class BlockImport : public testing::Test
{
protected:
    explicit BlockImport(const ChainSpecification& rules = ethereum_specification(1))
      : specification{rules}
    {
        sender = crypto::address_of(*crypto::public_key_of(secret));
        state.set_account(sender, 0, ether, {});
        // STOP
        state.set_account(system_contracts::withdrawal_requests, 1, {}, Bytes{0});
        state.set_account(system_contracts::consolidation_requests, 1, {}, Bytes{0});
        // Stores its call data in slot 0: PUSH0 CALLDATALOAD PUSH0 SSTORE.
        state.set_account(predeploys::message_passer, 1, {}, Bytes{0x5f, 0x35, 0x5f, 0x55});
        trie.apply(state.as_difference());

        types::Header before;
        before.gas_limit = 30'000'000;
        parent = make_child_header(specification, before, {}, 1'000, before.gas_limit);
        parent.state_root = trie.latest().root_hash;

        block.header = make_child_header(specification, parent, types::header_hash(parent), 1'012, parent.gas_limit);
        block.withdrawals.emplace();
        auto& transaction = block.transactions.emplace_back(transfer());
        transaction.max_fee_per_gas = U256{2} * scenario::gwei;
        if (specification.optimism)
        {
            transaction.to = predeploys::message_passer;
            transaction.data.assign(32, 0x77);
            transaction.gas_limit = 100'000;
        }
        EXPECT_TRUE(types::sign(transaction, secret));
        BlockExecution execution{specification, state::Source{state}, executor};
        EXPECT_TRUE(execution.open(block.header, {}));
        EXPECT_TRUE(execution.execute(transaction, sender));
        block.header = *execution.close(block);
        block.header.state_root = roots.after(roots.context, execution.difference());
        if (specification.optimism)
            block.header.withdrawals_root =
                roots.storage_after(roots.context, execution.difference(), predeploys::message_passer);
    }

    Result<ImportedBlock, BlockFailure> import(BytesView encoded)
    {
        const Ancestor ancestor{&parent, {}};
        return import_block(specification,
            {.encoded = encoded,
                .ancestors = {&ancestor, 1},
                .parent_state = state::Source{state},
                .block_hashes = {},
                .state_root = roots},
            executor);
    }

    template <class Change>
    BlockFailure failure_with(const Change& change)
    {
        auto changed = block;
        change(changed);
        const auto imported = import(types::encode(changed));
        EXPECT_FALSE(imported);
        return imported ? BlockFailure{StateUnavailable{}} : imported.error();
    }

    ChainSpecification specification;
    const Hash secret = to_hash(U256{42});
    Address sender;
    state::MemoryState state;
    trie::StateTrie trie{crypto::scalar_kernels()};
    StateRoot roots = roots_of(trie);
    evm::CodeCache codes;
    Executor executor{codes};
    types::Header parent;
    types::Block block;
};

TEST_F(BlockImport, accepts_what_block_execution_made)
{
    const auto imported = import(types::encode(block));
    ASSERT_TRUE(imported);
    EXPECT_EQ(imported->hash, types::header_hash(block.header));
    EXPECT_EQ(imported->receipts.size(), 1U);
    state.apply(imported->difference);
    EXPECT_EQ(scenario::balance_of(state::Source{state}, scenario::recipient), U256{1});
}

TEST_F(BlockImport, compares_every_field_that_execution_gives)
{
    EXPECT_EQ(failure_with([](auto& b) { ++b.header.gas_used; }), BlockFailure{InvalidBlock::invalid_gas_used});
    EXPECT_EQ(failure_with([](auto& b) { b.header.transactions_root = {}; }),
        BlockFailure{InvalidBlock::invalid_transactions_root});
    EXPECT_EQ(failure_with([](auto& b) { b.header.withdrawals_root = Hash{}; }),
        BlockFailure{InvalidBlock::invalid_withdrawals_root});
    EXPECT_EQ(failure_with([](auto& b) { b.header.blob_gas_used = 131'072; }),
        BlockFailure{InvalidBlock::incorrect_blob_gas_used});
    EXPECT_EQ(
        failure_with([](auto& b) { b.header.requests_hash = Hash{}; }), BlockFailure{InvalidBlock::invalid_requests});
    EXPECT_EQ(
        failure_with([](auto& b) { b.header.receipts_root = {}; }), BlockFailure{InvalidBlock::invalid_receipts_root});
    EXPECT_EQ(failure_with([](auto& b) { b.header.logs_bloom[0] = 1; }), BlockFailure{InvalidBlock::invalid_log_bloom});
    EXPECT_EQ(failure_with([](auto& b) { b.header.state_root = {}; }), BlockFailure{InvalidBlock::invalid_state_root});
}

TEST_F(BlockImport, refuses_another_parent_body_or_header)
{
    EXPECT_EQ(failure_with([](auto& b) { b.header.parent_hash = {}; }), BlockFailure{InvalidBlock::unknown_parent});
    EXPECT_EQ(failure_with([](auto& b) { ++b.header.number; }), BlockFailure{InvalidBlock::invalid_block_number});
    EXPECT_EQ(failure_with([](auto& b) { b.withdrawals.reset(); }), BlockFailure{InvalidBlock::incorrect_block_format});
    EXPECT_EQ(failure_with([](auto& b) { b.ommers.push_back(b.header); }),
        BlockFailure{InvalidBlock::import_impossible_uncles_over_paris});
    EXPECT_EQ(failure_with([](auto& b) { b.transactions.clear(); }), BlockFailure{InvalidBlock::invalid_gas_used});
}

TEST_F(BlockImport, names_the_fault_of_a_transaction)
{
    EXPECT_EQ(failure_with([](auto& b) { b.transactions.push_back(b.transactions[0]); }),
        BlockFailure{InvalidTransaction::nonce_mismatch_too_low});
    EXPECT_EQ(failure_with([](auto& b) { b.transactions[0].signature.s = crypto::secp256k1_order - U256{1}; }),
        BlockFailure{InvalidTransaction::invalid_signature_vrs});
    EXPECT_EQ(failure_with(
                  [](auto& b)
                  {
                      b.transactions[0].type = types::TransactionType::blob;
                      b.transactions[0].to.reset();
                  }),
        BlockFailure{InvalidTransaction::type_3_tx_contract_creation});
}

TEST_F(BlockImport, takes_no_more_transactions_than_the_gas_pays_for)
{
    const auto with_made_up_transactions = [this](std::size_t count, std::uint64_t gas_limit)
    {
        types::Transaction smallest;
        smallest.signature = {U256{1}, U256{1}, 0};
        return failure_with(
            [&](auto& b)
            {
                b.header.gas_limit = gas_limit;
                b.transactions.assign(count, smallest);
            });
    };
    const auto refused = BlockFailure{InvalidTransaction::gas_allowance_exceeded};
    const auto most = parent.gas_limit / 21'000;
    EXPECT_EQ(with_made_up_transactions(most + 1, parent.gas_limit), refused);
    EXPECT_NE(with_made_up_transactions(most, parent.gas_limit), refused);
    EXPECT_EQ(with_made_up_transactions(3 * most, 10 * parent.gas_limit), refused) << "the header's claim is not taken";
    EXPECT_EQ(with_made_up_transactions(most, 10 * parent.gas_limit), BlockFailure{InvalidBlock::invalid_gaslimit});
}

TEST_F(BlockImport, refuses_bytes_that_are_no_block)
{
    auto encoded = types::encode(block);
    for (const std::size_t length : {std::size_t{0}, std::size_t{1}, encoded.size() / 2, encoded.size() - 1})
    {
        const auto imported = import(BytesView{encoded}.first(length));
        ASSERT_FALSE(imported);
        EXPECT_EQ(imported.error(), BlockFailure{InvalidBlock::rlp_structures_encoding}) << length;
    }
}

TEST_F(BlockImport, refuses_blocks_above_the_size_limit)
{
    EXPECT_EQ(failure_with([](auto& b) { b.transactions[0].data.assign(8'388'608, 0); }),
        BlockFailure{InvalidBlock::rlp_block_limit_exceeded});
}

/// A block of the OP Stack whose transaction changes the storage of the message passer.
class OptimismBlockImport : public BlockImport
{
protected:
    OptimismBlockImport()
      : BlockImport{optimism_specification(1)}
    {
    }
};

TEST_F(OptimismBlockImport, compares_the_withdrawals_root_with_the_storage_of_the_message_passer)
{
    EXPECT_TRUE(import(types::encode(block)));
    EXPECT_NE(block.header.withdrawals_root, trie::empty_root);
    EXPECT_EQ(failure_with([](auto& b) { b.header.withdrawals_root = trie::empty_root; }),
        BlockFailure{InvalidBlock::invalid_withdrawals_root});
}

TEST_F(OptimismBlockImport, takes_no_withdrawals_and_no_requests)
{
    EXPECT_EQ(failure_with([](auto& b) { b.withdrawals->emplace_back(); }),
        BlockFailure{InvalidBlock::incorrect_block_format});
    EXPECT_EQ(block.header.requests_hash, requests_hash({}));
}

TEST_F(OptimismBlockImport, names_the_parameters_of_the_base_fee)
{
    EXPECT_EQ(failure_with([](auto& b) { b.header.extra_data = {}; }),
        BlockFailure{InvalidBlock::extra_data_invalid_holocene});
}
}  // namespace
}  // namespace jiffy::chain
