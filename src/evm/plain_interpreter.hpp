// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "evm/workspace.hpp"

namespace jiffy::evm
{
/// As `run_fast`, but the plain way: one instruction after the other, every check made when it is due, rules looked up
/// at run time. It reports each step to the tracer, and it is what the fast interpreter is tested against, so they
/// share frames, journal and opcode table, but neither pricing nor arithmetic.
Step run_plain(Frame& frame);
}  // namespace jiffy::evm
