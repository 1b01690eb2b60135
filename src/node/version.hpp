// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace jiffy::node
{
inline constexpr std::string_view version = "0.1.0";

/// As web3_clientVersion says it.
inline constexpr std::string_view client_version = "jiffy/v0.1.0/linux-x86_64";
}  // namespace jiffy::node
