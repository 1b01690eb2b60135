// SPDX-License-Identifier: Apache-2.0
#include "cli/bench_gas_worst_transactions.hpp"

#include "cli/bench_gas_worst_clock.hpp"

#include <stdexcept>

namespace jiffy::cli::gas_worst
{
namespace
{
/// Bytes of a raw transaction that the node takes, as geth's pool does, less room for what all transactions have.
constexpr std::uint64_t room_for_lists = 128 * 1024 - 512;
constexpr std::uint64_t transaction_gas = 21'000;
constexpr std::uint64_t chain_id = 1;

/// How often something fits that costs so much gas and so many bytes.
std::uint64_t count_of(std::uint64_t gas, std::uint64_t gas_of_one, std::uint64_t bytes_of_one)
{
    return std::min((gas - transaction_gas) / gas_of_one, room_for_lists / bytes_of_one);
}

Address numbered(const U256& first, std::uint64_t number)
{
    return Address::from(to_hash(first + U256{number}).view().last(20));
}

/// Numbers below a power of two, far from one another, each once before the first comes again.
std::uint64_t scattered(std::uint64_t i, std::uint64_t power_of_two)
{
    return i * 0x9e3779b97f4a7c15 & (power_of_two - 1);
}

types::Transaction transaction_of(types::TransactionType type)
{
    types::Transaction transaction;
    transaction.type = type;
    transaction.chain_id = chain_id;
    transaction.to = numbered(first_account, 0);
    return transaction;
}

/// Completes the transaction with the least gas limit that is valid.
TransactionCase with_least_gas(std::string variant, types::Transaction transaction, evm::Revision revision)
{
    const auto [gas, floor] = chain::intrinsic_gas(revision, transaction);
    transaction.gas_limit = std::max(gas, floor);
    return {std::move(variant), std::move(transaction)};
}

TransactionSubject authorizations(evm::Revision revision, std::uint64_t gas)
{
    constexpr std::uint64_t authorization_gas = 25'000;
    constexpr std::uint64_t authorization_bytes = 110;
    const auto count = count_of(gas, authorization_gas, authorization_bytes);
    const auto make = [&](std::string variant, std::uint64_t nonce)
    {
        auto transaction = transaction_of(types::TransactionType::set_code);
        for (std::uint64_t i = 0; i < count; ++i)
        {
            types::Authorization authorization{U256{chain_id}, numbered(first_account, i), nonce, {}};
            authorization.signature = *crypto::sign(types::signing_hash(authorization), to_hash(U256{i + 1}));
            transaction.authorization_list.push_back(authorization);
        }
        return with_least_gas(std::move(variant), std::move(transaction), revision);
    };
    return {"authorizations", {make("of accounts that are new", 0), make("with a wrong nonce", 1)}};
}

TransactionSubject access_list(evm::Revision revision, const StateSize& size, std::uint64_t gas)
{
    // An address and the headers of its lists; a key.
    constexpr std::uint64_t entry_bytes = 26;
    constexpr std::uint64_t key_bytes = 33;
    const auto slot = [&size](std::uint64_t i) { return to_hash(U256{scattered(i, size.accounts)}); };

    auto accounts = transaction_of(types::TransactionType::access_list);
    for (std::uint64_t i = 0; i < count_of(gas, 2'400, entry_bytes); ++i)
        accounts.access_list.push_back({numbered(first_account, scattered(i, size.accounts)), {}});
    auto slots = transaction_of(types::TransactionType::access_list);
    slots.access_list.push_back({program_address, {}});
    for (std::uint64_t i = 0; i < count_of(gas - 2'400, 1'900, key_bytes); ++i)
        slots.access_list.front().storage_keys.push_back(slot(i));
    auto both = transaction_of(types::TransactionType::access_list);
    for (std::uint64_t i = 0; i < count_of(gas, 2'400 + 1'900, entry_bytes + key_bytes); ++i)
        both.access_list.push_back({numbered(first_account, scattered(i, size.accounts)), {slot(i)}});
    return {"access list", {with_least_gas("accounts", std::move(accounts), revision),
                               with_least_gas("slots of one", std::move(slots), revision),
                               with_least_gas("accounts with a slot each", std::move(both), revision)}};
}

TransactionSubject call_data(evm::Revision revision, std::uint64_t gas)
{
    // EIP-7623: what a zero byte costs at the least, and any other.
    constexpr std::uint64_t zero_gas = 10;
    constexpr std::uint64_t other_gas = 40;
    auto zeros = transaction_of(types::TransactionType::dynamic_fee);
    zeros.data.resize(count_of(gas, zero_gas, 1));
    auto others = transaction_of(types::TransactionType::dynamic_fee);
    // Bytes that compression finds nothing in.
    std::uint64_t noise = 1;
    for (auto i = count_of(gas, other_gas, 1); i > 0; --i)
    {
        noise = noise * 6'364'136'223'846'793'005 + 1'442'695'040'888'963'407;
        others.data.push_back(static_cast<Byte>(noise >> 56) | 1);
    }
    TransactionSubject subject{"call data",
        {with_least_gas("zeros", std::move(zeros), revision), with_least_gas("noise", std::move(others), revision)}};
    // Only the OP Stack has this, and its rules are Prague's.
    if (revision == evm::Revision::prague)
        for (const std::size_t i : {0U, 1U})
        {
            auto priced = subject.cases[i];
            priced.variant += ", priced on L1";
            priced.is_priced_on_l1 = true;
            subject.cases.push_back(std::move(priced));
        }
    return subject;
}
}  // namespace

std::vector<TransactionSubject> transaction_subjects(evm::Revision revision, const StateSize& size, std::uint64_t gas)
{
    return {authorizations(revision, gas), access_list(revision, size, gas), call_data(revision, gas)};
}

TransactionBench::TransactionBench(const world::World& world, evm::Revision revision)
  : world_{world}
{
    const auto specification = revision == evm::Revision::prague ? chain::optimism_specification(chain_id)
                                                                 : chain::ethereum_specification(chain_id);
    types::Header header;
    header.number = 1'000;
    header.timestamp = 1'000;
    header.gas_limit = ~std::uint64_t{0} >> 1;
    header.base_fee_per_gas = U256{};
    header.excess_blob_gas = 0;
    context_ = chain::make_block_context(specification, header, {});
    if (context_.environment.revision != revision)
        throw std::logic_error{"the chain has not the rules that were asked for"};
}

double TransactionBench::run(const TransactionCase& subject)
{
    if (context_.optimism)
    {
        context_.optimism->l1_fees.emplace();
        if (subject.is_priced_on_l1)
            context_.optimism->l1_fees->base_fee = U256{1};
    }
    // Without capacity: every run meets code for the first time.
    codes_.trim();
    const auto begin = processor_nanoseconds();
    const auto executed = chain::execute_transaction(context_, subject.transaction, sender_address, world_.latest(),
        {.gas = context_.environment.gas_limit}, executor_, outcome_, {.check_nonce = false, .check_funds = false});
    if (!executed || !outcome_.success())
        throw std::logic_error{"the transaction of \"" + subject.variant + "\" is not valid"};
    const auto receipt = chain::make_receipt(context_, subject.transaction, outcome_, outcome_.gas_used);
    const auto end = processor_nanoseconds();
    if (!receipt.success)
        throw std::logic_error{"the receipt tells of a failure"};
    return end - begin;
}
}  // namespace jiffy::cli::gas_worst
