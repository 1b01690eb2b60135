// SPDX-License-Identifier: Apache-2.0
#include "byte_source.hpp"
#include "require.hpp"
#include "store/log_reader.hpp"
#include "store/simulated_disk.hpp"

namespace jiffy::fuzz
{
namespace
{
constexpr store::ChainIdentity chain{901, {{1, 2, 3}}};
constexpr std::uint64_t file_size = 16 << 10;

store::LogOptions options_of(Byte life)
{
    store::LogOptions options;
    options.file_size = file_size;
    options.secret = Hash{{life}};
    return options;
}

Bytes payload_of(std::uint64_t sequence)
{
    return Bytes(sequence * 37 % 300, static_cast<Byte>(sequence));
}

/// A log over two files, whose records are `payload_of` their numbers.
void write_log(store::Disk& disk)
{
    const auto log = store::WriteAheadLog::open(disk, "d", chain, options_of(1)).value();
    while (log->next_sequence() < 80)
    {
        log->append(payload_of(log->next_sequence())).value();
        if (log->next_sequence() % 7 == 0)
            log->sync().value();
    }
    log->sync().value();
}

void overwrite(store::Disk& disk, ByteSource& source)
{
    const auto names = disk.list("d").value();
    const auto file = disk.open("d/" + source.choose(names)).value();
    const auto offset = source.word() % (file_size + 100);
    const auto bytes = source.bytes(source.byte());
    file->write_at(offset, bytes).value();
}

/// Opens the log. If it is not refused, its records are what was written, as far as they go, and it can be used.
void open_log(store::Disk& disk)
{
    const auto log = store::WriteAheadLog::open(disk, "d", chain, options_of(2));
    if (!log)
    {
        require(log.error().kind != store::ErrorKind::disk && !log.error().text.empty(), "a refusal has a reason");
        return;
    }
    auto reader = (*log)->reader_from((*log)->first_sequence()).value();
    while (const auto record = reader.next().value())
        require(equal(record->payload, payload_of(record->sequence)), "a record is what was written");
    require(reader.sequence() == (*log)->next_sequence(), "all records can be read");
    const auto sequence = (*log)->append(payload_of(reader.sequence())).value();
    (*log)->sync().value();
    const auto again = store::WriteAheadLog::open(disk, "d", chain, options_of(3)).value();
    require(again->next_sequence() == sequence + 1, "an opened log opens again");
}
}  // namespace
}  // namespace jiffy::fuzz

/// Opens a log whose files hold what the input says: the first byte tells whether they are the input itself, or those
/// of a log with the input written over them, piece by piece.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace jiffy;
    fuzz::ByteSource source{{data, size}};
    store::SimulatedDisk disk;
    if (source.byte() % 4 == 0)
    {
        const auto file = disk.create("d/wal-0000000000000000").value();
        file->write_at(0, BytesView{data, size}.subspan(size == 0 ? 0 : 1)).value();
    }
    else
    {
        fuzz::write_log(disk);
        while (!source.empty())
            fuzz::overwrite(disk, source);
    }
    fuzz::open_log(disk);
    return 0;
}
