// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.hpp"
#include "rpc/error.hpp"
#include "rpc/parameters.hpp"

namespace jiffy::rpc
{
struct Backend;

/// A gas limit with which the call succeeds, found as geth finds it: at most 1.5 % above the least one.
Result<std::uint64_t, Error> estimate_gas(const Backend& backend,
    const TransactionRequest& request,
    const BlockSelector& selector,
    const StateOverride& overrides);
}  // namespace jiffy::rpc
