// SPDX-License-Identifier: Apache-2.0
#include "sequencer/predeploys.hpp"

#include "chain/transaction_execution.hpp"
#include "sequencer/predeploy_code.hpp"
#include "state/overlay.hpp"

#include <stdexcept>

namespace jiffy::sequencer
{
namespace
{
namespace predeploys = chain::predeploys;

/// More than any of the constructors takes.
constexpr std::int64_t plenty_of_gas = 100'000'000;
/// Where ProxyAdmin and its like keep their owner.
constexpr U256 owner_slot{};
/// `Types.WithdrawalNetwork.L2`: a fee vault pays out on this chain.
constexpr U256 network_l2{1};

Bytes bytes_of(std::string_view digits)
{
    auto bytes = from_hex(digits);
    if (!bytes)
        throw std::logic_error{"the code of a predeploy is no hex string"};
    return std::move(*bytes);
}

/// Arguments of the ABI that take one word each.
using Arguments = std::initializer_list<U256>;

Bytes with_arguments(Bytes start, Arguments arguments)
{
    for (const auto& argument : arguments)
        append(start, to_hash(argument).view());
    return start;
}

Bytes call_data(std::string_view signature, Arguments arguments)
{
    const auto selector = crypto::keccak256({reinterpret_cast<const Byte*>(signature.data()), signature.size()});
    return with_arguments(to_bytes(selector.view().first(4)), arguments);
}

/// A state that grows by messages, which cost nobody anything.
class PredeployBuilder
{
public:
    PredeployBuilder(const chain::ChainSpecification& specification, std::uint64_t timestamp)
    {
        types::Header header;
        header.timestamp = timestamp;
        header.gas_limit = static_cast<std::uint64_t>(plenty_of_gas);
        context_ = chain::make_block_context(specification, header, {});
    }

    /// Puts a contract at an address of our choice.
    void create(const Address& address, BytesView creation_code)
    {
        run({.kind = evm::MessageKind::create,
            .sender = predeploys::proxy_admin,
            .recipient = address,
            .value = {},
            .input = creation_code,
            .gas = plenty_of_gas});
    }

    void call(const Address& sender, const Address& contract, BytesView input)
    {
        run({.sender = sender, .recipient = contract, .value = {}, .input = input, .gas = plenty_of_gas});
    }

    /// Puts a contract with its implementation behind a proxy, and initialises it unless `initialiser` is empty.
    void create_behind_proxy(const Address& address, std::string_view code, Arguments arguments, BytesView initialiser)
    {
        const auto implementation = implementation_of(address);
        create(implementation, with_arguments(bytes_of(code), arguments));
        create(address, with_arguments(bytes_of(predeploy_code::proxy), {to_u256(predeploys::proxy_admin)}));
        call(predeploys::proxy_admin, address, call_data("upgradeTo(address)", {to_u256(implementation)}));
        if (!initialiser.empty())
            call(predeploys::depositor_account, address, initialiser);
    }

    /// An account as it would be after a creation with this code.
    void install(const Address& address, Bytes code)
    {
        types::StateDifference difference;
        auto& change = difference.accounts.emplace_back();
        change.address = address;
        change.account.nonce = 1;
        change.account.code_hash = crypto::keccak256(code);
        difference.codes.push_back({change.account.code_hash, std::move(code)});
        state_.apply(difference);
    }

    /// Sets a slot of a contract that is there already.
    void store(const Address& address, const U256& slot, const U256& value)
    {
        types::StateDifference difference;
        auto& change = difference.accounts.emplace_back();
        change.address = address;
        if (state_.account(address, change.account) != state::Presence::present)
            throw std::logic_error{"there is no predeploy to set a slot of"};
        change.slot_count = 1;
        difference.slots.push_back({slot, value});
        state_.apply(difference);
    }

