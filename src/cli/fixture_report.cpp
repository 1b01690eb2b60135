// SPDX-License-Identifier: Apache-2.0
#include "cli/fixture_report.hpp"

#include "cli/fixture_skips.hpp"

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <unistd.h>

namespace jiffy::cli
{
namespace
{
void print_json(const std::string& file,
    const std::string& name,
    std::string_view fork,
    std::string_view result,
    const std::string& differences)
{
    nlohmann::ordered_json line{{"file", file}, {"name", name}, {"fork", fork}, {"result", result}};
    if (!differences.empty())
        line["differences"] = differences;
    std::puts(line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace).c_str());
}
}  // namespace

FixtureReport::FixtureReport(const CaseSelection& selection, bool json)
  : selection_{selection}
  , filter_{selection.filter, std::regex::ECMAScript | std::regex::optimize}
  , json_{json}
  , progress_shown_{isatty(STDERR_FILENO) != 0}
{
}

bool FixtureReport::wants(const std::string& file, const std::string& name, std::string_view fork)
{
    if (!selection_.fork.empty() && selection_.fork != fork)
        return false;
    if (!selection_.filter.empty() && !std::regex_search(name, filter_))
        return false;
    if (selection_.sample > 1)
    {
        const auto hash = crypto::keccak256({reinterpret_cast<const Byte*>(name.data()), name.size()});
        if (to_u256(hash).low() % selection_.sample != 0)
            return false;
    }
    const auto full_name = file + "::" + name;
    const auto skips = fixture_skips();
    const auto skip =
        std::ranges::find_if(skips, [&full_name](const auto& entry) { return matches(entry.pattern, full_name); });
    if (skip == skips.end())
        return true;
    ++skipped_;
    const std::lock_guard lock{output_};
    if (json_)
        print_json(file, name, fork, "skipped", std::string{skip->reason});
    return false;
}

void FixtureReport::add(const std::string& file,
    const std::string& name,
    std::string_view fork,
    const std::string& differences)
{
    ++(differences.empty() ? passed_ : failed_);
    if (!json_ && differences.empty())
        return;
    const std::lock_guard lock{output_};
    if (json_)
        print_json(file, name, fork, differences.empty() ? "passed" : "failed", differences);
    else
        std::printf("%sFAIL %s\n  %s\n    %s\n", progress_shown_ ? "\r\33[K" : "", name.c_str(), file.c_str(),
            differences.c_str());
}

void FixtureReport::add_bad_file(const std::string& file, const std::string& error)
{
    add(file, "(the file)", "", error);
}

FixtureCounts FixtureReport::counts() const noexcept
{
    return {passed_, failed_, skipped_};
}

void FixtureReport::show_progress(std::size_t files, std::size_t of)
{
    if (!progress_shown_)
        return;
    const std::lock_guard lock{output_};
    if (of == 0)
    {
        std::fputs("\r\33[K", stderr);
        return;
    }
    constexpr std::size_t width = 40;
    const auto filled = width * files / of;
    std::string bar(width, '.');
    std::fill_n(bar.begin(), filled, '#');
    const auto sums = counts();
    std::fprintf(stderr, "\r[%s] %zu/%zu files, %llu passed, %llu failed\33[K", bar.c_str(), files, of,
        static_cast<unsigned long long>(sums.passed), static_cast<unsigned long long>(sums.failed));
}

void FixtureReport::print_sum()
{
    const auto sums = counts();
    std::string line = std::to_string(sums.passed) + " passed, " + std::to_string(sums.failed) + " failed";
    if (sums.skipped != 0)
        line += ", " + std::to_string(sums.skipped) + " skipped";
    std::fprintf(json_ ? stderr : stdout, "%s\n", line.c_str());
}
}  // namespace jiffy::cli
