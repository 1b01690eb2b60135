// SPDX-License-Identifier: Apache-2.0
#include "node/genesis_file.hpp"

#include "base/hex.hpp"
#include "chain/fees.hpp"
#include "chain/optimism.hpp"
#include "chain/requests.hpp"
#include "state/memory_state.hpp"
#include "trie/root.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <simdjson.h>
#include <stdexcept>

namespace jiffy::node
{
namespace
{
using chain::Fork;
using chain::OptimismFork;
using Json = simdjson::dom::element;
using JsonObject = simdjson::dom::object;

constexpr std::uintmax_t largest_file = std::uintmax_t{1} << 30;
/// Milliseconds.
constexpr std::uint64_t longest_interval = 3'600'000;
constexpr std::uint64_t smallest_gas_limit = 5'000;
constexpr std::uint64_t largest_gas_limit = 0x7fff'ffff'ffff'ffff;

/// What is wrong with the file.
class Fault : public std::runtime_error
{
public:
    using std::runtime_error::runtime_error;
};

[[noreturn]] void refuse(std::string_view key, std::string_view complaint)
{
    throw Fault{std::string{key}.append(": ").append(complaint)};
}

template <class Enumeration>
struct ActivationKey
{
    std::string_view key;
    Enumeration fork;
};

constexpr ActivationKey<Fork> fork_keys[] = {{"homesteadBlock", Fork::homestead}, {"daoForkBlock", Fork::dao},
    {"eip150Block", Fork::tangerine_whistle}, {"eip158Block", Fork::spurious_dragon},
    {"byzantiumBlock", Fork::byzantium}, {"constantinopleBlock", Fork::constantinople},
    {"petersburgBlock", Fork::petersburg}, {"istanbulBlock", Fork::istanbul}, {"muirGlacierBlock", Fork::muir_glacier},
    {"berlinBlock", Fork::berlin}, {"londonBlock", Fork::london}, {"arrowGlacierBlock", Fork::arrow_glacier},
    {"grayGlacierBlock", Fork::gray_glacier}, {"shanghaiTime", Fork::shanghai}, {"cancunTime", Fork::cancun},
    {"pragueTime", Fork::prague}, {"osakaTime", Fork::osaka}, {"bpo1Time", Fork::bpo1}, {"bpo2Time", Fork::bpo2},
    {"bpo3Time", Fork::bpo3}, {"bpo4Time", Fork::bpo4}};

constexpr ActivationKey<OptimismFork> optimism_fork_keys[] = {{"bedrockBlock", OptimismFork::bedrock},
    {"regolithTime", OptimismFork::regolith}, {"canyonTime", OptimismFork::canyon},
    {"ecotoneTime", OptimismFork::ecotone}, {"fjordTime", OptimismFork::fjord}, {"graniteTime", OptimismFork::granite},
    {"holoceneTime", OptimismFork::holocene}, {"isthmusTime", OptimismFork::isthmus}};

constexpr ActivationKey<Fork> blob_schedule_keys[] = {{"cancun", Fork::cancun}, {"prague", Fork::prague},
    {"osaka", Fork::osaka}, {"bpo1", Fork::bpo1}, {"bpo2", Fork::bpo2}, {"bpo3", Fork::bpo3}, {"bpo4", Fork::bpo4}};

/// Member of an object; empty if it is absent or null.
std::optional<Json> find(const JsonObject& object, std::string_view key)
{
    Json member;
    if (object.at_key(key).get(member) != simdjson::SUCCESS || member.is_null())
        return std::nullopt;
    return member;
}

JsonObject as_object(Json value, std::string_view key)
{
    JsonObject object;
    if (value.get(object) != simdjson::SUCCESS)
        refuse(key, "expected an object");
    return object;
}

std::string_view as_text(Json value, std::string_view key)
{
    std::string_view text;
    if (value.get(text) != simdjson::SUCCESS)
        refuse(key, "expected a string");
    return text;
}

std::optional<U256> from_decimal(std::string_view digits)
{
    // 10^77 is below 2^256: no overflow so far.
    constexpr std::size_t most_digits = 77;
    if (digits.empty() || digits.size() > most_digits)
        return std::nullopt;
    U256 number;
    for (const char digit : digits)
    {
        if (digit < '0' || digit > '9')
            return std::nullopt;
        number = number * U256{10} + U256{static_cast<std::uint64_t>(digit - '0')};
    }
    return number;
}

/// A JSON number, or a string of decimal digits or of hex digits after 0x, as geth takes them.
U256 as_number(Json value, std::string_view key)
{
    std::uint64_t small = 0;
    if (value.get(small) == simdjson::SUCCESS)
        return U256{small};
    auto text = as_text(value, key);
    std::optional<U256> number;
    if (!text.starts_with("0x"))
        number = from_decimal(text);
    else if (text.size() > 2 && text.size() <= 66)
    {
        // Leading zeros are usual in these files.
        std::string digits(66 - text.size(), '0');
        digits.append(text.substr(2));
        if (const auto bytes = fixed_from_hex<32>(digits))
            number = to_u256(*bytes);
    }
    if (!number)
        refuse(key, "expected a number");
    return *number;
}

std::uint64_t as_number_64(Json value, std::string_view key)
{
    const auto number = as_number(value, key);
    if (!number.fits_64())
        refuse(key, "the number exceeds 64 bits");
    return number.low();
}

Bytes as_bytes(Json value, std::string_view key)
{
    auto bytes = from_hex(as_text(value, key));
    if (!bytes)
        refuse(key, "expected hex digits");
    return std::move(*bytes);
}

template <std::size_t N>
FixedBytes<N> as_fixed(std::string_view text, std::string_view key)
{
    const auto bytes = fixed_from_hex<N>(text);
    if (!bytes)
        refuse(key, "expected " + std::to_string(N) + " bytes as hex digits");
    return *bytes;
}

std::uint64_t number_or(const JsonObject& object, std::string_view key, std::uint64_t otherwise)
{
    const auto value = find(object, key);
    return value ? as_number_64(*value, key) : otherwise;
}

void read_blob_schedule(const JsonObject& schedule, chain::ChainSpecification& specification)
{
    specification.blob_schedule = {};
    for (const auto& [key, fork] : blob_schedule_keys)
        if (const auto entry = find(schedule, key))
        {
            const auto parameters = as_object(*entry, key);
            const auto fraction = number_or(parameters, "baseFeeUpdateFraction", 0);
            if (fraction == 0)
                refuse(key, "baseFeeUpdateFraction must not be zero");
            specification.blob_schedule[static_cast<std::size_t>(fork)] =
                chain::BlobParameters{number_or(parameters, "target", 0), number_or(parameters, "max", 0), fraction};
        }
}

chain::OptimismSection read_optimism(const JsonObject& config, const JsonObject& section)
{
    chain::OptimismSection optimism;
    optimism.eip1559_elasticity = number_or(section, "eip1559Elasticity", optimism.eip1559_elasticity);
    optimism.eip1559_denominator = number_or(section, "eip1559Denominator", optimism.eip1559_denominator);
    optimism.eip1559_denominator_canyon =
        number_or(section, "eip1559DenominatorCanyon", optimism.eip1559_denominator_canyon);
    const auto fits = [](std::uint64_t parameter) { return parameter != 0 && parameter <= 0xffff'ffff; };
    if (!fits(optimism.eip1559_elasticity) || !fits(optimism.eip1559_denominator) ||
        !fits(optimism.eip1559_denominator_canyon))
        refuse("optimism", "a parameter of EIP-1559 is zero or exceeds 32 bits");
    for (const auto& [key, fork] : optimism_fork_keys)
        if (const auto begin = find(config, key))
            optimism.activations[fork] = as_number_64(*begin, key);
    if (optimism.activations[OptimismFork::bedrock] != 0)
        refuse("bedrockBlock", "must be 0: there is no chain before Bedrock");
    return optimism;
}

/// Sets what the section names.
void read_jiffy(const JsonObject& section, chain::JiffySection& jiffy)
{
    constexpr std::string_view keys[] = {"miniBlockMs", "blockMs", "transactionGasCap", "minimumBaseFee", "sequencer"};
    for (const auto& field : section)
        if (std::ranges::find(keys, field.key) == std::end(keys))
            refuse("jiffy", "there is no setting " + std::string{field.key});
    jiffy.mini_block_interval = number_or(section, "miniBlockMs", jiffy.mini_block_interval);
    jiffy.block_time = number_or(section, "blockMs", jiffy.block_time);
    if (jiffy.mini_block_interval == 0 || jiffy.block_time < jiffy.mini_block_interval ||
        jiffy.block_time > longest_interval)
        refuse("jiffy", "blocks last from a mini-block to an hour");
    if (const auto cap = find(section, "transactionGasCap"))
        jiffy.transaction_gas_cap = as_number_64(*cap, "transactionGasCap");
    if (const auto minimum = find(section, "minimumBaseFee"))
        jiffy.minimum_base_fee = as_number(*minimum, "minimumBaseFee");
    if (const auto sequencer = find(section, "sequencer"))
        jiffy.sequencer = as_fixed<20>(as_text(*sequencer, "sequencer"), "sequencer");
}

chain::ChainSpecification read_config(const JsonObject& config)
{
    chain::ChainSpecification specification;
    const auto chain_id = find(config, "chainId");
    if (!chain_id)
        refuse("chainId", "is missing");
    specification.chain_id = as_number_64(*chain_id, "chainId");
    specification.activations[Fork::frontier] = 0;
    for (const auto& [key, fork] : fork_keys)
        if (const auto begin = find(config, key))
            specification.activations[fork] = as_number_64(*begin, key);
    const auto total_difficulty = find(config, "terminalTotalDifficulty");
    if (!total_difficulty || !as_number(*total_difficulty, "terminalTotalDifficulty").is_zero())
        refuse("terminalTotalDifficulty", "must be 0: nobody mines on this chain");
    specification.activations[Fork::paris] = 0;

    specification.blob_schedule = chain::mainnet_blob_schedule();
    if (const auto schedule = find(config, "blobSchedule"))
        read_blob_schedule(as_object(*schedule, "blobSchedule"), specification);
    if (const auto contract = find(config, "depositContractAddress"))
        specification.deposit_contract =
            as_fixed<20>(as_text(*contract, "depositContractAddress"), "depositContractAddress");
    if (const auto section = find(config, "optimism"))
        specification.optimism = read_optimism(config, as_object(*section, "optimism"));
    auto& jiffy = specification.jiffy.emplace();
    if (specification.optimism)
        jiffy.transaction_gas_cap = chain::optimism_transaction_gas_cap;
    if (const auto section = find(config, "jiffy"))
        read_jiffy(as_object(*section, "jiffy"), jiffy);
    return specification;
}

void read_account(state::MemoryState& state, const Address& address, const JsonObject& account)
{
    const auto balance = find(account, "balance");
    Bytes code;
    if (const auto text = find(account, "code"))
        code = as_bytes(*text, "code");
    state.set_account(address, number_or(account, "nonce", 0), balance ? as_number(*balance, "balance") : U256{}, code);
    if (const auto storage = find(account, "storage"))
        for (const auto& [key, value] : as_object(*storage, "storage"))
            state.set_storage(address, to_u256(as_fixed<32>(key, "storage")), as_number(value, "storage"));
}

types::StateDifference read_accounts(const JsonObject& accounts)
{
    state::MemoryState state;
    for (const auto& [key, value] : accounts)
    {
        const auto address = as_fixed<20>(key, "alloc");
        types::Account account;
        if (state.account(address, account) == state::Presence::present)
            refuse("alloc", "has an account twice: " + std::string{key});
        read_account(state, address, as_object(value, key));
    }
    return state.as_difference();
}

void read_extra_data(const JsonObject& genesis, const chain::ChainSpecification& specification, types::Header& header)
{
    const auto base_fee_parameters = chain::base_fee_extra_data(specification, header.timestamp);
    const bool is_holocene = !base_fee_parameters.empty();
    if (const auto text = find(genesis, "extraData"))
        header.extra_data = as_bytes(*text, "extraData");
    if (header.extra_data.empty())
        header.extra_data = base_fee_parameters;
    if (header.extra_data.size() > 32)
        refuse("extraData", "exceeds 32 bytes");
    if (is_holocene && !chain::is_base_fee_extra_data(header.extra_data))
        refuse("extraData", "must name the parameters of the base fee, as Holocene wants it");
}

types::Header read_header(const JsonObject& genesis, const chain::ChainSpecification& specification)
{
    types::Header header;
    if (number_or(genesis, "number", 0) != 0)
        refuse("number", "must be 0");
    header.ommers_hash = types::empty_ommers_hash;
    header.transactions_root = trie::empty_root;
    header.receipts_root = trie::empty_root;
    header.timestamp = number_or(genesis, "timestamp", 0);
    if (const auto difficulty = find(genesis, "difficulty"))
        header.difficulty = as_number(*difficulty, "difficulty");
    header.gas_limit = number_or(genesis, "gasLimit", specification.jiffy->block_gas_limit);
    if (header.gas_limit < smallest_gas_limit || header.gas_limit > largest_gas_limit)
        refuse("gasLimit", "must be at least 5000 and fit 63 bits");
    const auto has = [&](Fork fork) { return specification.is_active(fork, 0, header.timestamp); };
    if (!has(Fork::london))
        refuse("londonBlock", "must be 0: there are no fees without a base fee");

    read_extra_data(genesis, specification, header);
    if (const auto miner = find(genesis, "coinbase"))
        header.beneficiary = as_fixed<20>(as_text(*miner, "coinbase"), "coinbase");
    if (const auto mix_hash = find(genesis, "mixHash"))
        header.mix_hash = as_fixed<32>(as_text(*mix_hash, "mixHash"), "mixHash");
    const auto base_fee = find(genesis, "baseFeePerGas");
    header.base_fee_per_gas = base_fee ? as_number(*base_fee, "baseFeePerGas") : specification.initial_base_fee;
    if (has(Fork::shanghai))
        header.withdrawals_root = trie::empty_root;
    if (has(Fork::cancun))
    {
        header.blob_gas_used = number_or(genesis, "blobGasUsed", 0);
        header.excess_blob_gas = number_or(genesis, "excessBlobGas", 0);
        header.parent_beacon_block_root = Hash{};
    }
    if (has(Fork::prague))
        header.requests_hash = chain::requests_hash({});
    return header;
}
}  // namespace

std::expected<ChainFile, std::string> parse_genesis(std::string_view text)
{
    simdjson::dom::parser parser;
    Json document;
    if (const auto error = parser.parse(text.data(), text.size()).get(document))
        return std::unexpected{std::string{"not a JSON document: "}.append(simdjson::error_message(error))};
    try
    {
        const auto genesis = as_object(document, "the document");
        const auto config = find(genesis, "config");
        const auto accounts = find(genesis, "alloc");
        if (!config || !accounts)
            refuse(config ? "alloc" : "config", "is missing");
        ChainFile file;
        file.specification = read_config(as_object(*config, "config"));
        file.genesis.header = read_header(genesis, file.specification);
        file.specification.jiffy->block_gas_limit = file.genesis.header.gas_limit;
        file.genesis.state = read_accounts(as_object(*accounts, "alloc"));
        return file;
    }
    catch (const Fault& fault)
    {
        return std::unexpected{std::string{fault.what()}};
    }
}

std::expected<ChainFile, std::string> read_genesis_file(const std::string& path)
{
    std::error_code error;
    const auto size = std::filesystem::file_size(path, error);
    if (error)
        return std::unexpected{path + ": " + error.message()};
    if (size > largest_file)
        return std::unexpected{path + ": the file exceeds 1 GiB"};
    std::ifstream file{path, std::ios::binary};
    std::string text(size, '\0');
    if (!file.read(text.data(), static_cast<std::streamsize>(size)))
        return std::unexpected{path + ": the file cannot be read"};
    auto parsed = parse_genesis(text);
    if (!parsed)
        return std::unexpected{path + ": " + parsed.error()};
    return parsed;
}
}  // namespace jiffy::node
