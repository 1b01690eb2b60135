// SPDX-License-Identifier: Apache-2.0
// What the archive costs: to take a block of transfers in, and to give one back. `bytes_per_transfer` counts segments,
// with the block's own 100 mini-blocks; `index_bytes_per_transfer` the index.
#include "sequencer/archive.hpp"
#include "sequencer/block_coding.hpp"
#include "sequencer/test_chain.hpp"
#include "store/posix_disk.hpp"
#include "store/temporary_directory_test.hpp"

#include <benchmark/benchmark.h>

namespace jiffy::sequencer
{
namespace
{
/// A chain of one block with transfers to many accounts, evenly over its second.
struct TransferChain : TestChain
{
    explicit TransferChain(std::size_t transfers)
    {
        start_sequencer();
        for (std::size_t i = 0; i < transfers; ++i)
        {
            auto transaction = transfer(i / 10, 100'000'000'000);
            const auto name = crypto::keccak256(to_bytes(to_hash(U256{i}).view()));
            transaction.to = Address::from(name.view().first(Address::size()));
            transaction.value = to_u256(name.view().first(7));
            send(i % 10, std::move(transaction));
            const auto wanted = genesis_time * 1'000'000 + (i + 1) * 990'000 / transfers;
            while (clock.now() < wanted)
                pass(1);
        }
        pass(1000);
        sealer->process_pending();
    }
    [[nodiscard]] const BlockRecord& block() const { return *history.find(1); }
};

/// Another block that says the same, so that the archive's numbers go on.
std::shared_ptr<BlockRecord> renumbered(const BlockRecord& block, std::uint64_t number)
{
    auto opening = block.opening;
    opening.number = number;
    auto result = std::make_shared<BlockRecord>(opening, provisional_hash_of(opening));
    auto start = *block.release_start();
    start.first_mini_block = number * block.mini_blocks.size();
    result->start_release(start);
    for (std::size_t i = 0; i < block.transactions.size(); ++i)
    {
        auto record = block.transactions[i];
        record.hash = crypto::keccak256(to_bytes(to_hash(U256{number * 1'000'000 + i}).view()));
        result->transactions.push_back(std::move(record));
    }
    for (std::size_t i = 0; i < block.fragments.size(); ++i)
    {
        auto fragment = *block.fragments[i];
        fragment.mini_block += start.first_mini_block - block.release_start()->first_mini_block;
        result->fragments.push_back(std::make_shared<const FragmentRecord>(std::move(fragment)));
    }
    for (std::size_t i = 0; i < block.mini_blocks.size(); ++i)
    {
        auto mini_block = block.mini_blocks[i];
        mini_block.hash = crypto::keccak256(to_bytes(to_hash(U256{number * 1'000'000 + i, 1, 0, 0}).view()));
        result->mini_blocks.push_back(std::move(mini_block));
    }
    auto header = block.sealed()->header;
    header.number = number;
    const auto hash = types::header_hash(header);
    result->seal({std::move(header), hash, block.sealed()->size, {}});
    return result;
}

std::unique_ptr<Archive> open(store::Disk& disk, const std::string& directory)
{
    return Archive::open(disk, directory, {TestChain::chain_id, Hash{}}, {.segments = {}, .cached_blocks = 0}).value();
}

void append(benchmark::State& state)
{
    const auto transfers = static_cast<std::size_t>(state.range(0));
    const TransferChain chain{transfers};
    const store::TemporaryDirectory directory;
    store::PosixDisk disk;
    const auto archive = open(disk, directory.path());
    std::uint64_t number = 0;
    for (auto _ : state)
    {
        state.PauseTiming();
        const auto block = renumbered(chain.block(), number++);
        state.ResumeTiming();
        if (!archive->append(*block))
            state.SkipWithError("cannot append");
    }
    const auto count = static_cast<double>(number * std::max<std::size_t>(transfers, 1));
    state.counters["ns_per_transfer"] =
        benchmark::Counter(count / 1e9, benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
    state.counters["bytes_per_transfer"] = static_cast<double>(archive->segments().size().value()) / count;
    state.counters["index_bytes_per_transfer"] = static_cast<double>(archive->index().size()) / count;
}
BENCHMARK(append)->Arg(0)->Arg(100)->Arg(1000)->Arg(10'000)->Iterations(100)->Unit(benchmark::kMicrosecond);

void load(benchmark::State& state)
{
    const TransferChain chain{static_cast<std::size_t>(state.range(0))};
    const store::TemporaryDirectory directory;
    store::PosixDisk disk;
    const auto archive = open(disk, directory.path());
    if (!archive->append(*chain.history.find(0)) || !archive->append(chain.block()))
        return state.SkipWithError("cannot append");
    for (auto _ : state)
    {
        // One that is kept takes the place of the other.
        benchmark::DoNotOptimize(archive->find(0));
        benchmark::DoNotOptimize(archive->find(1));
    }
}
BENCHMARK(load)->Arg(0)->Arg(100)->Arg(1000)->Arg(10'000)->Unit(benchmark::kMicrosecond);

void encode(benchmark::State& state)
{
    const TransferChain chain{static_cast<std::size_t>(state.range(0))};
    std::size_t size = 0;
    for (auto _ : state)
        size = encode_block(chain.block()).size();
    state.counters["bytes"] = static_cast<double>(size);
}
BENCHMARK(encode)->Arg(0)->Arg(1000)->Unit(benchmark::kMicrosecond);
}  // namespace
}  // namespace jiffy::sequencer
