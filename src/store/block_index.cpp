// SPDX-License-Identifier: Apache-2.0
#include "store/block_index.hpp"

#include <algorithm>
#include <rocksdb/cache.h>
#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/table.h>
#include <rocksdb/write_batch.h>

namespace jiffy::store
{
namespace
{
constexpr std::string_view format = "jiffy block index 1";
constexpr std::size_t name_size = 16;

/// First byte of a key. Numbers in keys are big-endian, so that they are in order; in values, too, for one rule.
namespace kind
{
constexpr char identity = 'i';
/// number -> segment, offset, hash
constexpr char number = 'n';
/// beginning of the hash -> number
constexpr char block = 'b';
/// beginning of the hash -> number, index
constexpr char transaction = 't';
constexpr char mini_block = 'm';
/// first mini-block -> number
constexpr char first_mini_block = 'f';
}  // namespace kind

void put_number(std::string& target, std::uint64_t value)
{
    for (int shift = 56; shift >= 0; shift -= 8)
        target.push_back(static_cast<char>(value >> shift));
}

std::uint64_t number_in(std::string_view bytes)
{
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < 8; ++i)
        value = value << 8 | static_cast<Byte>(bytes[i]);
    return value;
}

std::string number_key(char kind, std::uint64_t number)
{
    std::string key{kind};
    put_number(key, number);
    return key;
}

std::string name_key(char kind, const Hash& hash)
{
    std::string key{kind};
    key.append(reinterpret_cast<const char*>(hash.data()), name_size);
    return key;
}

std::string named_value(std::uint64_t number, std::uint64_t index)
{
    std::string value;
    put_number(value, number);
    put_number(value, index);
    return value;
}

std::string identity_value(const ChainIdentity& chain)
{
    std::string value{format};
    put_number(value, chain.chain_id);
    value.append(reinterpret_cast<const char*>(chain.genesis.data()), Hash::size());
    return value;
}

rocksdb::Options options_of_database()
{
    constexpr std::size_t buffer = std::size_t{16} << 20;
    constexpr std::size_t cache = std::size_t{32} << 20;
    rocksdb::BlockBasedTableOptions tables;
    tables.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
    tables.block_cache = rocksdb::NewLRUCache(cache);
    rocksdb::Options options;
    options.create_if_missing = true;
    // Hashes cannot be compressed.
    options.compression = rocksdb::kNoCompression;
    options.write_buffer_size = buffer;
    options.max_background_jobs = 2;
    options.max_open_files = 256;
    options.keep_log_file_num = 2;
    options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(tables));
    for (const auto priority : {rocksdb::Env::LOW, rocksdb::Env::HIGH})
        rocksdb::Env::Default()->LowerThreadPoolCPUPriority(priority);
    return options;
}
}  // namespace

struct BlockIndex::Database
{
    std::string directory;
    std::unique_ptr<rocksdb::DB> rocks;

    [[nodiscard]] Error error_of(const rocksdb::Status& status) const
    {
        return {status.IsIOError() ? ErrorKind::disk : ErrorKind::damaged, 0,
            directory + ": " + status.ToString() + ". The index is made again if the directory is removed"};
    }

    /// Empty if there is nothing.
    [[nodiscard]] StoreResult<std::optional<std::string>> get(const std::string& key) const
    {
        std::string value;
        const auto status = rocks->Get({}, key, &value);
        if (status.IsNotFound())
            return std::nullopt;
        if (!status.ok())
            return failure(error_of(status));
        return value;
    }

    [[nodiscard]] Error wrong_value() const
    {
        return {ErrorKind::damaged, 0,
            directory + ": a value is damaged. The index is made again if the directory is removed"};
    }

    /// The number in the last key of a kind up to `number`, and its value.
    [[nodiscard]] StoreResult<std::optional<std::pair<std::uint64_t, std::string>>> last(char kind,
        std::uint64_t number) const
    {
        const std::unique_ptr<rocksdb::Iterator> found{rocks->NewIterator({})};
        found->SeekForPrev(number_key(kind, number));
        if (!found->status().ok())
            return failure(error_of(found->status()));
        if (!found->Valid() || found->key().size() != 9 || found->key()[0] != kind)
            return std::nullopt;
        return std::pair{number_in({found->key().data() + 1, 8}), found->value().ToString()};
    }
};

