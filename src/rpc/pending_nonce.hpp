// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "rpc/error.hpp"

#include <functional>

namespace jiffy::rpc
{
struct Backend;

/// Finds the next nonce of an account, pooled transactions counted, and tells it once: at once, or on another thread.
/// Only whoever sequences knows the pool; if he cannot be reached, the account's nonce here is told. The error is for
/// whoever asked.
void find_pending_nonce(const Backend& backend,
    const Address& address,
    std::move_only_function<void(Result<std::uint64_t, Error>)> tell);
}  // namespace jiffy::rpc
