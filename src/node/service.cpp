// SPDX-License-Identifier: Apache-2.0
#include "node/service.hpp"

#include "node/version.hpp"
#include "rpc/methods.hpp"

#include <algorithm>

namespace jiffy::node
{
namespace
{
constexpr std::size_t waiting_jobs = 256;
constexpr std::size_t waiting_for_seals = 10'000;
constexpr std::size_t waiting_for_receipts = 10'000;

std::vector<Address> addresses_of(const std::vector<sequencer::DevelopmentAccount>& accounts)
{
    std::vector<Address> addresses;
    addresses.reserve(accounts.size());
    for (const auto& account : accounts)
        addresses.push_back(account.address);
    return addresses;
}

std::vector<std::span<const rpc::Method>> methods_of(const NodeOptions& options)
{
    auto methods = rpc::all_methods();
    if (options.is_development())
        methods.push_back(rpc::anvil_methods());
    return methods;
}
}  // namespace

std::expected<std::unique_ptr<rpc::Server>, std::string> listen(const NodeOptions& options)
{
    rpc::ServerOptions server_options;
    server_options.host = options.host;
    server_options.port = options.port;
    server_options.threads = std::max(2U, std::thread::hardware_concurrency() / 4);
    server_options.oversize_answer =
        R"({"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"request body too large"}})";
    return rpc::Server::listen(server_options);
}

Service::Service(const ChainParts& chain,
    const NodeOptions& options,
    const sequencer::Archive* archive,
    std::function<rpc::NodeStatus()> status)
  : route_{options.admission}
  , waiters_{chain.history, waiting_for_seals}
  , transaction_waiters_{chain.history, waiting_for_receipts}
  , subscriptions_{chain.history, waiters_}
  , workers_{std::max(1U, std::thread::hardware_concurrency() / 2), waiting_jobs}
  , backend_{chain.specification, *chain.world, chain.history, *chain.sealer, signing_, route_, workers_, waiters_,
        transaction_waiters_, subscriptions_, filters_, std::string{client_version}, addresses_of(chain.accounts),
        std::move(status), {}, options.verify_roots ? &chain.root_check.metrics() : nullptr, archive}
  , dispatcher_{backend_, methods_of(options)}
{
}

void Service::serve(rpc::Server& server)
{
    server.start([this](std::string body, const std::shared_ptr<rpc::Channel>& channel, rpc::Responder respond)
        { dispatcher_.handle(std::move(body), channel, std::move(respond)); }, [this] { return metrics_.text(); },
        &route_.ingress(),
        [this](std::string_view body, std::string& answer) { return dispatcher_.refuse_in_passing(body, answer); });
}

void Service::handle(std::string body, rpc::Responder respond)
{
    dispatcher_.handle(std::move(body), nullptr, std::move(respond));
}
}  // namespace jiffy::node