StoreResult<std::unique_ptr<BlockIndex>> BlockIndex::open(const std::string& directory,
    const ChainIdentity& chain,
    const BlockSegments& segments)
{
    for (const bool is_new : {false, true})
    {
        const auto options = options_of_database();
        auto database = std::make_unique<Database>(Database{directory, nullptr});
        rocksdb::DB* rocks = nullptr;
        const auto opened = rocksdb::DB::Open(options, directory, &rocks);
        if (opened.ok())
        {
            database->rocks.reset(rocks);
            std::unique_ptr<BlockIndex> index{new BlockIndex{std::move(database)}};
            const auto agrees = index->agree(chain, segments);
            if (agrees && *agrees)
                return index;
            if (!agrees && (is_new || agrees.error().kind == ErrorKind::disk))
                return failure(agrees.error());
        }
        else if (is_new || opened.IsIOError())
            return failure(database->error_of(opened));
        if (const auto removed = rocksdb::DestroyDB(directory, options); !removed.ok())
            return failure(Error{ErrorKind::disk, 0, directory + ": " + removed.ToString() + ". Remove the directory"});
    }
    return failure(Error{ErrorKind::damaged, 0, directory + ": an index cannot be made there. Remove the directory"});
}

StoreResult<std::unique_ptr<BlockIndex>> BlockIndex::open_existing(const std::string& directory,
    const ChainIdentity& chain,
    const BlockSegments& segments)
{
    auto options = options_of_database();
    options.create_if_missing = false;
    auto database = std::make_unique<Database>(Database{directory, nullptr});
    rocksdb::DB* rocks = nullptr;
    if (const auto opened = rocksdb::DB::Open(options, directory, &rocks); !opened.ok())
        return failure(database->error_of(opened));
    database->rocks.reset(rocks);
    std::unique_ptr<BlockIndex> index{new BlockIndex{std::move(database)}};
    const auto agrees = index->agree(chain, segments);
    if (!agrees)
        return failure(agrees.error());
    if (!*agrees)
        return failure(Error{ErrorKind::damaged, 0,
            directory + ": the index does not agree with the blocks. It is made again if the directory is removed"});
    return index;
}

BlockIndex::BlockIndex(std::unique_ptr<Database> database)
  : database_{std::move(database)}
{
}

BlockIndex::~BlockIndex() = default;

StoreResult<bool> BlockIndex::agree(const ChainIdentity& chain, const BlockSegments& segments)
{
    const std::string identity_key{kind::identity};
    const auto identity = database_->get(identity_key);
    if (!identity)
        return failure(identity.error());
    const auto last = database_->last(kind::number, ~std::uint64_t{0});
    if (!last)
        return failure(last.error());
    next_number_ = segments.first_number();
    if (!*identity)
    {
        if (*last)
            return false;
        const auto written = database_->rocks->Put({}, identity_key, identity_value(chain));
        if (!written.ok())
            return failure(database_->error_of(written));
        return true;
    }
    if (**identity != identity_value(chain))
        return false;
    if (!*last)
        return true;
    next_number_ = (*last)->first + 1;
    if (segments.next_number() == segments.first_number() || next_number_ <= segments.first_number())
        return false;
    if (next_number_ > segments.next_number())
        if (auto cut = cut_behind(segments.next_number() - 1); !cut)
            return failure(cut.error());
    const auto newest = block(next_number_ - 1);
    if (!newest)
        return failure(newest.error());
    const auto oldest = block(segments.first_number());
    if (!oldest)
        return failure(oldest.error());
    if (!*newest || !*oldest)
        return false;
    const auto head = segments.read_head((*newest)->place);
    return head && head->number == next_number_ - 1 && head->hash == (*newest)->hash;
}

StoreResult<void> BlockIndex::add(const BlockNames& names)
{
    rocksdb::WriteBatch batch;
    std::string place;
    put_number(place, names.place.segment);
    put_number(place, names.place.offset);
    place.append(reinterpret_cast<const char*>(names.hash.data()), Hash::size());
    batch.Put(number_key(kind::number, names.number), place);
    batch.Put(name_key(kind::block, names.hash), named_value(names.number, 0));
    for (std::size_t i = 0; i < names.transactions.size(); ++i)
        batch.Put(name_key(kind::transaction, names.transactions[i]), named_value(names.number, i));
    for (std::size_t i = 0; i < names.mini_blocks.size(); ++i)
        batch.Put(name_key(kind::mini_block, names.mini_blocks[i]), named_value(names.number, i));
    if (!names.mini_blocks.empty())
        batch.Put(number_key(kind::first_mini_block, names.first_mini_block), named_value(names.number, 0));
    if (const auto written = database_->rocks->Write({}, &batch); !written.ok())
        return failure(database_->error_of(written));
    next_number_ = names.number + 1;
    return {};
}

