// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/key_hasher.hpp"
#include "sequencer/epoch_domain.hpp"

#include <memory>
#include <optional>

namespace jiffy::sequencer
{
/// Table from hash to a value that one thread changes while any number look things up without a lock. It is cut into
/// many small parts that grow one by one, so that no insertion takes long.
template <class Value>
class HashIndex
{
public:
    explicit HashIndex(std::uint64_t hash_seed = 0)
      : hasher_{hash_seed}
    {
        for (auto& part : parts_)
            part.store(new Part{initial_places}, std::memory_order_relaxed);
    }
    HashIndex(const HashIndex&) = delete;
    HashIndex& operator=(const HashIndex&) = delete;
    ~HashIndex()
    {
        for (auto& pointer : parts_)
        {
            const std::unique_ptr<Part> part{pointer.load(std::memory_order_relaxed)};
            for (std::size_t i = 0; i <= part->mask; ++i)
                if (auto* entry = part->places[i].load(std::memory_order_relaxed); entry != removed())
                    delete entry;
        }
    }

    /// A copy of the value, so that it stays valid.
    [[nodiscard]] std::optional<Value> find(const Hash& key) const
    {
        const std::uint64_t hash = hasher_(key);
        const auto guard = epochs_.enter();
        const Part& part = *part_of(hash).load();
        for (std::size_t position = hash & part.mask;; position = (position + 1) & part.mask)
        {
            const Entry* entry = part.places[position].load();
            if (entry == nullptr)
                return std::nullopt;
            if (entry != removed() && entry->key == key)
                return entry->value;
        }
    }

    /// Writing thread only. A key that is there already keeps its value.
    void insert(const Hash& key, Value value)
    {
        const std::uint64_t hash = hasher_(key);
        auto& pointer = part_of(hash);
        Part* part = pointer.load(std::memory_order_relaxed);
        if (part->used * 4 >= (part->mask + 1) * 3)
            part = rebuild(pointer);
        for (std::size_t position = hash & part->mask;; position = (position + 1) & part->mask)
        {
            Entry* entry = part->places[position].load(std::memory_order_relaxed);
            if (entry == nullptr)
            {
                part->places[position].store(new Entry{key, std::move(value)});
                ++part->used;
                return;
            }
            if (entry != removed() && entry->key == key)
                return;
        }
    }

    /// Writing thread only.
    void erase(const Hash& key)
    {
        const std::uint64_t hash = hasher_(key);
        Part& part = *part_of(hash).load(std::memory_order_relaxed);
        for (std::size_t position = hash & part.mask;; position = (position + 1) & part.mask)
        {
            Entry* entry = part.places[position].load(std::memory_order_relaxed);
            if (entry == nullptr)
                return;
            if (entry == removed() || entry->key != key)
                continue;
            part.places[position].store(removed());
            epochs_.retire(entry);
            return;
        }
    }

private:
    static constexpr std::size_t part_count = 1024;
    static constexpr std::size_t initial_places = 8;

    struct Entry
    {
        Hash key;
        Value value;
    };
    struct Part
    {
        explicit Part(std::size_t size)
          : places{new std::atomic<Entry*>[size] {}}
          , mask{size - 1}
        {
        }

        std::unique_ptr<std::atomic<Entry*>[]> places;
        std::size_t mask;
        /// Places that are not empty, removed entries included. Writing thread only.
        std::size_t used = 0;
    };

    /// Stands where an entry was, so that searches go on behind it.
    static Entry* removed() noexcept
    {
        alignas(Entry) static char mark;
        return reinterpret_cast<Entry*>(&mark);
    }

    [[nodiscard]] const std::atomic<Part*>& part_of(std::uint64_t hash) const noexcept
    {
        return parts_[(hash >> 48) % part_count];
    }
    [[nodiscard]] std::atomic<Part*>& part_of(std::uint64_t hash) noexcept { return parts_[(hash >> 48) % part_count]; }

    /// Leaves removed entries out and makes room for as many entries again.
    Part* rebuild(std::atomic<Part*>& pointer)
    {
        const Part* old = pointer.load(std::memory_order_relaxed);
        std::size_t count = 0;
        for (std::size_t i = 0; i <= old->mask; ++i)
        {
            const Entry* entry = old->places[i].load(std::memory_order_relaxed);
            count += entry != nullptr && entry != removed() ? 1 : 0;
        }
        auto* part = new Part{std::max(initial_places, std::bit_ceil(2 * count + 1))};
        for (std::size_t i = 0; i <= old->mask; ++i)
        {
            Entry* entry = old->places[i].load(std::memory_order_relaxed);
            if (entry == nullptr || entry == removed())
                continue;
            std::size_t position = hasher_(entry->key) & part->mask;
            while (part->places[position].load(std::memory_order_relaxed) != nullptr)
                position = (position + 1) & part->mask;
            part->places[position].store(entry, std::memory_order_relaxed);
            ++part->used;
        }
        pointer.store(part);
        epochs_.retire(old);
        return part;
    }

    KeyHasher hasher_;
    EpochDomain epochs_;
    std::array<std::atomic<Part*>, part_count> parts_{};
};
}  // namespace jiffy::sequencer
