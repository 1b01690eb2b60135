// SPDX-License-Identifier: Apache-2.0
#include "cli/fixture_runner.hpp"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <thread>

namespace jiffy::cli
{
namespace
{
namespace fs = std::filesystem;

struct FixtureFile
{
    fs::path path;
    std::uintmax_t size = 0;
    /// Cases taken by some thread.
    std::atomic<std::size_t> next_case = 0;
    /// Some thread has gone through all cases, or found that the file is no fixture.
    std::atomic<bool> exhausted = false;

    FixtureFile(fs::path where, std::uintmax_t bytes)
      : path{std::move(where)}
      , size{bytes}
    {
    }
};

using FixtureFiles = std::vector<std::unique_ptr<FixtureFile>>;

bool is_fixture(const fs::path& path)
{
    // EEST's list of its fixtures lies in a folder of its own.
    return path.extension() == ".json" && path.parent_path().filename() != ".meta";
}

/// The files at and below the paths, large ones first, so that no thread is left with one at the end.
FixtureFiles find_files(const std::vector<fs::path>& paths)
{
    FixtureFiles files;
    for (const auto& path : paths)
    {
        if (fs::is_regular_file(path))
            files.push_back(std::make_unique<FixtureFile>(path, fs::file_size(path)));
        else if (fs::is_directory(path))
            for (const auto& entry : fs::recursive_directory_iterator{path})
                if (entry.is_regular_file() && is_fixture(entry.path()))
                    files.push_back(std::make_unique<FixtureFile>(entry.path(), entry.file_size()));
    }
    std::ranges::sort(
        files, [](const auto& a, const auto& b) { return a->size != b->size ? a->size > b->size : a->path < b->path; });
    return files;
}

void run_file(FixtureFile& file, simdjson::dom::parser& parser, const FixtureFileRunner& runner, FixtureReport& report)
{
    const auto name = file.path.string();
    try
    {
        Json document;
        FileReport cases{report, name, file.next_case};
        if (const auto error = parser.load(name).get(document); error != simdjson::SUCCESS)
            report.add_bad_file(name, simdjson::error_message(error));
        else
            runner(document, cases);
    }
    catch (const std::exception& error)
    {
        report.add_bad_file(name, error.what());
    }
    file.exhausted = true;
}

/// Work that is done by as many threads as wanted, while the calling one shows how far it is.
class Workers
{
public:
    Workers(const FixtureFiles& files, FixtureReport& report)
      : files_{files}
      , report_{report}
    {
    }

    void run(unsigned count, const std::function<FixtureFileRunner()>& make_runner)
    {
        running_ = count;
        std::vector<std::jthread> threads;
        threads.reserve(count);
        for (unsigned i = 0; i < count; ++i)
            threads.emplace_back([this, runner = make_runner()] { work(runner); });
        std::unique_lock lock{mutex_};
        while (!finished_.wait_for(lock, std::chrono::milliseconds{100}, [this] { return running_ == 0; }))
            report_.show_progress(done_, files_.size());
        report_.show_progress(0, 0);
    }

private:
    void work(const FixtureFileRunner& runner)
    {
        simdjson::dom::parser parser;
        for (std::size_t index = next_++; index < files_.size(); index = next_++, ++done_)
            run_file(*files_[index], parser, runner, report_);
        // Nothing is left but what others are at: help with their cases.
        for (const auto& file : files_)
            if (!file->exhausted && file->next_case != 0)
                run_file(*file, parser, runner, report_);
        const std::lock_guard lock{mutex_};
        --running_;
        finished_.notify_one();
    }

    const FixtureFiles& files_;
    FixtureReport& report_;
    std::atomic<std::size_t> next_ = 0;
    std::atomic<std::size_t> done_ = 0;
    std::mutex mutex_;
    std::condition_variable finished_;
    unsigned running_ = 0;
};
}  // namespace

int run_fixtures(const FixtureOptions& options, const std::function<FixtureFileRunner()>& make_runner)
{
    constexpr int wrong_use = 2;
    for (const auto& path : options.paths)
        if (!fs::exists(path))
        {
            std::fprintf(stderr, "no such file or folder: %s\n", path.c_str());
            return wrong_use;
        }
    std::optional<FixtureReport> report;
    try
    {
        report.emplace(options.selection, options.json);
    }
    catch (const std::regex_error& error)
    {
        std::fprintf(stderr, "--filter is no regular expression: %s\n", error.what());
        return wrong_use;
    }
    const auto files = find_files(options.paths);
    if (files.empty())
    {
        std::fputs("no fixture in the folders\n", stderr);
        return wrong_use;
    }
    unsigned threads = options.threads != 0 ? options.threads : std::max(1U, std::thread::hardware_concurrency());
    if (options.trace)
        threads = 1;
    Workers{files, *report}.run(threads, make_runner);
    report->print_sum();
    return report->counts().failed == 0 ? 0 : 1;
}
}  // namespace jiffy::cli
