// SPDX-License-Identifier: Apache-2.0
#include "store/log_reader.hpp"
#include "store/simulated_disk.hpp"

#include <algorithm>
#include <cerrno>
#include <gtest/gtest.h>
#include <random>
#include <rapidcheck.h>

// A log that is used at random on a disk that fails at random and loses what it may: whatever is found afterwards is
// what was appended, without a gap, and nothing that was promised is missing.

namespace jiffy::store
{
namespace
{
constexpr ChainIdentity chain{901, {{1, 2, 3}}};

LogOptions options_of(std::uint64_t life)
{
    LogOptions options;
    options.file_size = 16 << 10;
    options.buffer_size = 3000;
    options.secret = Hash{{7}};
    std::memcpy(options.secret->data() + 8, &life, sizeof(life));
    return options;
}

/// A log and what must be true of it, through any number of crashes.
class Scenario
{
public:
    explicit Scenario(std::uint64_t seed)
      : random_{seed}
      , disk_{std::make_unique<SimulatedDisk>(seed)}
    {
    }

    [[nodiscard]] SimulatedDisk& disk() { return *disk_; }
    [[nodiscard]] const WriteAheadLog* log() const { return log_.get(); }
    [[nodiscard]] std::uint64_t promised_before() const { return promised_before_; }
    /// Of all that ever was wrong, the first.
    [[nodiscard]] const std::string& breach() const { return breach_; }

    /// False if the disk fails.
    bool open()
    {
        auto opened = WriteAheadLog::open(*disk_, "d", chain, options_of(life_++));
        if (!opened)
        {
            require(opened.error().kind == ErrorKind::disk, opened.error().text);
            return false;
        }
        log_ = *std::move(opened);
        const auto next = log_->next_sequence();
        require(next >= promised_before_, "record " + std::to_string(next) + " of " + std::to_string(promised_before_) +
                                              " that were promised is lost");
        require(next <= payloads_.size() + 1, "there are more records than were appended");
        require(log_->first_sequence() <= released_before_, "more is released than was asked for");
        if (!breach_.empty())
            return false;
        payloads_.resize(next - 1);
        hashes_.resize(next - 1);
        require(log_->chain_hash() == (hashes_.empty() ? Hash{} : hashes_.back()), "the hash of the log is another");
        // Opening promises what it finds.
        promised_before_ = next;
        return true;
    }

    /// Reads everything; false if the disk fails.
    bool check_records()
    {
        auto reader = log_->reader_from(log_->first_sequence());
        require(reader.has_value(), "the log cannot be read from its beginning");
        while (breach_.empty())
        {
            const auto record = reader->next();
            if (!record)
            {
                require(record.error().kind == ErrorKind::disk, record.error().text);
                return false;
            }
            if (!*record)
                break;
            require(equal((*record)->payload, payloads_[(*record)->sequence - 1]), "a record is not what it was");
        }
        require(reader->sequence() == log_->flushed_before(), "a record cannot be read");
        return true;
    }

    /// False if it failed.
    bool do_something()
    {
        switch (random_() % 16)
        {
            case 0:
            case 1:
            case 2:
                return sync();
            case 3:
                return log_->flush().has_value();
            case 4:
                return log_->prepare().has_value();
            case 5:
            {
                const auto target = random_() % (log_->next_sequence() + 2);
                released_before_ = std::max(released_before_, target);
                return log_->release_before(target).has_value();
            }
            case 6:
                return check_records();
            default:
                return append_record();
        }
    }

    bool sync()
    {
        const auto before = log_->next_sequence();
        if (!log_->sync())
            return false;
        promised_before_ = before;
        require(log_->durable_before() == before, "a sync has not made all records durable");
        return true;
    }

    bool append_record()
    {
        // Often the same bytes as before the crash, so that stale records could pass for new ones.
        Bytes payload(random_() % 4 == 0 ? random_() % 4000 : random_() % 200);
        for (auto& byte : payload)
            byte = static_cast<Byte>(random_() % 2 == 0 ? payloads_.size() : 0);
        payloads_.push_back(payload);
        // It may be on disk even if the log fails while it writes.
        hashes_.emplace_back();
        const auto sequence = log_->append(payload);
        hashes_.back() = log_->chain_hash();
        require(!sequence || *sequence == payloads_.size(), "a record has another number");
        return sequence.has_value();
    }