    [[nodiscard]] types::StateDifference difference() const { return state_.difference(); }

private:
    void run(const evm::Message& message)
    {
        auto& journal = executor_.journal;
        auto& machine = executor_.machine;
        journal.set_warm_from_start({});
        journal.begin(state::Source{state_});
        const evm::TransactionEnvironment environment{.origin = message.sender, .gas_price = {}, .blob_hashes = {}};
        machine.set_environment(context_.environment, environment);
        const auto outcome = machine.execute(message);
        if (outcome.status != evm::Status::success)
            throw std::logic_error{"a predeploy cannot be set up: " + to_hex(message.recipient.view())};
        types::StateDifference difference;
        journal.finalise({.remove_empty_accounts = true}, difference);
        state_.apply(difference);
    }

    chain::BlockContext context_;
    state::Overlay state_{state::Source{state::empty_state}};
    evm::CodeCache codes_;
    chain::Executor executor_{codes_};
};

void add_fee_vaults(PredeployBuilder& builder, const Address& recipient)
{
    struct Vault
    {
        Address address;
        std::string_view code;
    };
    // The operator fee came after the package; its vault is a base fee vault at another address.
    for (const auto& vault : {Vault{predeploys::sequencer_fee_vault, predeploy_code::sequencer_fee_vault},
             Vault{predeploys::base_fee_vault, predeploy_code::base_fee_vault},
             Vault{predeploys::l1_fee_vault, predeploy_code::l1_fee_vault},
             Vault{predeploys::operator_fee_vault, predeploy_code::base_fee_vault}})
        builder.create_behind_proxy(vault.address, vault.code, {to_u256(recipient), U256{}, network_l2}, {});
}

void add_bridges(PredeployBuilder& builder, const PredeploySettings& settings)
{
    builder.create_behind_proxy(predeploys::cross_domain_messenger, predeploy_code::cross_domain_messenger, {},
        call_data("initialize(address)", {to_u256(settings.l1_cross_domain_messenger)}));
    builder.create_behind_proxy(predeploys::standard_bridge, predeploy_code::standard_bridge, {},
        call_data("initialize(address)", {to_u256(settings.l1_standard_bridge)}));
    builder.create_behind_proxy(predeploys::erc721_bridge, predeploy_code::erc721_bridge, {},
        call_data("initialize(address)", {to_u256(settings.l1_erc721_bridge)}));
    builder.create_behind_proxy(predeploys::mintable_erc20_factory, predeploy_code::mintable_erc20_factory, {},
        call_data("initialize(address)", {to_u256(predeploys::standard_bridge)}));
    builder.create_behind_proxy(predeploys::mintable_erc721_factory, predeploy_code::mintable_erc721_factory,
        {to_u256(predeploys::erc721_bridge), U256{settings.l1_chain_id}}, {});
    builder.create_behind_proxy(predeploys::message_passer, predeploy_code::message_passer, {}, {});
}
}  // namespace

Address implementation_of(const Address& predeploy) noexcept
{
    using namespace literals;
    auto implementation = "0xc0d3c0d3c0d3c0d3c0d3c0d3c0d3c0d3c0d30000"_address;
    implementation[18] = predeploy[18];
    implementation[19] = predeploy[19];
    return implementation;
}

types::StateDifference optimism_predeploys(const chain::ChainSpecification& specification,
    std::uint64_t timestamp,
    const PredeploySettings& settings)
{
    PredeployBuilder builder{specification, timestamp};
    builder.create(predeploys::weth, bytes_of(predeploy_code::weth));
    builder.create_behind_proxy(predeploys::proxy_admin, predeploy_code::proxy_admin, {to_u256(settings.owner)}, {});
    builder.store(predeploys::proxy_admin, owner_slot, to_u256(settings.owner));
    // The oracle asks it who may set a fork.
    builder.create_behind_proxy(predeploys::l1_block, predeploy_code::l1_block, {}, {});
    builder.create_behind_proxy(
        predeploys::gas_price_oracle, predeploy_code::gas_price_oracle, {}, call_data("setEcotone()", {}));
    builder.call(predeploys::depositor_account, predeploys::gas_price_oracle, call_data("setFjord()", {}));
    add_fee_vaults(builder, settings.owner);
    add_bridges(builder, settings);
    for (const auto& preinstall : predeploy_code::preinstalls)
        builder.install(Address::from(bytes_of(preinstall.address)), bytes_of(preinstall.code));
    return builder.difference();
}
}  // namespace jiffy::sequencer
