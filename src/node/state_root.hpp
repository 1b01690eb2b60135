// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "crypto/kernels.hpp"
#include "types/state_difference.hpp"

namespace jiffy::node
{
/// Root of a state that is given whole, computed from scratch: by sorting and hashing everything, with nothing kept
/// from block to block.
Hash compute_state_root(const types::StateDifference& whole_state, const crypto::Kernels& kernels);
}  // namespace jiffy::node
