// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "evm/workspace.hpp"

namespace jiffy::evm
{
/// Runs a frame from where it stands until it halts or calls (never `Step::next`). The revision is the one of the
/// frame's block.
Step run_fast(Frame& frame);
}  // namespace jiffy::evm
