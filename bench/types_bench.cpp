// SPDX-License-Identifier: Apache-2.0
#include "base/allocation_counter_test.hpp"
#include "base/hex.hpp"
#include "types/block.hpp"
#include "types/receipt.hpp"

#include <benchmark/benchmark.h>

namespace jiffy::types
{
namespace
{
using namespace base::literals;

/// Signed EIP-1559 transfer of one ether.
Transaction transfer()
{
    Transaction transaction;
    transaction.type = TransactionType::dynamic_fee;
    transaction.chain_id = 31337;
    transaction.nonce = 1234;
    transaction.max_priority_fee_per_gas = U256{1'000'000'000};
    transaction.max_fee_per_gas = U256{20'000'000'000};
    transaction.gas_limit = 21'000;
    transaction.to = "0x70997970c51812dc3a010c7d01b50e0d17dc79c8"_address;
    transaction.value = U256{1'000'000'000'000'000'000};
    sign(transaction, "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80"_hash);
    return transaction;
}

/// As `transfer`, of a token: 68 bytes of data, and an access list with two keys.
Transaction token_transfer()
{
    Transaction transaction = transfer();
    transaction.data = Bytes(68, 0x5a);
    transaction.access_list = {{*transaction.to, {Hash{}, Hash{}}}};
    return transaction;
}

Receipt token_receipt()
{
    Receipt receipt;
    receipt.type = TransactionType::dynamic_fee;
    receipt.success = true;
    receipt.cumulative_gas_used = 1'234'567;
    receipt.logs.resize(1);
    receipt.logs[0].topics.count = 3;
    receipt.logs[0].data = Bytes(32, 1);
    receipt.logs_bloom = bloom_of(receipt.logs);
    return receipt;
}

Block block_of_transfers(std::size_t count)
{
    Block block;
    block.header.base_fee_per_gas = U256{1'000'000'000};
    block.header.withdrawals_root = Hash{};
    block.transactions.assign(count, transfer());
    block.withdrawals.emplace();
    return block;
}

/// Times `action` and counts what it allocates.
template <class Action>
void measure(benchmark::State& bench, const Action& action)
{
    const std::size_t before = base::test::allocation_count.load();
    for (auto _ : bench)
        benchmark::DoNotOptimize(action());
    bench.counters["allocations"] = benchmark::Counter(
        static_cast<double>(base::test::allocation_count.load() - before), benchmark::Counter::kAvgIterations);
}

void decode_transfer(benchmark::State& bench)
{
    const Bytes encoded = encode(transfer());
    measure(bench, [&] { return decode_transaction(encoded); });
}
BENCHMARK(decode_transfer);

void decode_token_transfer(benchmark::State& bench)
{
    const Bytes encoded = encode(token_transfer());
    measure(bench, [&] { return decode_transaction(encoded); });
}
BENCHMARK(decode_token_transfer);

void encode_transfer(benchmark::State& bench)
{
    const Transaction transaction = transfer();
    measure(bench, [&] { return encode(transaction); });
}
BENCHMARK(encode_transfer);

void encode_token_transfer(benchmark::State& bench)
{
    const Transaction transaction = token_transfer();
    measure(bench, [&] { return encode(transaction); });
}
BENCHMARK(encode_token_transfer);

void hash_transfer(benchmark::State& bench)
{
    const Transaction transaction = transfer();
    measure(bench, [&] { return transaction_hash(transaction); });
}
BENCHMARK(hash_transfer);

void signing_hash_of_transfer(benchmark::State& bench)
{
    const Transaction transaction = transfer();
    measure(bench, [&] { return signing_hash(transaction); });
}
BENCHMARK(signing_hash_of_transfer);

void recover_sender_of_transfer(benchmark::State& bench)
{
    const Transaction transaction = transfer();
    measure(bench, [&] { return recover_sender(transaction); });
}
BENCHMARK(recover_sender_of_transfer);

void hash_header(benchmark::State& bench)
{
    const Header header = block_of_transfers(0).header;
    measure(bench, [&] { return header_hash(header); });
}
BENCHMARK(hash_header);

void encode_receipt(benchmark::State& bench)
{
    const Receipt receipt = token_receipt();
    measure(bench, [&] { return encode(receipt); });
}
BENCHMARK(encode_receipt);

void bloom_of_receipt(benchmark::State& bench)
{
    const Receipt receipt = token_receipt();
    measure(bench, [&] { return bloom_of(receipt.logs); });
}
BENCHMARK(bloom_of_receipt);

void decode_block_of_1000_transfers(benchmark::State& bench)
{
    const Bytes encoded = encode(block_of_transfers(1000));
    measure(bench, [&] { return decode_block(encoded); });
}
BENCHMARK(decode_block_of_1000_transfers);

void encode_block_of_1000_transfers(benchmark::State& bench)
{
    const Block block = block_of_transfers(1000);
    measure(bench, [&] { return encode(block); });
}
BENCHMARK(encode_block_of_1000_transfers);
}  // namespace
}  // namespace jiffy::types
