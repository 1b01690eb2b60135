// SPDX-License-Identifier: Apache-2.0
#include "cli/bench_load_stage.hpp"

#include "base/hex.hpp"
#include "cli/bench_load_calls.hpp"
#include "cli/bench_load_funding.hpp"

#include <cstdio>

namespace jiffy::cli::load
{
namespace
{
/// More than any load moves.
const U256 token_supply = power(U256{10}, U256{36});
const U256 tokens_of_sender = power(U256{10}, U256{24});
constexpr std::uint64_t swapped_amount = 1000;

constexpr std::uint64_t creation_gas = 3'000'000;
constexpr std::uint64_t token_transfer_gas = 100'000;
constexpr std::uint64_t swap_gas = 150'000;
/// So that a credit stays below the cap of EIP-7825, 2^24 gas.
constexpr std::size_t holders_of_credit = 100;
constexpr std::uint64_t gas_of_credited_holder = 60'000;
constexpr std::uint64_t credit_base_gas = 100'000;

std::uint64_t gas_of(Kind kind)
{
    switch (kind)
    {
        case Kind::transfer:
            return transfer_gas;
        case Kind::erc20:
            return token_transfer_gas;
        case Kind::swap:
            return swap_gas;
    }
    return 0;
}

Address deploy(RpcClient& rpc, const ChainFacts& chain, Payer& payer, Bytes creation)
{
    Outbox outbox{rpc, chain};
    const auto hash =
        outbox.add(payer, {.to = std::nullopt, .value = {}, .data = std::move(creation), .gas = creation_gas});
    outbox.send_and_wait();
    const auto receipt = rpc.call("eth_getTransactionReceipt", RpcClient::Json::array({hash}));
    const auto address = fixed_from_hex<20>(receipt.value("contractAddress", std::string{}));
    if (!address)
        throw std::runtime_error{"the receipt of a creation has no contract address"};
    return *address;
}

/// Deploys what the load calls and gives the senders their tokens; the contract's address, or none for transfers.
Address prepare_contract(RpcClient& rpc,
    const ChainFacts& chain,
    Payer& payer,
    Kind kind,
    std::span<const Sender> senders)
{
    if (kind == Kind::transfer)
        return {};
    const bool is_token = kind == Kind::erc20;
    const auto contract = deploy(rpc, chain, payer, is_token ? create_token(token_supply) : create_pair(token_supply));
    Outbox outbox{rpc, chain};
    const auto step = is_token ? 1 : holders_of_credit;
    for (std::size_t begin = 0; begin < senders.size(); begin += step)
    {
        std::vector<Address> holders;
        for (const auto& sender : senders.subspan(begin, std::min(step, senders.size() - begin)))
            holders.push_back(sender.address);
        outbox.add(payer, {.to = contract,
                              .value = {},
                              .data = is_token ? token_transfer(holders.front(), tokens_of_sender)
                                               : pair_credit(holders, tokens_of_sender),
                              .gas = credit_base_gas + gas_of_credited_holder * holders.size()});
    }
    outbox.send_and_wait();
    return contract;
}

/// The load itself. Who pays whom is half a round apart, so that neighbours in the order touch different accounts.
Fill fill_of(Kind kind, const Address& contract, std::span<const Sender> senders)
{
    const auto partner = [senders](std::size_t number) -> const Address&
    { return senders[(number + senders.size() / 2) % senders.size()].address; };
    switch (kind)
    {
        case Kind::transfer:
            break;
        case Kind::erc20:
            return [contract, partner](types::Transaction& transaction, std::size_t number)
            {
                transaction.to = contract;
                transaction.data = token_transfer(partner(number), U256{1});
            };
        case Kind::swap:
            return [contract, round = senders.size()](types::Transaction& transaction, std::size_t number)
            {
                transaction.to = contract;
                transaction.data = pair_swap((number + number / round) % 2 == 0, U256{swapped_amount});
            };
    }
    return [partner](types::Transaction& transaction, std::size_t number)
    {
        transaction.to = partner(number);
        transaction.value = U256{1};
    };
}
}  // namespace

SignedTransactions prepare_transactions(RpcClient& rpc, const Options& options)
{
    const auto count = transaction_count(options);
    auto payers = read_payers(rpc, options.keys_file);
    auto senders = derive_senders(payers.front().secret, sender_count(options));
    const auto gas = gas_of(options.kind);
    const auto chain = read_chain_facts(rpc);
    std::fprintf(stderr, "funding %zu senders\n", senders.size());
    const auto fees = fund_senders(rpc, chain, payers, senders, (count + senders.size() - 1) / senders.size(), gas);
    const auto contract = prepare_contract(rpc, chain, payers.front(), options.kind, senders);

    const auto nonces = executed_nonces(rpc, senders);
    for (std::size_t i = 0; i < senders.size(); ++i)
        senders[i].nonce = nonces[i];
    std::fprintf(stderr, "signing %llu transactions\n", static_cast<unsigned long long>(count));
    types::Transaction pattern;
    pattern.type = types::TransactionType::dynamic_fee;
    pattern.chain_id = chain.chain_id;
    pattern.max_fee_per_gas = fees;
    pattern.max_priority_fee_per_gas = chain.priority_fee;
    pattern.gas_limit = gas;
    auto transactions = sign_transactions(pattern, senders, count, fill_of(options.kind, contract, senders));
    transactions.kind = options.kind;
    return transactions;
}

std::vector<Sender> senders_of(const SignedTransactions& transactions)
{
    std::vector<Sender> senders;
    for (std::size_t i = 0; i < std::min(transactions.senders, transactions.size()); ++i)
    {
        const auto bytes = from_hex(transactions.digits_of(i));
        const auto transaction = types::decode_transaction(*bytes);
        const auto address = transaction ? types::recover_sender(*transaction) : std::nullopt;
        if (!address)
            throw std::runtime_error{"prepared transaction " + std::to_string(i) + " is malformed"};
        senders.push_back({.secret = {}, .address = *address, .nonce = transaction->nonce});
    }
    return senders;
}

std::vector<std::uint64_t> executed_nonces(RpcClient& rpc, std::span<const Sender> senders)
{
    std::vector<RpcClient::Json> parameters;
    for (const auto& sender : senders)
        parameters.push_back(RpcClient::Json::array({to_hex(sender.address.view()), "latest"}));
    std::vector<std::uint64_t> nonces;
    for (const auto& nonce : rpc.call_all("eth_getTransactionCount", parameters))
        nonces.push_back(number_of(nonce));
    return nonces;
}
}  // namespace jiffy::cli::load
