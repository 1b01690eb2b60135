// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/hex.hpp"
#include "rpc/backend.hpp"
#include "rpc/dispatcher.hpp"
#include "rpc/methods.hpp"
#include "sequencer/test_chain.hpp"

#include <future>
#include <nlohmann/json.hpp>

namespace jiffy::rpc
{
/// All methods on a chain that is driven by the test: nothing happens to a transaction before the test says so.
struct TestBackend
{
    using Json = nlohmann::json;

    explicit TestBackend(const MethodLimits& limits = {},
        std::size_t history_blocks = 1024,
        const AdmissionLimits& admission = {})
      : chain{{}, 10'000'000'000, chain::ethereum_specification(sequencer::TestChain::chain_id), history_blocks}
    {
        chain.start_sequencer();
        route.emplace(admission).sequence_here(*chain.sequencer);
        signing.set({chain.releaser->terms(), chain.releaser->signer()});
        backend.emplace(
            Backend{chain.specification, chain.world, chain.history, *chain.sealer, signing, *route, workers, waiters,
                transaction_waiters, subscriptions, filters, "test", {}, [] { return NodeStatus{}; }, limits});
        dispatcher.emplace(*backend, all_methods());
    }
    /// In the order of a node: what waits is refused while there is still somebody to tell it to.
    ~TestBackend()
    {
        workers.stop();
        chain.sequencer->stop();
        subscriptions.stop();
    }

    /// The answer, which may come later.
    std::future<Json> ask(const std::string& method, const Json& parameters = Json::array())
    {
        const Json body = {{"jsonrpc", "2.0"}, {"id", 1}, {"method", method}, {"params", parameters}};
        auto promise = std::make_shared<std::promise<Json>>();
        dispatcher->handle(body.dump(), nullptr,
            [promise](Answer answer) { promise->set_value(Json::parse(std::move(answer).text())); });
        return promise->get_future();
    }
    Json result(const std::string& method, const Json& parameters = Json::array())
    {
        return answer(method, parameters)["result"];
    }
    Json error(const std::string& method, const Json& parameters = Json::array())
    {
        return answer(method, parameters)["error"];
    }
    /// For what is answered without anything else being done.
    Json answer(const std::string& method, const Json& parameters)
    {
        auto future = ask(method, parameters);
        if (future.wait_for(std::chrono::seconds{10}) != std::future_status::ready)
            throw std::runtime_error{"no answer to " + method};
        return future.get();
    }

    /// Hands what was sent to the sequencer.
    void take_in() { route->ingress().work(sequencer::Instant::max()); }
    /// Runs what waits for the time or for a block.
    void run_due(std::chrono::steady_clock::time_point now = std::chrono::steady_clock::now()) { waiters.run_due(now); }
    void pass_blocks(std::uint64_t count)
    {
        for (std::uint64_t i = 0; i < count; ++i)
        {
            chain.pass(1000);
            chain.sealer->process_pending();
        }
    }

    std::string sign(std::size_t account, types::Transaction transaction)
    {
        transaction.chain_id = sequencer::TestChain::chain_id;
        types::sign(transaction, chain.accounts[account].secret);
        return to_hex(types::encode(transaction));
    }
    static std::string hash_of(const std::string& raw) { return to_hex(crypto::keccak256(*from_hex(raw)).view()); }

    sequencer::TestChain chain;
    SealWaiters waiters{chain.history, 100};
    TransactionWaiters transaction_waiters{chain.history, 100};
    Subscriptions subscriptions{chain.history, waiters};
    Filters filters;
    Workers workers{1, 100};
    CurrentSigning signing;
    std::optional<TransactionRoute> route;
    std::optional<Backend> backend;
    std::optional<Dispatcher> dispatcher;
};
}  // namespace jiffy::rpc
