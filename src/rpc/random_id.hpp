// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/uint256.hpp"

namespace jiffy::rpc
{
/// Name of a filter or a subscription: a number of 128 random bits, which clients see as a QUANTITY. It is all that a
/// filter asks of whoever reads or removes it, so nobody may find one by trying or from ids of their own.
using RandomId = U256;

/// A fresh id from the system's source of randomness. Throws `std::system_error` if that gives none.
RandomId draw_random_id();

/// The bits of an id are as random as any that a table could make of them; a client chooses only ids to look for.
struct RandomIdHasher
{
    std::size_t operator()(const RandomId& id) const noexcept { return id.low(); }
};
}  // namespace jiffy::rpc
