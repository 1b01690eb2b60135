// SPDX-License-Identifier: Apache-2.0
#include "store/simulated_disk.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <map>
#include <mutex>
#include <random>
#include <set>

namespace jiffy::store
{
namespace
{
/// A write within one sector, or a change of size.
struct Change
{
    std::uint64_t offset = 0;
    Bytes bytes;
    std::optional<std::uint64_t> size;
};

void write_within(Bytes& content, const Change& change)
{
    if (change.offset >= content.size())
        return;
    const auto count = std::min<std::uint64_t>(change.bytes.size(), content.size() - change.offset);
    std::copy_n(change.bytes.begin(), count, content.begin() + static_cast<std::ptrdiff_t>(change.offset));
}

struct Content
{
    /// As it is read.
    Bytes current;
    /// As it is on the disk, if nothing of `unsynced` gets there.
    Bytes durable;
    std::vector<Change> unsynced;

    void apply(Change change)
    {
        if (change.size)
            current.resize(*change.size);
        else
            write_within(current, change);
        unsynced.push_back(std::move(change));
    }

    void sync()
    {
        for (const auto& change : unsynced)
        {
            if (change.size)
                durable.resize(*change.size);
            else
                write_within(durable, change);
        }
        unsynced.clear();
    }

    /// Some of the changes get to the disk, the others never will.
    void sync_some(std::mt19937_64& random)
    {
        // Each time another share, all or nothing among them.
        const auto share = random() % 5;
        const auto survives = [&] { return random() % 4 < share; };
        // Sizes first: sectors that arrived may lie beyond an end that did not.
        const auto old_size = durable.size();
        auto size = old_size;
        auto largest = old_size;
        for (const auto& change : unsynced)
            if (change.size)
            {
                largest = std::max<std::uint64_t>(largest, *change.size);
                if (survives())
                    size = *change.size;
            }
        durable.resize(largest);
        for (const auto& change : unsynced)
            if (!change.size && survives())
                write_within(durable, change);
        durable.resize(size);
        unsynced.clear();
    }
};

/// A name that came to mean a file, or nothing.
struct NameChange
{
    std::string name;
    std::shared_ptr<Content> content;
    /// The name that meant the file until then, if it was renamed.
    std::optional<std::string> before;
};

using Names = std::map<std::string, std::shared_ptr<Content>>;

void carry_out(Names& names, const NameChange& change)
{
    if (change.before)
    {
        const auto old = names.find(*change.before);
        if (old != names.end() && old->second == change.content)
            names.erase(old);
    }
    if (change.content)
        names[change.name] = change.content;
    else
        names.erase(change.name);
}

std::string directory_of(const std::string& path)
{
    const auto slash = path.find_last_of('/');
    return slash == std::string::npos ? "" : path.substr(0, slash);
}

std::unexpected<Error> simulated_failure(int code, const std::string& path)
{
    return failure(Error{ErrorKind::disk, code, path + ": " + std::strerror(code)});
}
}  // namespace

struct SimulatedDisk::State
{
    explicit State(std::uint64_t seed)
      : random{seed}
    {
    }

    std::mutex mutex;
    std::mt19937_64 random;
    Names names;
    Names durable_names;
    std::vector<NameChange> unsynced;
    std::set<std::string> locked;
    std::uint64_t operations = 0;
    std::uint64_t failing_operation = UINT64_MAX;
    int failing_code = 0;
    std::uint64_t stop = UINT64_MAX;

    /// Counts an operation. The error that it ends with, or 0.
    int count()
    {
        const auto number = operations++;
        if (number >= stop)
            return EIO;
        return number == failing_operation ? failing_code : 0;
    }

    [[nodiscard]] bool is_stopped() const { return operations > stop; }

    void change(NameChange name_change)
    {
        carry_out(names, name_change);
        unsynced.push_back(std::move(name_change));
    }

    /// A copy whose contents are its own.
    [[nodiscard]] std::shared_ptr<State> copy(std::uint64_t seed) const
    {
        auto result = std::make_shared<State>(seed);
        std::map<const Content*, std::shared_ptr<Content>> copies;
        const auto copied = [&](const std::shared_ptr<Content>& content)
        {
            if (!content)
                return content;
            auto& place = copies[content.get()];
            if (!place)
                place = std::make_shared<Content>(*content);
            return place;
        };
        for (const auto& [name, content] : names)
            result->names[name] = copied(content);
        for (const auto& [name, content] : durable_names)
            result->durable_names[name] = copied(content);
        for (const auto& name_change : unsynced)
            result->unsynced.push_back({name_change.name, copied(name_change.content), name_change.before});
        return result;
    }
};

class SimulatedDisk::OpenFile final : public File
{
public:
    OpenFile(std::shared_ptr<State> state, std::shared_ptr<Content> content, std::string path)
      : state_{std::move(state)}
      , content_{std::move(content)}
      , path_{std::move(path)}
    {
    }

