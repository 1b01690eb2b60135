// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "chain/specification.hpp"

#include <string_view>

namespace jiffy::node
{
/// Rules that a chain can be started with where there is no file of them.
enum class Preset : std::uint8_t
{
    /// The OP Stack up to Isthmus: a chain that can settle on Ethereum.
    op,
    /// Ethereum itself up to Osaka: for tests and comparisons.
    ethereum,
};

/// As users name it: "op".
constexpr std::string_view name_of(Preset preset) noexcept
{
    return preset == Preset::op ? "op" : "ethereum";
}

/// For people: "OP Stack, Isthmus".
constexpr std::string_view rules_of(Preset preset) noexcept
{
    return preset == Preset::op ? "OP Stack, Isthmus" : "Ethereum, Osaka";
}

/// The rules of a chain with its own intervals, in milliseconds.
chain::ChainSpecification specification_of(Preset preset,
    std::uint64_t chain_id,
    std::uint64_t mini_block_interval,
    std::uint64_t block_interval);
}  // namespace jiffy::node
