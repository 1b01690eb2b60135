// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <expected>
#include <string>

namespace jiffy::cli
{
struct Endpoint
{
    std::string host;
    std::uint16_t port = 0;
};

/// Reads HOST:PORT, with an IPv6 address in brackets. The error is one line for people and begins with the option's
/// name.
std::expected<Endpoint, std::string> parse_endpoint(const std::string& option, const std::string& text);
}  // namespace jiffy::cli