StoreResult<void> BlockIndex::cut_behind(std::uint64_t number)
{
    for (;;)
    {
        const auto last = database_->last(kind::number, ~std::uint64_t{0});
        if (!last)
            return failure(last.error());
        if (!*last || (*last)->first <= number)
            break;
        if (const auto done = database_->rocks->Delete({}, number_key(kind::number, (*last)->first)); !done.ok())
            return failure(database_->error_of(done));
    }
    for (;;)
    {
        const auto last = database_->last(kind::first_mini_block, ~std::uint64_t{0});
        if (!last)
            return failure(last.error());
        if (!*last)
            break;
        if ((*last)->second.size() != 16)
            return failure(database_->wrong_value());
        if (number_in((*last)->second) <= number)
            break;
        if (const auto done = database_->rocks->Delete({}, number_key(kind::first_mini_block, (*last)->first));
            !done.ok())
            return failure(database_->error_of(done));
    }
    next_number_ = std::min(next_number_.load(), number + 1);
    return {};
}

StoreResult<std::optional<BlockIndex::FoundBlock>> BlockIndex::block(std::uint64_t number) const
{
    const auto value = database_->get(number_key(kind::number, number));
    if (!value)
        return failure(value.error());
    if (!*value)
        return std::nullopt;
    const std::string_view bytes{**value};
    if (bytes.size() != 16 + Hash::size())
        return failure(database_->wrong_value());
    FoundBlock found;
    found.place = {number_in(bytes), number_in(bytes.substr(8))};
    std::copy_n(bytes.begin() + 16, Hash::size(), found.hash.begin());
    return found;
}

StoreResult<std::optional<NamedPlace>> BlockIndex::named(char kind, const Hash& hash) const
{
    const auto value = database_->get(name_key(kind, hash));
    if (!value)
        return failure(value.error());
    if (!*value)
        return std::nullopt;
    if ((*value)->size() != 16)
        return failure(database_->wrong_value());
    return NamedPlace{number_in(**value), static_cast<std::uint32_t>(number_in(std::string_view{**value}.substr(8)))};
}

bool BlockIndex::may_know(const Hash& hash) const
{
    rocksdb::ReadOptions options;
    options.read_tier = rocksdb::kBlockCacheTier;
    std::string value;
    for (const auto kind : {kind::transaction, kind::block, kind::mini_block})
        if (database_->rocks->KeyMayExist(options, name_key(kind, hash), &value))
            return true;
    return false;
}

StoreResult<std::optional<NamedPlace>> BlockIndex::block(const Hash& hash) const
{
    return named(kind::block, hash);
}

StoreResult<std::optional<NamedPlace>> BlockIndex::transaction(const Hash& hash) const
{
    return named(kind::transaction, hash);
}

StoreResult<std::optional<NamedPlace>> BlockIndex::mini_block(const Hash& hash) const
{
    return named(kind::mini_block, hash);
}

StoreResult<std::optional<std::uint64_t>> BlockIndex::block_of_mini_block(std::uint64_t number) const
{
    const auto found = database_->last(kind::first_mini_block, number);
    if (!found)
        return failure(found.error());
    if (!*found)
        return std::nullopt;
    if ((*found)->second.size() != 16)
        return failure(database_->wrong_value());
    return number_in((*found)->second);
}

StoreResult<void> BlockIndex::verify() const
{
    if (const auto verified = database_->rocks->VerifyChecksum(); !verified.ok())
        return failure(database_->error_of(verified));
    return {};
}

std::uint64_t BlockIndex::size() const
{
    std::uint64_t bytes = 0;
    database_->rocks->GetIntProperty(rocksdb::DB::Properties::kTotalSstFilesSize, &bytes);
    std::uint64_t buffered = 0;
    database_->rocks->GetIntProperty(rocksdb::DB::Properties::kCurSizeAllMemTables, &buffered);
    return bytes + buffered;
}
}  // namespace jiffy::store
