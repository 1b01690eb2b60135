// SPDX-License-Identifier: Apache-2.0
#include "cli/fixture_json.hpp"

#include <charconv>

namespace jiffy::cli
{
namespace
{
constexpr std::string_view overflow_prefix = "0x:bigint ";

[[noreturn]] void fail(std::string_view what, std::string_view text)
{
    throw FixtureError{std::string{what} + ": " + std::string{text.substr(0, 100)}};
}

U256 parse_number(std::string_view text)
{
    if (text.starts_with("0x"))
    {
        // Hex without a digit is zero.
        const auto number = text.size() == 2 ? U256{} : quantity_from_hex(text);
        if (!number)
            fail("not a number", text);
        return *number;
    }
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size())
        fail("not a number", text);
    return U256{value};
}
}  // namespace

std::optional<Json> find(Json object, std::string_view key)
{
    Json value;
    if (object[key].get(value) != simdjson::SUCCESS || value.is_null())
        return std::nullopt;
    return value;
}

Json get(Json object, std::string_view key)
{
    const auto value = find(object, key);
    if (!value)
        fail("missing member", key);
    return *value;
}

std::string_view read_text(Json value)
{
    std::string_view text;
    if (value.get(text) != simdjson::SUCCESS)
        throw FixtureError{"a string was expected"};
    return text;
}

std::optional<U256> read_number_or_overflow(Json value)
{
    std::uint64_t number = 0;
    if (value.get(number) == simdjson::SUCCESS)
        return U256{number};
    const auto text = read_text(value);
    if (text.starts_with(overflow_prefix))
        return std::nullopt;
    return parse_number(text);
}

U256 read_number(Json value)
{
    const auto number = read_number_or_overflow(value);
    if (!number)
        fail("number too large", read_text(value));
    return *number;
}

std::uint64_t read_number_64(Json value)
{
    const auto number = read_number(value);
    if (!number.fits_64())
        fail("number above 64 bits", read_text(value));
    return number.low();
}

Bytes read_bytes(Json value)
{
    const auto text = read_text(value);
    auto bytes = from_hex(text);
    if (!bytes)
        fail("no hex bytes", text);
    return std::move(*bytes);
}

Hash read_hash(Json value)
{
    const auto text = read_text(value);
    const auto hash = fixed_from_hex<32>(text);
    if (!hash)
        fail("not a hash", text);
    return *hash;
}

Hash read_padded_hash(Json value)
{
    return to_hash(read_number(value));
}

Address parse_address(std::string_view text)
{
    const auto address = fixed_from_hex<20>(text);
    if (!address)
        fail("not an address", text);
    return *address;
}

Address read_address(Json value)
{
    return parse_address(read_text(value));
}

state::MemoryState read_state(Json accounts)
{
    state::MemoryState state;
    for (const auto& [key, account] : accounts.get_object())
    {
        const auto address = parse_address(key);
        const auto nonce = find(account, "nonce");
        const auto code = find(account, "code");
        state.set_account(address, nonce ? read_number_64(*nonce) : 0, read_number(get(account, "balance")),
            code ? read_bytes(*code) : Bytes{});
        if (const auto storage = find(account, "storage"))
            for (const auto& [slot, value] : storage->get_object())
                state.set_storage(address, parse_number(slot), read_number(value));
    }
    return state;
}
}  // namespace jiffy::cli
