// SPDX-License-Identifier: Apache-2.0
#include "sequencer/archive.hpp"

#include "replica/archived_block_test.hpp"
#include "sequencer/archive_check.hpp"
#include "sequencer/archiver.hpp"
#include "store/posix_disk.hpp"
#include "store/simulated_disk.hpp"
#include "store/temporary_directory_test.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace jiffy::replica
{
namespace
{
using sequencer::Archive;
using sequencer::Archiver;
using sequencer::BlockPointer;

/// A chain with some traffic, all of whose blocks are in memory.
struct ArchivedChain : TrafficChain
{
    template <class Pick>
    ArchivedChain(bool is_optimism, std::size_t steps, Pick pick)
      : TrafficChain{is_optimism}
    {
        make_releaser();
        start_sequencer();
        some_traffic(*this, steps, pick);
        pass(1000);
        sealer->process_pending();
    }

    [[nodiscard]] store::ChainIdentity identity() const { return {chain_id, history.find(0)->hash()}; }
    [[nodiscard]] std::unique_ptr<Archive> open(store::Disk& disk,
        const std::string& directory,
        std::uint64_t file_size = 8192) const
    {
        sequencer::ArchiveOptions archive_options;
        archive_options.segments.file_size = file_size;
        archive_options.cached_blocks = 2;
        auto opened = Archive::open(disk, directory, identity(), archive_options);
        if (!opened)
            throw std::runtime_error{opened.error().text};
        return std::move(*opened);
    }
};

void require_block(const BlockPointer& kept, const Archive::BlockResult& found)
{
    RC_ASSERT(found.has_value());
    RC_ASSERT(*found != nullptr);
    require_same_sealed_block(*kept, **found);
}

/// That every name leads to what it names.
void require_found(const BlockPointer& kept, const Archive& archive)
{
    require_block(kept, archive.find(kept->number()));
    require_block(kept, archive.find(kept->hash()));
    for (std::uint32_t i = 0; i < kept->transactions.size(); ++i)
    {
        const auto place = archive.find_transaction(kept->transactions[i].hash);
        RC_ASSERT(place && *place);
        RC_ASSERT((*place)->index == i && (*place)->block->number() == kept->number());
    }
    for (std::uint32_t i = 0; i < kept->mini_blocks.size(); ++i)
    {
        const auto& mini_block = kept->mini_blocks[i];
        const auto by_hash = archive.find_mini_block(mini_block.hash);
        const auto by_number = archive.find_mini_block(mini_block.header.number);
        RC_ASSERT(by_hash && *by_hash && by_number && *by_number);
        RC_ASSERT((*by_hash)->record().hash == mini_block.hash);
        RC_ASSERT((*by_number)->record().hash == mini_block.hash);
    }
}

std::size_t counted(std::size_t& count, std::size_t bound)
{
    return count++ * 7 % bound;
}

struct ArchiveTest : testing::Test
{
    std::size_t count = 0;
    ArchivedChain chain{true, 30, [this](std::size_t bound) { return counted(count, bound); }};
    store::TemporaryDirectory directory;
    store::PosixDisk disk;

    void push_all(Archiver& archiver) const
    {
        for (std::uint64_t number = 0; number <= chain.history.sealed_number(); ++number)
            archiver.push(chain.history.find(number));
    }
};

RC_GTEST_PROP(ArchiveProperty, finds_every_block_by_every_name_also_when_it_is_opened_again_or_has_lost_its_index, ())
{
    const ArchivedChain chain{*rc::gen::arbitrary<bool>(), pick_any(30), pick_any};
    const store::TemporaryDirectory directory;
    store::PosixDisk disk;
    const auto last = chain.history.sealed_number();
    const auto require_all = [&](const Archive& archive)
    {
        RC_ASSERT(archive.next_number() == last + 1);
        RC_ASSERT(archive.oldest_mini_block() == 0U);
        for (auto number = last + 1; number-- != 0;)
            require_found(chain.history.find(number), archive);
        RC_ASSERT(*archive.find(last + 1) == nullptr);
        RC_ASSERT(*archive.find(Hash{}) == nullptr);
        RC_ASSERT(!*archive.find_transaction(Hash{}));
        RC_ASSERT(!*archive.find_mini_block(Hash{}));
        RC_ASSERT(!*archive.find_mini_block(~std::uint64_t{0}));
    };
    {
        const auto archive = chain.open(disk, directory.path());
        for (std::uint64_t number = 0; number <= last; ++number)
            RC_ASSERT(archive->append(*chain.history.find(number)));
        require_all(*archive);
    }
    require_all(*chain.open(disk, directory.path()));
    std::filesystem::remove_all(sequencer::index_directory(directory.path()));
    require_all(*chain.open(disk, directory.path()));
}

RC_GTEST_PROP(ArchiveProperty, after_crashes_anywhere_it_has_all_that_was_synced_and_goes_on_without_a_gap, ())
{
    const ArchivedChain chain{true, 12, pick_any};
    const store::TemporaryDirectory directory;
    const auto last = chain.history.sealed_number();
    auto disk = std::make_unique<store::SimulatedDisk>(pick_any(1000));
    std::uint64_t durable = 0;
    for (int life = 0; life < 3; ++life)
    {
        disk->stop_at_operation(disk->operations() + pick_any(60));
        sequencer::ArchiveOptions options;
        options.segments.file_size = 4096;
        if (auto opened = Archive::open(*disk, directory.path(), chain.identity(), options))
        {
            auto& archive = **opened;
            RC_ASSERT(archive.next_number() >= durable);
            Archiver archiver{archive, [](const std::string&) {}};
            for (std::uint64_t number = 0; number <= last && !archiver.fault(); ++number)
            {
                archiver.push(chain.history.find(number));
                if (pick_any(4) == 0 && !archiver.fault() && archiver.sync_up_to(number))
                    RC_ASSERT(archiver.durable_number().value_or(0) >= number);
            }
            if (const auto number = archive.durable_number())
                durable = std::max(durable, *number + 1);
        }
        if (pick_any(3) == 0)
            std::filesystem::remove_all(sequencer::index_directory(directory.path()));
        disk = disk->crash(pick_any(1000));
    }
    const auto archive = chain.open(*disk, directory.path(), 4096);
    RC_ASSERT(archive->next_number() >= durable);
    Archiver archiver{*archive, [](const std::string&) {}};
    for (std::uint64_t number = 0; number <= last; ++number)
        archiver.push(chain.history.find(number));
    RC_ASSERT(!archiver.fault());
    for (std::uint64_t number = 0; number <= last; ++number)
        require_found(chain.history.find(number), *archive);
}

TEST_F(ArchiveTest, the_archivers_thread_has_archived_all_once_it_is_asked_for_the_last)
{
    const auto archive = chain.open(disk, directory.path());
    Archiver archiver{*archive, [](const std::string&) {}};
    archiver.start();
    push_all(archiver);
    const auto last = chain.history.sealed_number();
    EXPECT_TRUE(archiver.sync_up_to(last));
    EXPECT_EQ(archiver.durable_number(), last);
    archiver.stop();
    EXPECT_FALSE(archiver.fault());
}

TEST_F(ArchiveTest, blocks_that_the_chain_has_otherwise_are_cut_off_if_they_were_never_durable)
{
    std::size_t other_count = 3;
    const ArchivedChain other{true, 30, [&](std::size_t bound) { return counted(other_count, bound); }};
    ASSERT_NE(chain.history.find(1)->hash(), other.history.find(1)->hash());
    {
        const auto archive = chain.open(disk, directory.path());
        Archiver archiver{*archive, [](const std::string&) {}};
        archiver.push(other.history.find(0));
        archiver.push(other.history.find(1));
    }
    const auto archive = chain.open(disk, directory.path(), std::uint64_t{1} << 20);
    Archiver archiver{*archive, [](const std::string&) {}};
    push_all(archiver);
    ASSERT_FALSE(archiver.fault()) << *archiver.fault();
    EXPECT_EQ((*archive->find(1))->hash(), chain.history.find(1)->hash());
    EXPECT_EQ(*archive->find(other.history.find(1)->hash()), nullptr);
}

TEST_F(ArchiveTest, durable_blocks_are_never_cut_off)
{
    {
        const auto archive = chain.open(disk, directory.path());
        Archiver archiver{*archive, [](const std::string&) {}};
        for (std::uint64_t number = 0; number <= chain.history.sealed_number(); ++number)
        {
            archiver.push(chain.history.find(number));
            ASSERT_TRUE(archiver.sync_up_to(number));
        }
    }
    const auto archive = chain.open(disk, directory.path());
    EXPECT_FALSE(archive->cut_behind(0));
    EXPECT_EQ(archive->next_number(), chain.history.sealed_number() + 1);
}

TEST_F(ArchiveTest, a_block_that_leaves_a_gap_is_a_fault)
{
    const auto archive = chain.open(disk, directory.path());
    Archiver archiver{*archive, [](const std::string&) {}};
    archiver.push(chain.history.find(0));
    archiver.push(chain.history.find(2));
    EXPECT_TRUE(archiver.fault());
    EXPECT_FALSE(archiver.sync_up_to(0));
}

TEST_F(ArchiveTest, the_check_finds_nothing_wrong_until_something_is)
{
    const auto last = chain.history.sealed_number();
    std::uint64_t transactions = 0;
    {
        const auto archive = chain.open(disk, directory.path());
        Archiver archiver{*archive, [](const std::string&) {}};
        push_all(archiver);
        ASSERT_TRUE(archiver.sync_up_to(last));
        for (std::uint64_t number = 0; number <= last; ++number)
            transactions += chain.history.find(number)->transactions.size();
    }
    {
        const auto files = sequencer::ArchiveFiles::open(disk, directory.path()).value();
        const auto checked = sequencer::check_archive(files).value();
        EXPECT_EQ(checked.faults, std::vector<std::string>{});
        EXPECT_EQ(checked.blocks, last + 1);
        EXPECT_EQ(checked.transactions, transactions);
        EXPECT_EQ(checked.unindexed, 0U);
        EXPECT_EQ(sequencer::stats_of(files)->blocks, last + 1);
    }
    const auto segments = sequencer::segments_directory(directory.path());
    const auto path = segments + "/" + disk.list(segments)->front();
    const auto file = disk.open(path).value();
    Bytes byte(1);
    ASSERT_TRUE(file->read_at(300, byte));
    byte[0] ^= 1;
    ASSERT_TRUE(file->write_at(300, byte));
    const auto files = sequencer::ArchiveFiles::open(disk, directory.path());
    EXPECT_TRUE(!files || !sequencer::check_archive(*files)->faults.empty());
}

TEST_F(ArchiveTest, the_check_tells_that_there_is_no_index)
{
    {
        const auto archive = chain.open(disk, directory.path());
        Archiver archiver{*archive, [](const std::string&) {}};
        push_all(archiver);
    }
    std::filesystem::remove_all(sequencer::index_directory(directory.path()));
    const auto files = sequencer::ArchiveFiles::open(disk, directory.path()).value();
    EXPECT_FALSE(sequencer::check_archive(files)->faults.empty());
    EXPECT_FALSE(std::filesystem::exists(sequencer::index_directory(directory.path()) + "/CURRENT"));
}
}  // namespace
}  // namespace jiffy::replica
