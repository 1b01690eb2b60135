// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "chain/block_import.hpp"
#include "chain/trie_roots_test.hpp"
#include "sequencer/test_chain.hpp"
#include "state/memory_state.hpp"

namespace jiffy::sequencer
{
/// What somebody who only has the blocks makes of them.
class Importer
{
public:
    explicit Importer(const Genesis& genesis)
      : parent_{genesis.header}
    {
        state_.apply(genesis.state);
        trie_.apply(genesis.state);
    }

    /// False if the block is not valid, or says something else than what its transactions give one after the other.
    bool import(const TestChain& chain, const BlockRecord& block)
    {
        types::Block whole;
        whole.header = block.sealed()->header;
        whole.withdrawals.emplace();
        for (std::size_t i = 0; i < block.transactions.size(); ++i)
            whole.transactions.push_back(block.transactions[i].transaction);
        const chain::Ancestor ancestor{&parent_, {}};
        const auto imported = chain::import_block(chain.specification,
            {.encoded = types::encode(whole),
                .ancestors = {&ancestor, 1},
                .parent_state = state::Source{state_},
                .block_hashes = chain.history.block_hashes(),
                .state_root = chain::roots_of(trie_)},
            executor_);
        if (!imported || imported->hash != block.sealed()->hash)
            return false;
        for (std::size_t i = 0; i < block.transactions.size(); ++i)
            if (imported->receipts[i] != block.transactions[i].receipt)
                return false;
        state_.apply(imported->difference);
        trie_.apply(imported->difference);
        parent_ = whole.header;
        return true;
    }

private:
    types::Header parent_;
    state::MemoryState state_;
    trie::StateTrie trie_{crypto::scalar_kernels()};
    evm::CodeCache codes_;
    chain::Executor executor_{codes_};
};
}  // namespace jiffy::sequencer
