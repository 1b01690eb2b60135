// SPDX-License-Identifier: Apache-2.0
#include "cli/fixture_chain.hpp"

#include <algorithm>
#include <array>

namespace jiffy::cli
{
namespace
{
using chain::Fork;

struct NamedFork
{
    std::string_view name;
    Fork fork;
};

constexpr std::array fork_names{
    NamedFork{"Frontier", Fork::frontier},
    NamedFork{"Homestead", Fork::homestead},
    NamedFork{"Dao", Fork::dao},
    NamedFork{"EIP150", Fork::tangerine_whistle},
    NamedFork{"EIP158", Fork::spurious_dragon},
    NamedFork{"Byzantium", Fork::byzantium},
    NamedFork{"Constantinople", Fork::constantinople},
    NamedFork{"ConstantinopleFix", Fork::petersburg},
    NamedFork{"Istanbul", Fork::istanbul},
    NamedFork{"Berlin", Fork::berlin},
    NamedFork{"London", Fork::london},
    NamedFork{"ArrowGlacier", Fork::arrow_glacier},
    NamedFork{"GrayGlacier", Fork::gray_glacier},
    NamedFork{"Merge", Fork::paris},
    NamedFork{"Paris", Fork::paris},
    NamedFork{"Shanghai", Fork::shanghai},
    NamedFork{"Cancun", Fork::cancun},
    NamedFork{"Prague", Fork::prague},
    NamedFork{"Osaka", Fork::osaka},
    NamedFork{"BPO1", Fork::bpo1},
    NamedFork{"BPO2", Fork::bpo2},
    NamedFork{"BPO3", Fork::bpo3},
    NamedFork{"BPO4", Fork::bpo4},
};

/// Exceptions of the older suites (ethereum/tests before EEST's names), each with those of EEST that it can stand for.
struct OldException
{
    std::string_view name;
    std::string_view names;
};

constexpr std::array old_exceptions{
    OldException{"TR_NoFunds", "TransactionException.INSUFFICIENT_ACCOUNT_FUNDS"},
    OldException{"TR_NoFundsX", "TransactionException.INSUFFICIENT_ACCOUNT_FUNDS"},
    OldException{"TR_NoFundsOrGas",
        "TransactionException.INSUFFICIENT_ACCOUNT_FUNDS|TransactionException.INTRINSIC_GAS_TOO_LOW"},
    OldException{"TR_IntrinsicGas", "TransactionException.INTRINSIC_GAS_TOO_LOW"},
    OldException{"IntrinsicGas", "TransactionException.INTRINSIC_GAS_TOO_LOW"},
    OldException{"TR_TypeNotSupported",
        "TransactionException.TYPE_NOT_SUPPORTED|TransactionException.TYPE_1_TX_PRE_FORK|"
        "TransactionException.TYPE_2_TX_PRE_FORK|TransactionException.TYPE_3_TX_PRE_FORK"},
    OldException{"TransactionException.TYPE_NOT_SUPPORTED",
        "TransactionException.TYPE_1_TX_PRE_FORK|TransactionException.TYPE_2_TX_PRE_FORK|"
        "TransactionException.TYPE_3_TX_PRE_FORK"},
    // EEST had one name for both before its release 5.
    OldException{
        "TransactionException.INTRINSIC_GAS_TOO_LOW", "TransactionException.INTRINSIC_GAS_BELOW_FLOOR_GAS_COST"},
    // Without a limit of its own (EIP-7594), a transaction is bounded by what its block may hold.
    OldException{"TransactionException.TYPE_3_TX_BLOB_COUNT_EXCEEDED",
        "TransactionException.TYPE_3_TX_MAX_BLOB_GAS_ALLOWANCE_EXCEEDED"},
    OldException{"SenderNotEOA", "TransactionException.SENDER_NOT_EOA"},
    OldException{"TR_NonceHasMaxValue", "TransactionException.NONCE_IS_MAX"},
    OldException{"TR_TipGtFeeCap", "TransactionException.PRIORITY_GREATER_THAN_MAX_FEE_PER_GAS"},
    OldException{"TR_FeeCapLessThanBlocks", "TransactionException.INSUFFICIENT_MAX_FEE_PER_GAS"},
    OldException{"BlockException.IMPORT_IMPOSSIBLE_LEGACY_WRONG_PARENT", "BlockException.IMPORT_IMPOSSIBLE_LEGACY"},
    OldException{"BlockException.IMPORT_IMPOSSIBLE_PARIS_WRONG_POS", "BlockException.INVALID_DIFFICULTY"},
    OldException{
        "BlockException.IMPORT_IMPOSSIBLE_PARIS_WRONG_POW", "BlockException.IMPORT_IMPOSSIBLE_DIFFICULTY_OVER_PARIS"},
    OldException{"TR_RLP_WRONGVALUE", "TransactionException.RLP_ERROR"},
};

Fork fork_of(std::string_view name)
{
    const auto found = std::ranges::find(fork_names, name, &NamedFork::name);
    if (found == fork_names.end())
        throw FixtureError{"unknown fork: " + std::string{name}};
    return found->fork;
}

/// Decimal or hex digits, a trailing k for thousands.
std::uint64_t parse_position(std::string_view text, bool is_hex)
{
    std::uint64_t scale = 1;
    if (!is_hex && text.ends_with('k'))
    {
        scale = 1000;
        text.remove_suffix(1);
    }
    const unsigned base = is_hex ? 16 : 10;
    std::uint64_t value = 0;
    for (const auto digit : text)
        value = value * base + static_cast<std::uint64_t>(std::max(hex_digit_value(digit), 0));
    return value * scale;
}

/// A switch from one fork to the next within a chain.
struct Transition
{
    std::string_view from;
    std::string_view to;
    std::uint64_t position = 0;
    bool is_difficulty = false;
};

std::optional<Transition> parse_transition(std::string_view network)
{
    constexpr std::string_view at = "At";
    constexpr std::string_view at_time = "AtTime";
    constexpr std::string_view at_difficulty = "AtDiff";
    const auto to = network.find("To");
    const auto position = network.rfind(at);
    if (to == std::string_view::npos || position == std::string_view::npos || position < to)
        return std::nullopt;
    Transition transition{.from = network.substr(0, to), .to = network.substr(to + 2, position - to - 2)};
    auto rest = network.substr(position);
    transition.is_difficulty = rest.starts_with(at_difficulty);
    rest.remove_prefix(transition.is_difficulty || rest.starts_with(at_time) ? at_time.size() : at.size());
    transition.position = parse_position(rest, transition.is_difficulty);
    return transition;
}

bool contains_name(std::string_view names, std::string_view name)
{
    while (!names.empty())
    {
        const auto end = std::min(names.find('|'), names.size());
        if (names.substr(0, end) == name)
            return true;
        names.remove_prefix(std::min(end + 1, names.size()));
    }
    return false;
}

void describe_account(std::string& text,
    const Address& address,
    const state::MemoryState::Entry* expected,
    const state::MemoryState::Entry* actual)
{
    const auto name = to_hex(address.view());
    if (expected == nullptr || actual == nullptr)
    {
        text += name + (expected == nullptr ? " should not be there; " : " is missing; ");
        return;
    }
    const auto compare = [&](std::string_view field, const std::string& wanted, const std::string& found)
    {
        if (wanted != found)
            text += name + "." + std::string{field} + " is " + found + ", expected " + wanted + "; ";
    };
    compare("nonce", to_quantity(expected->account.nonce), to_quantity(actual->account.nonce));
    compare("balance", to_quantity(expected->account.balance), to_quantity(actual->account.balance));
    compare("codeHash", to_hex(expected->account.code_hash.view()), to_hex(actual->account.code_hash.view()));
    const auto value = [](const state::MemoryState::Storage& storage, const U256& key)
    {
        const auto found = storage.find(key);
        return found == storage.end() ? U256{} : found->second;
    };
    for (const auto& [key, wanted] : expected->storage)
        compare("storage[" + to_quantity(key) + "]", to_quantity(wanted), to_quantity(value(actual->storage, key)));
    for (const auto& [key, found] : actual->storage)
        if (!expected->storage.contains(key))
            compare("storage[" + to_quantity(key) + "]", to_quantity(U256{}), to_quantity(found));
}
}  // namespace

chain::ChainSpecification fixture_specification(std::string_view network, std::optional<Json> config)
{
    const auto transition = parse_transition(network);
    auto specification = chain::ethereum_specification(1, fork_of(transition ? transition->from : network));
    if (transition)
    {
        const auto to = fork_of(transition->to);
        if (transition->is_difficulty)
            specification.terminal_total_difficulty = U256{transition->position};
        else
            specification.activations[to] = transition->position;
    }
    const auto chain_id = config ? find(*config, "chainid") : std::nullopt;
    if (chain_id)
        specification.chain_id = read_number_64(*chain_id);
    const auto schedule = config ? find(*config, "blobSchedule") : std::nullopt;
    if (schedule)
        for (const auto& [name, limits] : schedule->get_object())
            specification.blob_schedule[static_cast<std::size_t>(fork_of(name))] =
                chain::BlobParameters{.target = read_number_64(get(limits, "target")),
                    .maximum = read_number_64(get(limits, "max")),
                    .base_fee_update_fraction = read_number_64(get(limits, "baseFeeUpdateFraction"))};
    return specification;
}

bool is_expected_exception(std::string_view expected, std::string_view actual)
{
    if (contains_name(expected, actual))
        return true;
    return std::ranges::any_of(old_exceptions,
        [&](const OldException& old) { return contains_name(expected, old.name) && contains_name(old.names, actual); });
}

std::string full_name(chain::InvalidTransaction reason)
{
    return "TransactionException." + std::string{chain::name_of(reason)};
}

std::string full_name(const chain::TransactionFailure& reason)
{
    return std::visit([](const auto& value) { return full_name(chain::BlockFailure{value}); }, reason);
}

std::string full_name(const chain::BlockFailure& reason)
{
    if (const auto* transaction = std::get_if<chain::InvalidTransaction>(&reason))
        return full_name(*transaction);
    if (const auto* block = std::get_if<chain::InvalidBlock>(&reason))
        return "BlockException." + std::string{chain::name_of(*block)};
    return "the state is unavailable";
}

std::string describe_difference(const state::MemoryState& expected, const state::MemoryState& actual)
{
    constexpr std::size_t enough = 2000;
    std::string text;
    const auto entry = [](const state::MemoryState& state, const Address& address)
    {
        const auto found = state.accounts().find(address);
        return found == state.accounts().end() ? nullptr : &found->second;
    };
    for (const auto& [address, account] : expected.accounts())
        if (text.size() < enough)
            describe_account(text, address, &account, entry(actual, address));
    for (const auto& [address, account] : actual.accounts())
        if (text.size() < enough && entry(expected, address) == nullptr)
            describe_account(text, address, nullptr, &account);
    return text;
}
}  // namespace jiffy::cli
