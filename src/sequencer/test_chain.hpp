// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sequencer/genesis.hpp"
#include "sequencer/sequencer.hpp"

namespace jiffy::sequencer
{
/// A chain for tests: one thread, a clock that is set by hand, and a sealer that works when it is told to or when
/// somebody needs a block that it has not sealed.
struct TestChain
{
    static constexpr std::uint64_t chain_id = 31'337;
    static constexpr std::uint64_t genesis_time = 1'700'000'000;

    explicit TestChain(SequencerOptions wanted = {},
        std::uint64_t block_gas_limit = 10'000'000'000,
        const chain::ChainSpecification& rules = chain::ethereum_specification(chain_id),
        std::size_t history_blocks = 1024)
      : options{wanted}
      , specification{rules}
      , history{history_blocks}
    {
        if (!specification.jiffy)
            specification.jiffy.emplace();
        specification.jiffy->block_gas_limit = block_gas_limit;
        genesis = development_genesis(specification, accounts, genesis_time);
        sealer.emplace(history, crypto::scalar_kernels(), genesis.state,
            [this](const BlockPointer&)
            {
                if (sequencer)
                    sequencer->notify_sealed();
            });
        world.apply(genesis.state);
        complete_genesis(genesis, specification, crypto::scalar_kernels());
        seal_genesis(genesis, world, *sealer, history);
        release_options.terms.chain_id = chain_id;
        release_options.secret = development_sequencer_secret();
        make_releaser();
    }

    void make_releaser()
    {
        make_releaser(frame_by_frame([this](const types::LogFrame& frame) { log.push_back(frame); }));
    }

    void make_releaser(LogSink sink)
    {
        log.clear();
        releaser.emplace(history, *sealer, clock, behind_genesis(), release_options, std::move(sink), [] {});
    }

    ReleaseStartingPoint behind_genesis() const
    {
        return {.assembler = Assembler{crypto::scalar_kernels(), {.prefix = history.find(0)->hash()}},
            .ids = world.id_counts(),
            .genesis_time = genesis_time};
    }

    void start_sequencer()
    {
        sequencer.emplace(
            specification, world, history, *sealer, *releaser, clock, ChainStart{genesis_time, nullptr}, options);
        releaser->process_pending();
    }

    /// Does what is due, but for the sealer's work.
    void step()
    {
        sequencer->step();
        releaser->process_pending();
    }

    /// Lets time pass in steps of a millisecond.
    void pass(std::uint64_t milliseconds)
    {
        for (std::uint64_t i = 0; i < milliseconds; ++i)
        {
            clock.advance(1000);
            step();
        }
    }

    /// Hands in a signed transaction of the account and gives what came of it last.
    std::optional<SubmissionResult> send(std::size_t account, types::Transaction transaction, bool refuse_gap = false)
    {
        auto result = std::make_shared<std::optional<SubmissionResult>>();
        sequencer->submit(*std::make_unique<Submission>(make(account, std::move(transaction), refuse_gap, result)));
        step();
        return *result;
    }

    Submission make(std::size_t account,
        types::Transaction transaction,
        bool refuse_gap,
        std::shared_ptr<std::optional<SubmissionResult>> result)
    {
        transaction.chain_id = chain_id;
        types::sign(transaction, accounts[account].secret);
        Submission submission;
        submission.hash = types::transaction_hash(transaction);
        submission.sender = accounts[account].address;
        submission.transaction = std::move(transaction);
        submission.refuse_gap = refuse_gap;
        submission.await_release = true;
        submission.complete = [result](const SubmissionResult& outcome) { *result = outcome; };
        return submission;
    }

    /// A transfer of one wei.
    static types::Transaction transfer(std::uint64_t nonce, std::uint64_t gas_price = 2'000'000'000)
    {
        types::Transaction transaction;
        transaction.type = types::TransactionType::dynamic_fee;
        transaction.nonce = nonce;
        transaction.gas_limit = 21'000;
        transaction.max_fee_per_gas = U256{gas_price};
        transaction.max_priority_fee_per_gas = U256{gas_price / 2};
        transaction.to = Address{{0x01, 0x02, 0x03}};
        transaction.value = U256{1};
        return transaction;
    }

    /// Creation of a contract whose code is `code`, at most 32 bytes of it.
    static types::Transaction creation(std::uint64_t nonce, BytesView code)
    {
        auto transaction = transfer(nonce);
        transaction.to.reset();
        transaction.value = U256{};
        transaction.gas_limit = 1'000'000;
        // PUSH(code) PUSH0 MSTORE PUSH1 size PUSH1 offset RETURN
        transaction.data.push_back(static_cast<Byte>(0x5f + code.size()));
        append(transaction.data, code);
        const Byte tail[] = {
            0x5f, 0x52, 0x60, static_cast<Byte>(code.size()), 0x60, static_cast<Byte>(32 - code.size()), 0xf3};
        append(transaction.data, tail);
        return transaction;
    }

    SequencerOptions options;
    ReleaseOptions release_options;
    ManualClock clock{genesis_time * 1'000'000};
    chain::ChainSpecification specification;
    std::vector<DevelopmentAccount> accounts = development_accounts();
    Genesis genesis;
    world::World world;
    History history;
    /// All that was written to it.
    std::vector<types::LogFrame> log;
    std::optional<Sealer> sealer;
    std::optional<Releaser> releaser;
    std::optional<Sequencer> sequencer;
};

/// Executes the transactions of one chain's log on another one, from genesis.
inline void replay(const std::vector<types::LogFrame>& log, TestChain& target)
{
    const auto seal = [&target]
    {
        target.releaser->process_pending();
        target.sealer->process_pending();
    };
    Ledger ledger{
        target.specification, target.world, target.history, *target.releaser, 99, [&seal](std::uint64_t) { seal(); }};
    const auto address_of = [&target](const types::FragmentFrame& fragment, std::uint32_t id)
    {
        for (const auto& account : fragment.difference.accounts)
            if (account.id == id && id >= fragment.difference.before.accounts)
                return account.address;
        return target.world.address_at(id).value();
    };
    for (const auto& frame : log)
    {
        if (const auto* open = std::get_if<types::OpenBlockFrame>(&frame))
            ledger.open_block(open->opening);
        else if (const auto* fragment = std::get_if<types::FragmentFrame>(&frame))
            for (const auto& logged : fragment->transactions)
            {
                auto transaction = logged.transaction;
                if (logged.recipient)
                    transaction.to = address_of(*fragment, *logged.recipient);
                if (transaction.type == types::TransactionType::deposit)
                {
                    ledger.execute_system(std::move(transaction));
                    continue;
                }
                const auto hash = types::transaction_hash(transaction);
                OrderedTransaction ordered{std::move(transaction), hash, address_of(*fragment, logged.sender)};
                if (!ledger.execute(ordered, nullptr))
                    throw std::logic_error{"a transaction of the log is not valid"};
            }
        else if (const auto* mini = std::get_if<types::SealMiniFrame>(&frame))
        {
            target.releaser->process_pending();
            target.releaser->seal_mini(mini->time);
        }
        else if (const auto* end = std::get_if<types::SealBlockFrame>(&frame))
            ledger.end_block(end->time);
    }
    seal();
}
}  // namespace jiffy::sequencer
