// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>

namespace jiffy::cli
{
/// Cases that are left out, and why; from tests/conformance/skips.txt.
struct FixtureSkip
{
    /// In "file::name" of a case, any text where it has a '*'.
    std::string_view pattern;
    std::string_view reason;
};

std::span<const FixtureSkip> fixture_skips() noexcept;

/// True if the pattern is found in the text.
bool matches(std::string_view pattern, std::string_view text) noexcept;
}  // namespace jiffy::cli
