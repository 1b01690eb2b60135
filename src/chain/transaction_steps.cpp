// SPDX-License-Identifier: Apache-2.0
#include "chain/transaction_steps.hpp"

#include "evm/precompiles.hpp"

#include <algorithm>

namespace jiffy::chain
{
using evm::Revision;

bool begin(Run& run, state::Source source, const Address& sender)
{
    auto& journal = run.executor.journal;
    run.executor.codes.trim();
    const auto& environment = run.context.environment;
    journal.set_warm_from_start(environment.revision >= Revision::berlin
                                    ? evm::precompile_addresses(environment.revision, environment.precompile_rules)
                                    : std::span<const Address>{});
    journal.begin(source);
    run.sender = journal.account(sender);
    return run.sender != nullptr;
}

bool warm_accounts(Run& run, const Address& recipient)
{
    const auto& environment = run.context.environment;
    if (environment.revision < Revision::berlin)
        return true;
    auto& journal = run.executor.journal;
    const auto warm = [&journal](const Address& address) -> state::AccountEntry*
    {
        auto* entry = journal.account(address);
        if (entry != nullptr)
            journal.warm_up(*entry);
        return entry;
    };
    journal.warm_up(*run.sender);
    if (warm(recipient) == nullptr)
        return false;
    if (environment.revision >= Revision::shanghai && warm(environment.coinbase) == nullptr)
        return false;
    for (const auto& entry : run.transaction.access_list)
    {
        const auto* account = warm(entry.address);
        if (account == nullptr)
            return false;
        for (const auto& key : entry.storage_keys)
        {
            auto* slot = journal.slot(*account, to_u256(key));
            if (slot == nullptr)
                return false;
            journal.warm_up(*slot);
        }
    }
    return true;
}

std::optional<std::uint64_t> run_message(Run& run, std::uint64_t sender_nonce)
{
    const auto& transaction = run.transaction;
    const auto& sender = run.sender->address;
    if (!transaction.to)
        run.outcome.created = evm::create_address(sender, sender_nonce);
    const auto& recipient = transaction.to ? *transaction.to : *run.outcome.created;
    if (!warm_accounts(run, recipient))
        return std::nullopt;

    const evm::TransactionEnvironment environment{.origin = sender,
        .gas_price = run.outcome.effective_gas_price,
        .blob_hashes = transaction.blob_versioned_hashes};
    auto& machine = run.executor.machine;
    machine.set_environment(run.context.environment, environment);
    machine.set_tracer(run.options.tracer);
    const auto result = machine.execute({.kind = transaction.to ? evm::MessageKind::call : evm::MessageKind::create,
        .sender = sender,
        .recipient = recipient,
        .value = transaction.value,
        .input = transaction.data,
        .gas = static_cast<std::int64_t>(transaction.gas_limit - run.intrinsic.gas)});
    if (result.status == evm::Status::unavailable || run.executor.journal.unavailable())
        return std::nullopt;
    run.outcome.status = result.status;
    run.outcome.output.assign(result.output.begin(), result.output.end());
    return static_cast<std::uint64_t>(result.gas_left);
}

void account_gas(Run& run, std::uint64_t gas_left)
{
    const bool is_london = run.context.environment.revision >= Revision::london;
    const std::uint64_t refund_quotient = is_london ? 5 : 2;
    auto& outcome = run.outcome;
    outcome.gas_before_refund = run.transaction.gas_limit - gas_left;
    const auto refund = static_cast<std::uint64_t>(std::max<std::int64_t>(run.executor.journal.refund(), 0));
    outcome.gas_used = std::max(
        outcome.gas_before_refund - std::min(refund, outcome.gas_before_refund / refund_quotient), run.intrinsic.floor);
}

void finish(Run& run)
{
    auto& journal = run.executor.journal;
    run.outcome.logs = journal.logs();
    journal.finalise({.remove_empty_accounts = run.context.environment.revision >= Revision::spurious_dragon},
        run.outcome.difference);
}
}  // namespace jiffy::chain
