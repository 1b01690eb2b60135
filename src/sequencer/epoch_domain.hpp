// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <thread>
#include <vector>

namespace jiffy::sequencer
{
/// Keeps what one thread has taken out of a shared structure alive until the readers that may still see it have left.
/// Readers announce themselves in one of a fixed number of places and never hold the writer up; a reader that does not
/// leave only delays the freeing.
class EpochDomain
{
public:
    /// While it lives, nothing that its thread can see in the structure is freed. Keep it short.
    class Guard
    {
    public:
        explicit Guard(std::atomic<std::uint64_t>& place) noexcept
          : place_{&place}
        {
        }
        Guard(const Guard&) = delete;
        Guard& operator=(const Guard&) = delete;
        ~Guard() { place_->store(idle, std::memory_order_release); }

    private:
        std::atomic<std::uint64_t>* place_;
    };

    /// What is taken out is freed when at least so many are; one that is large must not wait for others.
    explicit EpochDomain(std::size_t scan_interval = 64) noexcept
      : scan_interval_{scan_interval}
    {
    }
    EpochDomain(const EpochDomain&) = delete;
    EpochDomain& operator=(const EpochDomain&) = delete;
    ~EpochDomain()
    {
        for (const auto& retired : retired_)
            retired.free();
    }

    /// Callable from any thread.
    [[nodiscard]] Guard enter() const noexcept
    {
        std::size_t start = std::hash<std::thread::id>{}(std::this_thread::get_id());
        for (;; ++start)
        {
            auto& place = places_[start % places_.size()].epoch;
            std::uint64_t expected = idle;
            // Sequentially consistent, like the loads that follow and the writer's stores and scan: either the writer
            // sees this reader, or this reader sees what the writer has put in place of the old.
            if (place.compare_exchange_strong(expected, epoch_.load(), std::memory_order_seq_cst))
                return Guard{place};
            if (start % places_.size() == 0)
                std::this_thread::yield();
        }
    }

    /// Frees the object when nobody can see it any more. Writing thread only; the object is out of the structure.
    template <class T>
    void retire(const T* object)
    {
        retired_.push_back({epoch_.load(std::memory_order_relaxed), object,
            [](const void* pointer) { delete static_cast<const T*>(pointer); }});
        if (retired_.size() >= next_scan_)
            reclaim();
    }

private:
    static constexpr std::uint64_t idle = ~std::uint64_t{0};

    struct alignas(64) Place
    {
        std::atomic<std::uint64_t> epoch = idle;
    };
    struct Retired
    {
        std::uint64_t epoch;
        const void* object;
        void (*deleter)(const void*);

        void free() const { deleter(object); }
    };

    void reclaim()
    {
        epoch_.fetch_add(1);
        std::uint64_t oldest = idle;
        for (const auto& place : places_)
            oldest = std::min(oldest, place.epoch.load());
        std::erase_if(retired_,
            [oldest](const Retired& retired)
            {
                const bool unseen = retired.epoch < oldest;
                if (unseen)
                    retired.free();
                return unseen;
            });
        next_scan_ = retired_.size() + scan_interval_;
    }

    mutable std::array<Place, 64> places_;
    std::atomic<std::uint64_t> epoch_ = 0;
    std::vector<Retired> retired_;
    std::size_t scan_interval_;
    std::size_t next_scan_ = scan_interval_;
};
}  // namespace jiffy::sequencer
