// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "store/disk.hpp"

#include <cstdint>
#include <optional>

namespace jiffy::store
{
/// A disk in memory, for tests: it knows what would survive a loss of power, and loses the rest in the worst of ways.
/// What it does depends on its seed alone. Several threads may use it.
class SimulatedDisk final : public Disk
{
public:
    /// What a disk writes wholly or not at all, in bytes.
    static constexpr std::uint64_t sector_size = 512;

    explicit SimulatedDisk(std::uint64_t seed = 0);
    ~SimulatedDisk() override;

    StoreResult<std::unique_ptr<File>> open(const std::string& path) override;
    StoreResult<std::unique_ptr<File>> create(const std::string& path) override;
    StoreResult<void> rename(const std::string& from, const std::string& to) override;
    StoreResult<void> remove(const std::string& path) override;
    StoreResult<std::vector<std::string>> list(const std::string& directory) override;
    StoreResult<void> sync_directory(const std::string& directory) override;
    /// Directories need not be made here.
    StoreResult<void> create_directories(const std::string& directory) override;
    StoreResult<std::unique_ptr<DirectoryLock>> lock_directory(const std::string& directory) override;

    /// The disk as it may be found after a loss of power: of each write that was not synced any sectors are there and
    /// any are not, whatever came later; the same holds for changes of size and for each name created, renamed or
    /// removed since its directory was synced. This disk stays as it is.
    [[nodiscard]] std::unique_ptr<SimulatedDisk> crash(std::uint64_t seed) const;

    /// The disk after its process was killed, or came to its end: all is there, but only what was synced survives what
    /// comes.
    [[nodiscard]] std::unique_ptr<SimulatedDisk> restart(std::uint64_t seed) const;

    /// Operations so far, reading included.
    [[nodiscard]] std::uint64_t operations() const;

    /// The operation that comes after `number` others fails, with this errno value. A write may have written its
    /// beginning. A sync has written any sectors, and what it has not written is as good as gone: it can still be read,
    /// but no later sync writes it.
    void fail_operation(std::uint64_t number, int code);

    /// From the operation on that comes after `number` others, none does anything: each fails.
    void stop_at_operation(std::uint64_t number);

    /// Inverts one bit, durably. The file must be that long.
    void flip_bit(const std::string& path, std::uint64_t bit);

    /// Makes all as durable as it is.
    void settle();

private:
    struct State;
    class OpenFile;
    class HeldLock;

    explicit SimulatedDisk(std::shared_ptr<State> state);

    std::shared_ptr<State> state_;
};
}  // namespace jiffy::store
