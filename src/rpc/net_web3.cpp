// SPDX-License-Identifier: Apache-2.0
#include "crypto/keccak.hpp"
#include "rpc/backend.hpp"
#include "rpc/methods.hpp"

namespace jiffy::rpc
{
namespace
{
void client_version(Call& call)
{
    if (!call.reject_bad_parameters(0))
        call.reply.result([&](JsonWriter& json) { json.string(call.backend.client_version); });
}

void sha3(Call& call)
{
    const auto data = call.parameters.bytes(0);
    if (!call.reject_bad_parameters(1))
        call.reply.result([&](JsonWriter& json) { json.hex(crypto::keccak256(data)); });
}

void version(Call& call)
{
    if (!call.reject_bad_parameters(0))
        call.reply.result([&](JsonWriter& json) { json.string(std::to_string(call.backend.specification.chain_id)); });
}

void listening(Call& call)
{
    if (!call.reject_bad_parameters(0))
        call.reply.result([](JsonWriter& json) { json.boolean(true); });
}

/// This protocol has no peers to count.
void peer_count(Call& call)
{
    if (!call.reject_bad_parameters(0))
        call.reply.result([](JsonWriter& json) { json.quantity(std::uint64_t{0}); });
}

constexpr Method methods[] = {
    {"net_listening", listening},
    {"net_peerCount", peer_count},
    {"net_version", version},
    {"web3_clientVersion", client_version},
    {"web3_sha3", sha3},
};
}  // namespace

std::span<const Method> net_and_web3_methods()
{
    return methods;
}
}  // namespace jiffy::rpc
