// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "crypto/kernels.hpp"
#include "types/block.hpp"

namespace jiffy::chain
{
/// Fills in the roots of the block's content: transactions and receipts, both in canonical form, and requests since
/// Prague, each with its type byte. Whoever executes need not wait for them.
void complete_header(types::Header& header,
    std::span<const Bytes> transactions,
    std::span<const Bytes> receipts,
    std::span<const Bytes> requests,
    const crypto::Kernels& kernels = crypto::scalar_kernels());
}  // namespace jiffy::chain
