// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "trie/node_pool.hpp"

namespace jiffy::world
{
/// Memory that the kernel is asked to back with large pages; ordinary pages if it does not.
const trie::ChunkMemory& large_page_memory() noexcept;
}  // namespace jiffy::world
