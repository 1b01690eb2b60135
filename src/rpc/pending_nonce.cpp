// SPDX-License-Identifier: Apache-2.0
#include "rpc/pending_nonce.hpp"

#include "rpc/backend.hpp"
#include "rpc/json_writer.hpp"
#include "rpc/state_view.hpp"

#include <charconv>

namespace jiffy::rpc
{
namespace
{
std::uint64_t nonce_here(const Backend& backend, const Address& address)
{
    const auto view = resolve_state(backend, BlockTag::latest);
    types::Account account;
    return view && view->account(address, account) == state::Presence::present ? account.nonce : 0;
}

/// A quantity as JSON: "0x1f" in its quotation marks.
std::optional<std::uint64_t> quantity_of(std::string_view json)
{
    if (!json.starts_with("\"0x") || !json.ends_with('"'))
        return std::nullopt;
    json = json.substr(3, json.size() - 4);
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(json.begin(), json.end(), value, 16);
    return error == std::errc{} && end == json.end() ? std::optional{value} : std::nullopt;
}
}  // namespace

void find_pending_nonce(const Backend& backend,
    const Address& address,
    std::move_only_function<void(Result<std::uint64_t, Error>)> tell)
{
    if (auto* sequencer = backend.route.here())
    {
        if (sequencer->pooled() == 0)
            return tell(nonce_here(backend, address));
        auto shared = std::make_shared<decltype(tell)>(std::move(tell));
        sequencer::NonceQuery query{address, [shared](std::uint64_t nonce) { (*shared)(nonce); }};
        if (!sequencer->query(query))
            (*shared)(failure(Error{code::limit_exceeded, "too many requests are waiting", {}}));
        return;
    }
    auto* forwarder = backend.route.elsewhere();
    if (forwarder == nullptr)
        return tell(nonce_here(backend, address));
    forwarder->forward("eth_getTransactionCount", "[" + json_hex(address.view()) + R"(,"pending"])",
        [&backend, address, told = std::move(tell)](const ForwardedAnswer& answer) mutable
        {
            const auto nonce = answer ? quantity_of(*answer) : std::nullopt;
            told(nonce ? *nonce : nonce_here(backend, address));
        });
}
}  // namespace jiffy::rpc
