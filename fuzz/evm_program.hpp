// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/uint256.hpp"
#include "byte_source.hpp"
#include "evm/revision.hpp"

namespace jiffy::fuzz
{
/// A contract: instructions whose operands mostly make sense for them, jumps to destinations that mostly exist,
/// creations from code that is there, and a few bytes of anything.
Bytes make_program(ByteSource& source, evm::Revision revision, const std::vector<Address>& addresses);
}  // namespace jiffy::fuzz
