// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/bytes.hpp"

namespace jiffy::evm
{
/// Address of a contract that CREATE makes: keccak256(rlp([sender, nonce])).
Address create_address(const Address& sender, std::uint64_t nonce) noexcept;

/// Address of a contract that CREATE2 makes (EIP-1014).
Address create2_address(const Address& sender, const Hash& salt, BytesView init_code) noexcept;
}  // namespace jiffy::evm
