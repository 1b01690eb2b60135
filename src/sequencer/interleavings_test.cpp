// SPDX-License-Identifier: Apache-2.0
#include "chain/optimism.hpp"
#include "chain/system_contracts.hpp"
#include "sequencer/importer_test.hpp"

#include <gtest/gtest.h>
#include <mutex>
#include <rapidcheck/gtest.h>

namespace jiffy::sequencer
{
namespace
{
/// Stores BLOCKHASH(NUMBER - 1) in slot NUMBER, and what the history contract (EIP-2935) says of that block in slot
/// NOT(NUMBER): at no boundary do the two differ.
Bytes parent_hash_reader()
{
    Bytes code = {0x43, 0x60, 0x01, 0x90, 0x03,     // NUMBER - 1
        0x80, 0x40, 0x43, 0x55,                     // DUP1 BLOCKHASH NUMBER SSTORE
        0x5f, 0x52,                                 // PUSH0 MSTORE
        0x60, 0x20, 0x5f, 0x60, 0x20, 0x5f, 0x73};  // 32 bytes to 0, of 32 bytes at 0, PUSH20
    append(code, chain::system_contracts::history_storage.view());
    append(code, Bytes{0x5a, 0xfa, 0x50,            // GAS STATICCALL POP
                     0x5f, 0x51, 0x43, 0x19, 0x55,  // PUSH0 MLOAD NUMBER NOT SSTORE
                     0x00});
    return code;
}

types::Transaction creation_of(std::uint64_t nonce, const Bytes& code)
{
    auto transaction = TestChain::transfer(nonce, 4'000'000'000);
    transaction.to.reset();
    transaction.value = {};
    transaction.gas_limit = 1'000'000;
    // PUSH1 size DUP1 PUSH1 offset PUSH0 CODECOPY PUSH0 RETURN
    transaction.data = {0x60, static_cast<Byte>(code.size()), 0x80, 0x60, 9, 0x5f, 0x39, 0x5f, 0xf3};
    append(transaction.data, code);
    return transaction;
}

/// What a thread does for one transaction.
struct Arrival
{
    std::uint64_t nonce = 0;
    bool reads_parent_hash = false;
    /// The block's time is over right before.
    bool ends_block = false;
    bool comes_twice = false;
    /// A ticket is taken for something that turns out not to be a transaction.
    bool wastes_ticket = false;
};

/// All nonces from 0 on, most of them in order.
std::vector<Arrival> any_arrivals()
{
    std::vector<Arrival> arrivals(*rc::gen::inRange<std::size_t>(0, 10));
    for (std::size_t i = 0; i < arrivals.size(); ++i)
    {
        arrivals[i].nonce = i;
        arrivals[i].reads_parent_hash = *rc::gen::inRange(0, 2) == 0;
        arrivals[i].ends_block = *rc::gen::inRange(0, 3) == 0;
        arrivals[i].comes_twice = *rc::gen::inRange(0, 6) == 0;
        arrivals[i].wastes_ticket = *rc::gen::inRange(0, 6) == 0;
    }
    for (std::size_t i = 1; i < arrivals.size(); ++i)
        if (*rc::gen::inRange(0, 4) == 0)
            std::swap(arrivals[i].nonce, arrivals[*rc::gen::inRange<std::size_t>(0, i)].nonce);
    return arrivals;
}

constexpr std::size_t sender_count = 3;
constexpr std::uint64_t block_interval = 1'000'000;

SequencerOptions options_with_vault()
{
    SequencerOptions options;
    options.beneficiary = chain::predeploys::sequencer_fee_vault;
    return options;
}

/// A chain of the OP Stack, where no wei is ever burnt.
struct ThreadedChain : TestChain
{
    explicit ThreadedChain(std::uint64_t block_gas_limit)
      : TestChain{options_with_vault(), block_gas_limit, chain::optimism_specification(chain_id)}
    {
        release_options.mini_block_interval = 50'000;
        make_releaser();
    }

    /// From here on the threads work, not `step`.
    void start_threads()
    {
        sealer->start();
        releaser->start();
        sequencer->start();
    }

    void stop_threads()
    {
        sequencer->stop();
        releaser->stop();
        sealer->stop();
    }
};

/// Wei of all accounts that have some.
U256 supply_of(const ThreadedChain& chain, const world::Snapshot& snapshot, const Address& contract)
{
    namespace predeploys = chain::predeploys;
    std::vector<Address> owners{predeploys::base_fee_vault, predeploys::sequencer_fee_vault, predeploys::l1_fee_vault,
        predeploys::operator_fee_vault, contract};
    for (const auto& account : chain.accounts)
        owners.push_back(account.address);
    U256 sum;
    for (const auto& owner : owners)
    {
        types::Account account;
        if (snapshot.account(owner, account) == state::Presence::present)
            sum += account.balance;
    }
    return sum;
}

/// What the threads have seen.
struct Observations
{
    std::atomic<std::uint64_t> executed = 0;
    std::atomic<std::uint64_t> refused = 0;
    std::atomic<bool> is_torn = false;
    std::mutex mutex;
    std::vector<types::SignedPreconfirmation> preconfirmations;

    void note(const SubmissionResult& result)
    {
        if (const auto* place = std::get_if<TransactionPlace>(&result))
        {
            {
                const std::scoped_lock lock{mutex};
                preconfirmations.push_back(*preconfirmation_of(*place));
            }
            ++executed;
        }
        else if (std::holds_alternative<Refusal>(result))
            ++refused;
    }
};

void send_all(ThreadedChain& chain,
    std::size_t account,
    const std::vector<Arrival>& arrivals,
    const Address& contract,
    Observations& seen)
{
    for (const auto& arrival : arrivals)
    {
        auto transaction = TestChain::transfer(arrival.nonce, 4'000'000'000);
        transaction.to = chain.accounts[(account + 1) % sender_count].address;
        if (arrival.reads_parent_hash)
        {
            transaction.to = contract;
            transaction.gas_limit = 200'000;
        }
        if (arrival.ends_block)
            chain.clock.advance(block_interval - chain.clock.now() % block_interval);
        for (int i = 0; i < (arrival.comes_twice ? 2 : 1); ++i)
        {
            if (arrival.wastes_ticket)
                const auto wasted = chain.sequencer->take_ticket();
            auto ticket = chain.sequencer->take_ticket();
            auto submission = chain.make(account, transaction, false, nullptr);
            submission.ticket = std::move(ticket);
            submission.complete = [&seen](const SubmissionResult& result) { seen.note(result); };
            while (!chain.sequencer->submit(submission))
                std::this_thread::yield();
        }
    }
}

/// Looks at one snapshot after another.
void read_on(const ThreadedChain& chain,
    const Address& contract,
    const U256& supply,
    Observations& seen,
    const std::stop_token& stop)
{
    while (!stop.stop_requested())
    {
        const auto snapshot = chain.world.pin();
        const auto number = chain.history.open_block()->number();
        for (const auto block : {number, number - 1})
        {
            U256 hash;
            U256 from_contract;
            snapshot.storage(contract, U256{block}, hash);
            snapshot.storage(contract, ~U256{block}, from_contract);
            if (hash != from_contract)
                seen.is_torn = true;
        }
        if (supply_of(chain, snapshot, contract) != supply)
            seen.is_torn = true;
        std::this_thread::yield();
    }
}

/// Each reader of the parent's hash was given it, by the opcode and by the contract.
void check_parent_hashes(const ThreadedChain& chain, const Address& contract)
{
    for (std::uint64_t number = 1; number <= chain.history.sealed_number(); ++number)
    {
        const auto block = chain.history.find(number);
        for (std::size_t i = 0; i < block->transactions.size(); ++i)
        {
            const auto& record = block->transactions[i];
            RC_ASSERT(record.receipt.success);
            if (record.transaction.to != contract)
                continue;
            U256 hash;
            U256 from_contract;
            chain.world.latest().storage(contract, U256{number}, hash);
            chain.world.latest().storage(contract, ~U256{number}, from_contract);
            RC_ASSERT(to_hash(hash) == block->sealed()->header.parent_hash);
            RC_ASSERT(from_contract == hash);
        }
    }
}

/// Whoever executes the blocks one transaction after the other, from their bytes or from the log, comes to the same.
void check_serial_execution(const ThreadedChain& chain, const Observations& seen)
{
    ThreadedChain copy{chain.specification.jiffy->block_gas_limit};
    replay(chain.log, copy);
    Importer importer{chain.genesis};
    RC_ASSERT(copy.history.sealed_number() == chain.history.sealed_number());
    for (std::uint64_t number = 1; number <= chain.history.sealed_number(); ++number)
    {
        const auto block = chain.history.find(number);
        RC_ASSERT(importer.import(chain, *block));
        const auto again = copy.history.find(number);
        RC_ASSERT(again->sealed()->hash == block->sealed()->hash);
        RC_ASSERT(again->mini_blocks.size() == block->mini_blocks.size());
        for (std::size_t i = 0; i < block->mini_blocks.size(); ++i)
            RC_ASSERT(again->mini_blocks[i].hash == block->mini_blocks[i].hash);
    }
    for (const auto& preconfirmation : seen.preconfirmations)
    {
        RC_ASSERT(types::signer_of(preconfirmation) == chain.releaser->signer());
        auto said = preconfirmation.statement;
        const auto block = copy.history.find(said.block_number);
        RC_ASSERT(block != nullptr);
        const auto repetition = preconfirmation_of({block, static_cast<std::uint32_t>(said.index)})->statement;
        // The time in a statement is that of its release; all else follows from the order.
        said.time = repetition.time;
        RC_ASSERT(said == repetition);
    }
}

RC_GTEST_PROP(InterleavingsProperty, readers_see_boundaries_and_the_blocks_are_those_of_serial_execution, ())
{
    // Full blocks, or such as never fill.
    ThreadedChain chain{*rc::gen::element<std::uint64_t>(1'500'000, 10'000'000'000)};
    chain.start_sequencer();
    const auto contract =
        *std::get<TransactionPlace>(*chain.send(sender_count, creation_of(0, parent_hash_reader()))).record().created;
    const auto supply = supply_of(chain, chain.world.pin(), contract);
    std::array<std::vector<Arrival>, sender_count> arrivals;
    std::uint64_t submitted = 0;
    std::uint64_t wanted = 0;
    for (auto& of_sender : arrivals)
    {
        of_sender = any_arrivals();
        wanted += of_sender.size();
        for (const auto& arrival : of_sender)
            submitted += arrival.comes_twice ? 2 : 1;
    }
    const auto seals = *rc::gen::container<std::vector<std::uint64_t>>(rc::gen::inRange<std::uint64_t>(1, 200'000));
    Observations seen;
    chain.start_threads();
    {
        std::vector<std::jthread> readers;
        for (int i = 0; i < 2; ++i)
            readers.emplace_back([&](const std::stop_token& stop) { read_on(chain, contract, supply, seen, stop); });
        {
            std::vector<std::jthread> threads;
            for (std::size_t account = 0; account < sender_count; ++account)
                threads.emplace_back([&, account] { send_all(chain, account, arrivals[account], contract, seen); });
            threads.emplace_back(
                [&]
                {
                    for (const auto time : seals)
                    {
                        chain.clock.advance(time);
                        std::this_thread::yield();
                    }
                });
        }
        // A ticket that was wasted, or room in a block, may have to be waited for.
        while (seen.executed + seen.refused < submitted)
        {
            if (chain.sequencer->lag() == 0)
                chain.clock.advance(25'000);
            std::this_thread::yield();
        }
    }
    chain.stop_threads();
    RC_CLASSIFY(chain.sequencer->metrics().parent_hash_waits > 0, "waited for the parent's hash");
    RC_ASSERT(!seen.is_torn);
    RC_ASSERT(seen.executed == wanted);
    RC_ASSERT(supply_of(chain, chain.world.pin(), contract) == supply);
    check_parent_hashes(chain, contract);
    check_serial_execution(chain, seen);
}
}  // namespace
}  // namespace jiffy::sequencer
