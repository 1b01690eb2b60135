// SPDX-License-Identifier: Apache-2.0
#include "store/posix_disk.hpp"
#include "store/write_ahead_log.hpp"

#include <algorithm>
#include <benchmark/benchmark.h>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <thread>

// What it costs to append to the write-ahead log and to sync it, beside plain files. The files lie in TMPDIR, which
// must be on the disk in question: a file system in memory syncs for nothing.

namespace jiffy::store
{
namespace
{
using Clock = std::chrono::steady_clock;

constexpr std::uint64_t file_size = std::uint64_t{64} << 20;

class Directory
{
public:
    Directory()
    {
        auto pattern = (std::filesystem::temp_directory_path() / "jiffy-bench-XXXXXX").string();
        if (::mkdtemp(pattern.data()) == nullptr)
            throw std::runtime_error{"cannot make a temporary directory"};
        path = pattern;
    }
    Directory(const Directory&) = delete;
    Directory& operator=(const Directory&) = delete;
    ~Directory() { std::filesystem::remove_all(path); }

    std::string path;
};

/// Times of the iterations, in microseconds.
class Times
{
public:
    /// Times one iteration.
    template <class Work>
    void time(benchmark::State& state, const Work& work)
    {
        const auto begin = Clock::now();
        if (!work())
            state.SkipWithError("the disk has failed");
        const std::chrono::duration<double, std::micro> took = Clock::now() - begin;
        state.SetIterationTime(took.count() / 1e6);
        times_.push_back(took.count());
    }

    void report(benchmark::State& state)
    {
        std::ranges::sort(times_);
        const auto at = [&](double share)
        { return times_[static_cast<std::size_t>(share * static_cast<double>(times_.size() - 1))]; };
        state.counters["p50_us"] = at(0.5);
        state.counters["p99_us"] = at(0.99);
        state.counters["max_us"] = times_.back();
    }

private:
    std::vector<double> times_;
};

std::unique_ptr<WriteAheadLog> open_log(Disk& disk, const std::string& directory)
{
    auto log = WriteAheadLog::open(disk, directory, {901, {}}, {.file_size = file_size});
    if (!log)
        throw std::runtime_error{log.error().text};
    return *std::move(log);
}

/// A record of `range(0)` bytes and a sync per iteration.
void sync_log(benchmark::State& state)
{
    const Directory directory;
    PosixDisk disk;
    const auto log = open_log(disk, directory.path);
    const Bytes payload(static_cast<std::size_t>(state.range(0)), 7);
    Times times;
    for (auto _ : state)
        times.time(state, [&] { return log->append(payload) && log->sync(); });
    times.report(state);
    state.counters["unprepared"] = static_cast<double>(log->unprepared_files());
}

/// As `sync_log`, while another thread prepares and releases files without a pause.
void sync_log_while_preparing(benchmark::State& state)
{
    const Directory directory;
    PosixDisk disk;
    const auto log = open_log(disk, directory.path);
    std::atomic<bool> is_done = false;
    std::thread preparing{[&]
        {
            const auto path = directory.path + "/other";
            const auto file = disk.create(path).value();
            while (!is_done.load())
                write_zeros(*file, 0, file_size).value();
        }};
    const Bytes payload(static_cast<std::size_t>(state.range(0)), 7);
    Times times;
    for (auto _ : state)
        times.time(state, [&] { return log->append(payload) && log->sync(); });
    is_done = true;
    preparing.join();
    times.report(state);
}

/// Bytes at the end of a file that grows, or over zeros, and a sync per iteration.
void sync_plain_file(benchmark::State& state)
{
    const Directory directory;
    PosixDisk disk;
    const auto file = disk.create(directory.path + "/file").value();
    if (state.range(1) != 0)
        write_zeros(*file, 0, file_size).value();
    const Bytes payload(static_cast<std::size_t>(state.range(0)), 7);
    std::uint64_t offset = 0;
    Times times;
    for (auto _ : state)
    {
        times.time(state, [&] { return file->write_at(offset, payload) && file->sync_data(); });
        offset += payload.size();
    }
    times.report(state);
}

/// A record of `range(0)` bytes per iteration, written when the buffer is full.
void append_to_log(benchmark::State& state)
{
    const Directory directory;
    PosixDisk disk;
    const auto log = open_log(disk, directory.path);
    const Bytes payload(static_cast<std::size_t>(state.range(0)), 7);
    std::uint64_t bytes = 0;
    for (auto _ : state)
    {
        benchmark::DoNotOptimize(log->append(payload));
        bytes += record_size(payload.size());
        if (bytes < file_size / 2)
            continue;
        state.PauseTiming();
        bytes = 0;
        if (!log->sync() || !log->release_before(log->next_sequence()) || !log->prepare())
            state.SkipWithError("the disk has failed");
        state.ResumeTiming();
    }
    state.SetBytesProcessed(state.iterations() * state.range(0));
}

/// A record of `range(0)` bytes every 50 us, while another thread syncs without a pause: the appending thread must not
/// wait for it.
void append_while_syncing(benchmark::State& state)
{
    const Directory directory;
    PosixDisk disk;
    const auto log = open_log(disk, directory.path);
    log->prepare().value();
    std::atomic<bool> is_done = false;
    std::thread syncing{[&]
        {
            while (!is_done.load())
                log->sync().value();
        }};
    const Bytes payload(static_cast<std::size_t>(state.range(0)), 7);
    Times times;
    for (auto _ : state)
    {
        times.time(state, [&] { return log->append(payload).has_value(); });
        std::this_thread::sleep_for(std::chrono::microseconds{50});
    }
    is_done = true;
    syncing.join();
    times.report(state);
}

/// Opens a log of `range(0)` MiB.
void open_full_log(benchmark::State& state)
{
    const Directory directory;
    PosixDisk disk;
    {
        const auto log = open_log(disk, directory.path);
        const Bytes payload(2000, 7);
        for (std::int64_t i = 0; i < (state.range(0) << 20) / 2040; ++i)
            benchmark::DoNotOptimize(log->append(payload));
        log->sync().value();
    }
    for (auto _ : state)
        open_log(disk, directory.path);
}

BENCHMARK(append_to_log)->Arg(100)->Arg(500)->Arg(4096)->Arg(50'000);
BENCHMARK(append_while_syncing)->Arg(500)->Iterations(10'000)->UseManualTime();
BENCHMARK(sync_plain_file)
    ->Args({4096, 0})
    ->Args({4096, 1})
    ->Args({65'536, 0})
    ->Args({65'536, 1})
    ->Iterations(1000)
    ->UseManualTime();
BENCHMARK(sync_log)->Arg(500)->Arg(4096)->Arg(65'536)->Iterations(1000)->UseManualTime();
BENCHMARK(sync_log_while_preparing)->Arg(4096)->Iterations(1000)->UseManualTime();
BENCHMARK(open_full_log)->Arg(1)->Arg(250)->Iterations(3)->Unit(benchmark::kMillisecond);
}  // namespace
}  // namespace jiffy::store
