// SPDX-License-Identifier: Apache-2.0
#include "evm_comparison.hpp"

#include "base/hex.hpp"
#include "evm/opcodes.hpp"
#include "evm/precompiles.hpp"

#include <algorithm>

namespace jiffy::fuzz
{
namespace
{
/// What the rules of a transaction make warm before it begins (EIP-2929, EIP-3651).
void warm_up(state::Journal& journal, const Scenario& scenario)
{
    const auto revision = scenario.block.revision;
    if (revision < evm::Revision::berlin)
        return;
    std::vector<Address> addresses{scenario.origin, scenario.recipient};
    for (const auto& address : evm::precompile_addresses(revision))
        addresses.push_back(address);
    if (revision >= evm::Revision::shanghai)
        addresses.push_back(scenario.block.coinbase);
    for (const auto& address : addresses)
        if (auto* const account = journal.account(address))
            journal.warm_up(*account);
}

/// JUMPDESTs by a plain scan of the code; push data is none.
bool has_right_jump_destinations(BytesView code)
{
    const auto analysis = evm::analyse(code);
    std::size_t push_data_end = 0;
    for (std::size_t position = 0; position < code.size(); ++position)
    {
        const bool is_instruction = position >= push_data_end;
        const Byte opcode = code[position];
        if (is_instruction && opcode >= evm::op_push1 && opcode <= evm::op_push32)
            push_data_end = position + 2U + opcode - evm::op_push1;
        if (analysis.is_jump_destination(position) != (is_instruction && opcode == evm::op_jumpdest))
            return false;
    }
    return !analysis.is_jump_destination(code.size()) && !analysis.is_jump_destination(~std::uint64_t{0});
}

std::string text_of(const Runner::Result& result)
{
    std::string text = "status " + std::to_string(static_cast<int>(result.status)) + ", gas left " +
                       std::to_string(result.gas_left) + ", refund " + std::to_string(result.refund) + ", logs " +
                       std::to_string(result.logs.size()) + ", output " + to_hex(result.output) + "\n";
    for (const auto& change : result.difference.accounts)
    {
        text += "  " + to_hex(change.address.view()) + (change.deleted ? " deleted" : "") +
                (change.storage_cleared ? " cleared" : "") + " nonce " + std::to_string(change.account.nonce) +
                " balance " + to_quantity(change.account.balance) + " code " + to_hex(change.account.code_hash.view()) +
                "\n";
        for (const auto& slot : result.difference.slots_of(change))
            text += "    " + to_quantity(slot.key) + " = " + to_quantity(slot.value) + "\n";
    }
    return text;
}
}  // namespace

Runner::Runner(bool plain)
  : machine_{journal_, codes_}
{
    machine_.set_tracer(plain ? &tracer_ : nullptr);
}

const Runner::Result& Runner::run(const Scenario& scenario)
{
    journal_.begin(state::Source{scenario.state});
    codes_.trim();
    result_ = Result{};
    warm_up(journal_, scenario);
    if (journal_.unavailable())
    {
        result_.status = evm::Status::unavailable;
        return result_;
    }
    const evm::TransactionEnvironment transaction{
        .origin = scenario.origin, .gas_price = scenario.gas_price, .blob_hashes = scenario.blob_hashes};
    machine_.set_environment(scenario.block, transaction);
    const auto outcome = machine_.execute({.kind = scenario.kind,
        .sender = scenario.origin,
        .recipient = scenario.recipient,
        .value = scenario.value,
        .input = scenario.input,
        .gas = scenario.gas});

    result_.status = outcome.status;
    if (outcome.status == evm::Status::unavailable)
        return result_;
    result_.gas_left = outcome.gas_left;
    result_.output = to_bytes(outcome.output);
    result_.refund = journal_.refund();
    result_.logs = journal_.logs();
    journal_.finalise(
        {.remove_empty_accounts = scenario.block.revision >= evm::Revision::spurious_dragon}, result_.difference);
    return result_;
}

std::string Comparison::difference(const Scenario& scenario)
{
    for (const auto& account : scenario.state.accounts)
        if (!has_right_jump_destinations(account.code))
            return "jump destinations of " + to_hex(account.code) + "\n";
    const auto& fast = fast_.run(scenario);
    const auto& plain = plain_.run(scenario);
    status_ = fast.status;
    if (fast == plain)
        return {};
    return describe(scenario) + "fast: " + text_of(fast) + "plain: " + text_of(plain);
}
}  // namespace jiffy::fuzz
