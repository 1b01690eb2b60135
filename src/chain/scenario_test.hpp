// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "chain/block_execution.hpp"
#include "chain/fees.hpp"
#include "state/memory_state.hpp"

#include <gtest/gtest.h>

/// A state, a block and accounts that the tests of the room begin with.
namespace jiffy::chain::scenario
{
inline Address address_of(std::uint64_t number)
{
    return to_address(U256{0xabc000 + number});
}

inline const Address sender = address_of(1);
inline const Address recipient = address_of(2);
inline const Address coinbase = address_of(3);
inline constexpr U256 gwei{1'000'000'000};
inline constexpr U256 ether{1'000'000'000'000'000'000};
inline constexpr std::uint64_t block_gas_limit = 30'000'000;

inline types::Header any_header()
{
    types::Header header;
    header.number = 1;
    header.timestamp = 1000;
    header.beneficiary = coinbase;
    header.gas_limit = block_gas_limit;
    header.base_fee_per_gas = U256{10};
    header.excess_blob_gas = 0;
    return header;
}

/// A transfer of 1 wei at 2 wei per gas above the base fee.
inline types::Transaction transfer()
{
    types::Transaction transaction;
    transaction.type = types::TransactionType::dynamic_fee;
    transaction.chain_id = 1;
    transaction.gas_limit = 21'000;
    transaction.max_fee_per_gas = U256{20};
    transaction.max_priority_fee_per_gas = U256{2};
    transaction.to = recipient;
    transaction.value = U256{1};
    return transaction;
}

inline U256 balance_of(state::Source source, const Address& address)
{
    types::Account account;
    return source.account(address, account) == state::Presence::present ? account.balance : U256{};
}

/// Executes transactions one by one on a state of its own.
class Scenario : public testing::Test
{
protected:
    explicit Scenario(const ChainSpecification& rules = ethereum_specification(1))
      : specification{rules}
    {
        state.set_account(sender, 0, ether, {});
        context = make_block_context(specification, any_header(), {});
    }

    void set_fork(Fork fork)
    {
        specification = ethereum_specification(1, fork);
        auto header = any_header();
        if (fork < Fork::london)
            header.base_fee_per_gas.reset();
        context = make_block_context(specification, header, {});
    }

    Result<void, TransactionFailure> execute(const types::Transaction& transaction,
        const Address& from = sender,
        const ExecutionOptions& options = {})
    {
        const auto executed =
            execute_transaction(context, transaction, from, state::Source{state}, capacity, executor, outcome, options);
        if (executed)
            state.apply(outcome.difference);
        return executed;
    }

    /// The reason why the transaction is refused.
    std::optional<InvalidTransaction> refusal(const types::Transaction& transaction)
    {
        const auto executed = execute(transaction);
        return executed ? std::nullopt : std::optional{std::get<InvalidTransaction>(executed.error())};
    }

    [[nodiscard]] U256 balance(const Address& address) const { return balance_of(state::Source{state}, address); }

    ChainSpecification specification;
    BlockContext context;
    BlockCapacity capacity{.gas = block_gas_limit, .blob_gas = 9 * gas_per_blob};
    state::MemoryState state;
    evm::CodeCache codes;
    Executor executor{codes};
    TransactionOutcome outcome;
};
}  // namespace jiffy::chain::scenario
