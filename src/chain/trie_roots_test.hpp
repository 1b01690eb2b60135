// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "chain/block_execution.hpp"
#include "trie/state_trie.hpp"

namespace jiffy::chain
{
/// Gives what `read` finds in the trie once the difference is applied, and takes the difference back.
template <class Read>
Hash after_difference(trie::StateTrie& trie, const types::StateDifference& difference, Read read)
{
    const auto version = trie.latest().number;
    trie.apply(difference);
    const auto root = read(trie);
    trie.rewind(version);
    return root;
}

/// Roots from a trie that holds the state of the parent.
inline StateRoot roots_of(trie::StateTrie& state)
{
    return {.context = &state,
        .after =
            [](void* context, const types::StateDifference& difference)
        {
            return after_difference(*static_cast<trie::StateTrie*>(context), difference,
                [](const trie::StateTrie& trie) { return trie.latest().root_hash; });
        },
        .storage_after =
            [](void* context, const types::StateDifference& difference, const Address& address)
        {
            return after_difference(*static_cast<trie::StateTrie*>(context), difference,
                [&address](const trie::StateTrie& trie) { return trie.storage_root(trie.latest(), address); });
        }};
}
}  // namespace jiffy::chain
