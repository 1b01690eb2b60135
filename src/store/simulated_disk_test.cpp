// SPDX-License-Identifier: Apache-2.0
#include "store/simulated_disk.hpp"

#include <cerrno>
#include <gtest/gtest.h>
#include <set>

namespace jiffy::store
{
namespace
{
constexpr std::uint64_t seeds = 200;

Bytes content_of(Disk& disk, const std::string& path)
{
    const auto file = disk.open(path);
    if (!file)
        return {};
    Bytes result((*file)->size().value());
    EXPECT_EQ((*file)->read_at(0, result).value(), result.size());
    return result;
}

/// A file with 1024 durable bytes `a`.
std::unique_ptr<File> durable_file(Disk& disk)
{
    auto file = disk.create("d/file").value();
    EXPECT_TRUE(file->write_at(0, Bytes(1024, 'a')));
    EXPECT_TRUE(file->sync_data());
    EXPECT_TRUE(disk.sync_directory("d"));
    return file;
}

TEST(SimulatedDisk, what_was_synced_survives_every_crash)
{
    SimulatedDisk disk;
    const auto file = durable_file(disk);
    for (std::uint64_t seed = 0; seed < seeds; ++seed)
        EXPECT_EQ(content_of(*disk.crash(seed), "d/file"), Bytes(1024, 'a'));
}

TEST(SimulatedDisk, a_write_that_was_not_synced_is_torn_between_sectors_in_every_way)
{
    SimulatedDisk disk;
    const auto file = durable_file(disk);
    ASSERT_TRUE(file->write_at(500, Bytes(100, 'b')));
    Bytes first(1024, 'a');
    std::fill_n(first.begin() + 500, 12, 'b');
    Bytes second(1024, 'a');
    std::fill_n(second.begin() + 512, 88, 'b');
    Bytes both = first;
    std::fill_n(both.begin() + 512, 88, 'b');
    std::set<Bytes> found;
    for (std::uint64_t seed = 0; seed < seeds; ++seed)
        found.insert(content_of(*disk.crash(seed), "d/file"));
    EXPECT_EQ(found, (std::set<Bytes>{Bytes(1024, 'a'), first, second, both}));
}

TEST(SimulatedDisk, a_size_that_was_not_synced_may_be_old_or_new)
{
    SimulatedDisk disk;
    const auto file = durable_file(disk);
    ASSERT_TRUE(file->write_at(1024, Bytes(512, 'b')));
    Bytes zeros(1536, 'a');
    std::fill_n(zeros.begin() + 1024, 512, 0);
    Bytes written = zeros;
    std::fill_n(written.begin() + 1024, 512, 'b');
    std::set<Bytes> found;
    for (std::uint64_t seed = 0; seed < seeds; ++seed)
        found.insert(content_of(*disk.crash(seed), "d/file"));
    EXPECT_EQ(found, (std::set<Bytes>{Bytes(1024, 'a'), zeros, written}));
}

TEST(SimulatedDisk, a_name_is_durable_with_its_directory)
{
    SimulatedDisk disk;
    const auto file = durable_file(disk);
    ASSERT_TRUE(disk.rename("d/file", "d/other"));
    std::set<std::vector<std::string>> found;
    for (std::uint64_t seed = 0; seed < seeds; ++seed)
        found.insert(disk.crash(seed)->list("d").value());
    EXPECT_EQ(found, (std::set<std::vector<std::string>>{{"file"}, {"other"}}));
    ASSERT_TRUE(disk.sync_directory("d"));
    for (std::uint64_t seed = 0; seed < seeds; ++seed)
        EXPECT_EQ(content_of(*disk.crash(seed), "d/other"), Bytes(1024, 'a'));
    ASSERT_TRUE(disk.remove("d/other"));
    found.clear();
    for (std::uint64_t seed = 0; seed < seeds; ++seed)
        found.insert(disk.crash(seed)->list("d").value());
    EXPECT_EQ(found, (std::set<std::vector<std::string>>{{}, {"other"}}));
}

TEST(SimulatedDisk, what_a_failed_sync_has_lost_is_read_until_the_crash_and_no_later_sync_writes_it)
{
    bool is_lost = false;
    for (std::uint64_t seed = 0; seed < seeds; ++seed)
    {
        SimulatedDisk disk{seed};
        const auto file = durable_file(disk);
        ASSERT_TRUE(file->write_at(0, Bytes(1024, 'b')));
        disk.fail_operation(disk.operations(), EIO);
        EXPECT_EQ(file->sync_data().error().code, EIO);
        EXPECT_EQ(content_of(disk, "d/file"), Bytes(1024, 'b'));
        EXPECT_TRUE(file->sync_data());
        is_lost |= content_of(*disk.crash(seed), "d/file") != Bytes(1024, 'b');
    }
    EXPECT_TRUE(is_lost);
}

TEST(SimulatedDisk, after_it_is_stopped_nothing_happens)
{
    SimulatedDisk disk;
    const auto file = durable_file(disk);
    ASSERT_TRUE(file->write_at(0, Bytes(512, 'b')));
    disk.stop_at_operation(disk.operations());
    EXPECT_FALSE(file->sync_data());
    EXPECT_FALSE(file->write_at(0, Bytes(512, 'c')));
    EXPECT_FALSE(disk.create("d/new"));
    std::set<Byte> found;
    for (std::uint64_t seed = 0; seed < seeds; ++seed)
    {
        const auto later = disk.crash(seed);
        EXPECT_EQ(later->list("d").value(), std::vector<std::string>{"file"});
        found.insert(content_of(*later, "d/file").front());
    }
    EXPECT_EQ(found, (std::set<Byte>{'a', 'b'}));
}

TEST(SimulatedDisk, a_directory_is_locked_once)
{
    SimulatedDisk disk;
    auto lock = disk.lock_directory("d");
    EXPECT_TRUE(lock);
    EXPECT_EQ(disk.lock_directory("d").error().code, EWOULDBLOCK);
    lock->reset();
    EXPECT_TRUE(disk.lock_directory("d"));
}
}  // namespace
}  // namespace jiffy::store
