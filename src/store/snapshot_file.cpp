// SPDX-License-Identifier: Apache-2.0
#include "store/snapshot_file.hpp"

#include "crypto/keccak.hpp"
#include "store/little_endian.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>

namespace jiffy::store
{
namespace
{
/// magic, version, chain id, genesis hash, length of the checkpoint; then the checkpoint, then the hash of all that.
constexpr Byte magic[8] = {'j', 'i', 'f', 'f', 'y', 's', 'n', 'p'};
constexpr std::uint32_t version = 1;
constexpr std::size_t fixed_size = 8 + 4 + 8 + 32 + 4;
constexpr std::size_t longest_checkpoint = std::size_t{1} << 30;
constexpr std::size_t piece_size = std::size_t{1} << 20;

constexpr std::string_view prefix = "snapshot-";
constexpr std::string_view temporary_name = "snapshot.new";

std::string path_of(const std::string& directory, std::uint64_t block_number)
{
    return directory + "/" + std::string{prefix} + std::to_string(block_number);
}

std::optional<std::uint64_t> number_in(const std::string& name)
{
    if (!name.starts_with(prefix))
        return std::nullopt;
    std::uint64_t number = 0;
    const auto* begin = name.data() + prefix.size();
    const auto* end = name.data() + name.size();
    const auto [rest, fault] = std::from_chars(begin, end, number);
    if (fault != std::errc{} || rest != end || path_of("", number) != "/" + name)
        return std::nullopt;
    return number;
}

Bytes encode_header(const ChainIdentity& chain, BytesView checkpoint)
{
    Bytes header(fixed_size);
    std::copy_n(magic, sizeof(magic), header.data());
    put(header.data() + 8, version);
    put(header.data() + 12, chain.chain_id);
    std::copy_n(chain.genesis.data(), sizeof(Hash), header.data() + 20);
    put(header.data() + 52, static_cast<std::uint32_t>(checkpoint.size()));
    append(header, checkpoint);
    append(header, crypto::keccak256(header).view());
    return header;
}

std::unexpected<Error> damaged(const std::string& path)
{
    return failure(Error{
        .kind = ErrorKind::damaged, .text = path + " is damaged: remove it, an older snapshot or the log will do"});
}
}  // namespace

StoreResult<SnapshotWriter> SnapshotWriter::create(Disk& disk,
    std::string directory,
    const ChainIdentity& chain,
    std::uint64_t block_number,
    BytesView checkpoint)
{
    if (const auto removed = remove_unfinished_snapshot(disk, directory); !removed)
        return failure(removed.error());
    auto file = disk.create(directory + "/" + std::string{temporary_name});
    if (!file)
        return failure(file.error());
    SnapshotWriter writer{disk, std::move(directory), block_number, std::move(*file)};
    if (const auto written = writer.write(encode_header(chain, checkpoint)); !written)
        return failure(written.error());
    return writer;
}

StoreResult<void> SnapshotWriter::write(BytesView piece)
{
    if (const auto written = file_->write_at(size_, piece); !written)
        return written;
    size_ += piece.size();
    return {};
}

StoreResult<void> SnapshotWriter::finish()
{
    if (const auto synced = file_->sync_data(); !synced)
        return synced;
    const auto temporary = directory_ + "/" + std::string{temporary_name};
    if (const auto renamed = disk_->rename(temporary, path_of(directory_, block_number_)); !renamed)
        return renamed;
    return disk_->sync_directory(directory_);
}

StoreResult<std::vector<std::uint64_t>> list_snapshots(Disk& disk, const std::string& directory)
{
    const auto names = disk.list(directory);
    if (!names)
        return failure(names.error());
    std::vector<std::uint64_t> numbers;
    for (const auto& name : *names)
        if (const auto number = number_in(name))
            numbers.push_back(*number);
    std::ranges::sort(numbers);
    return numbers;
}

StoreResult<SnapshotReader> SnapshotReader::open(Disk& disk,
    const std::string& directory,
    const ChainIdentity& chain,
    std::uint64_t block_number)
{
    const auto path = path_of(directory, block_number);
    auto file = disk.open(path);
    if (!file)
        return failure(file.error());
    SnapshotReader reader{std::move(*file)};
    Bytes header(fixed_size);
    const auto read = reader.file_->read_at(0, header);
    if (!read)
        return failure(read.error());
    const auto length = get<std::uint32_t>(header.data() + 52);
    const auto size = reader.file_->size();
    if (!size)
        return failure(size.error());
    if (*read != fixed_size || !std::equal(magic, magic + sizeof(magic), header.data()) ||
        length > longest_checkpoint || *size < fixed_size + length + sizeof(Hash))
        return damaged(path);
    if (const auto found = get<std::uint32_t>(header.data() + 8); found != version)
        return failure(Error{.kind = ErrorKind::foreign,
            .text = path + " is a snapshot of version " + std::to_string(found) + ", this program reads version " +
                    std::to_string(version) + ": use the program that wrote it"});
    const ChainIdentity written{get<std::uint64_t>(header.data() + 12), Hash::from(BytesView{header}.subspan(20, 32))};
    if (written != chain)
        return failure(Error{.kind = ErrorKind::foreign,
            .text = path + " belongs to another chain: is the genesis file or the data directory another one?"});
    reader.checkpoint_.resize(length);
    Hash sum;
    const auto body = reader.file_->read_at(fixed_size, reader.checkpoint_);
    const auto tail = reader.file_->read_at(fixed_size + length, {sum.data(), sizeof(Hash)});
    if (!body)
        return failure(body.error());
    if (!tail)
        return failure(tail.error());
    if (encode_header(chain, reader.checkpoint_) !=
        [&]
        {
            auto whole = header;
            append(whole, reader.checkpoint_);
            append(whole, sum.view());
            return whole;
        }())
        return damaged(path);
    reader.offset_ = fixed_size + length + sizeof(Hash);
    return reader;
}

StoreResult<BytesView> SnapshotReader::next()
{
    piece_.resize(piece_size);
    const auto read = file_->read_at(offset_, piece_);
    if (!read)
        return failure(read.error());
    offset_ += *read;
    return BytesView{piece_}.first(*read);
}

StoreResult<void> remove_unfinished_snapshot(Disk& disk, const std::string& directory)
{
    const auto removed = disk.remove(directory + "/" + std::string{temporary_name});
    if (!removed && removed.error().code != ENOENT)
        return removed;
    return {};
}

StoreResult<void> remove_snapshot(Disk& disk, const std::string& directory, std::uint64_t block_number)
{
    if (const auto removed = disk.remove(path_of(directory, block_number)); !removed && removed.error().code != ENOENT)
        return removed;
    return disk.sync_directory(directory);
}
}  // namespace jiffy::store
