// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/bytes.hpp"

#include <string>

namespace jiffy::store
{
/// Which chain a file belongs to. Every format has it in its header.
struct ChainIdentity
{
    std::uint64_t chain_id = 0;
    /// Hash of the genesis block.
    Hash genesis{};

    friend bool operator==(const ChainIdentity&, const ChainIdentity&) = default;
};
}  // namespace jiffy::store
