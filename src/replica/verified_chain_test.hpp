// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "replica/traffic_test.hpp"
#include "replica/verifier.hpp"

namespace jiffy::replica
{
inline Address address_of_secret(const Hash& secret)
{
    return crypto::address_of(*crypto::public_key_of(secret));
}

/// A full node of a `TrafficChain`'s, which begins where its history, world and sealer are.
class VerifiedChain
{
public:
    explicit VerifiedChain(bool is_optimism)
      : chain{is_optimism}
    {
        begin({.assembler = chain.behind_genesis().assembler});
    }

    /// Follows the frames, and verifies from there on.
    VerifiedChain(bool is_optimism, std::span<const types::LogFrame> believed)
      : chain{is_optimism}
    {
        auto follower = chain.follower();
        for (const auto& frame : believed)
            RC_ASSERT(follower.apply(frame));
        const auto epoch = follower.epoch();
        const bool knows_parent = follower.knows_parent();
        begin({std::move(follower).finish(), epoch, knows_parent});
    }

    [[nodiscard]] types::StateDifference state() const { return chain.world.pin().as_difference().value(); }

    TrafficChain chain;
    std::optional<Verifier> verifier;

private:
    void begin(VerifierStart start)
    {
        const VerifierOptions options{.rules = {.genesis_time = TestChain::genesis_time,
                                          .block_interval = chain.options.block_interval,
                                          .beneficiary = chain.options.beneficiary},
            .sequencer = address_of_secret(chain.release_options.secret),
            .hash_seed = 7};
        verifier.emplace(chain.specification, chain.world, chain.history, *chain.sealer, std::move(start), options,
            [this](std::uint64_t) { chain.sealer->process_pending(); });
    }
};

/// Transactions that are released together.
template <class Pick>
void some_burst(TrafficChain& chain, Pick pick)
{
    std::array<std::uint64_t, sender_count> nonces{};
    for (std::size_t sender = 0; sender < sender_count; ++sender)
        nonces[sender] = chain.nonce(sender);
    const auto ignored = std::make_shared<std::optional<SubmissionResult>>();
    for (auto count = 2 + pick(5); count != 0; --count)
    {
        const auto sender = pick(sender_count);
        auto transaction = TestChain::transfer(nonces[sender]++, 4'000'000'000);
        transaction.to = Address{{static_cast<Byte>(1 + pick(7)), 0x78}};
        if (pick(2) == 0)
        {
            transaction.to = evm::create_address(chain.accounts[0].address, 0);
            transaction.gas_limit = 200'000;
            transaction.value = {};
            transaction.data.resize(64);
            transaction.data[31] = static_cast<Byte>(pick(3));
            transaction.data[63] = static_cast<Byte>(pick(4));
        }
        auto submission = chain.make(sender, std::move(transaction), false, ignored);
        RC_ASSERT(chain.sequencer->submit(submission));
    }
    chain.step();
}

/// A log that several sequencers have written, one after the other, and the last one's chain.
struct WrittenLog
{
    std::unique_ptr<TrafficChain> chain;
    std::vector<types::LogFrame> frames;
};

template <class Pick>
void write_more(TrafficChain& chain, std::size_t steps, Pick pick)
{
    for (; steps != 0; --steps)
        if (pick(4) == 0)
            some_burst(chain, pick);
        else
            some_traffic(chain, 1, pick);
}

/// Each life begins another term, and so may a release. The last one ends with all of it in the log.
template <class Pick>
std::unique_ptr<WrittenLog> write_log(bool is_optimism, std::size_t lives, std::size_t steps, Pick pick)
{
    auto log = std::make_unique<WrittenLog>();
    auto& frames = log->frames;
    std::uint64_t time = TestChain::genesis_time * 1'000'000;
    for (; lives != 0; --lives)
    {
        log->chain = std::make_unique<TrafficChain>(is_optimism);
        auto& chain = *log->chain;
        auto follower = chain.follower();
        for (const auto& frame : frames)
            RC_ASSERT(follower.apply(frame));
        chain.sealer->process_pending();
        chain.clock.advance(time - chain.clock.now());
        const auto write = [&](std::span<const types::LogFrame> more) -> sequencer::LogOutcome
        {
            if (pick(12) == 11)
            {
                auto& terms = chain.release_options.terms;
                ++terms.epoch;
                return sequencer::SignAgain{terms};
            }
            frames.insert(frames.end(), more.begin(), more.end());
            return sequencer::Logged{};
        };
        chain.resume(std::move(follower), {.write = write});
        // So that others have something to call.
        if (chain.nonce(0) == 0 && pick(4) != 0)
        {
            auto creation = TestChain::creation(0, storing_contract());
            creation.max_fee_per_gas = U256{4'000'000'000};
            chain.send(0, creation);
        }
        write_more(chain, 1 + pick(steps), pick);
        while (lives == 1 && (frames.empty() || !std::holds_alternative<types::SealMiniFrame>(frames.back())))
            chain.pass(1);
        time = chain.clock.now();
    }
    return log;
}
}  // namespace jiffy::replica
