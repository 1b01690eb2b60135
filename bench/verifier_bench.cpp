// SPDX-License-Identifier: Apache-2.0
#include "cli/bench_load_calls.hpp"
#include "replica/follower.hpp"
#include "replica/read_ahead.hpp"
#include "replica/verifier.hpp"
#include "sequencer/test_chain.hpp"

#include <benchmark/benchmark.h>
#include <ctime>

// What it costs to follow a chain, and to check it: processor time for each transaction of one log, which a follower
// and a full node take one after the other, from the records' bytes to the state's roots.
namespace
{
using namespace jiffy;
using sequencer::TestChain;

enum class Load : std::uint8_t
{
    transfers,
    token_transfers,
    swaps,
};

constexpr std::size_t sender_count = 1'000;
constexpr std::size_t transaction_count = 40'000;
/// Microseconds from one to the next: 20,000 a second.
constexpr std::uint64_t pace = 50;

double process_seconds()
{
    timespec time{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

/// A chain of the OP Stack's with the roots made as a node makes them.
struct BenchChain : TestChain
{
    BenchChain()
      : TestChain{options_of(), 10'000'000'000, chain::optimism_specification(chain_id)}
    {
        sealer.emplace(history, crypto::native_kernels(), genesis.state, [](const sequencer::BlockPointer&) {});
    }

    static sequencer::SequencerOptions options_of()
    {
        sequencer::SequencerOptions options;
        options.beneficiary = chain::predeploys::sequencer_fee_vault;
        options.ends_block_at_stop = false;
        return options;
    }

    sequencer::Assembler assembler() const
    {
        return sequencer::Assembler{crypto::native_kernels(), {.prefix = history.find(0)->hash()}};
    }
};

/// Writes a log: what is needed beforehand, and then the load.
class Writer
{
public:
    Writer()
    {
        chain_.make_releaser();
        chain_.start_sequencer();
        for (std::size_t i = 0; i < sender_count; ++i)
        {
            sequencer::DevelopmentAccount sender;
            sender.secret = crypto::keccak256(to_hash(U256{i + 1}).view());
            sender.address = crypto::address_of(*crypto::public_key_of(sender.secret));
            chain_.accounts.push_back(sender);
        }
        nonces_.resize(chain_.accounts.size());
    }

    std::vector<Bytes> write(Load load, std::size_t fragment_size, std::size_t& beginning)
    {
        const auto senders = std::span{chain_.accounts}.last(sender_count);
        for (std::size_t i = 0; i < sender_count; ++i)
            send(0, {.to = senders[i].address, .value = power(U256{10}, U256{18}), .gas_limit = 21'000});
        const auto contract = evm::create_address(chain_.accounts[1].address, 0);
        prepare(load, senders, contract);
        flush();
        beginning = chain_.log.size();
        const auto first = chain_.accounts.size() - sender_count;
        for (std::size_t i = 0; i < transaction_count; ++i)
        {
            const auto& partner = senders[(i + sender_count / 2) % sender_count].address;
            const auto sender = first + i % sender_count;
            if (load == Load::transfers)
                send(sender, {.to = partner, .value = U256{1}, .gas_limit = 21'000});
            else if (load == Load::token_transfers)
                send(sender,
                    {.to = contract, .data = cli::load::token_transfer(partner, U256{1}), .gas_limit = 100'000});
            else
                send(sender, {.to = contract,
                                 .data = cli::load::pair_swap((i + i / sender_count) % 2 == 0, U256{1000}),
                                 .gas_limit = 150'000});
            if ((i + 1) % fragment_size == 0)
                flush();
        }
        flush();
        std::vector<Bytes> records;
        for (const auto& frame : chain_.log)
            records.push_back(types::encode(frame, TestChain::chain_id));
        return records;
    }

private:
    struct Call
    {
        std::optional<Address> to{};
        U256 value{};
        Bytes data{};
        std::uint64_t gas_limit = 0;
    };

    void prepare(Load load, std::span<const sequencer::DevelopmentAccount> senders, const Address& contract)
    {
        const auto supply = power(U256{10}, U256{36});
        const auto share = power(U256{10}, U256{24});
        if (load == Load::transfers)
            return;
        const bool is_token = load == Load::token_transfers;
        send(1, {.data = is_token ? cli::load::create_token(supply) : cli::load::create_pair(supply),
                    .gas_limit = 3'000'000});
        for (const auto& sender : senders)
            send(1, {.to = contract,
                        .data = is_token ? cli::load::token_transfer(sender.address, share)
                                         : cli::load::pair_credit(std::array{sender.address}, share),
                        .gas_limit = 200'000});
    }

    void send(std::size_t account, Call call)
    {
        types::Transaction transaction;
        transaction.type = types::TransactionType::dynamic_fee;
        transaction.nonce = nonces_[account]++;
        transaction.max_fee_per_gas = U256{20'000'000'000};
        transaction.max_priority_fee_per_gas = U256{1'000'000};
        transaction.gas_limit = call.gas_limit;
        transaction.to = call.to;
        transaction.value = call.value;
        transaction.data = std::move(call.data);
        auto submission = chain_.make(account, std::move(transaction), false, outcome_);
        if (!chain_.sequencer->submit(submission))
            throw std::logic_error{"too much at once"};
        if (++waiting_ == 1'000)
            flush();
    }

    void flush()
    {
        chain_.clock.advance(pace * waiting_);
        waiting_ = 0;
        chain_.step();
        if (outcome_->has_value() && std::holds_alternative<sequencer::Refusal>(**outcome_))
            throw std::logic_error{"a transaction of the load was refused"};
        chain_.sealer->process_pending();
    }

    BenchChain chain_;
    std::vector<std::uint64_t> nonces_;
    std::size_t waiting_ = 0;
    std::shared_ptr<std::optional<sequencer::SubmissionResult>> outcome_ =
        std::make_shared<std::optional<sequencer::SubmissionResult>>();
};

/// Seconds for the records from `beginning` on.
struct Cost
{
    double all = 0;
    /// Of these: tries, roots and headers.
    double sealing = 0;
    double recovery = 0;
};

/// Seals on its own account.
void seal(BenchChain& chain, Cost& cost)
{
    const auto before = process_seconds();
    chain.sealer->process_pending();
    cost.sealing += process_seconds() - before;
}

Cost follow(std::span<const Bytes> records, std::size_t beginning)
{
    BenchChain chain;
    replica::Follower follower{chain.specification, chain.world, chain.history, *chain.sealer, chain.assembler()};
    Cost cost;
    double start = 0;
    for (std::size_t i = 0; i < records.size(); ++i)
    {
        if (i == beginning)
        {
            start = process_seconds();
            cost = {};
        }
        auto frame = types::decode_log_frame(records[i], {TestChain::chain_id, chain.world.id_counts()});
        const bool ends_block = frame && std::holds_alternative<types::SealBlockFrame>(*frame);
        if (!frame || !follower.apply(std::move(*frame)))
            throw std::logic_error{"a record that cannot be followed"};
        if (ends_block)
            seal(chain, cost);
    }
    seal(chain, cost);
    cost.all = process_seconds() - start;
    return cost;
}

Cost verify(std::span<const Bytes> records, std::size_t beginning, const Address& signer)
{
    BenchChain chain;
    Cost cost;
    replica::Verifier verifier{chain.specification, chain.world, chain.history, *chain.sealer,
        {.assembler = chain.assembler()},
        {.rules = {.genesis_time = TestChain::genesis_time, .beneficiary = chain.options.beneficiary},
            .sequencer = signer},
        [&](std::uint64_t) { seal(chain, cost); }};
    replica::ReadAhead reader{chain.world, TestChain::chain_id};
    double start = 0;
    for (std::size_t i = 0; i < records.size(); ++i)
    {
        if (i == beginning)
        {
            start = process_seconds();
            cost = {};
        }
        auto frame = reader.next(records[i]);
        if (!frame)
            throw std::logic_error{"a record that is none"};
        std::vector<std::optional<Address>> senders;
        if (const auto* fragment = std::get_if<types::FragmentFrame>(&*frame))
        {
            const auto before = process_seconds();
            senders = replica::recover_senders(*fragment);
            cost.recovery += process_seconds() - before;
        }
        const bool ends_block = std::holds_alternative<types::SealBlockFrame>(*frame);
        if (const auto checked = verifier.apply(std::move(*frame), senders); !checked)
            throw std::logic_error{to_string(checked.error())};
        if (ends_block)
            seal(chain, cost);
    }
    seal(chain, cost);
    cost.all = process_seconds() - start;
    return cost;
}

void compare(benchmark::State& bench, Load load)
{
    std::size_t beginning = 0;
    Writer writer;
    const auto records = writer.write(load, static_cast<std::size_t>(bench.range(0)), beginning);
    const auto signer = crypto::address_of(*crypto::public_key_of(sequencer::development_sequencer_secret()));
    Cost follower{.all = 1e9};
    Cost full_node{.all = 1e9};
    // Whatever else the machine does makes it slower, never faster.
    const auto keep_better = [](Cost& best, const Cost& cost)
    {
        if (cost.all - cost.recovery < best.all - best.recovery)
            best = cost;
    };
    for (auto _ : bench)
    {
        keep_better(follower, follow(records, beginning));
        keep_better(full_node, verify(records, beginning, signer));
    }
    constexpr double to_each = 1e9 / transaction_count;
    bench.counters["follower_ns"] = follower.all * to_each;
    bench.counters["follower_sealing_ns"] = follower.sealing * to_each;
    bench.counters["recovery_ns"] = full_node.recovery * to_each;
    bench.counters["full_node_ns"] = (full_node.all - full_node.recovery) * to_each;
    bench.counters["full_node_sealing_ns"] = full_node.sealing * to_each;
    bench.counters["ratio"] = follower.all / (full_node.all - full_node.recovery);
    bench.counters["ratio_with_recovery"] = follower.all / full_node.all;
    bench.counters["ratio_without_sealing"] =
        (follower.all - follower.sealing) / (full_node.all - full_node.recovery - full_node.sealing);
}
BENCHMARK_CAPTURE(compare, transfers, Load::transfers)
    ->Arg(1)
    ->Arg(16)
    ->Arg(250)
    ->Iterations(4)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(compare, token_transfers, Load::token_transfers)
    ->Arg(16)
    ->Arg(250)
    ->Iterations(4)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(compare, swaps, Load::swaps)->Arg(1)->Arg(16)->Arg(250)->Iterations(4)->Unit(benchmark::kMillisecond);
}  // namespace
