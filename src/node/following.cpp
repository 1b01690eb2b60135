// SPDX-License-Identifier: Apache-2.0
#include "node/following.hpp"

#include "sequencer/thread_priority.hpp"

#include <algorithm>

namespace jiffy::node
{
namespace
{
/// So many blocks may be sealed behind the newest one that has ended.
constexpr std::size_t most_block_ends = 256;
/// A node that lacks more than that is syncing: some seconds of a busy chain, or a minute of an idle one.
constexpr std::uint64_t most_lag = 10'000;
constexpr std::chrono::milliseconds shortest_rest{50};
constexpr std::chrono::milliseconds longest_rest{5'000};

std::string to_string(const FeedAddress& address)
{
    return address.host + ":" + std::to_string(address.port);
}
}  // namespace

replica::SignatureCheck signature_check(const chain::ChainSpecification& specification)
{
    if (const auto& named = specification.jiffy->sequencer)
        return {specification.chain_id, types::StatementDomain::production, *named};
    const auto key = crypto::public_key_of(sequencer::development_sequencer_secret());
    return {specification.chain_id, types::StatementDomain::development, crypto::address_of(key.value())};
}

Following::Following(ChainParts& chain,
    Storage* storage,
    feed::Publisher* publisher,
    Recovered recovered,
    FollowOptions options,
    FollowingEvents events)
  : chain_{chain}
  , storage_{storage}
  , publisher_{publisher}
  , options_{std::move(options)}
  , events_{std::move(events)}
  , follower_{std::move(recovered.follower)}
  , position_{recovered.feed.value()}
  , first_block_{chain.history.sealed_number()}
{
    follower_.check_signatures(signature_check(chain.specification));
    metrics_.next_record = position_.sequence;
}

Following::~Following()
{
    stop();
}

void Following::start()
{
    thread_ = std::thread{[this] { run(); }};
}

void Following::stop()
{
    {
        const std::lock_guard lock{mutex_};
        stopping_ = true;
    }
    wake_.notify_all();
    if (thread_.joinable())
        thread_.join();
}

Following::CatchUp Following::catch_up(const FeedAddress& address)
{
    is_catching_up_ = true;
    catch_up_before_.reset();
    const auto outcome = follow(address);
    is_catching_up_ = false;
    if (outcome == Outcome::stopped)
        return CatchUp::stopped;
    return outcome == Outcome::caught_up ? CatchUp::done : CatchUp::failed;
}

void Following::end(Outcome outcome)
{
    {
        const std::lock_guard lock{mutex_};
        outcome_ = outcome;
    }
    wake_.notify_all();
}

void Following::end_if_caught_up()
{
    if (is_catching_up_ && catch_up_before_ && position_.sequence >= *catch_up_before_)
        end(Outcome::caught_up);
}

void Following::run()
{
    sequencer::name_thread("following");
    auto feeds = options_.feeds;
    std::size_t next = 0;
    auto pause = shortest_rest;
    for (;;)
    {
        const auto before = position_.sequence;
        const auto outcome = follow(feeds[next]);
        if (outcome == Outcome::stopped)
            return;
        if (outcome == Outcome::left)
            feeds.erase(feeds.begin() + static_cast<std::ptrdiff_t>(next));
        else
            ++next;
        if (has_failed_ || feeds.empty())
            return events_.on_failure(refusal_);
        if (position_.sequence != before)
            pause = shortest_rest;
        if (next < feeds.size())
            continue;
        next = 0;
        rest(pause);
        pause = std::min(2 * pause, longest_rest);
    }
}

Following::Outcome Following::follow(const FeedAddress& address)
{
    feed::ClientOptions options;
    options.host = address.host;
    options.port = address.port;
    options.token = options_.token;
    options.chain = chain_.identity();
    {
        const std::lock_guard lock{mutex_};
        if (stopping_)
            return Outcome::stopped;
        outcome_.reset();
        client_.emplace(std::move(options), position_,
            feed::ClientEvents{.on_records =
                                   [this](std::span<const BytesView> records, const feed::FeedPosition&)
                               {
                                   const bool are_taken = take(records);
                                   end_if_caught_up();
                                   return are_taken;
                               },
                .on_welcome =
                    [this](const feed::Welcome& welcome)
                {
                    was_welcome_ = true;
                    catch_up_before_ = welcome.released_before;
                    end_if_caught_up();
                },
                .on_fault = [this, &address](const feed::Fault& fault) { take_fault(address, fault); }});
    }
    client_->start();
    std::unique_lock lock{mutex_};
    wake_.wait(lock, [this] { return stopping_ || outcome_; });
    lock.unlock();
    client_->stop();
    lock.lock();
    metrics_.connections += client_->metrics().connections;
    client_.reset();
    return stopping_ ? Outcome::stopped : *outcome_;
}

void Following::take_fault(const FeedAddress& address, const feed::Fault& fault)
{
    metrics_.faults.fetch_add(1, std::memory_order_relaxed);
    const bool passes = is_passing(fault.kind);
    // With nobody else to go to, the client tries again by itself.
    if (passes && options_.feeds.size() == 1 && !is_catching_up_)
        return;
    if (!passes)
    {
        const auto reason = fault.kind == feed::FaultKind::not_taken ? refusal_ : fault.text;
        refusal_ = "the feed of " + to_string(address) + " cannot be followed: " + reason;
        if (options_.feeds.size() != 1)
            events_.on_notice(refusal_);
    }
    end(passes ? Outcome::interrupted : Outcome::left);
}

void Following::rest(std::chrono::milliseconds time)
{
    std::unique_lock lock{mutex_};
    wake_.wait_for(lock, time, [this] { return stopping_; });
}

bool Following::take(std::span<const BytesView> records)
{
    const bool are_taken = std::ranges::all_of(records, [this](BytesView record) { return take(record); });
    if (publisher_ != nullptr)
        publisher_->release();
    events_.on_news();
    return are_taken;
}

bool Following::take_logged(std::span<const BytesView> records)
{
    logged_ahead_ = records.size();
    return take(records);
}

bool Following::take(BytesView record)
{
    // Whoever asks for the place behind a block waits until the log has the block's end.
    const std::lock_guard lock{ends_mutex_};
    auto frame = types::decode_log_frame(record, {chain_.specification.chain_id, chain_.world->id_counts()});
    if (!frame)
    {
        refuse("its bytes are no frame");
        return false;
    }
    const auto kind = kind_of(*frame);
    const auto block = follower_.assembler().block();
    if (const auto followed = follower_.apply(std::move(*frame)); !followed)
    {
        has_failed_ = !leaves_all_as_it_was(followed.error());
        refuse(replica::to_string(followed.error()));
        return false;
    }
    if (logged_ahead_ != 0)
        --logged_ahead_;
    else if (storage_ != nullptr && !storage_->append(record))
    {
        has_failed_ = true;
        refuse("the log cannot be written");
        return false;
    }
    if (publisher_ != nullptr)
        publisher_->append(record);
    hasher_.step(position_, record);
    metrics_.next_record.store(position_.sequence, std::memory_order_relaxed);
    metrics_.records.fetch_add(1, std::memory_order_relaxed);
    show(kind, block);
    return true;
}

Following::Kind Following::kind_of(const types::LogFrame& frame)
{
    if (std::holds_alternative<types::EpochFrame>(frame))
        return Kind::term;
    if (std::holds_alternative<types::FragmentFrame>(frame))
        return Kind::fragment;
    if (std::holds_alternative<types::SealMiniFrame>(frame))
        return Kind::mini_block_end;
    return std::holds_alternative<types::SealBlockFrame>(frame) ? Kind::block_end : Kind::other;
}

void Following::show(Kind kind, const std::shared_ptr<sequencer::BlockRecord>& block)
{
    const auto add = [](std::atomic<std::uint64_t>& figure, std::uint64_t count = 1)
    { figure.fetch_add(count, std::memory_order_relaxed); };
    switch (kind)
    {
        case Kind::term:
            if (publisher_ != nullptr)
                publisher_->set_terms(follower_.epoch()->terms, follower_.epoch()->signer);
            return events_.on_term(*follower_.epoch());
        case Kind::fragment:
        {
            const auto& fragment = *block->fragments[block->fragments.size() - 1];
            measure(fragment.time);
            add(metrics_.fragments);
            add(metrics_.transactions, fragment.transaction_count);
            return events_.on_fragment(
                block, fragment.first_transaction, fragment.first_transaction + fragment.transaction_count);
        }
        case Kind::block_end:
            add(metrics_.mini_blocks);
            add(metrics_.blocks);
            if (storage_ == nullptr)
                return;
            block_ends_.push_back(
                {block->number(), {storage_->log().next_sequence() - logged_ahead_, *follower_.epoch(), position_}});
            if (block_ends_.size() > most_block_ends)
                block_ends_.pop_front();
            return;
        case Kind::mini_block_end:
            return add(metrics_.mini_blocks);
        case Kind::other:
            return;
    }
}

void Following::measure(std::uint64_t time)
{
    const auto delay = static_cast<std::int64_t>(chain_.clock.now() - time);
    shortest_delay_ = std::min(shortest_delay_, delay);
    metrics_.delay.record(static_cast<std::uint64_t>(delay - shortest_delay_));
}

void Following::refuse(std::string_view reason)
{
    refusal_ = "record " + std::to_string(position_.sequence) + ": " + std::string{reason};
}

std::optional<replica::LogPlace> Following::place_behind(std::uint64_t block_number) const
{
    const std::lock_guard lock{ends_mutex_};
    const auto found = std::ranges::find(block_ends_, block_number, &BlockEnd::number);
    return found != block_ends_.end() ? std::optional{found->place} : std::nullopt;
}

std::uint64_t Following::lag() const
{
    const std::lock_guard lock{mutex_};
    const auto next = metrics_.next_record.load();
    const auto released = client_ ? client_->metrics().released_before.load() : 0;
    return released > next ? released - next : 0;
}

std::uint64_t Following::connections() const
{
    const std::lock_guard lock{mutex_};
    return metrics_.connections + (client_ ? client_->metrics().connections.load() : 0);
}

std::optional<rpc::SyncProgress> Following::progress() const
{
    if (was_welcome_ && lag() <= most_lag)
        return std::nullopt;
    rpc::SyncProgress progress{.starting = first_block_, .current = chain_.history.sealed_number(), .highest = 0};
    // Records do not tell how many blocks they are, but the time does.
    const auto begin = chain_.genesis.header.timestamp;
    const auto now = sequencer::SystemClock::wall_time();
    const auto passed = now > begin ? (now - begin) * 1000 / chain_.specification.jiffy->block_time : 0;
    progress.highest = std::max(progress.current, passed);
    return progress;
}
}  // namespace jiffy::node
