// SPDX-License-Identifier: Apache-2.0
#include "store/posix_disk.hpp"

#include "store/temporary_directory_test.hpp"

#include <cerrno>
#include <gtest/gtest.h>
#include <sys/stat.h>

namespace jiffy::store
{
namespace
{
TEST(PosixDisk, files_are_written_and_read_at_any_place)
{
    const TemporaryDirectory directory;
    PosixDisk disk;
    const auto path = directory.path() + "/file";
    EXPECT_EQ(disk.open(path).error().code, ENOENT);
    auto file = disk.create(path).value();
    EXPECT_EQ(disk.create(path).error().code, EEXIST);
    ASSERT_TRUE(file->write_at(3, Bytes{1, 2, 3}));
    EXPECT_EQ(file->size().value(), 6U);
    ASSERT_TRUE(file->sync_data());
    Bytes found(10, 9);
    EXPECT_EQ(disk.open(path).value()->read_at(2, found).value(), 4U);
    EXPECT_EQ(found, (Bytes{0, 1, 2, 3, 9, 9, 9, 9, 9, 9}));
    ASSERT_TRUE(file->resize(1));
    EXPECT_EQ(file->size().value(), 1U);
    EXPECT_EQ(file->read_at(1, found).value(), 0U);
}

TEST(PosixDisk, only_the_owner_may_read_a_new_file)
{
    const TemporaryDirectory directory;
    PosixDisk disk;
    ASSERT_TRUE(disk.create(directory.path() + "/file"));
    struct stat status{};
    ASSERT_EQ(::stat((directory.path() + "/file").c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 077U, 0U);
}

TEST(PosixDisk, names_are_listed_renamed_and_removed)
{
    const TemporaryDirectory directory;
    PosixDisk disk;
    const auto inner = directory.path() + "/one/two";
    ASSERT_TRUE(disk.create_directories(inner));
    ASSERT_TRUE(disk.create_directories(inner));
    ASSERT_TRUE(disk.create(inner + "/b"));
    ASSERT_TRUE(disk.create(inner + "/a"));
    EXPECT_EQ(disk.list(inner).value(), (std::vector<std::string>{"a", "b"}));
    EXPECT_TRUE(disk.list(directory.path()).value().empty());
    ASSERT_TRUE(disk.rename(inner + "/a", inner + "/b"));
    EXPECT_EQ(disk.list(inner).value(), std::vector<std::string>{"b"});
    ASSERT_TRUE(disk.sync_directory(inner));
    ASSERT_TRUE(disk.remove(inner + "/b"));
    EXPECT_TRUE(disk.list(inner).value().empty());
    EXPECT_EQ(disk.remove(inner + "/b").error().code, ENOENT);
    EXPECT_EQ(disk.list(directory.path() + "/none").error().code, ENOENT);
}

TEST(PosixDisk, a_file_in_the_way_of_a_directory_is_told)
{
    const TemporaryDirectory directory;
    PosixDisk disk;
    ASSERT_TRUE(disk.create(directory.path() + "/file"));
    EXPECT_EQ(disk.create_directories(directory.path() + "/file").error().code, ENOTDIR);
    EXPECT_EQ(disk.create_directories(directory.path() + "/file/inner").error().code, ENOTDIR);
}

TEST(PosixDisk, a_directory_is_locked_once)
{
    const TemporaryDirectory directory;
    PosixDisk disk;
    auto lock = disk.lock_directory(directory.path());
    ASSERT_TRUE(lock);
    EXPECT_EQ(disk.lock_directory(directory.path()).error().code, EWOULDBLOCK);
    lock->reset();
    EXPECT_TRUE(disk.lock_directory(directory.path()));
}

TEST(PosixDisk, an_error_has_its_code_and_names_the_file)
{
    PosixDisk disk;
    const auto error = disk.open("/dev/null/file").error();
    EXPECT_EQ(error.kind, ErrorKind::disk);
    EXPECT_EQ(error.code, ENOTDIR);
    EXPECT_TRUE(error.text.starts_with("/dev/null/file: cannot open: ")) << error.text;
    const auto full = disk.open("/dev/full").value()->write_at(0, Bytes(1));
    EXPECT_EQ(full.error().code, ENOSPC);
}
}  // namespace
}  // namespace jiffy::store
