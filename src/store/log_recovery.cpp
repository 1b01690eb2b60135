// SPDX-License-Identifier: Apache-2.0
#include "store/log_recovery.hpp"

#include <algorithm>

namespace jiffy::store
{
namespace
{
constexpr std::uint64_t copy_portion = std::uint64_t{1} << 20;

struct FoundFile
{
    std::string path;
    std::unique_ptr<File> file;
    std::uint64_t size = 0;
    DecodedHeader header;
    bool has_both_copies = false;
};

StoreResult<DecodedHeader> read_header(const File& file, std::uint64_t offset)
{
    FileHeaderBytes bytes;
    if (const auto count = file.read_at(offset, bytes.bytes); !count)
        return failure(count.error());
    return decode_file_header(bytes);
}

std::unexpected<Error> foreign(const std::string& text)
{
    return failure(Error{ErrorKind::foreign, 0, text});
}

std::unexpected<Error> damaged(const std::string& text)
{
    return failure(Error{ErrorKind::damaged, 0,
        text +
            ". The disk has lost or altered what was on it. Do not go on from what is left, since answers were given "
            "for the rest: use the data of a standby, or a copy of this directory."});
}

/// Refuses a header that is no header of this log.
StoreResult<void> check_header(const FoundFile& found, const ChainIdentity& chain)
{
    const auto& header = found.header;
    if (header.state == HeaderState::other_version)
        return foreign(found.path + ": written in version " + std::to_string(header.version) +
                       " of the format, this program reads version " + std::to_string(log_version) +
                       ": run the release of jiffy that wrote it");
    if (header.state == HeaderState::damaged)
        return damaged(found.path + ": both copies of the header, at 0 and " + std::to_string(second_header_offset) +
                       ", are damaged");
    if (header.state == HeaderState::valid && header.header.chain.chain_id != chain.chain_id)
        return foreign(found.path + ": written for chain " + std::to_string(header.header.chain.chain_id) +
                       ", this is chain " + std::to_string(chain.chain_id) + ": use another data directory");
    if (header.state == HeaderState::valid && header.header.chain.genesis != chain.genesis)
        return foreign(found.path +
                       ": written for a chain with another genesis block: use another data directory, or " +
                       "the genesis file that it was made with");
    return {};
}

StoreResult<FoundFile> examine(Disk& disk, std::string path)
{
    FoundFile result;
    result.path = std::move(path);
    auto file = disk.open(result.path);
    if (!file)
        return failure(file.error());
    result.file = *std::move(file);
    const auto size = result.file->size();
    if (!size)
        return failure(size.error());
    result.size = *size;
    auto first = read_header(*result.file, 0);
    if (!first)
        return failure(first.error());
    auto second = read_header(*result.file, second_header_offset);
    if (!second)
        return failure(second.error());
    result.has_both_copies = first->state == HeaderState::valid && second->state == HeaderState::valid;
    // A valid copy counts before all others. A copy of zeros counts before a damaged one: a file in use has none, once
    // anything in it is durable.
    const auto rank = [](const DecodedHeader& header)
    {
        switch (header.state)
        {
            case HeaderState::valid:
                return 0;
            case HeaderState::other_version:
                return 1;
            case HeaderState::zero:
                return 2;
            case HeaderState::damaged:
                return 3;
        }
        return 3;
    };
    result.header = rank(*first) <= rank(*second) ? *std::move(first) : *std::move(second);
    return result;
}

/// Finds the log's files: those in use in the order of their records, and the others.
class Recovery
{
public:
    Recovery(Disk& disk, std::string directory, const ChainIdentity& chain, std::uint64_t file_size)
      : disk_{disk}
      , directory_{std::move(directory)}
      , chain_{chain}
      , file_size_{file_size}
    {
    }

    StoreResult<RecoveredLog> run()
    {
        // Each step ends the whole if it fails.
        auto done = find_files();
        if (done)
            done = walk();
        if (done)
            done = refuse_if_more_was_durable();
        if (done)
            done = write_again();
        if (done)
            done = cut();
        if (done)
            done = disk_.sync_directory(directory_);
        if (!done)
            return failure(done.error());
        return std::move(log_);
    }

private:
    StoreResult<void> find_files()
    {
        const auto names = disk_.list(directory_);
        if (!names)
            return failure(names.error());
        for (const auto& name : *names)
        {
            const auto number = number_in_log_file_name(name);
            if (!number)
                continue;
            log_.next_file_number = std::max(log_.next_file_number, *number + 1);
            auto found = examine(disk_, directory_ + "/" + name);
            if (!found)
                return failure(found.error());
            if (auto checked = check_header(*found, chain_); !checked)
                return checked;
            if (found->header.state == HeaderState::zero)
                unused_.push_back({std::move(found->path), std::move(found->file), found->size});
            else
                used_.push_back(*std::move(found));
        }
        std::ranges::sort(used_, {}, [](const FoundFile& found) { return found.header.header.first_sequence; });
        return {};
    }

