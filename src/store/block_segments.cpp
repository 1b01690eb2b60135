// SPDX-License-Identifier: Apache-2.0
#include "store/block_segments.hpp"

#include "store/compression.hpp"

#include <algorithm>
#include <limits>
#include <random>

namespace jiffy::store
{
namespace
{
constexpr std::string_view name_prefix = "blocks-";
constexpr std::size_t name_digits = 16;
constexpr std::size_t portion_size = std::size_t{1} << 20;

std::string name_of(std::uint64_t first_number)
{
    std::string digits(name_digits, '0');
    for (auto digit = digits.rbegin(); digit != digits.rend(); ++digit, first_number >>= 4)
        *digit = "0123456789abcdef"[first_number & 15];
    return std::string{name_prefix} + digits;
}

bool is_name(const std::string& name)
{
    return name.size() == name_prefix.size() + name_digits && name.starts_with(name_prefix) &&
           name.find_first_not_of("0123456789abcdef", name_prefix.size()) == std::string::npos;
}

SegmentSalt random_salt()
{
    std::random_device source;
    SegmentSalt salt;
    for (auto& byte : salt)
        byte = static_cast<Byte>(source());
    return salt;
}

Error damage(const std::string& path, const std::string& what)
{
    return {ErrorKind::damaged, 0,
        path + ": " + what +
            ". The disk has lost or altered what was on it: use a copy of this directory, or of a replica's"};
}

Error damage_at(const std::string& path, std::uint64_t offset, const std::string& what)
{
    return damage(path, what + " at offset " + std::to_string(offset));
}

StoreResult<void> write_again(File& file, std::uint64_t begin, std::uint64_t end)
{
    Bytes portion;
    while (begin < end)
    {
        portion.resize(std::min<std::uint64_t>(portion_size, end - begin));
        const auto count = file.read_at(begin, portion);
        if (!count)
            return failure(count.error());
        if (*count == 0)
            return {};
        if (auto written = file.write_at(begin, BytesView{portion}.first(*count)); !written)
            return written;
        begin += *count;
    }
    return {};
}
}  // namespace

StoreResult<std::unique_ptr<BlockSegments>> BlockSegments::open(Disk& disk,
    std::string directory,
    const ChainIdentity& chain,
    SegmentOptions options)
{
    std::unique_ptr<BlockSegments> segments{new BlockSegments{disk, std::move(directory), chain, std::move(options)}};
    if (auto opened = segments->open_files(); !opened)
        return failure(opened.error());
    if (auto recovered = segments->recover_end(); !recovered)
        return failure(recovered.error());
    return segments;
}

StoreResult<std::optional<ChainIdentity>> BlockSegments::identity(Disk& disk, const std::string& directory)
{
    const auto names = disk.list(directory);
    if (!names)
        return failure(names.error());
    const auto first = std::ranges::find_if(*names, is_name);
    if (first == names->end())
        return std::nullopt;
    const auto file = disk.open(directory + "/" + *first);
    if (!file)
        return failure(file.error());
    FixedBytes<segment_header_size> bytes;
    if (const auto count = (*file)->read_at(0, bytes.bytes); !count)
        return failure(count.error());
    const auto decoded = decode_segment_header(bytes);
    // To open them says what is wrong with it.
    return decoded.header ? decoded.header->chain : ChainIdentity{};
}

BlockSegments::BlockSegments(Disk& disk, std::string directory, const ChainIdentity& chain, SegmentOptions options)
  : disk_{disk}
  , directory_{std::move(directory)}
  , chain_{chain}
  , options_{std::move(options)}
{
}

StoreResult<void> BlockSegments::open_files()
{
    auto names = disk_.list(directory_);
    if (!names)
        return failure(names.error());
    std::erase_if(*names, [](const std::string& name) { return !is_name(name); });
    for (const auto& name : *names)
    {
        const bool is_last = name == names->back();
        auto segment = open_file(name, is_last);
        if (!segment)
            return failure(segment.error());
        if (*segment != nullptr)
            segments_.emplace((*segment)->header.first_number, *segment);
    }
    return {};
}

StoreResult<BlockSegments::SegmentPointer> BlockSegments::open_file(const std::string& name, bool is_last)
{
    auto segment = std::make_shared<Segment>();
    segment->path = directory_ + "/" + name;
    auto file = disk_.open(segment->path);
    if (!file)
        return failure(file.error());
    segment->file = *std::move(file);
    const auto size = segment->file->size();
    if (!size)
        return failure(size.error());
    FixedBytes<segment_header_size> bytes;
    if (const auto count = segment->file->read_at(0, bytes.bytes); !count)
        return failure(count.error());
    const auto decoded = decode_segment_header(bytes);
    if (!decoded.header)
    {
        if (decoded.version != 0 && decoded.version != block_segment_version)
            return failure(Error{ErrorKind::foreign, 0,
                segment->path + ": written in version " + std::to_string(decoded.version) +
                    " of the format, this program reads version " + std::to_string(block_segment_version) +
                    ": run the release of jiffy that wrote it"});
        // No record is written before the header is on disk.
        if (!is_last || *size > segment_header_size)
            return failure(damage(segment->path, "the header is damaged"));
        if (auto removed = disk_.remove(segment->path); !removed)
            return failure(removed.error());
        return nullptr;
    }
    segment->header = *decoded.header;
    if (segment->header.chain.chain_id != chain_.chain_id)
        return failure(Error{ErrorKind::foreign, 0,
            segment->path + ": written for chain " + std::to_string(segment->header.chain.chain_id) +
                ", this is chain " + std::to_string(chain_.chain_id) + ": use another data directory"});
    if (segment->header.chain.genesis != chain_.genesis)
        return failure(Error{ErrorKind::foreign, 0,
            segment->path + ": written for a chain with another genesis block: use another data directory, or the "
                            "genesis file that it was made with"});
    if (name_of(segment->header.first_number) != name)
        return failure(damage(segment->path, "the file has another's name"));
    return segment;
}

StoreResult<void> BlockSegments::recover_end()
{
    if (segments_.empty())
        return disk_.sync_directory(directory_);
    const auto& segment = *segments_.rbegin()->second;
    const auto size = segment.file->size();
    if (!size)
        return failure(size.error());
    first_number_ = segments_.begin()->first;
    next_number_ = segment.header.first_number;
    last_check_ = segment.header.previous;
    said_durable_before_ = segment.header.first_number;
    end_ = segment_header_size;
    std::vector<std::uint64_t> offsets;
    while (*size - end_ >= block_head_size)
    {
        const auto head = head_at(segment, end_);
        if (!head && head.error().kind == ErrorKind::disk)
            return failure(head.error());
        if (!head || head->number != next_number_ || head->previous != last_check_ ||
            head->length > *size - end_ - block_head_size)
            break;
        const auto payload = payload_at(segment, *head, end_);
        if (!payload && payload.error().kind == ErrorKind::disk)
            return failure(payload.error());
        if (!payload)
            break;
        offsets.push_back(end_);
        said_durable_before_ = std::max(said_durable_before_, head->durable_before);
        last_check_ = head->check;
        end_ += block_head_size + head->length;
        ++next_number_;
    }
    if (auto refused = refuse_if_more_was_durable(segment, end_); !refused)
        return refused;
    // What a sync that failed has left unwritten can still be read, but no later one writes it.
    const auto doubtful = said_durable_before_ - segment.header.first_number;
    const auto begin = doubtful < offsets.size() ? offsets[doubtful] : end_;
    if (auto written = write_again(*segment.file, begin, end_); !written)
        return written;
    if (end_ != *size)
        if (auto cut = segment.file->resize(end_); !cut)
            return cut;
    if (auto synced = segment.file->sync_data(); !synced)
        return synced;
    durable_before_ = next_number_.load();
    return disk_.sync_directory(directory_);
}

StoreResult<void> BlockSegments::refuse_if_more_was_durable(const Segment& segment, std::uint64_t offset) const
{
    const auto size = segment.file->size();
    if (!size)
        return failure(size.error());
    Bytes portion;
    for (auto at = offset; at + block_head_size <= *size;)
    {
        portion.resize(std::min<std::uint64_t>(portion_size, *size - at));
        const auto count = segment.file->read_at(at, portion);
        if (!count)
            return failure(count.error());
        if (*count < block_head_size)
            return {};
        const auto last = *count - block_head_size;
        for (std::size_t i = 0; i <= last; ++i)
        {
            if (!has_block_mark(portion.data() + i))
                continue;
            const auto head = decode_block_head(portion.data() + i, segment.header.salt, at + i);
            if (head && head->durable_before > next_number_)
                return failure(damage_at(segment.path, offset,
                    "block " + std::to_string(next_number_) + " is missing or damaged, though block " +
                        std::to_string(head->number) + " says that it was on disk,"));
        }
        at += last + 1;
    }
    return {};
}

StoreResult<void> BlockSegments::begin_file(std::uint64_t first_number)
{
    auto segment = std::make_shared<Segment>();
    segment->header = {chain_, first_number, last_check_, random_salt()};
    segment->path = directory_ + "/" + name_of(first_number);
    auto file = disk_.create(segment->path);
    if (!file)
        return failure(file.error());
    segment->file = *std::move(file);
    if (auto written = segment->file->write_at(0, encode(segment->header).view()); !written)
        return written;
    if (auto synced = segment->file->sync_data(); !synced)
        return synced;
    if (auto synced = disk_.sync_directory(directory_); !synced)
        return synced;
    end_ = segment_header_size;
    const std::scoped_lock lock{mutex_};
    segments_.emplace(first_number, std::move(segment));
    return {};
}

StoreResult<BlockPlace> BlockSegments::append(std::uint64_t number, const Hash& hash, BytesView block)
{
    {
        const std::scoped_lock lock{mutex_};
        if (fault_)
            return failure(*fault_);
    }
    if (block.size() > std::numeric_limits<std::uint32_t>::max())
        return failure(Error{ErrorKind::too_large, 0,
            "block " + std::to_string(number) + " has " + std::to_string(block.size()) +
                " bytes, too many for a record"});
    const bool is_first = segments_.empty();
    if (!is_first && number != next_number_)
        return failure(Error{ErrorKind::not_retained, 0,
            directory_ + ": block " + std::to_string(number) + " cannot follow on block " +
                std::to_string(next_number_ - 1)});
    buffer_.assign(block_head_size, 0);
    append_compressed(buffer_, block);
    const auto payload = BytesView{buffer_}.subspan(block_head_size);
    if (payload.size() > std::numeric_limits<std::uint32_t>::max())
        return failure(Error{ErrorKind::too_large, 0, "block " + std::to_string(number) + " is too long for a record"});
    if (is_first || (end_ > segment_header_size && end_ + buffer_.size() > options_.file_size))
    {
        if (!is_first)
            if (auto synced = sync(); !synced)
                return failure(synced.error());
        if (auto begun = begin_file(number); !begun)
            return failure(fail(begun.error()).error());
    }
    const auto segment = segment_with(number);
    BlockHead head{.check = {},
        .length = static_cast<std::uint32_t>(payload.size()),
        .number = number,
        .durable_before = is_first ? number : durable_before_.load(),
        .hash = hash,
        .previous = last_check_,
        .payload_check = check_of(payload),
        .size = static_cast<std::uint32_t>(block.size())};
    encode(head, segment->header.salt, end_, buffer_.data());
    if (auto written = segment->file->write_at(end_, buffer_); !written)
        return failure(fail(written.error()).error());
    const BlockPlace place{segment->header.first_number, end_};
    last_check_ = head.check;
    end_ += buffer_.size();
    if (is_first)
    {
        first_number_ = number;
        durable_before_ = number;
    }
    next_number_ = number + 1;
    return place;
}

StoreResult<void> BlockSegments::sync()
{
    const std::scoped_lock syncing{sync_mutex_};
    SegmentPointer segment;
    std::uint64_t next = 0;
    {
        const std::scoped_lock lock{mutex_};
        if (fault_)
            return failure(*fault_);
        if (segments_.empty())
            return {};
        // In this order: what is appended meanwhile may be in a file that begins meanwhile.
        next = next_number_;
        segment = segments_.rbegin()->second;
    }
    if (next == durable_before_)
        return {};
    if (auto before = options_.before_sync(); !before)
        return fail(before.error());
    if (auto synced = segment->file->sync_data(); !synced)
        return fail(synced.error());
    durable_before_ = std::max(durable_before_.load(), next);
    return {};
}

StoreResult<void> BlockSegments::cut_behind(std::uint64_t number)
{
    if (segments_.empty() || number + 1 >= next_number_)
        return {};
    if (number < first_number_)
        return failure(Error{ErrorKind::not_retained, 0,
            directory_ + ": begins at block " + std::to_string(first_number_) + ", behind block " +
                std::to_string(number)});
    while (segments_.rbegin()->first > number)
    {
        const auto last = segments_.rbegin()->second;
        if (auto removed = disk_.remove(last->path); !removed)
            return fail(removed.error());
        if (auto synced = disk_.sync_directory(directory_); !synced)
            return fail(synced.error());
        const std::scoped_lock lock{mutex_};
        segments_.erase(last->header.first_number);
    }
    const auto place = locate(number);
    if (!place)
        return failure(place.error());
    const auto head = read_head(*place);
    if (!head)
        return failure(head.error());
    const auto segment = segment_with(number);
    end_ = place->offset + block_head_size + head->length;
    last_check_ = head->check;
    next_number_ = number + 1;
    durable_before_ = std::min(durable_before_.load(), number + 1);
    said_durable_before_ = std::min(said_durable_before_, number + 1);
    if (auto cut = segment->file->resize(end_); !cut)
        return fail(cut.error());
    // Before anything is written in its place: a mixture of both must never be found.
    if (auto synced = segment->file->sync_data(); !synced)
        return fail(synced.error());
    durable_before_ = number + 1;
    return {};
}

BlockSegments::SegmentPointer BlockSegments::segment_with(std::uint64_t number) const
{
    const std::scoped_lock lock{mutex_};
    auto found = segments_.upper_bound(number);
    return found != segments_.begin() ? std::prev(found)->second : nullptr;
}

StoreResult<BlockHead> BlockSegments::head_at(const Segment& segment, std::uint64_t offset) const
{
    FixedBytes<block_head_size> bytes;
    const auto count = segment.file->read_at(offset, bytes.bytes);
    if (!count)
        return failure(count.error());
    const auto head = *count == block_head_size ? decode_block_head(bytes.data(), segment.header.salt, offset)
                                                : std::optional<BlockHead>{};
    if (!head)
        return failure(damage_at(segment.path, offset, "there is no block"));
    return *head;
}

StoreResult<Bytes> BlockSegments::payload_at(const Segment& segment, const BlockHead& head, std::uint64_t offset) const
{
    Bytes payload(head.length);
    const auto count = segment.file->read_at(offset + block_head_size, payload);
    if (!count)
        return failure(count.error());
    if (*count != head.length || check_of(payload) != head.payload_check)
        return failure(damage_at(segment.path, offset, "block " + std::to_string(head.number) + " is damaged"));
    return payload;
}

StoreResult<BlockHead> BlockSegments::read_head(const BlockPlace& place) const
{
    const auto segment = segment_with(place.segment);
    if (segment == nullptr || segment->header.first_number != place.segment)
        return failure(damage(directory_, "no file begins at block " + std::to_string(place.segment)));
    return head_at(*segment, place.offset);
}

StoreResult<BlockSegments::Read> BlockSegments::read(const BlockPlace& place) const
{
    auto head = read_head(place);
    if (!head)
        return failure(head.error());
    const auto segment = segment_with(place.segment);
    const auto payload = payload_at(*segment, *head, place.offset);
    if (!payload)
        return failure(payload.error());
    auto block = decompressed(*payload, head->size);
    if (!block)
        return failure(damage_at(segment->path, place.offset, "block " + std::to_string(head->number) + " is damaged"));
    return Read{*head, place, std::move(*block)};
}

StoreResult<void> BlockSegments::scan(std::uint64_t number,
    Wanted wanted,
    const std::function<bool(const Read&)>& visit) const
{
    const auto end = next_number_.load();
    auto segment = segment_with(std::max(number, first_number_.load()));
    if (segment == nullptr || number >= end)
        return {};
    auto at = segment->header.first_number;
    auto offset = std::uint64_t{segment_header_size};
    auto previous = segment->header.previous;
    for (; at < end; ++at)
    {
        if (const auto holder = segment_with(at); holder != segment)
        {
            segment = holder;
            offset = segment_header_size;
            if (segment->header.previous != previous)
                return failure(damage(segment->path, "the file does not follow on the one before"));
        }
        const auto head = head_at(*segment, offset);
        if (!head)
            return failure(head.error());
        if (head->number != at || head->previous != previous)
            return failure(damage_at(segment->path, offset, "block " + std::to_string(at) + " is missing"));
        if (at >= number)
        {
            const BlockPlace place{segment->header.first_number, offset};
            if (wanted == Wanted::heads)
            {
                if (!visit({*head, place, {}}))
                    return {};
            }
            else
            {
                auto whole = read(place);
                if (!whole)
                    return failure(whole.error());
                if (!visit(*whole))
                    return {};
            }
        }
        previous = head->check;
        offset += block_head_size + head->length;
    }
    return {};
}

StoreResult<BlockPlace> BlockSegments::locate(std::uint64_t number) const
{
    std::optional<BlockPlace> place;
    auto scanned = scan(number, Wanted::heads,
        [&](const Read& read)
        {
            place = read.place;
            return false;
        });
    if (!scanned)
        return failure(scanned.error());
    if (!place || number < first_number_)
        return failure(Error{ErrorKind::not_retained, 0, directory_ + ": has no block " + std::to_string(number)});
    return *place;
}

std::size_t BlockSegments::file_count() const
{
    const std::scoped_lock lock{mutex_};
    return segments_.size();
}

StoreResult<std::uint64_t> BlockSegments::size() const
{
    const std::scoped_lock lock{mutex_};
    std::uint64_t sum = 0;
    for (const auto& [number, segment] : segments_)
    {
        const auto size = segment->file->size();
        if (!size)
            return failure(size.error());
        sum += *size;
    }
    return sum;
}

StoreResult<void> BlockSegments::fail(Error error)
{
    const std::scoped_lock lock{mutex_};
    if (!fault_)
        fault_ = std::move(error);
    return failure(*fault_);
}
}  // namespace jiffy::store
