// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>

namespace jiffy::rpc
{
/// What of a request can be seen without parsing it.
struct PlainRequest
{
    /// A number that stands in an answer as it stands in the request.
    std::string_view id;
    std::string_view method;
};

/// Reads a request of JSON-RPC 2.0 in the form that clients write: the four members once each in any order, the `id` a
/// whole number, `params` a list of strings without escapes and whole numbers, all in ASCII. None for anything else,
/// which may be a request all the same.
std::optional<PlainRequest> read_plain_request(std::string_view text) noexcept;
}  // namespace jiffy::rpc
