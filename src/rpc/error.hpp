// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace jiffy::rpc
{
/// Error codes of JSON-RPC 2.0, EIP-1474 and geth.
namespace code
{
inline constexpr int parse_error = -32700;
inline constexpr int invalid_request = -32600;
inline constexpr int method_not_found = -32601;
inline constexpr int invalid_params = -32602;
inline constexpr int internal_error = -32603;
/// geth's code for everything without one of its own.
inline constexpr int server_error = -32000;
inline constexpr int response_too_large = -32003;
inline constexpr int limit_exceeded = -32005;
/// The call was reverted; `data` holds what it returned.
inline constexpr int reverted = 3;
/// EIP-7966: the transaction was taken, but its receipt did not come in time; `data` holds its hash.
inline constexpr int sync_timeout = 4;
/// EIP-7966: the transaction waits for one before it; `data` holds the expected nonce.
inline constexpr int nonce_gap = 6;
/// geth's code for history that is not kept any more (EIP-4444).
inline constexpr int pruned = 4444;
}  // namespace code

/// What a client gets instead of a result.
struct Error
{
    int code = code::server_error;
    std::string message;
    /// JSON, or empty for none.
    std::string data;
};
}  // namespace jiffy::rpc
