// SPDX-License-Identifier: Apache-2.0
#include "store/log_reader.hpp"
#include "store/posix_disk.hpp"
#include "store/simulated_disk.hpp"
#include "store/temporary_directory_test.hpp"

#include <functional>
#include <gtest/gtest.h>
#include <thread>
#include <utility>

namespace jiffy::store
{
namespace
{
constexpr ChainIdentity chain{901, {{1, 2, 3}}};

Bytes payload(std::uint64_t number)
{
    Bytes result(100);
    for (std::size_t i = 0; i < result.size(); ++i)
        result[i] = static_cast<Byte>(number * 31 + i);
    return result;
}

void append_until(WriteAheadLog& log, std::uint64_t end)
{
    while (log.next_sequence() < end)
    {
        const auto number = log.next_sequence();
        ASSERT_EQ(log.append(payload(number)).value(), number);
    }
}

/// Does something in the middle of the next sync of a file.
class BusyDisk final : public Disk
{
public:
    std::function<void()> in_sync = [] {};

    StoreResult<std::unique_ptr<File>> open(const std::string& path) override { return busy(disk_.open(path)); }
    StoreResult<std::unique_ptr<File>> create(const std::string& path) override { return busy(disk_.create(path)); }
    StoreResult<void> rename(const std::string& from, const std::string& to) override { return disk_.rename(from, to); }
    StoreResult<void> remove(const std::string& path) override { return disk_.remove(path); }
    StoreResult<std::vector<std::string>> list(const std::string& directory) override { return disk_.list(directory); }
    StoreResult<void> sync_directory(const std::string& directory) override { return disk_.sync_directory(directory); }
    StoreResult<void> create_directories(const std::string& directory) override
    {
        return disk_.create_directories(directory);
    }
    StoreResult<std::unique_ptr<DirectoryLock>> lock_directory(const std::string& directory) override
    {
        return disk_.lock_directory(directory);
    }

private:
    class BusyFile final : public File
    {
    public:
        BusyFile(BusyDisk& disk, std::unique_ptr<File> file)
          : disk_{disk}
          , file_{std::move(file)}
        {
        }

        StoreResult<std::size_t> read_at(std::uint64_t offset, std::span<Byte> target) const override
        {
            return file_->read_at(offset, target);
        }
        StoreResult<void> write_at(std::uint64_t offset, BytesView bytes) override
        {
            return file_->write_at(offset, bytes);
        }
        StoreResult<void> resize(std::uint64_t size) override { return file_->resize(size); }
        [[nodiscard]] StoreResult<std::uint64_t> size() const override { return file_->size(); }
        StoreResult<void> sync_data() override
        {
            std::exchange(disk_.in_sync, [] {})();
            return file_->sync_data();
        }

    private:
        BusyDisk& disk_;
        std::unique_ptr<File> file_;
    };

    StoreResult<std::unique_ptr<File>> busy(StoreResult<std::unique_ptr<File>> file)
    {
        if (!file)
            return file;
        return std::make_unique<BusyFile>(*this, *std::move(file));
    }

    SimulatedDisk disk_;
};

// Were anything that appending takes held during a sync, this would never end: the same thread does both.
TEST(LogThreads, appending_does_not_wait_for_a_sync_nor_is_promised_by_it)
{
    BusyDisk disk;
    LogOptions options;
    options.file_size = 16 << 10;
    options.buffer_size = 1000;
    const auto log = WriteAheadLog::open(disk, "d", chain, options).value();
    append_until(*log, 10);
    disk.in_sync = [&]
    {
        // Into the next file, with writes in between.
        append_until(*log, 200);
        EXPECT_GT(log->flushed_before(), 190U);
    };
    ASSERT_TRUE(log->sync());
    EXPECT_EQ(log->durable_before(), 10U);
    EXPECT_EQ(log->next_sequence(), 200U);
    ASSERT_TRUE(log->sync());
    EXPECT_EQ(log->durable_before(), 200U);
}

// One appends, one syncs behind, one keeps house, and readers follow.
TEST(LogThreads, they_do_not_get_into_each_others_way)
{
    const TemporaryDirectory directory;
    PosixDisk disk;
    LogOptions options;
    options.file_size = 64 << 10;
    constexpr std::uint64_t end = 20'000;
    {
        const auto log = WriteAheadLog::open(disk, directory.path(), chain, options).value();
        std::atomic<bool> is_done = false;
        std::atomic<std::uint64_t> released = 1;
        std::thread syncing{[&]
            {
                while (!is_done)
                    ASSERT_TRUE(log->sync());
            }};
        std::thread housekeeping{[&]
            {
                while (!is_done)
                {
                    ASSERT_TRUE(log->prepare());
                    const auto durable = log->durable_before();
                    released = durable > 2000 ? durable - 2000 : 1;
                    ASSERT_TRUE(log->release_before(released));
                }
            }};
        std::thread reading{[&]
            {
                auto reader = log->reader_from(1).value();
                while (reader.sequence() < end)
                {
                    const auto expected = reader.sequence();
                    const auto record = reader.next();
                    if (!record)
                    {
                        ASSERT_EQ(record.error().kind, ErrorKind::not_retained) << record.error().text;
                        ASSERT_LT(expected, released);
                        auto again = log->reader_from(log->first_sequence());
                        if (again)
                            reader = *std::move(again);
                        continue;
                    }
                    if (!*record)
                    {
                        std::this_thread::yield();
                        continue;
                    }
                    ASSERT_EQ((*record)->sequence, expected);
                    ASSERT_TRUE(equal((*record)->payload, payload(expected)));
                }
            }};
        append_until(*log, end);
        EXPECT_TRUE(log->sync());
        reading.join();
        is_done = true;
        syncing.join();
        housekeeping.join();
    }
    const auto log = WriteAheadLog::open(disk, directory.path(), chain, options).value();
    EXPECT_EQ(log->next_sequence(), end);
}
}  // namespace
}  // namespace jiffy::store
