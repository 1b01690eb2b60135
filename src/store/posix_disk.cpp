// SPDX-License-Identifier: Apache-2.0
#include "store/posix_disk.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace jiffy::store
{
namespace
{
std::unexpected<Error> disk_failure(const std::string& path, const char* operation)
{
    const int code = errno;
    return failure(Error{ErrorKind::disk, code, path + ": cannot " + operation + ": " + std::strerror(code)});
}

/// Owns a file descriptor.
class Descriptor
{
public:
    explicit Descriptor(int number) noexcept
      : number_{number}
    {
    }
    Descriptor(Descriptor&& other) noexcept
      : number_{std::exchange(other.number_, -1)}
    {
    }
    Descriptor& operator=(Descriptor&&) = delete;
    ~Descriptor()
    {
        if (number_ >= 0)
            ::close(number_);
    }

    [[nodiscard]] int number() const noexcept { return number_; }
    [[nodiscard]] bool is_open() const noexcept { return number_ >= 0; }

private:
    int number_;
};

class PosixFile final : public File
{
public:
    PosixFile(Descriptor descriptor, std::string path)
      : descriptor_{std::move(descriptor)}
      , path_{std::move(path)}
    {
    }

    StoreResult<std::size_t> read_at(std::uint64_t offset, std::span<Byte> target) const override
    {
        std::size_t done = 0;
        while (done < target.size())
        {
            const auto count = ::pread(
                descriptor_.number(), target.data() + done, target.size() - done, static_cast<off_t>(offset + done));
            if (count < 0 && errno == EINTR)
                continue;
            if (count < 0)
                return disk_failure(path_, "read");
            if (count == 0)
                break;
            done += static_cast<std::size_t>(count);
        }
        return done;
    }

    StoreResult<void> write_at(std::uint64_t offset, BytesView bytes) override
    {
        while (!bytes.empty())
        {
            const auto count = ::pwrite(descriptor_.number(), bytes.data(), bytes.size(), static_cast<off_t>(offset));
            if (count < 0 && errno == EINTR)
                continue;
            if (count < 0)
                return disk_failure(path_, "write");
            bytes = bytes.subspan(static_cast<std::size_t>(count));
            offset += static_cast<std::uint64_t>(count);
        }
        return {};
    }

    StoreResult<void> resize(std::uint64_t size) override
    {
        if (::ftruncate(descriptor_.number(), static_cast<off_t>(size)) != 0)
            return disk_failure(path_, "resize");
        return {};
    }

    [[nodiscard]] StoreResult<std::uint64_t> size() const override
    {
        struct stat status{};
        if (::fstat(descriptor_.number(), &status) != 0)
            return disk_failure(path_, "tell the size");
        return static_cast<std::uint64_t>(status.st_size);
    }

    StoreResult<void> sync_data() override
    {
        // Not repeated after EINTR: whatever the first call was told about lost pages, the second would not be.
        if (::fdatasync(descriptor_.number()) != 0)
            return disk_failure(path_, "sync");
        return {};
    }

private:
    Descriptor descriptor_;
    std::string path_;
};

class PosixDirectoryLock final : public DirectoryLock
{
public:
    explicit PosixDirectoryLock(Descriptor descriptor)
      : descriptor_{std::move(descriptor)}
    {
    }

private:
    Descriptor descriptor_;
};

StoreResult<std::unique_ptr<File>> open_file(const std::string& path, int flags, const char* operation)
{
    Descriptor descriptor{::open(path.c_str(), flags | O_RDWR | O_CLOEXEC | O_NOCTTY, S_IRUSR | S_IWUSR)};
    if (!descriptor.is_open())
        return disk_failure(path, operation);
    return std::make_unique<PosixFile>(std::move(descriptor), path);
}

std::string parent_of(const std::string& path)
{
    const auto slash = path.find_last_of('/');
    if (slash == std::string::npos)
        return ".";
    return slash == 0 ? "/" : path.substr(0, slash);
}
}  // namespace

StoreResult<std::unique_ptr<File>> PosixDisk::open(const std::string& path)
{
    return open_file(path, 0, "open");
}

StoreResult<std::unique_ptr<File>> PosixDisk::create(const std::string& path)
{
    return open_file(path, O_CREAT | O_EXCL, "create");
}

StoreResult<void> PosixDisk::rename(const std::string& from, const std::string& to)
{
    if (::rename(from.c_str(), to.c_str()) != 0)
        return disk_failure(from, "rename");
    return {};
}

StoreResult<void> PosixDisk::remove(const std::string& path)
{
    if (::unlink(path.c_str()) != 0)
        return disk_failure(path, "remove");
    return {};
}

StoreResult<std::vector<std::string>> PosixDisk::list(const std::string& directory)
{
    const std::unique_ptr<DIR, int (*)(DIR*)> stream{::opendir(directory.c_str()), &::closedir};
    if (!stream)
        return disk_failure(directory, "list");
    std::vector<std::string> names;
    while (true)
    {
        errno = 0;
        const dirent* const entry = ::readdir(stream.get());
        if (entry == nullptr)
            break;
        struct stat status{};
        if (::fstatat(::dirfd(stream.get()), entry->d_name, &status, 0) == 0 && S_ISREG(status.st_mode))
            names.emplace_back(entry->d_name);
    }
    if (errno != 0)
        return disk_failure(directory, "list");
    std::ranges::sort(names);
    return names;
}

StoreResult<void> PosixDisk::sync_directory(const std::string& directory)
{
    const Descriptor descriptor{::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    if (!descriptor.is_open())
        return disk_failure(directory, "open");
    if (::fsync(descriptor.number()) != 0)
        return disk_failure(directory, "sync");
    return {};
}

StoreResult<void> PosixDisk::create_directories(const std::string& directory)
{
    if (::mkdir(directory.c_str(), S_IRWXU) == 0)
        return sync_directory(parent_of(directory));
    if (errno == ENOENT && parent_of(directory) != directory)
    {
        if (auto above = create_directories(parent_of(directory)); !above)
            return above;
        if (::mkdir(directory.c_str(), S_IRWXU) == 0)
            return sync_directory(parent_of(directory));
    }
    if (errno != EEXIST)
        return disk_failure(directory, "create");
    struct stat status{};
    if (::stat(directory.c_str(), &status) != 0)
        return disk_failure(directory, "create");
    if (!S_ISDIR(status.st_mode))
    {
        errno = ENOTDIR;
        return disk_failure(directory, "create");
    }
    return {};
}

StoreResult<std::unique_ptr<DirectoryLock>> PosixDisk::lock_directory(const std::string& directory)
{
    // A file, which stays: were it removed, two processes could hold a lock on two files of that name.
    const auto path = directory + "/lock";
    Descriptor descriptor{::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR)};
    if (!descriptor.is_open())
        return disk_failure(path, "open");
    if (::flock(descriptor.number(), LOCK_EX | LOCK_NB) != 0)
        return disk_failure(directory, "lock for this process alone (is another node running on it?)");
    return std::make_unique<PosixDirectoryLock>(std::move(descriptor));
}
}  // namespace jiffy::store
