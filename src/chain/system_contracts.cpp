// SPDX-License-Identifier: Apache-2.0
#include "chain/system_contracts.hpp"

#include "evm/precompiles.hpp"

namespace jiffy::chain
{
Result<bool, StateUnavailable> call_system_contract(const BlockContext& context,
    const Address& contract,
    BytesView input,
    state::Source source,
    Executor& executor,
    TransactionOutcome& outcome)
{
    outcome.clear();
    auto& journal = executor.journal;
    executor.codes.trim();
    journal.set_warm_from_start(
        evm::precompile_addresses(context.environment.revision, context.environment.precompile_rules));
    journal.begin(source);
    auto* account = journal.account(contract);
    if (account == nullptr)
        return failure(StateUnavailable{});
    if (!account->current.has_code())
        return false;

    const evm::TransactionEnvironment environment{
        .origin = system_contracts::caller, .gas_price = context.environment.base_fee, .blob_hashes = {}};
    executor.machine.set_environment(context.environment, environment);
    executor.machine.set_tracer(nullptr);
    const auto result = executor.machine.execute({.sender = system_contracts::caller,
        .recipient = contract,
        .value = {},
        .input = input,
        .gas = system_call_gas});
    if (result.status == evm::Status::unavailable || journal.unavailable())
        return failure(StateUnavailable{});
    outcome.status = result.status;
    outcome.output.assign(result.output.begin(), result.output.end());
    journal.finalise({}, outcome.difference);
    return true;
}
}  // namespace jiffy::chain
