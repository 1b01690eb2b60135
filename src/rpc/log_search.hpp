// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "rpc/backend.hpp"
#include "rpc/format.hpp"
#include "rpc/method.hpp"

namespace jiffy::rpc
{
/// Places of logs, and the blocks that they are in, which stay alive as long as the places are used.
struct FoundLogs
{
    std::vector<sequencer::BlockPointer> blocks;
    std::vector<LogPlace> places;
};

void write_logs(JsonWriter& json, const FoundLogs& found);

/// For a block that is not kept any more.
Error pruned_block(const sequencer::ChainReader& chain, std::uint64_t number);

/// The matching logs of the blocks from `first` to `last`, none of which is after the open one. The error says that
/// there are too many blocks or logs, or that not all blocks are kept (`code::pruned`).
Result<FoundLogs, Error> search_logs(const Backend& backend,
    const LogFilter& filter,
    std::uint64_t first,
    std::uint64_t last);

/// Answers with the matching logs of the blocks from `first` to `last`, none of which is after the open one; or that
/// there are too many, or that not all blocks are kept.
void answer_with_logs(Reply& reply,
    const Backend& backend,
    const LogFilter& filter,
    std::uint64_t first,
    std::uint64_t last);

/// Answers as eth_getLogs does.
void answer_logs_query(Call& call, const LogFilter& filter);

struct BlockRange
{
    std::uint64_t first = 0;
    /// Not above the open block.
    std::uint64_t last = 0;
};

/// The blocks that a filter is about; none of them exists yet if `first` is above `last`.
Result<BlockRange, Error> range_of(const Backend& backend, const LogFilter& filter);

/// True if the open block's logs are wanted as they are now.
bool goes_to_pending(const LogFilter& filter);

/// Calls `answer(reply)` once the block `last` is sealed: at once, or from a worker later.
template <class Answer>
void when_sealed(Call& call, std::uint64_t last, Answer answer)
{
    auto& backend = call.backend;
    if (backend.history.sealed_number() >= last)
        return answer(call.reply);
    auto reply = std::make_shared<Reply>(std::move(call.reply));
    SealWaiters::Job job = [&backend, reply, answer = std::move(answer)]() mutable
    {
        std::move_only_function<void()> search_now = [reply, answer = std::move(answer)]() mutable { answer(*reply); };
        if (!backend.workers.submit(search_now))
            reply->error({code::limit_exceeded, "too many requests are waiting", {}});
    };
    if (!backend.waiters.when_sealed(last, job))
        reply->error({code::limit_exceeded, "too many requests are waiting for the block", {}});
}
}  // namespace jiffy::rpc