    StoreResult<std::size_t> read_at(std::uint64_t offset, std::span<Byte> target) const override
    {
        const std::scoped_lock lock{state_->mutex};
        if (const int code = state_->count(); code != 0)
            return simulated_failure(code, path_);
        const auto& bytes = content_->current;
        if (offset >= bytes.size())
            return std::size_t{0};
        const auto count = std::min<std::size_t>(target.size(), bytes.size() - offset);
        std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(offset), count, target.begin());
        return count;
    }

    StoreResult<void> write_at(std::uint64_t offset, BytesView bytes) override
    {
        const std::scoped_lock lock{state_->mutex};
        const int code = state_->count();
        if (code != 0 && state_->is_stopped())
            return simulated_failure(code, path_);
        if (code != 0)
            bytes = bytes.first(state_->random() % (bytes.size() + 1));
        // Also within a size that an earlier sync has failed to write: to write data there takes the size along.
        if (!bytes.empty() && offset + bytes.size() > content_->durable.size())
            content_->apply({0, {}, std::max<std::uint64_t>(offset + bytes.size(), content_->current.size())});
        while (!bytes.empty())
        {
            const auto count = std::min<std::uint64_t>(bytes.size(), sector_size - offset % sector_size);
            content_->apply({offset, to_bytes(bytes.first(count)), std::nullopt});
            bytes = bytes.subspan(count);
            offset += count;
        }
        if (code != 0)
            return simulated_failure(code, path_);
        return {};
    }

    StoreResult<void> resize(std::uint64_t size) override
    {
        const std::scoped_lock lock{state_->mutex};
        if (const int code = state_->count(); code != 0)
            return simulated_failure(code, path_);
        content_->apply({0, {}, size});
        return {};
    }

    [[nodiscard]] StoreResult<std::uint64_t> size() const override
    {
        const std::scoped_lock lock{state_->mutex};
        if (const int code = state_->count(); code != 0)
            return simulated_failure(code, path_);
        return content_->current.size();
    }

    StoreResult<void> sync_data() override
    {
        const std::scoped_lock lock{state_->mutex};
        const int code = state_->count();
        if (code == 0)
        {
            content_->sync();
            return {};
        }
        if (!state_->is_stopped())
            content_->sync_some(state_->random);
        return simulated_failure(code, path_);
    }

private:
    std::shared_ptr<State> state_;
    std::shared_ptr<Content> content_;
    std::string path_;
};

class SimulatedDisk::HeldLock final : public DirectoryLock
{
public:
    HeldLock(std::shared_ptr<State> state, std::string directory)
      : state_{std::move(state)}
      , directory_{std::move(directory)}
    {
    }
    ~HeldLock() override
    {
        const std::scoped_lock lock{state_->mutex};
        state_->locked.erase(directory_);
    }

private:
    std::shared_ptr<State> state_;
    std::string directory_;
};

SimulatedDisk::SimulatedDisk(std::uint64_t seed)
  : state_{std::make_shared<State>(seed)}
{
}

SimulatedDisk::SimulatedDisk(std::shared_ptr<State> state)
  : state_{std::move(state)}
{
}

SimulatedDisk::~SimulatedDisk() = default;

StoreResult<std::unique_ptr<File>> SimulatedDisk::open(const std::string& path)
{
    const std::scoped_lock lock{state_->mutex};
    if (const int code = state_->count(); code != 0)
        return simulated_failure(code, path);
    const auto found = state_->names.find(path);
    if (found == state_->names.end())
        return simulated_failure(ENOENT, path);
    return std::make_unique<OpenFile>(state_, found->second, path);
}

StoreResult<std::unique_ptr<File>> SimulatedDisk::create(const std::string& path)
{
    const std::scoped_lock lock{state_->mutex};
    if (const int code = state_->count(); code != 0)
        return simulated_failure(code, path);
    if (state_->names.contains(path))
        return simulated_failure(EEXIST, path);
    auto content = std::make_shared<Content>();
    state_->change({path, content, std::nullopt});
    return std::make_unique<OpenFile>(state_, std::move(content), path);
}

