// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "rpc/parameters.hpp"
#include "rpc/random_id.hpp"
#include "sequencer/history.hpp"

#include <chrono>
#include <mutex>
#include <unordered_map>

namespace jiffy::rpc
{
/// What a filter looks for, and up to where it has been asked.
struct FilterState
{
    enum class Kind : std::uint8_t
    {
        logs,
        blocks,
        transactions,
    };

    Kind kind = Kind::logs;
    LogFilter logs;
    /// The next block to report; for transactions the place in it, too.
    std::uint64_t next_block = 0;
    std::size_t next_transaction = 0;
};

/// Filters of polling clients, by id. One that nobody asks for a while is forgotten.
class Filters
{
public:
    /// Empty if there are too many.
    std::optional<RandomId> add(FilterState state);
    bool remove(const RandomId& id);
    [[nodiscard]] std::optional<FilterState> get(const RandomId& id);
    /// Notes how far the filter was reported.
    void advance(const RandomId& id, std::uint64_t next_block, std::size_t next_transaction);
    /// The blocks from this one on were not reported after all.
    void go_back(const RandomId& id, std::uint64_t block);

private:
    struct Filter
    {
        FilterState state;
        std::chrono::steady_clock::time_point last_use;
    };

    std::mutex mutex_;
    std::unordered_map<RandomId, Filter, RandomIdHasher> filters_;
};
}  // namespace jiffy::rpc
