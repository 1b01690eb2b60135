// SPDX-License-Identifier: Apache-2.0
#include "cli/bench_load.hpp"

#include "cli/bench_load_driver.hpp"
#include "cli/bench_load_node.hpp"
#include "cli/bench_load_receipts.hpp"
#include "cli/bench_load_report.hpp"
#include "cli/bench_load_stage.hpp"

#include <cstdio>
#include <exception>
#include <memory>

namespace jiffy::cli
{
namespace
{
using namespace load;

constexpr int wrong_use = 2;
constexpr int method_not_found = -32601;

/// Whether the endpoint knows eth_sendRawTransactionSync (EIP-7966).
bool has_sync(RpcClient& rpc)
{
    try
    {
        rpc.call("eth_sendRawTransactionSync", RpcClient::Json::array({"0x"}));
    }
    catch (const RpcError& error)
    {
        return error.code != method_not_found;
    }
    return true;
}

DriverOptions driver_options(RpcClient& rpc, const Options& options)
{
    DriverOptions result;
    result.is_websocket = options.mode == Mode::ws;
    result.connections = options.connections;
    result.batch = options.batch;
    result.window = options.window;
    result.rate = options.rate;
    result.seconds = options.seconds;
    result.method = "eth_sendRawTransaction";
    if (options.mode == Mode::async)
        return result;
    if (has_sync(rpc))
        result.method = "eth_sendRawTransactionSync";
    else if (options.mode == Mode::sync)
    {
        std::fputs(
            "the endpoint has no eth_sendRawTransactionSync: eth_sendRawTransaction, then "
            "eth_getTransactionReceipt until it is there\n",
            stderr);
        result.polls_receipts = true;
    }
    else
        std::fputs(
            "the endpoint has no eth_sendRawTransactionSync: eth_sendRawTransaction, latency up to the hash\n", stderr);
    return result;
}

SignedTransactions get_transactions(RpcClient& rpc, const Options& options)
{
    if (options.transactions_file.empty())
        return prepare_transactions(rpc, options);
    auto transactions = read_transactions(options.transactions_file);
    if (number_of(rpc.call("eth_chainId")) != transactions.chain_id)
        throw std::runtime_error{options.transactions_file + " is for chain " + std::to_string(transactions.chain_id)};
    if (transactions.senders % options.connections != 0)
        throw std::runtime_error{"the " + std::to_string(transactions.senders) +
                                 " senders of the file must be a multiple of the connections"};
    return transactions;
}

void check_nonces(RpcClient& rpc, std::span<const Sender> senders)
{
    const auto nonces = executed_nonces(rpc, senders);
    for (std::size_t i = 0; i < senders.size(); ++i)
        if (nonces[i] != senders[i].nonce)
            throw std::runtime_error{"the prepared transactions begin with nonce " + std::to_string(senders[i].nonce) +
                                     " where the chain expects " + std::to_string(nonces[i]) +
                                     ": they were sent before, or are for another chain"};
}

int run(const Options& options)
{
    const auto url = *parse_url(options.rpc);
    RpcClient first{url};
    const auto transactions = get_transactions(first, options);
    if (!options.write_file.empty())
    {
        write_transactions(options.write_file, transactions);
        return 0;
    }
    // While the transactions were signed, or the load ran, the endpoint may have closed a connection that was idle.
    RpcClient rpc{url};
    const auto senders = senders_of(transactions);
    check_nonces(rpc, senders);
    const auto driver = driver_options(rpc, options);

    const auto node_before = read_node_samples(url);
    const auto tally = std::make_unique<Tally>(transactions.size());
    std::make_unique<Driver>(url, transactions, driver)->run(*tally);
    RpcClient after{url};
    const auto on_chain = count_on_chain(after, senders, tally->accepted);
    const auto node_after = node_before ? read_node_samples(url) : std::nullopt;
    collect_receipts(url, transactions, *tally);

    const bool is_receipt = driver.polls_receipts || driver.method != "eth_sendRawTransaction";
    const Run result{.options = options,
        .kind = transactions.kind,
        .latency_to = is_receipt ? "receipt" : "hash",
        .prepared = transactions.size(),
        .senders = transactions.senders,
        .executed_on_chain = on_chain.executed,
        .seconds = tally->seconds + (is_receipt ? 0 : on_chain.seconds),
        .tally = *tally,
        .node = node_after ? work_between(*node_before, *node_after) : std::nullopt};
    std::fputs((options.json ? json_of(result) : text_of(result)).c_str(), stdout);
    return result.is_consistent() ? 0 : 1;
}
}  // namespace

int bench_load(const load::Options& options)
{
    if (const auto reason = contradiction(options); !reason.empty())
    {
        std::fprintf(stderr, "jiffy bench load: %s\n", reason.c_str());
        return wrong_use;
    }
    try
    {
        return run(options);
    }
    catch (const std::exception& error)
    {
        std::fprintf(stderr, "jiffy bench load: %s\n", error.what());
        return wrong_use;
    }
}
}  // namespace jiffy::cli
