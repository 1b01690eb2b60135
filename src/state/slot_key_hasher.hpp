// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/key_hasher.hpp"
#include "base/uint256.hpp"

namespace jiffy::state
{
/// `KeyHasher` for storage keys.
struct SlotKeyHasher
{
    KeyHasher hasher{};

    [[nodiscard]] std::uint64_t operator()(const U256& key) const noexcept { return hasher.words_hash(key.limbs); }
};
}  // namespace jiffy::state
