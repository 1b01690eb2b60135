// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/uint256.hpp"

#include <span>

namespace jiffy::cli::load
{
/// Creation of an ERC-20 token (OpenZeppelin's) whose whole supply goes to the creator.
Bytes create_token(const U256& supply);

/// Of the token: transfer(address,uint256).
Bytes token_transfer(const Address& to, const U256& amount);

/// Creation of a market of constant product that holds both of its tokens itself, as much of each as `liquidity`.
Bytes create_pair(const U256& liquidity);

/// Of the pair: credit(address[],uint256), which gives each holder the amount of both tokens.
Bytes pair_credit(std::span<const Address> holders, const U256& amount);

/// Of the pair: swap(bool,uint256,uint256), with no least amount.
Bytes pair_swap(bool zero_for_one, const U256& amount_in);
}  // namespace jiffy::cli::load
