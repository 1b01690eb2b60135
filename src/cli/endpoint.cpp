// SPDX-License-Identifier: Apache-2.0
#include "cli/endpoint.hpp"

#include <charconv>

namespace jiffy::cli
{
std::expected<Endpoint, std::string> parse_endpoint(const std::string& option, const std::string& text)
{
    Endpoint endpoint;
    std::string_view host = text;
    const auto colon = host.rfind(':');
    const auto digits = colon == std::string_view::npos ? std::string_view{} : host.substr(colon + 1);
    const auto [end, error] = std::from_chars(digits.begin(), digits.end(), endpoint.port);
    if (error != std::errc{} || end != digits.end() || colon == 0)
        return std::unexpected{option + ": HOST:PORT is wanted, as 127.0.0.1:9545, not " + text};
    host = host.substr(0, colon);
    if (host.starts_with('[') && host.ends_with(']'))
        host = host.substr(1, host.size() - 2);
    endpoint.host = host;
    return endpoint;
}
}  // namespace jiffy::cli
