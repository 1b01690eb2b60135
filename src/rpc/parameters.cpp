// SPDX-License-Identifier: Apache-2.0
#include "rpc/parameters.hpp"

#include "rpc/parameter_values.hpp"

namespace jiffy::rpc
{
namespace
{
/// Parses the element or records why it cannot be; gives a default value then.
template <class T>
T value_or_reject(Parameters& parameters,
    std::size_t index,
    std::optional<JsonElement> element,
    Parsed<T> (*parse)(JsonElement))
{
    if (!element)
        return T{};
    auto value = parse(*element);
    if (value)
        return std::move(*value);
    parameters.reject(index, value.error());
    return T{};
}
}  // namespace

Parameters::Parameters(std::optional<JsonElement> list)
{
    if (!list || list->is_null())
        return;
    simdjson::dom::array array;
    if (list->get_array().get(array) != simdjson::SUCCESS)
    {
        error_ = Error{code::invalid_params, "non-array args", {}};
        return;
    }
    elements_.reserve(array.size());
    for (const auto element : array)
        elements_.push_back(element);
}

bool Parameters::has(std::size_t index) const noexcept
{
    return index < elements_.size() && !elements_[index].is_null();
}

void Parameters::reject(std::size_t index, std::string_view reason)
{
    if (!error_)
        error_ =
            Error{code::invalid_params, "invalid argument " + std::to_string(index) + ": " + std::string{reason}, {}};
}

void Parameters::at_most(std::size_t count)
{
    if (!error_ && elements_.size() > count)
        error_ = Error{code::invalid_params, "too many arguments, want at most " + std::to_string(count), {}};
}

std::optional<JsonElement> Parameters::required(std::size_t index)
{
    if (has(index))
        return elements_[index];
    if (!error_)
        error_ = Error{code::invalid_params, "missing value for required argument " + std::to_string(index), {}};
    return std::nullopt;
}

Address Parameters::address(std::size_t index)
{
    return value_or_reject(*this, index, required(index), parse_address);
}

Hash Parameters::hash(std::size_t index)
{
    return value_or_reject(*this, index, required(index), parse_hash);
}

Bytes Parameters::bytes(std::size_t index)
{
    return value_or_reject(*this, index, required(index), parse_bytes);
}

std::uint64_t Parameters::quantity(std::size_t index)
{
    return value_or_reject(*this, index, required(index), parse_quantity64);
}

U256 Parameters::quantity256(std::size_t index)
{
    return value_or_reject(*this, index, required(index), parse_quantity256);
}

std::uint64_t Parameters::lenient_number(std::size_t index)
{
    return value_or_reject(*this, index, required(index), parse_lenient_number);
}

std::optional<std::uint64_t> Parameters::number_if_any(std::size_t index)
{
    if (!has(index))
        return std::nullopt;
    const auto number = parse_lenient_number(elements_[index]);
    return number ? std::optional{*number} : std::nullopt;
}

bool Parameters::boolean(std::size_t index)
{
    const auto element = required(index);
    bool value = false;
    if (element && element->get_bool().get(value) != simdjson::SUCCESS)
        reject(index, "expected a boolean");
    return value;
}

std::string_view Parameters::string(std::size_t index)
{
    return value_or_reject(*this, index, required(index), parse_string);
}

BlockSelector Parameters::block(std::size_t index)
{
    return has(index) ? value_or_reject(*this, index, elements_[index], parse_block) : BlockSelector{BlockTag::latest};
}

BlockSelector Parameters::required_block(std::size_t index)
{
    return value_or_reject(*this, index, required(index), parse_block);
}

U256 Parameters::storage_key(std::size_t index)
{
    return value_or_reject(*this, index, required(index), parse_storage_key);
}

std::vector<U256> Parameters::storage_keys(std::size_t index)
{
    constexpr std::size_t maximum_keys = 1024;
    return value_or_reject<std::vector<U256>>(*this, index, required(index),
        [](JsonElement list) { return parse_list<U256>(list, parse_storage_key, maximum_keys); });
}

std::vector<double> Parameters::percentiles(std::size_t index)
{
    if (!has(index))
        return {};
    constexpr std::size_t maximum_percentiles = 100;
    return value_or_reject<std::vector<double>>(*this, index, elements_[index],
        [](JsonElement list) -> Parsed<std::vector<double>>
        {
            const auto parse = [](JsonElement item) -> Parsed<double>
            {
                double value = 0;
                if (item.get_double().get(value) != simdjson::SUCCESS)
                    return std::unexpected{"expected a number"};
                return value;
            };
            return parse_list<double>(list, parse, maximum_percentiles);
        });
}

TransactionRequest Parameters::transaction_request(std::size_t index)
{
    return value_or_reject(*this, index, required(index), parse_transaction_request);
}

StateOverride Parameters::state_override(std::size_t index)
{
    return has(index) ? value_or_reject(*this, index, elements_[index], parse_state_override) : StateOverride{};
}

BlockOverrides Parameters::block_overrides(std::size_t index)
{
    return has(index) ? value_or_reject(*this, index, elements_[index], parse_block_overrides) : BlockOverrides{};
}

SubscriptionOptions Parameters::subscription_options(std::size_t index)
{
    return has(index) ? value_or_reject(*this, index, elements_[index], parse_subscription_options)
                      : SubscriptionOptions{};
}

NonceCondition Parameters::nonce_condition(std::size_t index)
{
    return value_or_reject(*this, index, required(index), parse_nonce_condition);
}

LogPage Parameters::log_page(std::size_t index)
{
    return value_or_reject(*this, index, required(index), parse_log_page);
}

LogFilter Parameters::log_filter(std::size_t index)
{
    return value_or_reject(*this, index, required(index), parse_log_filter);
}
}  // namespace jiffy::rpc
