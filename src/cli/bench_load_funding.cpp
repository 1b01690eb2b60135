// SPDX-License-Identifier: Apache-2.0
#include "cli/bench_load_funding.hpp"

#include "base/hex.hpp"
#include "crypto/keccak.hpp"
#include "sequencer/genesis.hpp"

#include <chrono>
#include <fstream>
#include <thread>

namespace jiffy::cli::load
{
namespace
{
using Json = RpcClient::Json;
using Clock = std::chrono::steady_clock;

/// Multiples of the base fee, the most generous first.
constexpr std::uint64_t fee_multiples[] = {20, 10, 5, 3, 2};
constexpr std::uint64_t preparation_multiple = 4;
constexpr U256 default_priority_fee{1'000'000'000};
/// A payer keeps this part of its balance for other preparations.
constexpr U256 kept_part{20};
constexpr std::chrono::seconds patience{30};
constexpr std::chrono::milliseconds poll_interval{20};

U256 wide_number_of(const Json& quantity)
{
    const auto number = quantity.is_string() ? quantity_from_hex(quantity.get_ref<const std::string&>()) : std::nullopt;
    if (!number)
        throw std::runtime_error{"the endpoint gives no number where one is due: " + quantity.dump()};
    return *number;
}

std::vector<Hash> read_keys(const std::string& file)
{
    std::ifstream stream{file};
    if (!stream)
        throw std::runtime_error{"cannot read " + file};
    std::vector<Hash> keys;
    std::string line;
    while (std::getline(stream, line))
    {
        if (line.empty())
            continue;
        const auto key = fixed_from_hex<32>(line);
        if (!key)
            throw std::runtime_error{
                file + ": line " + std::to_string(keys.size() + 1) + " is no key of 32 bytes in hex"};
        keys.push_back(*key);
    }
    return keys;
}

std::vector<U256> balances_of(RpcClient& rpc, std::span<const Sender> senders)
{
    std::vector<Json> parameters;
    for (const auto& sender : senders)
        parameters.push_back(Json::array({to_hex(sender.address.view()), "latest"}));
    std::vector<U256> balances;
    for (const auto& balance : rpc.call_all("eth_getBalance", parameters))
        balances.push_back(wide_number_of(balance));
    return balances;
}

struct Gift
{
    std::size_t payer;
    std::size_t sender;
    U256 amount;
};

/// Who gives how much to whom so that each sender has `need`; empty if the payers have too little.
std::optional<std::vector<Gift>> plan_gifts(std::span<const Payer> payers,
    std::span<const U256> balances,
    const U256& need,
    const U256& cost)
{
    std::vector<U256> means;
    for (const auto& payer : payers)
        means.push_back(payer.balance - payer.balance / kept_part);
    std::vector<Gift> gifts;
    std::size_t payer = 0;
    for (std::size_t sender = 0; sender < balances.size(); ++sender)
    {
        if (balances[sender] >= need)
            continue;
        while (payer < payers.size() && means[payer] < need + cost)
            ++payer;
        if (payer == payers.size())
            return std::nullopt;
        means[payer] -= need + cost;
        gifts.push_back({payer, sender, need});
    }
    return gifts;
}
}  // namespace

ChainFacts read_chain_facts(RpcClient& rpc)
{
    ChainFacts chain;
    chain.chain_id = number_of(rpc.call("eth_chainId"));
    const auto block = rpc.call("eth_getBlockByNumber", Json::array({"latest", false}));
    if (!block.is_object() || !block.contains("baseFeePerGas"))
        throw std::runtime_error{"the endpoint has no base fee: transactions of type 2 are needed (EIP-1559)"};
    chain.base_fee = wide_number_of(block["baseFeePerGas"]);
    try
    {
        chain.priority_fee = wide_number_of(rpc.call("eth_maxPriorityFeePerGas"));
    }
    catch (const RpcError&)
    {
        chain.priority_fee = default_priority_fee;
    }
    return chain;
}

std::vector<Payer> read_payers(RpcClient& rpc, const std::string& keys_file)
{
    std::vector<Hash> keys;
    if (!keys_file.empty())
        keys = read_keys(keys_file);
    else
        for (const auto& account : sequencer::development_accounts())
            keys.push_back(account.secret);
    std::vector<Payer> payers;
    for (const auto& secret : keys)
    {
        const auto key = crypto::public_key_of(secret);
        if (!key)
            throw std::runtime_error{keys_file + ": a key is zero or too large"};
        Payer payer{.secret = secret, .address = crypto::address_of(*key), .nonce = 0, .balance = {}};
        const auto address = to_hex(payer.address.view());
        payer.balance = wide_number_of(rpc.call("eth_getBalance", Json::array({address, "latest"})));
        payer.nonce = number_of(rpc.call("eth_getTransactionCount", Json::array({address, "pending"})));
        if (!payer.balance.is_zero())
            payers.push_back(payer);
    }
    if (payers.empty())
        throw std::runtime_error{"no account to pay with has a balance; --keys names a file of others"};
    return payers;
}

std::vector<Sender> derive_senders(const Hash& seed, std::size_t count)
{
    std::vector<Sender> senders;
    Bytes preimage = to_bytes(seed.view());
    append(preimage, to_hash(U256{}).view());
    for (std::size_t i = 0; i < count; ++i)
    {
        const auto number = to_hash(U256{i});
        std::ranges::copy(number, preimage.begin() + static_cast<std::ptrdiff_t>(seed.size()));
        const auto secret = crypto::keccak256(preimage);
        const auto key = crypto::public_key_of(secret);
        if (!key)
            throw std::logic_error{"a derived key is no key"};
        senders.push_back({.secret = secret, .address = crypto::address_of(*key), .nonce = 0});
    }
    return senders;
}

Outbox::Outbox(RpcClient& rpc, const ChainFacts& chain)
  : rpc_{rpc}
  , chain_{chain}
{
}

std::string Outbox::add(Payer& payer, Order order)
{
    types::Transaction transaction;
    transaction.type = types::TransactionType::dynamic_fee;
    transaction.chain_id = chain_.chain_id;
    transaction.nonce = payer.nonce++;
    transaction.max_fee_per_gas = chain_.max_fee(preparation_multiple);
    transaction.max_priority_fee_per_gas = chain_.priority_fee;
    transaction.gas_limit = order.gas;
    transaction.to = order.to;
    transaction.value = order.value;
    transaction.data = std::move(order.data);
    if (!types::sign(transaction, payer.secret))
        throw std::logic_error{"a payer's key is no key"};
    const auto encoded = types::encode(transaction);
    auto hash = to_hex(crypto::keccak256(encoded).view());
    raw_.push_back(Json::array({to_hex(encoded)}));
    hashes_.push_back(Json::array({hash}));
    return hash;
}

void Outbox::send_and_wait()
{
    rpc_.call_all("eth_sendRawTransaction", raw_);
    raw_.clear();
    auto deadline = Clock::now() + patience;
    auto waiting = std::exchange(hashes_, {});
    while (!waiting.empty())
    {
        const auto receipts = rpc_.call_all("eth_getTransactionReceipt", waiting);
        std::vector<Json> missing;
        for (std::size_t i = 0; i < receipts.size(); ++i)
        {
            if (receipts[i].is_null())
                missing.push_back(waiting[i]);
            else if (receipts[i].value("status", std::string{}) != "0x1")
                throw std::runtime_error{"a transaction of the preparations was executed and failed"};
        }
        if (missing.size() < waiting.size())
            deadline = Clock::now() + patience;
        else if (Clock::now() > deadline)
            throw std::runtime_error{"a transaction of the preparations was accepted and is not executed"};
        waiting = std::move(missing);
        if (!waiting.empty())
            std::this_thread::sleep_for(poll_interval);
    }
}

U256 fund_senders(RpcClient& rpc,
    const ChainFacts& chain,
    std::span<Payer> payers,
    std::span<const Sender> senders,
    std::uint64_t rounds,
    std::uint64_t gas)
{
    const auto balances = balances_of(rpc, senders);
    const auto cost = chain.max_fee(preparation_multiple) * U256{transfer_gas};
    for (const auto multiple : fee_multiples)
    {
        const auto max_fee = chain.max_fee(multiple);
        const auto need = U256{rounds} * (max_fee * U256{gas} + U256{1});
        const auto gifts = plan_gifts(payers, balances, need, cost);
        if (!gifts)
            continue;
        Outbox outbox{rpc, chain};
        for (const auto& gift : *gifts)
        {
            auto& payer = payers[gift.payer];
            payer.balance -= gift.amount + cost;
            outbox.add(payer, {.to = senders[gift.sender].address, .value = gift.amount, .data = {}});
        }
        outbox.send_and_wait();
        return max_fee;
    }
    throw std::runtime_error{
        "the accounts that pay have too little for so many transactions; --count lowers the number"};
}
}  // namespace jiffy::cli::load
