// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "rpc/parameters.hpp"

#include <expected>

namespace jiffy::rpc
{
/// A value, or why the JSON is none, in words that go to the client.
template <class T>
using Parsed = std::expected<T, std::string>;

Parsed<std::string_view> parse_string(JsonElement element);
Parsed<Bytes> parse_bytes(JsonElement element);
Parsed<std::uint64_t> parse_quantity64(JsonElement element);
/// A hex number or a plain one.
Parsed<std::uint64_t> parse_lenient_number(JsonElement element);
Parsed<U256> parse_quantity256(JsonElement element);
Parsed<Address> parse_address(JsonElement element);
Parsed<Hash> parse_hash(JsonElement element);
/// A hex string of at most 32 bytes, odd lengths included.
Parsed<U256> parse_storage_key(JsonElement element);
Parsed<BlockSelector> parse_block(JsonElement element);
Parsed<TransactionRequest> parse_transaction_request(JsonElement element);
Parsed<StateOverride> parse_state_override(JsonElement element);
Parsed<BlockOverrides> parse_block_overrides(JsonElement element);
Parsed<LogFilter> parse_log_filter(JsonElement element);
Parsed<LogPage> parse_log_page(JsonElement element);
Parsed<NonceCondition> parse_nonce_condition(JsonElement element);
Parsed<SubscriptionOptions> parse_subscription_options(JsonElement element);

/// Every element of an array; `name` is for the error text.
template <class T>
Parsed<std::vector<T>> parse_list(JsonElement element, Parsed<T> (*parse)(JsonElement), std::size_t limit)
{
    simdjson::dom::array array;
    if (element.get_array().get(array) != simdjson::SUCCESS)
        return std::unexpected{"expected an array"};
    if (array.size() > limit)
        return std::unexpected{"array has more than " + std::to_string(limit) + " elements"};
    std::vector<T> values;
    values.reserve(array.size());
    for (const auto item : array)
    {
        auto value = parse(item);
        if (!value)
            return std::unexpected{std::move(value).error()};
        values.push_back(std::move(*value));
    }
    return values;
}
}  // namespace jiffy::rpc
