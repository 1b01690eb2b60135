// SPDX-License-Identifier: Apache-2.0
#include "chain/fees.hpp"
#include "chain/header_validity.hpp"
#include "rpc/backend.hpp"
#include "rpc/methods.hpp"
#include "rpc/state_view.hpp"

#include <algorithm>

namespace jiffy::rpc
{
namespace
{
/// A tip of one gwei is geth's lower end; this chain runs transactions in order of arrival, whatever they tip.
constexpr std::uint64_t suggested_tip = 1'000'000'000;
constexpr std::uint64_t most_fee_history_blocks = 1024;

U256 open_base_fee(const Backend& backend)
{
    return backend.history.open_block()->opening.base_fee_per_gas.value_or(U256{});
}

U256 blob_fee_of(const Backend& backend, const types::Header& header)
{
    const auto parameters = backend.specification.blob_parameters_at(header.number, header.timestamp);
    return parameters ? chain::blob_base_fee(*parameters, header.excess_blob_gas.value_or(0)) : U256{};
}

void gas_price(Call& call)
{
    if (!call.reject_bad_parameters(0))
        call.reply.result([&](JsonWriter& json) { json.quantity(open_base_fee(call.backend) + U256{suggested_tip}); });
}

void max_priority_fee_per_gas(Call& call)
{
    if (!call.reject_bad_parameters(0))
        call.reply.result([](JsonWriter& json) { json.quantity(suggested_tip); });
}

void blob_base_fee(Call& call)
{
    if (!call.reject_bad_parameters(0))
        call.reply.result([&](JsonWriter& json)
            { json.quantity(blob_fee_of(call.backend, call.backend.history.open_block()->opening)); });
}

/// Tips that the given percentiles of the block's gas paid at most.
void write_rewards(JsonWriter& json, const sequencer::BlockRecord& block, std::span<const double> percentiles)
{
    struct Tip
    {
        U256 value;
        std::uint64_t gas;
    };
    const std::size_t count = block.transactions.size();
    const U256 base_fee = block.opening.base_fee_per_gas.value_or(U256{});
    std::vector<Tip> tips;
    tips.reserve(count);
    std::uint64_t gas = 0;
    for (std::size_t i = 0; i < count; ++i)
    {
        const auto& record = block.transactions[i];
        // A deposit pays nothing, not even the base fee.
        const bool is_paid = base_fee <= record.effective_gas_price;
        tips.push_back({is_paid ? record.effective_gas_price - base_fee : U256{}, record.gas_used});
        gas += record.gas_used;
    }
    std::ranges::sort(tips, [](const Tip& a, const Tip& b) { return a.value < b.value; });

    json.begin_array();
    std::size_t place = 0;
    std::uint64_t reached = tips.empty() ? 0 : tips.front().gas;
    for (const double percentile : percentiles)
    {
        const auto threshold = static_cast<std::uint64_t>(static_cast<double>(gas) * percentile / 100);
        while (place + 1 < tips.size() && reached < threshold)
            reached += tips[++place].gas;
        json.quantity(tips.empty() ? U256{} : tips[place].value);
    }
    json.end_array();
}

void fee_history(Call& call)
{
    const auto wanted = call.parameters.lenient_number(0);
    const auto newest = call.parameters.required_block(1);
    const auto percentiles = call.parameters.percentiles(2);
    if (!std::ranges::is_sorted(percentiles) ||
        (!percentiles.empty() && (percentiles.front() < 0 || percentiles.back() > 100)))
        call.parameters.reject(2, "percentiles must ascend from 0 to 100");
    if (call.reject_bad_parameters(3))
        return;
    const auto history = call.backend.chain();
    auto last_block = resolve_block(history, newest);
    if (!last_block)
        return call.reply.error({code::server_error, "request beyond head block", {}});
    // What is not sealed has no final gas yet; what follows it is the open block's fee, which is.
    if (last_block->sealed() == nullptr)
        last_block = history.sealed_head();

    std::vector<sequencer::BlockPointer> blocks;
    for (auto number = last_block->number() + 1;
        number-- > history.oldest_number() && blocks.size() < std::min(wanted, most_fee_history_blocks);)
    {
        auto block = history.find(number);
        if (!block)
            break;
        blocks.push_back(std::move(block));
    }
    std::ranges::reverse(blocks);

    // One more fee than there are blocks: that of the block after the last, which need not be open yet.
    const auto& last = last_block->sealed()->header;
    const auto next = chain::make_child_header(
        call.backend.specification, last, last_block->sealed()->hash, last.timestamp + 1, last.gas_limit);

    call.reply.result(
        [&](JsonWriter& json)
        {
            json.begin_object();
            json.key("oldestBlock").quantity(blocks.empty() ? 0 : blocks.front()->number());
            if (!percentiles.empty())
            {
                json.key("reward").begin_array();
                for (const auto& block : blocks)
                    write_rewards(json, *block, percentiles);
                json.end_array();
            }
            json.key("baseFeePerGas").begin_array();
            for (const auto& block : blocks)
                json.quantity(block->opening.base_fee_per_gas.value_or(U256{}));
            if (!blocks.empty())
                json.quantity(next.base_fee_per_gas.value_or(U256{}));
            json.end_array();
            json.key("gasUsedRatio").begin_array();
            for (const auto& block : blocks)
                json.number(static_cast<double>(block->sealed()->header.gas_used) /
                            static_cast<double>(block->opening.gas_limit));
            json.end_array();
            json.key("baseFeePerBlobGas").begin_array();
            for (const auto& block : blocks)
                json.quantity(blob_fee_of(call.backend, block->opening));
            if (!blocks.empty())
                json.quantity(blob_fee_of(call.backend, next));
            json.end_array();
            json.key("blobGasUsedRatio").begin_array();
            for (const auto& block : blocks)
            {
                const auto parameters =
                    call.backend.specification.blob_parameters_at(block->number(), block->opening.timestamp);
                const auto most = parameters ? parameters->maximum * chain::gas_per_blob : 0;
                const auto used = block->sealed()->header.blob_gas_used.value_or(0);
                json.number(most == 0 ? 0.0 : static_cast<double>(used) / static_cast<double>(most));
            }
            json.end_array();
            json.end_object();
        });
}

constexpr Method methods[] = {
    {"eth_blobBaseFee", blob_base_fee},
    {"eth_feeHistory", fee_history, MethodCost::heavy},
    {"eth_gasPrice", gas_price},
    {"eth_maxPriorityFeePerGas", max_priority_fee_per_gas},
};
}  // namespace

std::span<const Method> eth_fee_methods()
{
    return methods;
}
}  // namespace jiffy::rpc
