// SPDX-License-Identifier: Apache-2.0
#include "cli/witness.hpp"

#include "cli/complain.hpp"
#include "cli/endpoint.hpp"
#include "consensus/witness_server.hpp"
#include "node/banner.hpp"
#include "node/genesis_file.hpp"
#include "node/key_file.hpp"
#include "node/version.hpp"
#include "rpc/json_writer.hpp"
#include "sequencer/genesis.hpp"
#include "store/posix_disk.hpp"

#include <atomic>
#include <csignal>
#include <cstdio>
#include <unistd.h>

namespace jiffy::cli
{
namespace
{
std::expected<consensus::WitnessServerOptions, std::string> server_options(const WitnessOptions& options)
{
    auto endpoint = parse_endpoint("--listen", options.listen);
    if (!endpoint)
        return std::unexpected{std::move(endpoint.error())};
    consensus::WitnessServerOptions server;
    server.host = std::move(endpoint->host);
    server.port = endpoint->port;
    if (options.token_file.empty())
        return server;
    auto token = node::read_token_file(options.token_file);
    if (!token)
        return std::unexpected{std::move(token.error())};
    server.token = std::move(*token);
    return server;
}

std::expected<store::ChainIdentity, std::string> read_chain(const std::string& path)
{
    auto file = node::read_genesis_file(path);
    if (!file)
        return std::unexpected{std::move(file.error())};
    sequencer::complete_genesis(file->genesis, file->specification, crypto::native_kernels());
    return store::ChainIdentity{
        .chain_id = file->specification.chain_id, .genesis = types::header_hash(file->genesis.header)};
}

std::string banner_text(const WitnessOptions& options,
    const std::string& endpoint,
    const store::ChainIdentity& chain,
    const consensus::Configuration& current)
{
    std::string text = "Jiffy " + std::string{node::version} + ", the witness of a chain\n\n";
    const auto line = [&text](std::string_view name, const std::string& value)
    { text.append("  ").append(name).append(16 - name.size(), ' ').append(value).push_back('\n'); };
    line("witness", endpoint + (options.token_file.empty() ? ", for everybody" : ", for those with the token"));
    line("chain id", std::to_string(chain.chain_id));
    line("chain", options.genesis_file);
    line("data", options.data_directory);
    line("leader", to_string(current));
    return text + "\nListening. Stop with Ctrl-C.\n";
}

std::string banner_json(const std::string& endpoint,
    const store::ChainIdentity& chain,
    const consensus::Configuration& current)
{
    std::string text;
    rpc::JsonWriter json{text};
    json.begin_object();
    json.key("witness").string(endpoint);
    json.key("chainId").number(chain.chain_id);
    json.key("epoch").number(current.epoch);
    json.key("leader").string(current.leader.name);
    json.end_object();
    return text + "\n";
}
}  // namespace

int witness(const WitnessOptions& options)
{
    // Before any thread begins, so that all of them leave these signals to `sigwait`.
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);

    const auto server = server_options(options);
    if (!server)
        return complain(server.error());
    const auto chain = read_chain(options.genesis_file);
    if (!chain)
        return complain(chain.error());
    store::PosixDisk disk;
    if (const auto made = disk.create_directories(options.data_directory); !made)
        return complain(made.error().text);
    const auto lock = disk.lock_directory(options.data_directory);
    if (!lock)
        return complain(lock.error().text);
    auto opened = consensus::WitnessRegister::open(disk, options.data_directory, *chain);
    if (!opened)
        return complain(opened.error().text);
    const auto listening = consensus::WitnessServer::listen(*server);
    if (!listening)
        return complain(listening.error());

    const auto endpoint =
        options.listen.substr(0, options.listen.rfind(':') + 1) + std::to_string((*listening)->port());
    if (!options.banner_file.empty() &&
        !node::write_file_at_once(options.banner_file, banner_json(endpoint, *chain, opened->current())))
        return complain("cannot write " + options.banner_file);
    std::fputs(banner_text(options, endpoint, *chain, opened->current()).c_str(), stdout);
    std::fflush(stdout);
    std::atomic<bool> has_failed = false;
    (*listening)
        ->start(*std::move(opened),
            [&has_failed](const std::string& reason)
            {
                complain("stopping, as the register cannot be written: " + reason);
                has_failed = true;
                kill(getpid(), SIGTERM);
            });

    int received = 0;
    sigwait(&signals, &received);
    (*listening)->stop();
    return has_failed ? cannot_write : 0;
}
}  // namespace jiffy::cli
