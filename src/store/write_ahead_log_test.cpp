// SPDX-License-Identifier: Apache-2.0
#include "store/write_ahead_log.hpp"

#include "store/log_reader.hpp"
#include "store/posix_disk.hpp"
#include "store/simulated_disk.hpp"
#include "store/temporary_directory_test.hpp"

#include <cerrno>
#include <gtest/gtest.h>

namespace jiffy::store
{
namespace
{
constexpr ChainIdentity chain{901, {{1, 2, 3}}};
constexpr std::uint64_t small_file = 16 << 10;

LogOptions small_options()
{
    LogOptions options;
    options.file_size = small_file;
    options.secret = Hash{{7}};
    return options;
}

std::unique_ptr<WriteAheadLog> open_log(Disk& disk, const LogOptions& options = small_options())
{
    auto log = WriteAheadLog::open(disk, "d", chain, options);
    EXPECT_TRUE(log) << log.error().text;
    return log ? *std::move(log) : nullptr;
}

Bytes payload(std::uint64_t number, std::size_t size = 100)
{
    Bytes result(size);
    for (std::size_t i = 0; i < size; ++i)
        result[i] = static_cast<Byte>(number * 31 + i);
    return result;
}

/// Appends the records from the next one to below `end`.
void append_until(WriteAheadLog& log, std::uint64_t end, std::size_t size = 100)
{
    while (log.next_sequence() < end)
    {
        const auto number = log.next_sequence();
        ASSERT_EQ(log.append(payload(number, size)).value(), number);
    }
}

/// Reads all flushed records from `sequence` on, which are those of `append_until`; returns the number of the next.
std::uint64_t read_all(const WriteAheadLog& log, std::uint64_t sequence, std::size_t size = 100)
{
    auto reader = log.reader_from(sequence).value();
    while (true)
    {
        const auto record = reader.next();
        EXPECT_TRUE(record) << record.error().text;
        if (!record || !*record)
            return reader.sequence();
        EXPECT_EQ((*record)->sequence, sequence);
        EXPECT_TRUE(equal((*record)->payload, payload(sequence, size)));
        ++sequence;
    }
}

Bytes content_of(Disk& disk, const std::string& path)
{
    const auto file = disk.open(path).value();
    Bytes result(file->size().value());
    EXPECT_EQ(file->read_at(0, result).value(), result.size());
    return result;
}

TEST(WriteAheadLog, records_are_found_again)
{
    SimulatedDisk disk;
    Hash hash;
    {
        const auto log = open_log(disk);
        EXPECT_EQ(log->next_sequence(), 1U);
        EXPECT_EQ(log->chain_hash(), Hash{});
        append_until(*log, 20);
        EXPECT_EQ(log->flushed_before(), 1U);
        ASSERT_TRUE(log->flush());
        EXPECT_EQ(log->flushed_before(), 20U);
        EXPECT_EQ(log->durable_before(), 1U);
        ASSERT_TRUE(log->sync());
        EXPECT_EQ(log->durable_before(), 20U);
        hash = log->chain_hash();
    }
    const auto log = open_log(disk);
    EXPECT_EQ(log->next_sequence(), 20U);
    EXPECT_EQ(log->durable_before(), 20U);
    EXPECT_EQ(log->chain_hash(), hash);
    EXPECT_EQ(read_all(*log, 1), 20U);
}

TEST(WriteAheadLog, a_log_may_begin_anywhere)
{
    SimulatedDisk disk;
    auto options = small_options();
    options.first_sequence = 1000;
    options.first_hash = Hash{{9}};
    {
        const auto log = open_log(disk, options);
        append_until(*log, 1001);
        ASSERT_TRUE(log->sync());
    }
    const auto log = open_log(disk);
    EXPECT_EQ(log->first_sequence(), 1000U);
    EXPECT_EQ(read_all(*log, 1000), 1001U);
}

TEST(WriteAheadLog, an_empty_record_is_a_record)
{
    SimulatedDisk disk;
    {
        const auto log = open_log(disk);
        ASSERT_EQ(log->append({}).value(), 1U);
        ASSERT_TRUE(log->sync());
    }
    EXPECT_EQ(read_all(*open_log(disk), 1, 0), 2U);
}

TEST(WriteAheadLog, many_small_records_are_one_write)
{
    SimulatedDisk disk;
    const auto log = open_log(disk);
    const auto before = disk.operations();
    append_until(*log, 40);
    EXPECT_EQ(disk.operations(), before);
    ASSERT_TRUE(log->sync());
    EXPECT_EQ(disk.operations(), before + 2) << "a write and a sync";
    ASSERT_TRUE(log->sync());
    EXPECT_EQ(disk.operations(), before + 2) << "nothing to be synced";
}

TEST(WriteAheadLog, records_beyond_the_buffer_are_written_at_once)
{
    SimulatedDisk disk;
    auto options = small_options();
    options.buffer_size = 1000;
    const auto log = open_log(disk, options);
    append_until(*log, 8);
    EXPECT_EQ(log->flushed_before(), 8U);
}

TEST(WriteAheadLog, a_prepared_file_is_not_changed_in_size)
{
    SimulatedDisk disk;
    const auto log = open_log(disk);
    ASSERT_TRUE(log->prepare());
    EXPECT_EQ(disk.list("d").value().size(), 2U);
    append_until(*log, 100);
    ASSERT_TRUE(log->sync());
    EXPECT_EQ(log->unprepared_files(), 0U);
    for (const auto& name : disk.list("d").value())
        EXPECT_EQ(disk.open("d/" + name).value()->size().value(), small_file);
    EXPECT_EQ(read_all(*log, 1), 100U);
}

TEST(WriteAheadLog, without_a_prepared_file_the_log_goes_on)
{
    SimulatedDisk disk;
    {
        const auto log = open_log(disk);
        append_until(*log, 300);
        ASSERT_TRUE(log->sync());
        EXPECT_GT(log->unprepared_files(), 1U);
        EXPECT_EQ(read_all(*log, 1), 300U);
    }
    EXPECT_EQ(read_all(*open_log(*disk.crash(1)), 1), 300U);
}

TEST(WriteAheadLog, a_record_longer_than_a_file_gets_a_longer_file)
{
    SimulatedDisk disk;
    {
        const auto log = open_log(disk);
        ASSERT_TRUE(log->append(payload(1, 100'000)));
        ASSERT_TRUE(log->append(payload(2, 100'000)));
        EXPECT_EQ(log->append(Bytes(longest_payload + 1)).error().kind, ErrorKind::too_large);
        ASSERT_TRUE(log->sync());
    }
    const auto log = open_log(disk);
    EXPECT_EQ(read_all(*log, 1, 100'000), 3U);
    append_until(*log, 10, 100'000);
    ASSERT_TRUE(log->sync());
    ASSERT_TRUE(log->release_before(9));
    EXPECT_EQ(log->first_sequence(), 9U);
}

TEST(WriteAheadLog, released_files_are_used_again_and_what_is_left_in_them_is_no_record)
{
    SimulatedDisk disk;
    std::uint64_t next = 1;
    {
        const auto log = open_log(disk);
        for (int i = 0; i < 50; ++i)
        {
            ASSERT_TRUE(log->prepare());
            append_until(*log, log->next_sequence() + 40);
            ASSERT_TRUE(log->sync());
            ASSERT_TRUE(log->release_before(log->next_sequence()));
        }
        EXPECT_EQ(log->unprepared_files(), 0U);
        EXPECT_LE(disk.list("d").value().size(), 4U);
        EXPECT_GT(log->first_sequence(), 1900U);
        next = log->next_sequence();
    }
    const auto log = open_log(disk);
    EXPECT_EQ(log->next_sequence(), next);
    EXPECT_EQ(read_all(*log, log->first_sequence()), next);
}

TEST(WriteAheadLog, what_is_not_durable_is_not_released)
{
    SimulatedDisk disk;
    const auto log = open_log(disk);
    append_until(*log, 300);
    ASSERT_TRUE(log->flush());
    ASSERT_TRUE(log->release_before(300));
    EXPECT_EQ(log->first_sequence(), 1U);
    EXPECT_EQ(read_all(*log, 1), 300U);
}

TEST(WriteAheadLog, a_file_of_another_chain_genesis_or_version_is_refused_with_advice)
{
    SimulatedDisk disk;
    open_log(disk);
    auto other = chain;
    other.chain_id = 10;
    auto error = WriteAheadLog::open(disk, "d", other, small_options()).error();
    EXPECT_EQ(error.kind, ErrorKind::foreign);
    EXPECT_NE(error.text.find("written for chain 901, this is chain 10: use another data directory"), error.text.npos);
    other = chain;
    other.genesis = Hash{{4}};
    error = WriteAheadLog::open(disk, "d", other, small_options()).error();
    EXPECT_EQ(error.kind, ErrorKind::foreign);
    EXPECT_NE(error.text.find("another genesis block: use another data directory"), error.text.npos);
    // Version 3, in both copies.
    disk.flip_bit("d/wal-0000000000000000", 8 * 8 + 1);
    disk.flip_bit("d/wal-0000000000000000", (second_header_offset + 8) * 8 + 1);
    error = WriteAheadLog::open(disk, "d", chain, small_options()).error();
    EXPECT_EQ(error.kind, ErrorKind::foreign);
    EXPECT_NE(error.text.find("version 3"), error.text.npos) << error.text;
    EXPECT_NE(error.text.find("run the release of jiffy that wrote it"), error.text.npos);
}

TEST(WriteAheadLog, a_missing_file_in_the_middle_is_told)
{
    SimulatedDisk disk;
    {
        const auto log = open_log(disk);
        while (log->next_sequence() < 300)
        {
            append_until(*log, log->next_sequence() + 1);
            ASSERT_TRUE(log->sync());
        }
    }
    ASSERT_TRUE(disk.remove("d/wal-0000000000000001"));
    const auto error = WriteAheadLog::open(disk, "d", chain, small_options()).error();
    EXPECT_EQ(error.kind, ErrorKind::damaged);
    EXPECT_NE(
        error.text.find("It was there once: so says the header at offset 0 of d/wal-0000000000000002"), error.text.npos)
        << error.text;
}

TEST(WriteAheadLog, damage_in_the_middle_is_told_with_its_place)
{
    SimulatedDisk disk;
    {
        const auto log = open_log(disk);
        append_until(*log, 5);
        ASSERT_TRUE(log->sync());
        append_until(*log, 6);
        ASSERT_TRUE(log->sync());
    }
    const auto size = record_size(100);
    disk.flip_bit("d/wal-0000000000000000", (first_record_offset + size + 50) * 8);
    const auto error = WriteAheadLog::open(disk, "d", chain, small_options()).error();
    EXPECT_EQ(error.kind, ErrorKind::damaged);
    EXPECT_EQ(error.text,
        "d/wal-0000000000000000: record 2, at offset " + std::to_string(first_record_offset + size) +
            ", is missing or damaged. It was there once: so says record 5 at offset " +
            std::to_string(first_record_offset + 4 * size) +
            " of d/wal-0000000000000000. The disk has lost or altered what was on it. Do not go on from what is left, "
            "since answers were given for the rest: use the data of a standby, or a copy of this directory.");
}

TEST(WriteAheadLog, damage_to_the_newest_record_looks_like_a_torn_tail)
{
    SimulatedDisk disk;
    {
        const auto log = open_log(disk);
        append_until(*log, 5);
        ASSERT_TRUE(log->sync());
    }
    disk.flip_bit("d/wal-0000000000000000", (first_record_offset + 3 * record_size(100) + 50) * 8);
    EXPECT_EQ(open_log(disk)->next_sequence(), 4U);
}

TEST(WriteAheadLog, one_damaged_copy_of_a_header_is_repaired)
{
    SimulatedDisk disk;
    {
        const auto log = open_log(disk);
        append_until(*log, 5);
        ASSERT_TRUE(log->sync());
    }
    for (const auto offset : {std::uint64_t{0}, second_header_offset})
    {
        disk.flip_bit("d/wal-0000000000000000", (offset + 60) * 8);
        EXPECT_EQ(read_all(*open_log(disk), 1), 5U);
    }
    disk.flip_bit("d/wal-0000000000000000", 60 * 8);
    disk.flip_bit("d/wal-0000000000000000", (second_header_offset + 60) * 8);
    EXPECT_EQ(WriteAheadLog::open(disk, "d", chain, small_options()).error().kind, ErrorKind::damaged);
}

// A record that was cut off must not come back behind one that takes its predecessor's place, even if the two differ in
// nothing that a check of the record alone could see.
TEST(WriteAheadLog, a_record_of_a_cut_tail_does_not_follow_a_new_record)
{
    const auto path = "d/wal-0000000000000000";
    const auto third = first_record_offset + 2 * record_size(100);
    const auto write_log = [&](SimulatedDisk& disk, std::uint64_t third_payload)
    {
        const auto log = open_log(disk);
        append_until(*log, 3);
        ASSERT_TRUE(log->append(payload(third_payload)));
        append_until(*log, 6);
        ASSERT_TRUE(log->sync());
    };
    SimulatedDisk disk;
    write_log(disk, 3);
    SimulatedDisk other;
    write_log(other, 77);
    // As if the third record had been cut off and written anew, and the zeros behind it had not got to the disk.
    const auto others = content_of(other, path);
    ASSERT_TRUE(disk.open(path).value()->write_at(third, BytesView{others}.subspan(third, record_size(100))));
    {
        const auto file = disk.open(path).value();
        Byte bytes[record_header_size];
        ASSERT_TRUE(file->read_at(third + record_size(100), bytes));
        ASSERT_TRUE(decode_record_header(bytes,
            decode_file_header(FileHeaderBytes::from(content_of(disk, path))).header.salt, third + record_size(100)))
            << "the fourth record is valid by itself";
    }
    EXPECT_EQ(open_log(disk)->next_sequence(), 4U);
}

TEST(WriteAheadLog, what_is_behind_a_cut_is_overwritten_before_the_log_is_used)
{
    SimulatedDisk disk;
    {
        const auto log = open_log(disk);
        append_until(*log, 6);
        ASSERT_TRUE(log->sync());
    }
    const auto third = first_record_offset + 2 * record_size(100);
    for (const auto record : {2, 3, 4})
        disk.flip_bit("d/wal-0000000000000000",
            (first_record_offset + static_cast<std::uint64_t>(record) * record_size(100) + 50) * 8);
    open_log(disk);
    const auto content = content_of(*disk.crash(0), "d/wal-0000000000000000");
    EXPECT_TRUE(std::all_of(
        content.begin() + static_cast<std::ptrdiff_t>(third), content.end(), [](Byte byte) { return byte == 0; }));
}

TEST(WriteAheadLog, a_payload_that_looks_like_a_record_is_none_unless_its_author_knows_the_salt)
{
    const auto path = "d/wal-0000000000000000";
    const auto third = first_record_offset + 2 * record_size(100);
    for (const bool knows_salt : {false, true})
    {
        SimulatedDisk disk;
        {
            const auto log = open_log(disk);
            append_until(*log, 3);
            ASSERT_TRUE(log->sync());
            const auto header = decode_file_header(FileHeaderBytes::from(content_of(disk, path))).header;
            Bytes disguise(record_header_size);
            encode({{}, 0, 100, 99}, knows_salt ? header.salt : Salt{}, third + record_header_size, disguise.data());
            ASSERT_TRUE(log->append(disguise));
            ASSERT_TRUE(log->sync());
        }
        // The record around it is torn.
        disk.flip_bit(path, third * 8);
        EXPECT_EQ(WriteAheadLog::open(disk, "d", chain, small_options()).has_value(), !knows_salt);
    }
}

TEST(WriteAheadLog, after_a_failure_nothing_more_is_promised)
{
    for (const int code : {ENOSPC, EIO, EROFS})
        for (const std::uint64_t operation : {0U, 1U})
        {
            SimulatedDisk disk;
            const auto log = open_log(disk);
            append_until(*log, 3);
            ASSERT_TRUE(log->sync());
            append_until(*log, 5);
            disk.fail_operation(disk.operations() + operation, code);
            const auto error = log->sync().error();
            EXPECT_EQ(error.code, code);
            EXPECT_EQ(log->sync().error().text, error.text);
            EXPECT_EQ(log->flush().error().text, error.text);
            EXPECT_EQ(log->append(Bytes{}).error().text, error.text);
            EXPECT_EQ(log->durable_before(), 3U);
        }
}

TEST(WriteAheadLog, a_file_that_cannot_be_prepared_is_no_harm)
{
    SimulatedDisk disk;
    const auto log = open_log(disk);
    // To create it, to write it, to write again and sync, to sync the directory.
    for (const std::uint64_t operation : {0U, 1U, 1U, 2U})
    {
        disk.fail_operation(disk.operations() + operation, ENOSPC);
        EXPECT_EQ(log->prepare().error().code, ENOSPC);
        append_until(*log, log->next_sequence() + 1);
        EXPECT_TRUE(log->sync());
    }
    ASSERT_TRUE(log->prepare());
    append_until(*log, 100);
    ASSERT_TRUE(log->sync());
    EXPECT_EQ(log->unprepared_files(), 0U);
}

TEST(LogReader, finds_what_is_flushed_and_says_what_is_not_retained)
{
    SimulatedDisk disk;
    const auto log = open_log(disk);
    append_until(*log, 10);
    auto reader = log->reader_from(1).value();
    EXPECT_FALSE(reader.next().value());
    ASSERT_TRUE(log->flush());
    EXPECT_EQ(reader.next().value()->sequence, 1U);
    append_until(*log, 300);
    ASSERT_TRUE(log->sync());
    for (std::uint64_t sequence = 2; sequence < 20; ++sequence)
        EXPECT_EQ(reader.next().value()->sequence, sequence);
    EXPECT_FALSE(log->reader_from(300).value().next().value());
    EXPECT_EQ(log->reader_from(301).error().kind, ErrorKind::not_retained);
    ASSERT_TRUE(log->release_before(250));
    EXPECT_EQ(log->reader_from(1).error().kind, ErrorKind::not_retained);
    EXPECT_EQ(read_all(*log, log->first_sequence()), 300U);
    // The reader may go on in a file that is released but not yet used again, no farther.
    auto record = reader.next();
    while (record && *record)
        record = reader.next();
    EXPECT_EQ(record.error().kind, ErrorKind::not_retained);
}

TEST(LogReader, damage_that_came_after_opening_is_told)
{
    SimulatedDisk disk;
    const auto log = open_log(disk);
    append_until(*log, 10);
    ASSERT_TRUE(log->flush());
    disk.settle();
    disk.flip_bit("d/wal-0000000000000000", (first_record_offset + record_size(100) + 50) * 8);
    auto reader = log->reader_from(1).value();
    EXPECT_TRUE(reader.next().value());
    EXPECT_EQ(reader.next().error().kind, ErrorKind::damaged);
}

TEST(LogReader, begins_in_the_middle_of_a_large_file)
{
    const TemporaryDirectory directory;
    PosixDisk disk;
    LogOptions options;
    options.file_size = 8 << 20;
    const auto read = [](const WriteAheadLog& log)
    {
        for (const std::uint64_t sequence : {1U, 20U, 21U, 500U, 501U, 700U, 999U})
            EXPECT_EQ(read_all(log, sequence, 20'000), 1000U);
    };
    {
        const auto log = WriteAheadLog::open(disk, directory.path(), chain, options).value();
        append_until(*log, 1000, 20'000);
        ASSERT_TRUE(log->sync());
        read(*log);
    }
    read(*WriteAheadLog::open(disk, directory.path(), chain, options).value());
}
}  // namespace
}  // namespace jiffy::store
