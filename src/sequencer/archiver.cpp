// SPDX-License-Identifier: Apache-2.0
#include "sequencer/archiver.hpp"

#include "sequencer/thread_priority.hpp"

namespace jiffy::sequencer
{
namespace
{
/// Minutes of blocks, before the sealing thread waits.
constexpr std::size_t most_waiting = 256;
}  // namespace

Archiver::Archiver(Archive& archive, std::function<void(const std::string&)> on_failure)
  : archive_{archive}
  , on_failure_{std::move(on_failure)}
{
}

Archiver::~Archiver()
{
    stop();
}

void Archiver::start()
{
    is_started_ = true;
    is_running_ = true;
    thread_ = std::thread{[this] { run(); }};
}

void Archiver::stop()
{
    if (!thread_.joinable())
        return;
    {
        const std::scoped_lock lock{mutex_};
        stopping_ = true;
    }
    wake_.notify_one();
    thread_.join();
    if (const auto synced = archive_.sync(); !synced)
        fail(synced.error().text);
}

void Archiver::push(const BlockPointer& block)
{
    if (!thread_.joinable())
        return take(*block);
    {
        std::unique_lock lock{mutex_};
        taken_.wait(lock, [this] { return waiting_.size() < most_waiting || fault_; });
        if (fault_)
            return;
        waiting_.push_back(block);
    }
    wake_.notify_one();
}

void Archiver::run()
{
    name_thread("archiving");
    lower_thread_priority();
    std::unique_lock lock{mutex_};
    for (;;)
    {
        wake_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
        if (waiting_.empty())
            break;
        const auto block = waiting_.front();
        lock.unlock();
        take(*block);
        lock.lock();
        if (fault_)
            waiting_.clear();
        else
            waiting_.pop_front();
        taken_.notify_all();
    }
    is_running_ = false;
    taken_.notify_all();
}

void Archiver::take(const BlockRecord& block)
{
    if (fault())
        return;
    if (const auto archived = archive(block); !archived)
        fail(archived.error().text);
}

store::StoreResult<void> Archiver::archive(const BlockRecord& block)
{
    const auto number = block.number();
    if (number >= archive_.first_number() && number < archive_.next_number())
    {
        const auto known = archive_.hash_of(number);
        if (!known)
            return failure(known.error());
        if (*known == block.hash())
            return {};
        if (number == archive_.first_number())
            return failure(store::Error{store::ErrorKind::foreign, 0,
                "the archive's first block is another one than the chain's: use another data directory"});
        if (auto cut = archive_.cut_behind(number - 1); !cut)
            return cut;
    }
    return archive_.append(block);
}

Result<void, std::string> Archiver::sync_up_to(std::uint64_t number)
{
    {
        std::unique_lock lock{mutex_};
        taken_.wait(lock, [&] { return fault_ || !is_running_ || archive_.next_number() > number; });
        if (fault_)
            return failure(*fault_);
        if (archive_.next_number() <= number)
            return failure("block " + std::to_string(number) + " is not in the archive, which takes no more blocks");
    }
    if (const auto durable = durable_number(); durable && *durable >= number)
        return {};
    const auto synced = archive_.sync();
    if (synced)
        return {};
    fail(synced.error().text);
    return failure(synced.error().text);
}

void Archiver::fail(const std::string& reason)
{
    {
        const std::scoped_lock lock{mutex_};
        if (fault_)
            return;
        fault_ = reason;
    }
    taken_.notify_all();
    if (is_started_)
        on_failure_(reason);
}

std::optional<std::string> Archiver::fault() const
{
    const std::scoped_lock lock{mutex_};
    return fault_;
}

std::size_t Archiver::waiting() const
{
    const std::scoped_lock lock{mutex_};
    return waiting_.size();
}
}  // namespace jiffy::sequencer
