// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "trie/state_trie.hpp"
#include "world/large_pages.hpp"
#include "world/snapshot.hpp"

namespace jiffy::world
{
/// Makes the trie of a snapshot's whole state. It is the trie's version 1 and its oldest one. Null once the state is
/// unavailable.
///
/// Beside the trie it takes 16 bytes for each account and each slot, and some MiB.
std::unique_ptr<trie::StateTrie> build_state_trie(const Snapshot& snapshot,
    const crypto::Kernels& kernels,
    const trie::ChunkMemory& memory = large_page_memory());
}  // namespace jiffy::world
