// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/bytes.hpp"
#include "store/error.hpp"

#include <memory>
#include <vector>

// Virtual functions, where a template or variant is the rule elsewhere: each call is a system call, beside which an
// indirect one is nothing, and only so the simulated disk stays out of the program.

namespace jiffy::store
{
/// An open file. Reading and writing do not exclude each other; several threads may use it at once.
class File
{
public:
    File() = default;
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    virtual ~File() = default;

    /// Fills `target` from `offset` on. Returns how many bytes there were: fewer only at the end of the file.
    virtual StoreResult<std::size_t> read_at(std::uint64_t offset, std::span<Byte> target) const = 0;

    /// Writes all of `bytes`; the file grows if need be. After an error any part of it may have been written.
    virtual StoreResult<void> write_at(std::uint64_t offset, BytesView bytes) = 0;

    /// Cuts the file, or extends it by zeros.
    virtual StoreResult<void> resize(std::uint64_t size) = 0;

    [[nodiscard]] virtual StoreResult<std::uint64_t> size() const = 0;

    /// Returns when all that was written before, and the size, survives a loss of power; not the file's name. After an
    /// error nothing is known, and a second call would succeed without having written anything: what is to be kept must
    /// be written again.
    virtual StoreResult<void> sync_data() = 0;
};

/// Holds a directory for one process, until it is destroyed or the process ends.
class DirectoryLock
{
public:
    DirectoryLock() = default;
    DirectoryLock(const DirectoryLock&) = delete;
    DirectoryLock& operator=(const DirectoryLock&) = delete;
    virtual ~DirectoryLock() = default;
};

/// All access of the store to files. Names that were created, renamed or removed survive a loss of power once their
/// directory is synced.
class Disk
{
public:
    Disk() = default;
    Disk(const Disk&) = delete;
    Disk& operator=(const Disk&) = delete;
    virtual ~Disk() = default;

    /// An existing file, for reading and writing. ENOENT if there is none.
    virtual StoreResult<std::unique_ptr<File>> open(const std::string& path) = 0;

    /// A new, empty file, which only its owner may read. EEXIST if there is one.
    virtual StoreResult<std::unique_ptr<File>> create(const std::string& path) = 0;

    /// Replaces what is at `to` at once. Both are in the same directory.
    virtual StoreResult<void> rename(const std::string& from, const std::string& to) = 0;

    virtual StoreResult<void> remove(const std::string& path) = 0;

    /// Names of the files in a directory, without their path, sorted.
    virtual StoreResult<std::vector<std::string>> list(const std::string& directory) = 0;

    virtual StoreResult<void> sync_directory(const std::string& directory) = 0;

    /// Makes the directory and those above it where they are missing, durably.
    virtual StoreResult<void> create_directories(const std::string& directory) = 0;

    /// The exclusive right to a directory. EWOULDBLOCK if another process, or another part of this one, has it.
    virtual StoreResult<std::unique_ptr<DirectoryLock>> lock_directory(const std::string& directory) = 0;
};
}  // namespace jiffy::store
