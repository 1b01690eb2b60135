// SPDX-License-Identifier: Apache-2.0
#include "rpc/archive_routing.hpp"

#include "base/hex.hpp"
#include "rpc/backend.hpp"

#include <charconv>

namespace jiffy::rpc
{
namespace
{
bool knows(const sequencer::History& history, const Hash& name)
{
    return history.find_transaction(name) || history.find(name) != nullptr || history.find_mini_block(name);
}

bool knows(const sequencer::History& history, MethodCost cost, std::uint64_t number)
{
    // Numbers that are not there yet are in no archive either.
    if (cost == MethodCost::names_mini_block)
        return number >= sequencer::ChainReader{history}.oldest_mini_block();
    return number >= history.oldest_number();
}

std::optional<std::uint64_t> quantity_in(std::string_view text)
{
    std::uint64_t number = 0;
    const auto* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data() + 2, end, number, 16);
    return error == std::errc{} && stop == end ? std::optional{number} : std::nullopt;
}
}  // namespace

bool reads_archive(const Backend& backend, MethodCost cost, JsonElement parameters)
{
    if (backend.archive == nullptr || cost == MethodCost::light || cost == MethodCost::heavy)
        return false;
    JsonElement first;
    if (!parameters.is_array() || parameters.at(0).get(first) != simdjson::SUCCESS)
        return false;
    std::string_view text;
    if (first.get_string().get(text) != simdjson::SUCCESS)
        // An object may name a block (EIP-1898).
        return first.is_object();
    if (text == "earliest")
        return !knows(backend.history, cost, 0);
    if (!text.starts_with("0x") || text.size() == 2)
        return false;
    if (text.size() == 2 + 2 * Hash::size())
    {
        const auto bytes = from_hex(text);
        // What is not there yet is asked for often, and is in no archive.
        return bytes && !knows(backend.history, Hash::from(*bytes)) &&
               backend.archive->index().may_know(Hash::from(*bytes));
    }
    const auto number = quantity_in(text);
    return number && !knows(backend.history, cost, *number);
}
}  // namespace jiffy::rpc
