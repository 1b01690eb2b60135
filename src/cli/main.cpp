// SPDX-License-Identifier: Apache-2.0
#include "cli/admin.hpp"
#include "cli/bench_evm.hpp"
#include "cli/bench_gas_worst.hpp"
#include "cli/bench_load.hpp"
#include "cli/bench_load_command.hpp"
#include "cli/blocktest.hpp"
#include "cli/db.hpp"
#include "cli/dev.hpp"
#include "cli/statetest.hpp"
#include "cli/verify_statements.hpp"
#include "cli/witness.hpp"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>
#include <map>

namespace
{
using namespace jiffy::cli;

/// Wrong use, or an error; 1 is an answer: that something does not hold, or does not pass.
constexpr int no_answer = 2;
constexpr auto signed_document =
    "JSON file of a preconfirmation, a receipt with one, a mini-block, or a proof from one, as a node gives it";

/// Adds a command and its options; the exit code of a run goes to the second argument.
using Declaration = void (*)(CLI::App& program, int& exit_code);

void add_fixture_options(CLI::App& command, FixtureOptions& options)
{
    command.add_option("paths", options.paths, "files or folders")->required();
    command.add_option("--fork", options.selection.fork, "only cases of this fork");
    command.add_option("--filter", options.selection.filter, "only cases whose name this regular expression finds");
    command.add_option("--sample", options.selection.sample, "only every Nth case")->check(CLI::PositiveNumber);
    command.add_option("--threads", options.threads, "default: one for each core");
    command.add_flag("--trace", options.trace, "write each instruction to standard error (EIP-3155)");
    command.add_flag("--json", options.json, "one JSON object for each case");
}

template <int (*run)(const FixtureOptions&)>
void declare_fixture_command(CLI::App& program, const char* name, const char* description, int& exit_code)
{
    auto options = std::make_shared<FixtureOptions>();
    auto* command = program.add_subcommand(name, description);
    add_fixture_options(*command, *options);
    command->callback([options, &exit_code] { exit_code = run(*options); });
}

void declare_benchmarks(CLI::App& program, int& exit_code)
{
    auto* bench = program.add_subcommand("bench", "measure");
    bench->require_subcommand(1);
    auto options = std::make_shared<BenchEvmOptions>();
    auto* evm = bench->add_subcommand("evm", "time the interpreter on a file of cases");
    evm->add_option("--cases", options->cases_file, "JSON file of cases")->required();
    evm->add_option("--filter", options->filter, "only cases whose name this regular expression finds");
    evm->add_option("--budget-ms", options->budget_ms, "time for each case")->check(CLI::PositiveNumber);
    evm->add_flag("--json", options->json, "one JSON document");
    evm->callback([options, &exit_code] { exit_code = bench_evm(*options); });

    auto gas_options = std::make_shared<BenchGasWorstOptions>();
    auto* gas = bench->add_subcommand("gas-worst", "time each opcode and precompiled contract at its worst input");
    gas->add_option("--fork", gas_options->fork, "rules")
        ->check(CLI::IsMember({"prague", "osaka"}))
        ->capture_default_str();
    gas->add_option("--gas", gas_options->gas, "gas of a run")
        ->check(CLI::Range(std::int64_t{100'000}, std::int64_t{1} << 40))
        ->capture_default_str();
    gas->add_option("--repetitions", gas_options->repetitions, "runs of each program")
        ->check(CLI::Range(1, 1000))
        ->capture_default_str();
    gas->add_option(
           "--accounts", gas_options->accounts, "accounts and slots in the state, rounded up to a power of two")
        ->check(CLI::Range(1, 1 << 26))
        ->capture_default_str();
    gas->add_option("--filter", gas_options->filter, "only names that this regular expression finds");
    gas->add_flag("--json", gas_options->json, "one JSON document");
    gas->callback([gas_options, &exit_code] { exit_code = bench_gas_worst(*gas_options); });

    auto load_options = std::make_shared<load::Options>();
    auto* load_command = bench->add_subcommand("load", "put any Ethereum endpoint under load");
    load::declare_options(*load_command, *load_options);
    load_command->callback([load_options, &exit_code] { exit_code = bench_load(*load_options); });
}

/// What every node can be told; `options` outlives the command.
void add_node_options(CLI::App& command, DevOptions& options)
{
    auto& node = options.node;
    command.add_option("--host", node.host, "address to listen on")->capture_default_str();
    command.add_option("--port", node.port, "port for HTTP and WebSocket, 0 for any")->capture_default_str();
    command.add_option(
        "--banner-file", options.banner_file, "write what is printed at the start to this file, as JSON");
    auto* feed = command.add_option(
        "--feed-listen", options.feed_listen, "HOST:PORT to serve the order log on, to those who follow the chain");
    command
        .add_option("--feed-token-file", options.feed_token_file,
            "file of a token that subscribers must know, which only its owner may read")
        ->needs(feed);
    command.add_option("--genesis", node.genesis_file, "the chain, in geth's genesis format")->check(CLI::ExistingFile);
    command.add_option("--history-blocks", node.history_blocks, "blocks that are kept")
        ->check(CLI::Range(16, 1 << 26))
        ->capture_default_str();
    command.add_option("--history-transactions", node.history_transactions, "transactions that are kept")
        ->capture_default_str();
    const auto set_patience = [&node](std::uint64_t milliseconds) { node.admission.patience = milliseconds * 1000; };
    command
        .add_option_function<std::uint64_t>("--overload-patience-ms", set_patience,
            "time for which more may come than can be executed before some of it is refused")
        ->check(CLI::Range(0, 60'000))
        ->default_str(std::to_string(node.admission.patience / 1000));
    command.add_flag("--verify-roots", node.verify_roots, "recompute every state root from scratch");
}

/// Where a node keeps its chain.
CLI::Option* add_storage_options(CLI::App& command, jiffy::node::NodeOptions& node)
{
    auto* directory =
        command.add_option("--data-dir", node.data_directory, "directory that keeps the chain; else it is in memory");
    command.add_option("--snapshot-blocks", node.snapshot_interval, "blocks from one snapshot to the next")
        ->check(CLI::Range(1, 1 << 30))
        ->needs(directory)
        ->capture_default_str();
    return directory;
}

void declare_dev(CLI::App& program, int& exit_code)
{
    auto options = std::make_shared<DevOptions>();
    auto& node = options->node;
    auto* command = program.add_subcommand("dev", "run a development chain in memory");
    add_node_options(*command, *options);
    command->add_option("--mini-block-ms", node.mini_block_interval, "time between mini-blocks")
        ->check(CLI::Range(1, 60'000))
        ->excludes("--genesis")
        ->capture_default_str();
    command->add_option("--block-ms", node.block_interval, "time between blocks")
        ->check(CLI::Range(1, 3'600'000))
        ->excludes("--genesis")
        ->capture_default_str();
    using jiffy::node::Preset;
    const auto choose = [options](const std::string& name)
    { options->node.preset = name == name_of(Preset::op) ? Preset::op : Preset::ethereum; };
    command->add_option_function<std::string>("--preset", choose, "rules of the chain")
        ->check(CLI::IsMember({std::string{name_of(Preset::op)}, std::string{name_of(Preset::ethereum)}}))
        ->excludes("--genesis")
        ->default_str(std::string{name_of(Preset::op)});
    command->callback([options, &exit_code] { exit_code = dev(*options); });
}

void declare_replica(CLI::App& program, int& exit_code)
{
    auto options = std::make_shared<ReplicaOptions>();
    auto* command = program.add_subcommand("replica", "follow a chain and serve it");
    add_node_options(*command, options->chain);
    command->get_option("--genesis")->required();
    auto& node = options->chain.node;
    command
        ->add_option("--feed", options->feeds,
            "HOST:PORT of the feed to follow; with several, separated by commas, the next one is tried when one fails")
        ->required()
        ->delimiter(',');
    command->add_option("--upstream-token-file", options->upstream_token_file,
        "file of the token that the followed feed wants to know, which only its owner may read");
    command->add_option("--sequencer", options->sequencer,
        "ws://HOST:PORT of the node that transactions are passed on to; else none are taken");
    add_storage_options(*command, node);
    command->callback([options, &exit_code] { exit_code = replica(*options); });
}

void add_group_options(CLI::App& command, GroupArguments& group)
{
    auto* name = command.add_option("--name", group.name,
        "name of this node among those who lead the chain in turns: one leads, the others stand by");
    auto* listen =
        command.add_option("--standby-listen", group.listen, "HOST:PORT where this node takes standbys when it leads");
    auto* witness = command.add_option("--witness", group.witness, "HOST:PORT of the witness, which says who leads");
    name->needs(listen, witness, command.get_option("--data-dir"), command.get_option("--feed-listen"));
    listen->needs(name);
    witness->needs(name);
    command
        .add_option("--peer", group.peers,
            "another one of them, as NAME,link=HOST:PORT,feed=HOST:PORT[,rpc=ws://HOST:PORT]: where it takes standbys, "
            "serves the feed, and takes transactions that come here while it leads")
        ->needs(name)
        ->allow_extra_args(false);
    command
        .add_option("--group-token-file", group.token_file,
            "file of a token that they and the witness share, which only its owner may read")
        ->needs(name);
    command
        .add_flag("--take-leadership", group.takes_leadership,
            "lead with the log of this node, whatever was promised that it lacks: when those who had it are gone for "
            "good")
        ->needs(name);
}

void declare_sequencer(CLI::App& program, int& exit_code)
{
    auto options = std::make_shared<SequencerOptions>();
    auto* command = program.add_subcommand("sequencer", "run the sequencer of a chain");
    add_node_options(*command, options->chain);
    command->get_option("--genesis")->required();
    command
        ->add_option("--key-file", options->key_file,
            "file of the secret key that signs, as hex digits, which only its owner may read; the key's address is "
            "config.jiffy.sequencer of the genesis file")
        ->required();
    auto& node = options->chain.node;
    auto* directory = add_storage_options(*command, node);
    using jiffy::types::Durability;
    const std::map<std::string, Durability> levels{{"memory", Durability::memory}, {"disk", Durability::disk},
        {"standby", Durability::standby}, {"standby+disk", Durability::standby_and_disk}};
    const auto choose = [&node, levels](const std::string& name) { node.durability = levels.at(name); };
    command
        ->add_option_function<std::string>(
            "--durability", choose, "what a preconfirmation waits for; for standbys, --name is needed")
        ->check(CLI::IsMember({"memory", "disk", "standby", "standby+disk"}))
        ->needs(directory)
        ->default_str("memory");
    add_group_options(*command, options->group);
    command->callback([options, &exit_code] { exit_code = sequencer(*options); });
}

void declare_admin(CLI::App& program, int& exit_code)
{
    auto* command = program.add_subcommand("admin", "speak to a sequencer with --name on this machine");
    command->require_subcommand(1);
    auto directory = std::make_shared<std::string>();
    const auto declare = [&](const char* name, const char* description)
    {
        auto* subcommand = command->add_subcommand(name, description);
        subcommand->add_option("--data-dir", *directory, "data directory of the sequencer")->required();
        subcommand->callback([directory, name, &exit_code] { exit_code = admin(*directory, name); });
    };
    declare("status", "say whether it leads or stands by");
    declare("handover", "have a standby lead the chain; the node that has led stops then, to be started as a standby");
    command->footer("Exit code: 0; 1 if the node has refused, or does not run.");
}

void declare_witness(CLI::App& program, int& exit_code)
{
    auto options = std::make_shared<WitnessOptions>();
    auto* command = program.add_subcommand("witness", "record who leads a chain and who stands by");
    command->add_option("--listen", options->listen, "HOST:PORT to listen on")->required();
    command->add_option("--data-dir", options->data_directory, "directory that keeps the record")->required();
    command->add_option("--chain,--genesis", options->genesis_file, "the chain, in geth's genesis format")
        ->check(CLI::ExistingFile)
        ->required();
    command->add_option("--token-file", options->token_file,
        "file of a token that the members must know, which only its owner may read");
    command->add_option(
        "--banner-file", options->banner_file, "write what is printed at the start to this file, as JSON");
    command->footer("Exit code: 0; 2 if it cannot start; 3 if it had to stop because its record could not be written.");
    command->callback([options, &exit_code] { exit_code = witness(*options); });
}

void declare_verify_statement(CLI::App& program, int& exit_code)
{
    struct Options
    {
        std::string file;
        std::optional<std::string> signer;
    };
    auto options = std::make_shared<Options>();
    auto* command = program.add_subcommand("verify-statement", "verify what a sequencer has signed, without a node");
    command->add_option("FILE", options->file, signed_document)->required();
    command->add_option("--signer", options->signer, "address of the sequencer: it must have signed");
    command->footer(
        "Exit code: 0 valid; 1 not valid; 2 unreadable; 3 unproven, as without --signer nobody knows whose "
        "signature\nit must be: an altered statement looks like one that somebody else has signed.");
    command->callback(
        [options, &exit_code] { exit_code = static_cast<int>(verify_statement(options->file, options->signer)); });
}

void declare_verify_equivocation(CLI::App& program, int& exit_code)
{
    struct Files
    {
        std::string first;
        std::string second;
    };
    auto files = std::make_shared<Files>();
    auto* command = program.add_subcommand(
        "verify-equivocation", "find out whether a sequencer has contradicted itself, without a node");
    command->add_option("A", files->first, signed_document)->required();
    command->add_option("B", files->second, "likewise")->required();
    command->footer("Exit code: 0 they contradict each other; 1 they do not; 2 unreadable.");
    command->callback(
        [files, &exit_code] { exit_code = static_cast<int>(verify_equivocation(files->first, files->second)); });
}

void declare_db(CLI::App& program, int& exit_code)
{
    auto* command = program.add_subcommand("db", "examine a data directory that no node uses");
    command->require_subcommand(1);
    auto directory = std::make_shared<std::string>();
    auto* stats = command->add_subcommand("stats", "say what the archive of blocks has, and how large it is");
    stats->add_option("DIR", *directory, "data directory")->required();
    stats->callback([directory, &exit_code] { exit_code = db_stats(*directory); });
    auto* verify = command->add_subcommand("verify", "check every block of the archive, and the index of them");
    verify->add_option("DIR", *directory, "data directory")->required();
    verify->footer("Exit code: 0 all is right; 1 something is damaged or does not agree; 2 there is nothing to check.");
    verify->callback([directory, &exit_code] { exit_code = db_verify(*directory); });
}

constexpr Declaration commands[] = {
    declare_dev,
    declare_sequencer,
    declare_admin,
    declare_witness,
    declare_replica,
    declare_db,
    declare_benchmarks,
    declare_verify_statement,
    declare_verify_equivocation,
    [](CLI::App& program, int& exit_code)
    { declare_fixture_command<statetest>(program, "statetest", "run state test fixtures", exit_code); },
    [](CLI::App& program, int& exit_code)
    { declare_fixture_command<blocktest>(program, "blocktest", "run blockchain test fixtures", exit_code); },
};
}  // namespace

int main(int argument_count, char** arguments)
{
    int exit_code = 0;
    CLI::App program{"Jiffy, a real-time Ethereum Layer 2", "jiffy"};
    program.require_subcommand(1);
    for (const auto declare : commands)
        declare(program, exit_code);
    try
    {
        program.parse(argument_count, arguments);
    }
    catch (const CLI::ParseError& error)
    {
        return program.exit(error) == 0 ? 0 : no_answer;
    }
    catch (const std::exception& error)
    {
        std::fprintf(stderr, "jiffy: %s\n", error.what());
        return no_answer;
    }
    return exit_code;
}