    void lose_power(std::uint64_t seed)
    {
        log_.reset();
        disk_ = disk_->crash(seed);
    }

    /// The process ends and begins again.
    void restart(std::uint64_t seed)
    {
        log_.reset();
        disk_ = disk_->restart(seed);
    }

private:
    void require(bool holds, const std::string& what)
    {
        if (!holds && breach_.empty())
            breach_ = what;
    }

    std::mt19937_64 random_;
    std::unique_ptr<SimulatedDisk> disk_;
    std::unique_ptr<WriteAheadLog> log_;
    std::uint64_t life_ = 0;
    std::vector<Bytes> payloads_;
    std::vector<Hash> hashes_;
    std::uint64_t promised_before_ = 1;
    std::uint64_t released_before_ = 1;
    std::string breach_;
};

/// Lives one after the other, each ended by a crash or a restart; what fails, and when, depends on `seed`.
std::string run_lives(std::uint64_t seed, int lives, std::uint64_t& crashes)
{
    Scenario scenario{seed};
    std::mt19937_64 random{seed ^ 0x5eed};
    for (int life = 0; life < lives && scenario.breach().empty(); ++life)
    {
        const auto now = scenario.disk().operations();
        const auto kind = random() % 4;
        if (kind == 0)
            scenario.disk().stop_at_operation(now + random() % 60);
        else if (kind == 1)
            scenario.disk().fail_operation(now + random() % 60, std::array{EIO, ENOSPC, EROFS}[random() % 3]);
        if (scenario.open())
        {
            scenario.check_records();
            // A log that is broken is tried again and again: it must not promise anything.
            for (auto left = random() % 40; left > 0 && scenario.breach().empty(); --left)
                scenario.do_something();
        }
        if (random() % 4 == 0)
            scenario.restart(random());
        else
        {
            scenario.lose_power(random());
            ++crashes;
        }
    }
    if (!scenario.breach().empty())
        return scenario.breach();
    if (!scenario.open())
        return "it cannot be opened: " + scenario.breach();
    scenario.check_records();
    return scenario.breach();
}

TEST(LogCrash, after_crash_upon_crash_all_that_was_promised_is_there)
{
    std::uint64_t crashes = 0;
    for (std::uint64_t seed = 0; seed < 1500; ++seed)
        ASSERT_EQ(run_lives(seed, 12, crashes), "") << "seed " << seed;
    EXPECT_GT(crashes, 10'000U);
}

TEST(LogCrash, any_history_of_crashes_and_failures)
{
    EXPECT_TRUE(rc::check(
        []
        {
            std::uint64_t crashes = 0;
            RC_ASSERT(run_lives(*rc::gen::arbitrary<std::uint64_t>(), *rc::gen::inRange(1, 8), crashes).empty());
        }));
}

/// The same life each time, up to where the disk stops or fails.
bool live(Scenario& scenario)
{
    if (!scenario.open())
        return false;
    for (int step = 0; step < 60; ++step)
        if (!scenario.do_something())
            return false;
    return true;
}

TEST(LogCrash, a_crash_between_any_two_operations)
{
    for (std::uint64_t script = 0; script < 12; ++script)
    {
        bool is_whole = false;
        for (std::uint64_t stop = 0; !is_whole; ++stop)
            for (std::uint64_t seed = 0; seed < 5; ++seed)
            {
                Scenario scenario{script};
                scenario.disk().stop_at_operation(stop);
                is_whole = live(scenario);
                scenario.lose_power(seed);
                ASSERT_TRUE(scenario.open()) << script << ", " << stop << ", " << seed << ": " << scenario.breach();
                scenario.check_records();
                // It goes on, and crashes again: while it opens, and later.
                ASSERT_TRUE(scenario.append_record() && scenario.append_record() && scenario.sync());
                scenario.lose_power(seed);
                scenario.disk().stop_at_operation(seed * 3);
                scenario.open();
                scenario.lose_power(seed);
                ASSERT_TRUE(scenario.open()) << script << ", " << stop << ", " << seed << ": " << scenario.breach();
                scenario.check_records();
                ASSERT_EQ(scenario.breach(), "") << script << ", " << stop << ", " << seed;
            }
    }
}

TEST(LogCrash, no_sync_succeeds_for_what_a_failure_at_any_operation_has_kept_from_the_disk)
{
    for (std::uint64_t script = 0; script < 6; ++script)
        for (const int code : {ENOSPC, EIO, EROFS})
        {
            bool is_whole = false;
            for (std::uint64_t failing = 0; !is_whole; ++failing)
                for (const bool is_restarted : {false, true})
                {
                    Scenario scenario{script};
                    scenario.disk().fail_operation(failing, code);
                    bool was_opened = scenario.open();
                    for (int step = 0; was_opened && step < 60; ++step)
                        scenario.do_something();
                    is_whole = scenario.disk().operations() <= failing;
                    // A new process finds in memory what is not on disk; what it then promises must be there.
                    if (is_restarted)
                    {
                        scenario.restart(failing);
                        ASSERT_TRUE(scenario.open()) << scenario.breach();
                    }
                    scenario.lose_power(failing);
                    ASSERT_TRUE(scenario.open()) << script << ", " << failing << ": " << scenario.breach();
                    scenario.check_records();
                    ASSERT_EQ(scenario.breach(), "") << script << ", " << failing;
                }
        }
}

// Any bit of what is on disk: a durable record that a later one vouches for is never lost in silence.
TEST(LogCrash, a_flipped_bit_is_told_or_does_no_harm)
{
    std::uint64_t refused = 0;
    std::uint64_t tails_cut = 0;
    for (std::uint64_t seed = 0; seed < 3; ++seed)
    {
        std::mt19937_64 random{seed};
        SimulatedDisk disk;
        std::vector<Bytes> payloads;
        std::uint64_t vouched_before = 1;
        std::uint64_t first = 1;
        {
            const auto log = WriteAheadLog::open(disk, "d", chain, options_of(0)).value();
            for (int i = 0; i < 250; ++i)
            {
                if (i % 10 == 0)
                {
                    ASSERT_TRUE(log->prepare());
                    ASSERT_TRUE(log->release_before(log->next_sequence() - std::min(log->next_sequence(), 130UL)));
                }
                if (i % 6 == 0)
                    ASSERT_TRUE(log->sync());
                payloads.emplace_back(random() % 160, static_cast<Byte>(i));
                vouched_before = log->durable_before();
                ASSERT_TRUE(log->append(payloads.back()));
            }
            ASSERT_TRUE(log->sync());
            first = log->first_sequence();
        }
        EXPECT_GT(first, 1U);
        const auto clean = disk.crash(0);
        const auto names = clean->list("d").value();
        EXPECT_GE(names.size(), 3U);
        for (int i = 0; i < 2500; ++i)
        {
            const auto flipped = clean->crash(0);
            const auto path = "d/" + names[random() % names.size()];
            // Headers are few bits of many, and get their share.
            const auto size = flipped->open(path).value()->size().value();
            flipped->flip_bit(path, random() % (i % 4 == 0 ? 2 * second_header_offset * 8 : size * 8));
            const auto log = WriteAheadLog::open(*flipped, "d", chain, options_of(1));
            if (!log)
            {
                EXPECT_EQ(log.error().kind, ErrorKind::damaged) << log.error().text;
                ++refused;
                continue;
            }
            EXPECT_EQ((*log)->first_sequence(), first);
            EXPECT_GE((*log)->next_sequence(), vouched_before);
            tails_cut += (*log)->next_sequence() <= payloads.size() ? 1 : 0;
            auto reader = (*log)->reader_from(first).value();
            while (const auto record = reader.next().value())
                ASSERT_TRUE(equal(record->payload, payloads[record->sequence - 1]));
            ASSERT_EQ(reader.sequence(), (*log)->next_sequence());
        }
    }
    EXPECT_GT(refused, 100U);
    EXPECT_GT(tails_cut, 0U) << "the newest records have nobody who vouches for them";
}
}  // namespace
}  // namespace jiffy::store
