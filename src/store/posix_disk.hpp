// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "store/disk.hpp"

namespace jiffy::store
{
/// The files of the operating system.
class PosixDisk final : public Disk
{
public:
    StoreResult<std::unique_ptr<File>> open(const std::string& path) override;
    StoreResult<std::unique_ptr<File>> create(const std::string& path) override;
    StoreResult<void> rename(const std::string& from, const std::string& to) override;
    StoreResult<void> remove(const std::string& path) override;
    StoreResult<std::vector<std::string>> list(const std::string& directory) override;
    StoreResult<void> sync_directory(const std::string& directory) override;
    StoreResult<void> create_directories(const std::string& directory) override;
    StoreResult<std::unique_ptr<DirectoryLock>> lock_directory(const std::string& directory) override;
};
}  // namespace jiffy::store