    /// Follows the chain of records as far as it goes.
    StoreResult<void> walk()
    {
        for (; next_ < used_.size(); ++next_)
        {
            auto& found = used_[next_];
            const auto& header = found.header.header;
            const bool is_first = log_.files.empty();
            if (!is_first && (header.first_sequence != log_.end.sequence || header.hash_before != log_.end.hash))
                return {};
            log_.end = {first_record_offset, header.first_sequence, header.hash_before};
            durable_before_ = is_first ? header.first_sequence : std::max(durable_before_, header.durable_before);

            auto file = std::make_shared<LogFile>();
            file->waypoints.push_back(log_.end);
            RecordCursor cursor{*found.file, header.salt, log_.end};
            while (true)
            {
                const auto advanced = cursor.advance();
                if (!advanced)
                    return failure(advanced.error());
                if (!*advanced)
                    break;
                durable_before_ = std::max(durable_before_, cursor.header().durable_before);
                log_.end = cursor.position();
                add_waypoint(*file, log_.end);
            }
            file->path = found.path;
            file->file = std::move(found.file);
            file->header = header;
            file->capacity = std::max(found.size, file_size_);
            lacks_copy_.push_back(!found.has_both_copies);
            log_.files.push_back(std::move(file));
        }
        return {};
    }

    /// What follows the end is a torn tail, unless any of it says that the first record behind the end was durable.
    StoreResult<void> refuse_if_more_was_durable()
    {
        if (log_.files.empty())
            return {};
        const auto sequence = log_.end.sequence;
        const auto& last = *log_.files.back();
        const auto refused = [&](const std::string& path, std::uint64_t offset, const std::string& what)
        {
            return damaged(last.path + ": record " + std::to_string(sequence) + ", at offset " +
                           std::to_string(log_.end.offset) + ", is missing or damaged. It was there once: so says " +
                           what + " at offset " + std::to_string(offset) + " of " + path);
        };
        const auto look_into = [&](const std::string& path, const File& file, const Salt& salt,
                                   std::uint64_t offset) -> StoreResult<void>
        {
            const auto found = find_proof_of(sequence, file, salt, offset);
            if (!found)
                return failure(found.error());
            if (*found)
                return refused(path, (*found)->offset, "record " + std::to_string((*found)->sequence));
            return {};
        };
        if (auto looked = look_into(last.path, *last.file, last.header.salt, log_.end.offset); !looked)
            return looked;
        for (auto i = next_; i < used_.size(); ++i)
        {
            const auto& header = used_[i].header.header;
            if (header.durable_before > sequence)
                return refused(used_[i].path, 0, "the header");
            auto looked = look_into(used_[i].path, *used_[i].file, header.salt, first_record_offset);
            if (!looked)
                return looked;
        }
        return {};
    }

    /// Writes again, and syncs, what no record says to be durable.
    StoreResult<void> write_again()
    {
        for (std::size_t i = 0; i < log_.files.size(); ++i)
        {
            auto& file = *log_.files[i];
            const bool is_last = i + 1 == log_.files.size();
            const bool is_durable = !is_last && log_.files[i + 1]->header.first_sequence <= durable_before_;
            if (lacks_copy_[i] || !(durable_before_ > file.header.first_sequence))
                if (auto written = write_file_header(*file.file, &file.header); !written)
                    return written;
            if (!is_durable)
            {
                const auto begin = waypoint_before(file, durable_before_).offset;
                if (auto copied = copy_onto_itself(file, begin, is_last ? log_.end.offset : file.capacity); !copied)
                    return copied;
            }
            if (auto synced = file.file->sync_data(); !synced)
                return synced;
        }
        return {};
    }

    static StoreResult<void> copy_onto_itself(LogFile& file, std::uint64_t begin, std::uint64_t end)
    {
        Bytes portion;
        while (begin < end)
        {
            portion.resize(std::min(copy_portion, end - begin));
            const auto count = file.file->read_at(begin, portion);
            if (!count)
                return failure(count.error());
            if (*count == 0)
                return {};
            if (auto written = file.file->write_at(begin, BytesView{portion}.first(*count)); !written)
                return written;
            begin += *count;
        }
        return {};
    }

    /// Overwrites all behind the end, so that none of it is ever taken for a continuation, and makes spares of the
    /// files that no record needs.
    StoreResult<void> cut()
    {
        for (auto i = next_; i < used_.size(); ++i)
            unused_.push_back({std::move(used_[i].path), std::move(used_[i].file), used_[i].size});
        for (auto& spare : unused_)
        {
            if (auto written = write_file_header(*spare.file, nullptr); !written)
                return written;
            if (auto synced = spare.file->sync_data(); !synced)
                return synced;
        }
        log_.spares = std::move(unused_);
        if (log_.files.empty())
            return {};
        auto& last = *log_.files.back();
        return write_zeros(*last.file, log_.end.offset, last.capacity);
    }

    Disk& disk_;
    std::string directory_;
    ChainIdentity chain_;
    std::uint64_t file_size_;
    std::vector<FoundFile> used_;
    std::vector<SpareFile> unused_;
    /// The first of `used_` that does not belong to the log.
    std::size_t next_ = 0;
    /// For each of the log's files.
    std::vector<bool> lacks_copy_;
    /// All records below it are durable, as the records themselves say.
    std::uint64_t durable_before_ = 0;
    RecoveredLog log_;
};
}  // namespace

StoreResult<RecoveredLog> recover_log(Disk& disk,
    const std::string& directory,
    const ChainIdentity& chain,
    std::uint64_t file_size)
{
    return Recovery{disk, directory, chain, file_size}.run();
}
}  // namespace jiffy::store
