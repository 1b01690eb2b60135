// SPDX-License-Identifier: Apache-2.0
#include "cli/fixture_engine.hpp"

#include "cli/trace_writer.hpp"

namespace jiffy::cli
{
int run_fixture_tests(const FixtureOptions& options, FixtureTestRunner run_test)
{
    return run_fixtures(options,
        [&options, run_test]() -> FixtureFileRunner
        {
            auto engine = std::make_shared<FixtureEngine>();
            if (options.trace)
                engine->tracer = trace_writer(stderr);
            return [engine = std::move(engine), run_test](Json file, FileReport& report)
            {
                for (const auto& [name, test] : file.get_object())
                    run_test(*engine, std::string{name}, test, report);
            };
        });
}
}  // namespace jiffy::cli
