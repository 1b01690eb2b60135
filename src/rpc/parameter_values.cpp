// SPDX-License-Identifier: Apache-2.0
#include "rpc/parameter_values.hpp"

#include "base/hex.hpp"

namespace jiffy::rpc
{
namespace dom = simdjson::dom;

namespace
{
constexpr std::size_t maximum_access_list = 10'000;
constexpr std::size_t maximum_topics = 4;
constexpr std::size_t maximum_alternatives = 1'000;
constexpr std::size_t maximum_overrides = 1'000;
constexpr std::size_t maximum_override_slots = 10'000;

std::unexpected<std::string> refuse(std::string_view reason)
{
    return std::unexpected{std::string{reason}};
}

/// Digits of a hex string with prefix.
Parsed<std::string_view> parse_digits(JsonElement element)
{
    auto text = parse_string(element);
    if (!text)
        return text;
    if (text->empty())
        return refuse("empty hex string");
    if (!text->starts_with("0x") && !text->starts_with("0X"))
        return refuse("hex string without 0x prefix");
    return text->substr(2);
}

template <std::size_t N>
Parsed<FixedBytes<N>> parse_fixed(JsonElement element, std::string_view name)
{
    const auto hex = parse_digits(element);
    if (!hex)
        return std::unexpected{hex.error()};
    if (hex->size() % 2 != 0)
        return refuse("hex string of odd length");
    if (hex->size() != 2 * N)
        return std::unexpected{"hex string has length " + std::to_string(hex->size()) + ", want " +
                               std::to_string(2 * N) + " for " + std::string{name}};
    const auto value = fixed_from_hex<N>(*hex);
    if (!value)
        return refuse("invalid hex string");
    return *value;
}

bool is_null(JsonElement element)
{
    return element.type() == dom::element_type::NULL_VALUE;
}

/// Reads members of an object into optional fields; keeps the first failure.
class ObjectReader
{
public:
    explicit ObjectReader(dom::object object)
      : object_{object}
    {
    }

