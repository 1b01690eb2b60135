// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "feed/client.hpp"
#include "node/storage.hpp"
#include "rpc/node_status.hpp"

#include <condition_variable>

namespace jiffy::node
{
/// Who may sign for the chain: whom its genesis file names, or, where it names nobody, the key of development chains.
replica::SignatureCheck signature_check(const chain::ChainSpecification& specification);

/// Told on the thread that takes records, but for the last two, which are told on any.
struct FollowingEvents
{
    /// A term has begun.
    std::function<void(const types::EpochFrame&)> on_term;
    /// These transactions of the block have been released, and their state is there.
    std::function<void(const sequencer::BlockPointer&, std::uint32_t first, std::uint32_t end)> on_fragment;
    /// There is something new; it must only wake others.
    std::function<void()> on_news;
    /// What whoever runs the node should know, though it goes on.
    std::function<void(const std::string&)> on_notice;
    /// Told once, why the chain cannot be followed further.
    std::function<void(const std::string&)> on_failure;
};

/// Figures of following; readable by any thread.
struct FollowingMetrics
{
    std::atomic<std::uint64_t> records = 0;
    std::atomic<std::uint64_t> fragments = 0;
    std::atomic<std::uint64_t> transactions = 0;
    std::atomic<std::uint64_t> mini_blocks = 0;
    std::atomic<std::uint64_t> blocks = 0;
    /// Connections that ended, and feeds that were left.
    std::atomic<std::uint64_t> faults = 0;
    /// Connections that have been made, of clients that are gone.
    std::atomic<std::uint64_t> connections = 0;
    /// Number of the record that comes next.
    std::atomic<std::uint64_t> next_record = 1;
    /// From the time that a fragment names to its application here, less the shortest such time: the two clocks differ.
    sequencer::LatencyHistogram delay;
};

/// Keeps a chain where the feed of another node is: takes its records, checks what is signed, applies them without
/// executing, writes them to a log of its own, and shows them to those who follow this node.
class Following
{
public:
    /// `storage` and `publisher` may be null. The feed goes on where `recovered` says.
    Following(ChainParts& chain,
        Storage* storage,
        feed::Publisher* publisher,
        Recovered recovered,
        FollowOptions options,
        FollowingEvents events);
    Following(const Following&) = delete;
    Following& operator=(const Following&) = delete;
    ~Following();

    void start();
    /// What is being taken is taken to its end.
    void stop();

    enum class CatchUp : std::uint8_t
    {
        done,
        failed,
        stopped,
    };
    /// Instead of `start`, for whoever has another way to follow from there: takes on the calling thread what this feed
    /// has when it is asked.
    CatchUp catch_up(const FeedAddress& address);
    /// Likewise: takes records that follow on `position`. False if they cannot be followed, as `refusal` says.
    bool take(std::span<const BytesView> records);
    /// Likewise of records that the log has already, and nothing behind them.
    bool take_logged(std::span<const BytesView> records);
    [[nodiscard]] const feed::FeedPosition& position() const noexcept { return position_; }
    [[nodiscard]] const std::optional<types::EpochFrame>& epoch() const noexcept { return follower_.epoch(); }
    /// For people.
    [[nodiscard]] const std::string& refusal() const noexcept { return refusal_; }

    /// Any thread, as the following ones. Nothing if the block did not end in this process.
    [[nodiscard]] std::optional<replica::LogPlace> place_behind(std::uint64_t block_number) const;
    [[nodiscard]] const FollowingMetrics& metrics() const noexcept { return metrics_; }
    /// Records that are released and not applied here, as far as is known.
    [[nodiscard]] std::uint64_t lag() const;
    [[nodiscard]] std::uint64_t connections() const;
    /// Nothing unless the node is far behind, or has not heard of its feed yet.
    [[nodiscard]] std::optional<rpc::SyncProgress> progress() const;

    /// After `stop`: the chain goes on from there in this process.
    [[nodiscard]] replica::Follower take_follower() && { return std::move(follower_); }

private:
    /// Where the log goes on behind a block.
    struct BlockEnd
    {
        std::uint64_t number = 0;
        replica::LogPlace place;
    };
    /// What has to be done once a frame has been followed.
    enum class Kind : std::uint8_t
    {
        term,
        fragment,
        mini_block_end,
        block_end,
        other,
    };
    enum class Outcome : std::uint8_t
    {
        stopped,
        /// It may be otherwise next time.
        interrupted,
        left,
        caught_up,
    };

    void run();
    /// Follows one feed until it fails.
    Outcome follow(const FeedAddress& address);
    void rest(std::chrono::milliseconds time);
    void end(Outcome outcome);
    void end_if_caught_up();
    void take_fault(const FeedAddress& address, const feed::Fault& fault);
    bool take(BytesView record);
    static Kind kind_of(const types::LogFrame& frame);
    /// Tells of a frame that was followed; the block was open before.
    void show(Kind kind, const std::shared_ptr<sequencer::BlockRecord>& block);
    /// A fragment has come that names this time.
    void measure(std::uint64_t time);
    void refuse(std::string_view reason);

    ChainParts& chain_;
    Storage* storage_;
    feed::Publisher* publisher_;
    FollowOptions options_;
    FollowingEvents events_;
    replica::Follower follower_;
    feed::FeedPosition position_;
    feed::ChainHasher hasher_;
    std::uint64_t first_block_;
    /// Microseconds.
    std::int64_t shortest_delay_ = std::numeric_limits<std::int64_t>::max();
    FollowingMetrics metrics_;

    /// Why a record was refused, once one was.
    std::string refusal_;
    /// Of the record that `catch_up` need not wait for; the thread's that takes records.
    std::optional<std::uint64_t> catch_up_before_;
    bool is_catching_up_ = false;
    /// Records that the log has beyond the one that is being taken.
    std::uint64_t logged_ahead_ = 0;
    mutable std::mutex ends_mutex_;
    std::deque<BlockEnd> block_ends_;

    /// Of the rest.
    mutable std::mutex mutex_;
    std::condition_variable wake_;
    std::optional<feed::Client> client_;
    std::optional<Outcome> outcome_;
    bool stopping_ = false;
    /// The chain is of no use any more, whichever feed is followed.
    bool has_failed_ = false;
    std::atomic<bool> was_welcome_ = false;
    std::thread thread_;
};
}  // namespace jiffy::node
