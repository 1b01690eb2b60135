// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/bytes.hpp"

#include <string_view>

namespace jiffy::chain
{
/// Extra data that the first ten blocks of the fork must have (EIP-779).
inline constexpr std::string_view dao_extra_data = "dao-hard-fork";
inline constexpr std::uint64_t dao_extra_data_range = 10;

/// The contract that all ether of `dao_accounts` goes to in the first block of the fork.
extern const Address dao_recovery_contract;

/// The DAO, its children and their extra balances (EIP-779).
std::span<const Address> dao_accounts() noexcept;
}  // namespace jiffy::chain