StoreResult<void> SimulatedDisk::rename(const std::string& from, const std::string& to)
{
    const std::scoped_lock lock{state_->mutex};
    if (const int code = state_->count(); code != 0)
        return simulated_failure(code, from);
    if (directory_of(from) != directory_of(to))
        return simulated_failure(EXDEV, from);
    const auto found = state_->names.find(from);
    if (found == state_->names.end())
        return simulated_failure(ENOENT, from);
    if (from != to)
        state_->change({to, found->second, from});
    return {};
}

StoreResult<void> SimulatedDisk::remove(const std::string& path)
{
    const std::scoped_lock lock{state_->mutex};
    if (const int code = state_->count(); code != 0)
        return simulated_failure(code, path);
    if (!state_->names.contains(path))
        return simulated_failure(ENOENT, path);
    state_->change({path, nullptr, std::nullopt});
    return {};
}

StoreResult<std::vector<std::string>> SimulatedDisk::list(const std::string& directory)
{
    const std::scoped_lock lock{state_->mutex};
    if (const int code = state_->count(); code != 0)
        return simulated_failure(code, directory);
    std::vector<std::string> result;
    for (const auto& [name, content] : state_->names)
        if (directory_of(name) == directory)
            result.push_back(name.substr(name.find_last_of('/') + 1));
    return result;
}

StoreResult<void> SimulatedDisk::sync_directory(const std::string& directory)
{
    const std::scoped_lock lock{state_->mutex};
    // Names that a failed sync has not written are not lost, as data is: they are in a journal, and a file system that
    // cannot write its journal does nothing more at all.
    if (const int code = state_->count(); code != 0)
        return simulated_failure(code, directory);
    std::erase_if(state_->unsynced,
        [&](const NameChange& change)
        {
            if (directory_of(change.name) != directory)
                return false;
            carry_out(state_->durable_names, change);
            return true;
        });
    return {};
}

StoreResult<void> SimulatedDisk::create_directories(const std::string& directory)
{
    const std::scoped_lock lock{state_->mutex};
    if (const int code = state_->count(); code != 0)
        return simulated_failure(code, directory);
    return {};
}

StoreResult<std::unique_ptr<DirectoryLock>> SimulatedDisk::lock_directory(const std::string& directory)
{
    const std::scoped_lock lock{state_->mutex};
    if (const int code = state_->count(); code != 0)
        return simulated_failure(code, directory);
    if (!state_->locked.insert(directory).second)
        return simulated_failure(EWOULDBLOCK, directory);
    return std::make_unique<HeldLock>(state_, directory);
}

std::unique_ptr<SimulatedDisk> SimulatedDisk::crash(std::uint64_t seed) const
{
    const std::scoped_lock lock{state_->mutex};
    auto found = state_->copy(seed);
    auto& random = found->random;
    const auto share = random() % 5;
    for (const auto& change : found->unsynced)
        if (random() % 4 < share)
            carry_out(found->durable_names, change);
    found->unsynced.clear();
    found->names = found->durable_names;
    std::set<const Content*> done;
    for (const auto& [name, content] : found->names)
    {
        if (!done.insert(content.get()).second)
            continue;
        content->sync_some(random);
        content->current = content->durable;
    }
    return std::unique_ptr<SimulatedDisk>{new SimulatedDisk{std::move(found)}};
}

std::unique_ptr<SimulatedDisk> SimulatedDisk::restart(std::uint64_t seed) const
{
    const std::scoped_lock lock{state_->mutex};
    return std::unique_ptr<SimulatedDisk>{new SimulatedDisk{state_->copy(seed)}};
}

std::uint64_t SimulatedDisk::operations() const
{
    const std::scoped_lock lock{state_->mutex};
    return state_->operations;
}

void SimulatedDisk::fail_operation(std::uint64_t number, int code)
{
    const std::scoped_lock lock{state_->mutex};
    state_->failing_operation = number;
    state_->failing_code = code;
}

void SimulatedDisk::stop_at_operation(std::uint64_t number)
{
    const std::scoped_lock lock{state_->mutex};
    state_->stop = number;
}

void SimulatedDisk::flip_bit(const std::string& path, std::uint64_t bit)
{
    const std::scoped_lock lock{state_->mutex};
    const auto mask = static_cast<Byte>(1U << bit % 8);
    auto& content = *state_->names.at(path);
    content.current.at(bit / 8) ^= mask;
    content.durable.at(bit / 8) ^= mask;
}

void SimulatedDisk::settle()
{
    const std::scoped_lock lock{state_->mutex};
    for (const auto& [name, content] : state_->names)
    {
        content->durable = content->current;
        content->unsynced.clear();
    }
    state_->durable_names = state_->names;
    state_->unsynced.clear();
}
}  // namespace jiffy::store
