// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/fixture_json.hpp"

#include <atomic>
#include <filesystem>
#include <mutex>
#include <regex>
#include <string>
#include <vector>

namespace jiffy::cli
{
/// Which cases are run.
struct CaseSelection
{
    /// Only cases of this fork; empty for all.
    std::string fork;
    /// Only cases whose name this regular expression finds; empty for all.
    std::string filter;
    /// Every Nth case, chosen by its name.
    unsigned sample = 1;
};

/// Sums of a run.
struct FixtureCounts
{
    std::uint64_t passed = 0;
    std::uint64_t failed = 0;
    std::uint64_t skipped = 0;
};

/// Decides which cases are run and collects what became of them, for all threads.
class FixtureReport
{
public:
    FixtureReport(const CaseSelection& selection, bool json);

    /// True if the case is to be run; counts it as skipped if it is in the list of skips.
    bool wants(const std::string& file, const std::string& name, std::string_view fork);
    /// Result of a case: what differs, nothing if it passed.
    void add(const std::string& file, const std::string& name, std::string_view fork, const std::string& differences);
    /// A file that is no fixture.
    void add_bad_file(const std::string& file, const std::string& error);

    [[nodiscard]] FixtureCounts counts() const noexcept;
    /// Shows how far the run is, or takes the line away if `of` is 0.
    void show_progress(std::size_t files, std::size_t of);
    void print_sum();

private:
    CaseSelection selection_;
    std::regex filter_;
    bool json_;
    bool progress_shown_;
    std::atomic<std::uint64_t> passed_ = 0;
    std::atomic<std::uint64_t> failed_ = 0;
    std::atomic<std::uint64_t> skipped_ = 0;
    std::mutex output_;
};

/// The cases of one file as one thread goes through them. Several threads may go through the same file: each case is
/// taken by the first that comes to it.
class FileReport
{
public:
    /// `next_case` is shared by the threads: the number of cases that were taken.
    FileReport(FixtureReport& report, std::string file, std::atomic<std::size_t>& next_case)
      : report_{report}
      , file_{std::move(file)}
      , next_case_{next_case}
    {
    }

    /// True if this thread is to run the case. Every thread asks for all cases in the same order.
    bool wants(const std::string& name, std::string_view fork)
    {
        auto expected = index_++;
        return next_case_.compare_exchange_strong(expected, index_) && report_.wants(file_, name, fork);
    }
    void add(const std::string& name, std::string_view fork, const std::string& differences)
    {
        report_.add(file_, name, fork, differences);
    }

private:
    FixtureReport& report_;
    std::string file_;
    std::atomic<std::size_t>& next_case_;
    std::size_t index_ = 0;
};
}  // namespace jiffy::cli
