// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "store/chain_identity.hpp"
#include "store/disk.hpp"

#include <functional>
#include <optional>

namespace jiffy::store
{
// A snapshot is one file: a header with magic, version, chain and a checkpoint, which says where the chain stands, and
// the image of the state behind it, which has checksums of its own. It gets its name when it is whole and on disk.

/// A snapshot that is being written. Without `finish` it leaves a file behind that `remove_unfinished_snapshot`
/// removes.
class SnapshotWriter
{
public:
    /// Of the state after the block with this number.
    static StoreResult<SnapshotWriter> create(Disk& disk,
        std::string directory,
        const ChainIdentity& chain,
        std::uint64_t block_number,
        BytesView checkpoint);

    /// The next piece of the image.
    StoreResult<void> write(BytesView piece);
    /// Makes it durable and gives it its name.
    StoreResult<void> finish();

private:
    SnapshotWriter(Disk& disk, std::string directory, std::uint64_t block_number, std::unique_ptr<File> file)
      : disk_{&disk}
      , directory_{std::move(directory)}
      , block_number_{block_number}
      , file_{std::move(file)}
    {
    }

    Disk* disk_;
    std::string directory_;
    std::uint64_t block_number_;
    std::unique_ptr<File> file_;
    std::uint64_t size_ = 0;
};

/// Numbers of the blocks that there are snapshots of, ascending.
StoreResult<std::vector<std::uint64_t>> list_snapshots(Disk& disk, const std::string& directory);

/// A snapshot that is being read.
class SnapshotReader
{
public:
    /// `ErrorKind::damaged` if its header is not what was written; that of the image is for its reader to say.
    static StoreResult<SnapshotReader> open(Disk& disk,
        const std::string& directory,
        const ChainIdentity& chain,
        std::uint64_t block_number);

    [[nodiscard]] BytesView checkpoint() const noexcept { return checkpoint_; }
    /// The next piece of the image, of any size; empty at its end. There until the next call.
    StoreResult<BytesView> next();

private:
    explicit SnapshotReader(std::unique_ptr<File> file)
      : file_{std::move(file)}
    {
    }

    std::unique_ptr<File> file_;
    Bytes checkpoint_;
    Bytes piece_;
    std::uint64_t offset_ = 0;
};

/// Removes what a snapshot that was not finished has left, if anything.
StoreResult<void> remove_unfinished_snapshot(Disk& disk, const std::string& directory);

/// Removes the snapshot of that block, if there is one.
StoreResult<void> remove_snapshot(Disk& disk, const std::string& directory, std::uint64_t block_number);
}  // namespace jiffy::store
