// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/bytes.hpp"

#include <optional>

namespace jiffy::evm
{
/// Size of a delegation designator: 0xef0100 and an address (EIP-7702).
inline constexpr std::size_t delegation_size = 23;

/// Target of a delegation designator; empty if the code is none.
inline std::optional<Address> delegation_target(BytesView code) noexcept
{
    if (code.size() != delegation_size || code[0] != 0xef || code[1] != 0x01 || code[2] != 0x00)
        return std::nullopt;
    return Address::from(code.subspan(3));
}

/// Code of an account that delegates to `target`.
inline FixedBytes<delegation_size> delegation_code(const Address& target) noexcept
{
    FixedBytes<delegation_size> code{{0xef, 0x01, 0x00}};
    std::memcpy(code.data() + 3, target.data(), target.size());
    return code;
}
}  // namespace jiffy::evm
