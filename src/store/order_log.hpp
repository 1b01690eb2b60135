// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "store/write_ahead_log.hpp"
#include "types/log_frame.hpp"

#include <condition_variable>
#include <functional>
#include <thread>

namespace jiffy::store
{
struct OrderLogOptions
{
    std::uint64_t chain_id = 0;
    /// What was made durable is on disk. If not, the disk follows within `longest_delay`.
    bool waits_for_disk = false;
    std::chrono::milliseconds longest_delay{100};
    /// What was made durable survives the process at least, as the operating system has it.
    bool waits_for_system = false;
};

/// Writes the frames of the order log to disk. One thread appends and makes durable; a thread of its own prepares files
/// and, unless releases wait for the disk, syncs behind.
class OrderLog
{
public:
    /// `on_failure` is told once, on any thread, why nothing more can be written.
    OrderLog(WriteAheadLog& log, const OrderLogOptions& options, std::function<void(const Error&)> on_failure);
    OrderLog(const OrderLog&) = delete;
    OrderLog& operator=(const OrderLog&) = delete;
    ~OrderLog();

    void start();
    /// Ends the thread and makes all durable.
    void stop();

    /// Does not wait for the disk. Returns the frame's record, which is there until the next call.
    BytesView append(const types::LogFrame& frame);
    /// Likewise, for a frame that is encoded already.
    void append(const types::LogFrame& frame, BytesView record);
    /// Returns when all frames are as durable as was asked for; false if that is not to be had. The beginning of a term
    /// is always on disk then: no two terms may have one number.
    bool make_durable();

    /// Whether what is made durable is on disk from now on. The appending thread.
    void wait_for_disk(bool waits) noexcept { waits_for_disk_ = waits; }

    /// Behind the end of a block.
    struct Place
    {
        /// Of the record that comes next.
        std::uint64_t sequence = 0;
        /// The term that the log is in there.
        types::EpochFrame epoch;
    };
    /// Empty if the block was not written here, or many blocks ago. Any thread.
    [[nodiscard]] std::optional<Place> place_behind(std::uint64_t block_number) const;

private:
    /// Of the newest blocks.
    struct BlockEnd
    {
        std::uint64_t block_number = 0;
        Place place;
    };

    void run();
    void prepare();
    bool check(const StoreResult<void>& result);

    WriteAheadLog& log_;
    OrderLogOptions options_;
    std::function<void(const Error&)> on_failure_;
    /// Memory for frames.
    Bytes encoded_;
    bool has_new_term_ = false;
    types::EpochFrame term_;
    /// Number of the open block, if it was opened here or has come to be known.
    std::uint64_t open_block_ = 0;
    mutable std::mutex ends_mutex_;
    std::deque<BlockEnd> block_ends_;
    std::atomic<bool> waits_for_disk_;
    std::atomic<bool> failed_ = false;
    std::atomic<bool> cannot_prepare_ = false;
    std::mutex mutex_;
    std::condition_variable wake_;
    bool stopping_ = false;
    std::thread thread_;
};
}  // namespace jiffy::store
