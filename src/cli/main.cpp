// SPDX-License-Identifier: Apache-2.0
#include "cli/blocktest.hpp"
#include "cli/statetest.hpp"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>

namespace
{
using namespace jiffy::cli;

constexpr int wrong_use = 2;

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

constexpr Declaration commands[] = {
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
        return program.exit(error) == 0 ? 0 : wrong_use;
    }
    catch (const std::exception& error)
    {
        std::fprintf(stderr, "jiffy: %s\n", error.what());
        return 1;
    }
    return exit_code;
}
