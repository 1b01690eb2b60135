// SPDX-License-Identifier: Apache-2.0
#include "sequencer/predeploys.hpp"

#include "chain/l1_attributes.hpp"
#include "chain/transaction_execution.hpp"
#include "sequencer/predeploy_code.hpp"
#include "state/memory_state.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace jiffy::sequencer
{
namespace
{
using namespace literals;
namespace predeploys = chain::predeploys;

constexpr Address owner = "0x00000000000000000000000000000000000000aa"_address;
constexpr Address stranger = "0x00000000000000000000000000000000000000bb"_address;

constexpr Address behind_proxies[] = {predeploys::cross_domain_messenger, predeploys::gas_price_oracle,
    predeploys::standard_bridge, predeploys::sequencer_fee_vault, predeploys::mintable_erc20_factory,
    predeploys::erc721_bridge, predeploys::l1_block, predeploys::message_passer, predeploys::mintable_erc721_factory,
    predeploys::proxy_admin, predeploys::base_fee_vault, predeploys::l1_fee_vault, predeploys::operator_fee_vault};

/// A chain's first state, and calls on it.
class Predeploys
{
public:
    Predeploys()
    {
        state.apply(optimism_predeploys(specification, 0, {.owner = owner, .l1_chain_id = 7}));
        types::Header header;
        header.number = 1;
        header.gas_limit = 30'000'000;
        header.base_fee_per_gas = U256{};
        context = chain::make_block_context(specification, header, {});
    }

    bool execute(const types::Transaction& transaction, const Address& sender)
    {
        const chain::BlockCapacity room{.gas = 30'000'000, .blob_gas = 0};
        const auto executed = chain::execute_transaction(context, transaction, sender, state::Source{state}, room,
            executor, outcome, {.check_nonce = false, .check_fees = false});
        if (executed)
            state.apply(outcome.difference);
        return executed && outcome.success();
    }

    bool call(const Address& sender, const Address& to, std::string_view signature, const U256& argument = {})
    {
        types::Transaction transaction;
        transaction.chain_id = 1;
        transaction.gas_limit = 1'000'000;
        transaction.to = to;
        const auto selector = crypto::keccak256({reinterpret_cast<const Byte*>(signature.data()), signature.size()});
        transaction.data = to_bytes(selector.view().first(4));
        append(transaction.data, to_hash(argument).view());
        return execute(transaction, sender);
    }

    /// What a call answers, as a number.
    U256 answer(const Address& to, std::string_view signature)
    {
        EXPECT_TRUE(call(stranger, to, signature)) << signature;
        return outcome.output.size() == 32 ? to_u256(Hash::from(outcome.output)) : U256::max();
    }

    [[nodiscard]] bool has_code(const Address& address) const
    {
        types::Account account;
        return state.account(address, account) == state::Presence::present && account.has_code();
    }

    [[nodiscard]] U256 slot(const Address& address, const U256& key) const
    {
        U256 value;
        static_cast<void>(state.storage(address, key, value));
        return value;
    }

    chain::ChainSpecification specification = chain::optimism_specification(1);
    state::MemoryState state;
    chain::BlockContext context;
    evm::CodeCache codes;
    chain::Executor executor{codes};
    chain::TransactionOutcome outcome;
};

/// Slot of EIP-1967: keccak256 of its name less one.
U256 proxy_slot(std::string_view name)
{
    return to_u256(crypto::keccak256({reinterpret_cast<const Byte*>(name.data()), name.size()})) - U256{1};
}

TEST(PredeploysTest, stand_behind_proxies_of_one_admin)
{
    Predeploys predeploys;
    for (const auto& address : behind_proxies)
    {
        const auto implementation = implementation_of(address);
        EXPECT_TRUE(predeploys.has_code(address)) << to_hex(address.view());
        EXPECT_TRUE(predeploys.has_code(implementation)) << to_hex(address.view());
        EXPECT_EQ(to_address(predeploys.slot(address, proxy_slot("eip1967.proxy.implementation"))), implementation);
        EXPECT_EQ(
            to_address(predeploys.slot(address, proxy_slot("eip1967.proxy.admin"))), chain::predeploys::proxy_admin);
    }
    EXPECT_TRUE(predeploys.has_code(chain::predeploys::weth));
    EXPECT_EQ(to_address(predeploys.answer(chain::predeploys::proxy_admin, "owner()")), owner);
}

TEST(PredeploysTest, are_initialised_once)
{
    Predeploys predeploys;
    for (const auto& address : {chain::predeploys::cross_domain_messenger, chain::predeploys::standard_bridge,
             chain::predeploys::erc721_bridge, chain::predeploys::mintable_erc20_factory})
    {
        EXPECT_FALSE(predeploys.call(stranger, address, "initialize(address)", U256{1}));
        EXPECT_FALSE(predeploys.call(stranger, implementation_of(address), "initialize(address)", U256{1}));
    }
    EXPECT_EQ(to_address(predeploys.answer(chain::predeploys::mintable_erc20_factory, "BRIDGE()")),
        chain::predeploys::standard_bridge);
    EXPECT_EQ(predeploys.answer(chain::predeploys::mintable_erc721_factory, "REMOTE_CHAIN_ID()"), U256{7});
}

TEST(PredeploysTest, hold_vaults_that_pay_the_owner)
{
    Predeploys predeploys;
    for (const auto& vault : {chain::predeploys::sequencer_fee_vault, chain::predeploys::base_fee_vault,
             chain::predeploys::l1_fee_vault, chain::predeploys::operator_fee_vault})
        EXPECT_EQ(to_address(predeploys.answer(vault, "RECIPIENT()")), owner);
}

TEST(PredeploysTest, have_an_oracle_that_knows_the_forks)
{
    Predeploys predeploys;
    EXPECT_EQ(predeploys.answer(chain::predeploys::gas_price_oracle, "isEcotone()"), U256{1});
    EXPECT_EQ(predeploys.answer(chain::predeploys::gas_price_oracle, "isFjord()"), U256{1});
    EXPECT_EQ(predeploys.answer(chain::predeploys::gas_price_oracle, "l1BaseFee()"), U256{});
}

/// The contract writes where the rules read.
RC_GTEST_PROP(PredeploysTest, take_the_l1_attributes, ())
{
    Predeploys predeploys;
    const auto word = []
    { return U256{*rc::gen::arbitrary<std::uint64_t>(), 0, *rc::gen::arbitrary<std::uint64_t>(), 1}; };
    const chain::L1Attributes attributes{.number = *rc::gen::arbitrary<std::uint64_t>(),
        .timestamp = *rc::gen::arbitrary<std::uint64_t>(),
        .block_hash = to_hash(word()),
        .sequence_number = *rc::gen::arbitrary<std::uint64_t>(),
        .base_fee = word(),
        .blob_base_fee = word(),
        .base_fee_scalar = *rc::gen::arbitrary<std::uint32_t>(),
        .blob_base_fee_scalar = *rc::gen::arbitrary<std::uint32_t>(),
        .operator_fee_scalar = *rc::gen::arbitrary<std::uint32_t>(),
        .operator_fee_constant = *rc::gen::arbitrary<std::uint64_t>(),
        .batcher_hash = to_hash(word())};
    const auto transaction = chain::make_l1_attributes_transaction(attributes);
    RC_ASSERT(predeploys.execute(transaction, transaction.deposit.from));
    RC_ASSERT(chain::read_l1_fee_parameters(state::Source{predeploys.state}) == chain::fee_parameters_of(attributes));
    const auto& l1_block = chain::predeploys::l1_block;
    RC_ASSERT(predeploys.answer(l1_block, "number()") == U256{attributes.number});
    RC_ASSERT(predeploys.answer(l1_block, "timestamp()") == U256{attributes.timestamp});
    RC_ASSERT(predeploys.answer(l1_block, "sequenceNumber()") == U256{attributes.sequence_number});
    RC_ASSERT(predeploys.answer(l1_block, "hash()") == to_u256(attributes.block_hash));
    RC_ASSERT(predeploys.answer(l1_block, "batcherHash()") == to_u256(attributes.batcher_hash));
    RC_ASSERT(predeploys.answer(chain::predeploys::gas_price_oracle, "l1BaseFee()") == attributes.base_fee);
}

TEST(PredeploysTest, take_the_l1_attributes_from_the_depositor_only)
{
    Predeploys predeploys;
    auto transaction = chain::make_l1_attributes_transaction({.base_fee = U256{1}});
    transaction.deposit.from = stranger;
    EXPECT_FALSE(predeploys.execute(transaction, stranger));
    EXPECT_EQ(chain::read_l1_fee_parameters(state::Source{predeploys.state}), chain::L1FeeParameters{});
}

TEST(PredeploysTest, come_with_contracts_that_tools_expect)
{
    Predeploys predeploys;
    EXPECT_FALSE(predeploy_code::preinstalls.empty());
    for (const auto& preinstall : predeploy_code::preinstalls)
        EXPECT_TRUE(predeploys.has_code(*fixed_from_hex<20>(preinstall.address))) << preinstall.address;
    EXPECT_TRUE(predeploys.has_code("0xca11bde05977b3631167028862be2a173976ca11"_address)) << "Multicall3";
    EXPECT_TRUE(predeploys.has_code("0x4e59b44847b379578588920ca78fbf26c0b4956c"_address)) << "CREATE2 deployer";
}
}  // namespace
}  // namespace jiffy::sequencer
