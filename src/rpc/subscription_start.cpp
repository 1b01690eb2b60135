// SPDX-License-Identifier: Apache-2.0
#include "rpc/subscription_start.hpp"

#include "base/hex.hpp"
#include "rpc/json_writer.hpp"

namespace jiffy::rpc
{
namespace
{
/// The block that the releasing thread has come to.
sequencer::BlockPointer block_in_release(const sequencer::History& history)
{
    for (;;)
        for (auto block = history.open_block(); block != nullptr; block = history.find(block->number() - 1))
            if (block->release_start() != nullptr)
                return block;
}

std::uint64_t number_after(const sequencer::BlockRecord& block, std::size_t mini_blocks)
{
    return block.release_start()->first_mini_block + mini_blocks;
}
}  // namespace

SubscriptionStart next_start(const sequencer::History& history)
{
    const auto block = block_in_release(history);
    return {{block->number(), block->mini_blocks.size()}, {block->number(), block->released_count()}};
}

Result<SubscriptionStart, Error> start_of_mini_block(const sequencer::History& history, std::uint64_t number)
{
    const auto block = block_in_release(history);
    const auto count = block->mini_blocks.size();
    const auto next = number_after(*block, count);
    if (number > next)
        return failure(Error{code::invalid_params,
            "mini-block " + std::to_string(number) + " is in the future, the next one is " + std::to_string(next),
            json_string(to_quantity(next))});
    if (number == next)
    {
        std::size_t transactions = 0;
        if (count != 0)
            transactions = block->mini_blocks[count - 1].first_transaction +
                           std::size_t{block->mini_blocks[count - 1].transaction_count};
        return SubscriptionStart{{block->number(), count}, {block->number(), transactions}};
    }
    const auto place = history.find_mini_block(number);
    if (!place)
        return failure(pruned_mini_block(history, number));
    return SubscriptionStart{
        {place->block->number(), place->index}, {place->block->number(), place->record().first_transaction}};
}

std::uint64_t next_mini_block(const sequencer::History& history)
{
    const auto block = block_in_release(history);
    return number_after(*block, block->mini_blocks.size());
}

Error pruned_mini_block(const sequencer::ChainReader& chain, std::uint64_t number)
{
    const auto oldest = chain.oldest_mini_block();
    return {code::pruned,
        "mini-block " + std::to_string(number) + " is not kept any more, the oldest one is " + std::to_string(oldest),
        json_string(to_quantity(oldest))};
}
}  // namespace jiffy::rpc