    /// Calls `parse` on the member if it is there and not null, and gives its value.
    template <class T>
    std::optional<T> read(std::string_view name, Parsed<T> (*parse)(JsonElement))
    {
        JsonElement element;
        if (error_ || object_.at_key(name).get(element) != simdjson::SUCCESS || is_null(element))
            return std::nullopt;
        auto value = parse(element);
        if (value)
            return std::move(*value);
        error_ = std::string{name} + ": " + std::move(value).error();
        return std::nullopt;
    }
    void fail(std::string reason)
    {
        if (!error_)
            error_ = std::move(reason);
    }
    [[nodiscard]] std::optional<std::string>& error() noexcept { return error_; }

private:
    dom::object object_;
    std::optional<std::string> error_;
};

Parsed<dom::object> parse_object(JsonElement element)
{
    dom::object object;
    if (element.get_object().get(object) != simdjson::SUCCESS)
        return refuse("expected an object");
    return object;
}

Parsed<types::AccessListEntry> parse_access_list_entry(JsonElement element)
{
    const auto object = parse_object(element);
    if (!object)
        return std::unexpected{object.error()};
    ObjectReader reader{*object};
    types::AccessListEntry entry;
    entry.address = reader.read("address", parse_address).value_or(Address{});
    if (auto keys = reader.read<std::vector<Hash>>(
            "storageKeys", [](JsonElement list) { return parse_list<Hash>(list, parse_hash, maximum_access_list); }))
        entry.storage_keys = std::move(*keys);
    if (reader.error())
        return std::unexpected{std::move(*reader.error())};
    return entry;
}

Parsed<types::Authorization> parse_authorization(JsonElement element)
{
    const auto object = parse_object(element);
    if (!object)
        return std::unexpected{object.error()};
    ObjectReader reader{*object};
    types::Authorization authorization;
    authorization.chain_id = reader.read("chainId", parse_quantity256).value_or(U256{});
    authorization.address = reader.read("address", parse_address).value_or(Address{});
    authorization.nonce = reader.read("nonce", parse_quantity64).value_or(0);
    authorization.signature.r = reader.read("r", parse_quantity256).value_or(U256{});
    authorization.signature.s = reader.read("s", parse_quantity256).value_or(U256{});
    const auto parity = reader.read("yParity", parse_quantity64).value_or(0);
    if (parity > 0xff)
        reader.fail("yParity: out of range");
    authorization.signature.y_parity = static_cast<std::uint8_t>(parity);
    if (reader.error())
        return std::unexpected{std::move(*reader.error())};
    return authorization;
}

Parsed<bool> parse_boolean(JsonElement element)
{
    bool value = false;
    if (element.get_bool().get(value) != simdjson::SUCCESS)
        return refuse("expected a boolean");
    return value;
}

/// null stands for "any", one value for itself, a list for each of its values.
template <class T>
Parsed<std::vector<T>> parse_alternatives(JsonElement element, Parsed<T> (*parse)(JsonElement))
{
    if (is_null(element))
        return std::vector<T>{};
    if (element.is_array())
        return parse_list<T>(element, parse, maximum_alternatives);
    auto value = parse(element);
    if (!value)
        return std::unexpected{std::move(value).error()};
    return std::vector<T>{std::move(*value)};
}

Parsed<std::vector<std::pair<U256, U256>>> parse_slots(JsonElement element)
{
    const auto object = parse_object(element);
    if (!object)
        return std::unexpected{object.error()};
    if (object->size() > maximum_override_slots)
        return refuse("too many slots");
    std::vector<std::pair<U256, U256>> slots;
    for (const auto [name, value] : *object)
    {
        const auto key = fixed_from_hex<32>(name);
        if (!key)
            return refuse("slot is no 32-byte hex string");
        const auto word = parse_hash(value);
        if (!word)
            return std::unexpected{word.error()};
        slots.emplace_back(to_u256(*key), to_u256(*word));
    }
    return slots;
}
}  // namespace

Parsed<std::string_view> parse_string(JsonElement element)
{
    std::string_view text;
    if (element.get_string().get(text) != simdjson::SUCCESS)
        return refuse("expected a string");
    return text;
}

Parsed<Bytes> parse_bytes(JsonElement element)
{
    const auto hex = parse_digits(element);
    if (!hex)
        return std::unexpected{hex.error()};
    if (hex->size() % 2 != 0)
        return refuse("hex string of odd length");
    if (hex->empty())
        return Bytes{};
    auto bytes = from_hex(*hex);
    if (!bytes)
        return refuse("invalid hex string");
    return std::move(*bytes);
}

Parsed<U256> parse_quantity256(JsonElement element)
{
    const auto hex = parse_digits(element);
    if (!hex)
        return std::unexpected{hex.error()};
    if (hex->empty())
        return refuse("hex string \"0x\"");
    if (hex->size() > 64)
        return refuse("hex number > 256 bits");
    const auto value = quantity_from_hex(*parse_string(element));
    if (!value)
        return refuse("invalid hex string");
    return *value;
}

Parsed<std::uint64_t> parse_quantity64(JsonElement element)
{
    const auto value = parse_quantity256(element);
    if (!value)
        return std::unexpected{value.error()};
    if (!value->fits_64())
        return refuse("hex number > 64 bits");
    return value->low();
}

Parsed<std::uint64_t> parse_lenient_number(JsonElement element)
{
    std::uint64_t number = 0;
    if (element.get_uint64().get(number) == simdjson::SUCCESS)
        return number;
    return parse_quantity64(element);
}

Parsed<Address> parse_address(JsonElement element)
{
    return parse_fixed<20>(element, "address");
}

Parsed<Hash> parse_hash(JsonElement element)
{
    return parse_fixed<32>(element, "hash");
}

Parsed<U256> parse_storage_key(JsonElement element)
{
    const auto hex = parse_digits(element);
    if (!hex)
        return std::unexpected{hex.error()};
    if (hex->size() > 64)
        return refuse("storage key too long (want at most 32 bytes)");
    if (hex->empty())
        return U256{};
    return parse_quantity256(element);
}

Parsed<BlockSelector> parse_block(JsonElement element)
{
    if (element.is_object())
    {
        ObjectReader reader{*parse_object(element)};
        const auto hash = reader.read("blockHash", parse_hash);
        const auto number = reader.read("blockNumber", parse_quantity64);
        const auto canonical = reader.read("requireCanonical", parse_boolean);
        if (reader.error())
            return std::unexpected{std::move(*reader.error())};
        if (hash.has_value() == number.has_value())
            return refuse("cannot specify both BlockHash and BlockNumber, choose one or the other");
        if (hash)
            return BlockSelector{BlockByHash{*hash, canonical.value_or(false)}};
        return BlockSelector{*number};
    }
    const auto text = parse_string(element);
    if (!text)
        return refuse("expected a block number, tag or hash");
    static constexpr std::pair<std::string_view, BlockTag> tags[] = {{"latest", BlockTag::latest},
        {"pending", BlockTag::pending}, {"safe", BlockTag::safe}, {"finalized", BlockTag::finalized},
        {"earliest", BlockTag::earliest}};
    for (const auto& [name, tag] : tags)
        if (*text == name)
            return BlockSelector{tag};
    constexpr std::size_t hash_text_size = 66;
    if (text->size() == hash_text_size)
    {
        const auto hash = parse_hash(element);
        if (!hash)
            return std::unexpected{hash.error()};
        return BlockSelector{BlockByHash{*hash, false}};
    }
    const auto number = parse_quantity64(element);
    if (!number)
        return std::unexpected{number.error()};
    return BlockSelector{*number};
}

Parsed<TransactionRequest> parse_transaction_request(JsonElement element)
{
    const auto object = parse_object(element);
    if (!object)
        return std::unexpected{object.error()};
    ObjectReader reader{*object};
    TransactionRequest request;
    request.from = reader.read("from", parse_address);
    request.to = reader.read("to", parse_address);
    request.gas = reader.read("gas", parse_quantity64);
    request.gas_price = reader.read("gasPrice", parse_quantity256);
    request.max_fee_per_gas = reader.read("maxFeePerGas", parse_quantity256);
    request.max_priority_fee_per_gas = reader.read("maxPriorityFeePerGas", parse_quantity256);
    request.max_fee_per_blob_gas = reader.read("maxFeePerBlobGas", parse_quantity256);
    request.value = reader.read("value", parse_quantity256);
    request.nonce = reader.read("nonce", parse_quantity64);
    request.chain_id = reader.read("chainId", parse_quantity64);
    auto data = reader.read("data", parse_bytes);
    auto input = reader.read("input", parse_bytes);
    if (data && input && *data != *input)
        reader.fail(
            "both \"data\" and \"input\" are set and not equal. Please use \"input\" to pass transaction call data");
    if (input || data)
        request.data = input ? std::move(*input) : std::move(*data);
    request.access_list = reader.read<types::AccessList>("accessList", [](JsonElement list)
        { return parse_list<types::AccessListEntry>(list, parse_access_list_entry, maximum_access_list); });
    if (auto hashes = reader.read<std::vector<Hash>>("blobVersionedHashes",
            [](JsonElement list) { return parse_list<Hash>(list, parse_hash, maximum_alternatives); }))
        request.blob_versioned_hashes = std::move(*hashes);
    if (auto list = reader.read<std::vector<types::Authorization>>("authorizationList", [](JsonElement entries)
            { return parse_list<types::Authorization>(entries, parse_authorization, maximum_alternatives); }))
        request.authorization_list = std::move(*list);
    if (request.gas_price && (request.max_fee_per_gas || request.max_priority_fee_per_gas))
        reader.fail("both gasPrice and (maxFeePerGas or maxPriorityFeePerGas) specified");
    if (reader.error())
        return std::unexpected{std::move(*reader.error())};
    return request;
}

Parsed<StateOverride> parse_state_override(JsonElement element)
{
    const auto object = parse_object(element);
    if (!object)
        return std::unexpected{object.error()};
    if (object->size() > maximum_overrides)
        return refuse("too many overridden accounts");
    StateOverride overrides;
    for (const auto [name, value] : *object)
    {
        const auto address = name.starts_with("0x") ? fixed_from_hex<20>(name) : std::nullopt;
        if (!address)
            return refuse("overridden account is no address");
        const auto fields = parse_object(value);
        if (!fields)
            return std::unexpected{fields.error()};
        ObjectReader reader{*fields};
        AccountOverride account;
        account.address = *address;
        account.balance = reader.read("balance", parse_quantity256);
        account.nonce = reader.read("nonce", parse_quantity64);
        account.code = reader.read("code", parse_bytes);
        auto whole = reader.read("state", parse_slots);
        auto some = reader.read("stateDiff", parse_slots);
        if (whole && some)
            reader.fail("account " + std::string{name} + " has both 'state' and 'stateDiff'");
        account.replaces_storage = whole.has_value();
        if (whole || some)
            account.slots = whole ? std::move(*whole) : std::move(*some);
        if (reader.error())
            return std::unexpected{std::move(*reader.error())};
        overrides.push_back(std::move(account));
    }
    return overrides;
}

Parsed<LogFilter> parse_log_filter(JsonElement element)
{
    const auto object = parse_object(element);
    if (!object)
        return std::unexpected{object.error()};
    ObjectReader reader{*object};
    LogFilter filter;
    filter.from = reader.read("fromBlock", parse_block);
    filter.to = reader.read("toBlock", parse_block);
    filter.block_hash = reader.read("blockHash", parse_hash);
    if (filter.block_hash && (filter.from || filter.to))
        reader.fail("cannot specify both BlockHash and FromBlock/ToBlock, choose one or the other");
    if (auto addresses = reader.read<std::vector<Address>>(
            "address", [](JsonElement item) { return parse_alternatives<Address>(item, parse_address); }))
        filter.addresses = std::move(*addresses);
    if (auto topics = reader.read<std::vector<std::vector<Hash>>>("topics",
            [](JsonElement list)
            {
                return parse_list<std::vector<Hash>>(
                    list, [](JsonElement item) { return parse_alternatives<Hash>(item, parse_hash); }, maximum_topics);
            }))
        filter.topics = std::move(*topics);
    if (reader.error())
        return std::unexpected{std::move(*reader.error())};
    return filter;
}

Parsed<BlockOverrides> parse_block_overrides(JsonElement element)
{
    const auto object = parse_object(element);
    if (!object)
        return std::unexpected{object.error()};
    ObjectReader reader{*object};
    BlockOverrides overrides;
    overrides.number = reader.read("number", parse_quantity64);
    overrides.time = reader.read("time", parse_quantity64);
    overrides.gas_limit = reader.read("gasLimit", parse_quantity64);
    overrides.fee_recipient = reader.read("feeRecipient", parse_address);
    overrides.prev_randao = reader.read("prevRandao", parse_hash);
    overrides.base_fee = reader.read("baseFeePerGas", parse_quantity256);
    overrides.blob_base_fee = reader.read("blobBaseFee", parse_quantity256);
    if (reader.error())
        return std::unexpected{std::move(*reader.error())};
    return overrides;
}

Parsed<LogPage> parse_log_page(JsonElement element)
{
    const auto object = parse_object(element);
    if (!object)
        return std::unexpected{object.error()};
    ObjectReader reader{*object};
    LogPage page;
    page.cursor = reader.read("cursor", parse_bytes);
    page.limit = reader.read("limit", parse_lenient_number);
    if (page.limit == 0)
        reader.fail("limit: is zero");
    if (reader.error())
        return std::unexpected{std::move(*reader.error())};
    return page;
}

Parsed<NonceCondition> parse_nonce_condition(JsonElement element)
{
    const auto object = parse_object(element);
    if (!object)
        return std::unexpected{object.error()};
    ObjectReader reader{*object};
    NonceCondition condition;
    const auto account = reader.read("account", parse_address);
    const auto nonce = reader.read("nonce", parse_lenient_number);
    condition.timeout = reader.read("timeout", parse_lenient_number);
    if (!account || !nonce)
        reader.fail("account and nonce must be there");
    if (reader.error())
        return std::unexpected{std::move(*reader.error())};
    condition.account = *account;
    condition.nonce = *nonce;
    return condition;
}

Parsed<SubscriptionOptions> parse_subscription_options(JsonElement element)
{
    const auto parse_addresses = [](JsonElement list)
    { return parse_list<Address>(list, parse_address, maximum_alternatives); };
    SubscriptionOptions options;
    if (element.is_array())
    {
        auto addresses = parse_addresses(element);
        if (!addresses)
            return std::unexpected{addresses.error()};
        options.addresses = std::move(*addresses);
        return options;
    }
    const auto object = parse_object(element);
    if (!object)
        return std::unexpected{object.error()};
    ObjectReader reader{*object};
    options.from_mini_block = reader.read("fromMiniBlock", parse_lenient_number);
    if (auto addresses = reader.read<std::vector<Address>>("addresses", parse_addresses))
        options.addresses = std::move(*addresses);
    if (reader.error())
        return std::unexpected{std::move(*reader.error())};
    return options;
}
}  // namespace jiffy::rpc
