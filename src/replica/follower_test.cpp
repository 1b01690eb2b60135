// SPDX-License-Identifier: Apache-2.0
#include "replica/follower.hpp"

#include "replica/traffic_test.hpp"
#include "sequencer/importer_test.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace jiffy::replica
{
namespace
{
using sequencer::BlockPointer;

types::StateDifference state_of(const world::World& world)
{
    return world.pin().as_difference().value();
}

/// Has another term begin at some of the releases.
sequencer::LogSink with_changing_terms(TrafficChain& chain)
{
    const auto epoch = std::make_shared<std::uint64_t>(chain.release_options.terms.epoch);
    return {.write = [&chain, epoch](std::span<const types::LogFrame> frames) -> sequencer::LogOutcome
        {
            if (pick_any(4) == 3)
            {
                auto terms = chain.release_options.terms;
                terms.epoch = ++*epoch;
                terms.durability = static_cast<types::Durability>(pick_any(4));
                return sequencer::SignAgain{terms};
            }
            chain.log.insert(chain.log.end(), frames.begin(), frames.end());
            return sequencer::Logged{};
        }};
}

/// That everything is signed on the terms of the log's newest term before it.
void require_signed(const TrafficChain& chain)
{
    const auto signer = std::optional{chain.releaser->signer()};
    std::uint64_t newest = 0;
    for (std::uint64_t number = 1; const auto block = chain.history.find(number); ++number)
    {
        for (std::uint32_t i = 0; i < block->released_count(); ++i)
        {
            const auto statement = *sequencer::preconfirmation_of({block, i});
            RC_ASSERT(types::signer_of(statement) == signer);
            RC_ASSERT(statement.statement.terms.epoch >= newest);
            newest = statement.statement.terms.epoch;
        }
        for (std::size_t i = 0; i < block->mini_blocks.size(); ++i)
        {
            const auto& record = block->mini_blocks[i];
            RC_ASSERT(
                types::signer_of(types::SignedMiniBlock{record.terms, record.header, record.signature}) == signer);
        }
    }
}

/// What somebody else might put into the frame's place: signed by another key, or for another time.
std::optional<types::LogFrame> forgery_of(types::LogFrame frame)
{
    const bool alters_time = *rc::gen::arbitrary<bool>();
    const auto spoil = [alters_time](auto& kind)
    {
        if (alters_time)
            kind.time += 1;
        else
            kind.signature = *crypto::sign(crypto::keccak256(Bytes{1}), Hash{{0x77}});
    };
    if (auto* epoch = std::get_if<types::EpochFrame>(&frame))
        epoch->signer = Address{{9}};
    else if (auto* fragment = std::get_if<types::FragmentFrame>(&frame))
        spoil(*fragment);
    else if (auto* mini = std::get_if<types::SealMiniFrame>(&frame))
        spoil(*mini);
    else if (auto* block = std::get_if<types::SealBlockFrame>(&frame))
        spoil(*block);
    else
        return std::nullopt;
    return frame;
}

RC_GTEST_PROP(FollowerProperty, has_every_block_fragment_and_state_of_the_chain_that_it_follows, ())
{
    const bool is_optimism = *rc::gen::arbitrary<bool>();
    TrafficChain chain{is_optimism};
    if (*rc::gen::arbitrary<bool>())
        chain.make_releaser();
    else
        chain.make_releaser(with_changing_terms(chain));
    chain.start_sequencer();
    some_traffic(chain, pick_any(30), pick_any);
    // All that was before it is in the log with the end of a mini-block.
    do
        chain.pass(1);
    while (chain.log.empty() || !std::holds_alternative<types::SealMiniFrame>(chain.log.back()));
    chain.sealer->process_pending();
    require_signed(chain);

    TrafficChain copy{is_optimism};
    auto follower = copy.follower();
    follower.check_signatures({TestChain::chain_id, types::StatementDomain::production, chain.releaser->signer()});
    for (const auto& frame : chain.log)
    {
        if (auto forgery = forgery_of(frame); forgery && *rc::gen::arbitrary<bool>())
        {
            const auto refused = follower.apply(std::move(*forgery));
            RC_ASSERT(!refused.has_value());
            RC_ASSERT(leaves_all_as_it_was(refused.error()));
        }
        const types::LogPosition position{TestChain::chain_id, copy.world.id_counts()};
        auto decoded = types::decode_log_frame(types::encode(frame, TestChain::chain_id), position);
        RC_ASSERT(decoded);
        RC_ASSERT(follower.apply(std::move(*decoded)));
    }
    copy.sealer->process_pending();

    RC_ASSERT(copy.history.sealed_number() == chain.history.sealed_number());
    for (std::uint64_t number = 1; number <= chain.history.sealed_number(); ++number)
    {
        const auto said = chain.history.find(number);
        const auto followed = copy.history.find(number);
        RC_ASSERT(followed->sealed()->header == said->sealed()->header);
        RC_ASSERT(followed->sealed()->size == said->sealed()->size);
        require_same_block(*said, *followed);
        for (std::uint32_t i = 0; i < said->transactions.size(); ++i)
            require_promise(said->transactions[i], *sequencer::preconfirmation_of({said, i}), {followed, i});
    }
    RC_ASSERT(copy.world.id_counts() == chain.world.id_counts());
    RC_ASSERT(state_of(copy.world) == state_of(chain.world));
}

RC_GTEST_PROP(FollowerProperty, a_sequencer_goes_on_from_wherever_the_log_ends, ())
{
    const bool is_optimism = *rc::gen::arbitrary<bool>();
    TrafficChain chain{is_optimism};
    chain.make_releaser();
    chain.start_sequencer();
    some_traffic(chain, pick_any(20), pick_any);

    TrafficChain copy{is_optimism};
    auto follower = copy.follower();
    const auto kept = *rc::gen::inRange<std::size_t>(1, chain.log.size() + 1);
    for (std::size_t i = 0; i < kept; ++i)
        RC_ASSERT(follower.apply(chain.log[i]));
    copy.clock.advance(chain.clock.now() - copy.clock.now());
    copy.resume(std::move(follower), {});
    some_traffic(copy, pick_any(20), pick_any);
    copy.sealer->process_pending();

    sequencer::Importer importer{copy.genesis};
    for (std::uint64_t number = 1; number <= copy.history.sealed_number(); ++number)
    {
        const auto block = copy.history.find(number);
        RC_ASSERT(importer.import(copy, *block));
        for (std::uint32_t i = 0; i < block->transactions.size(); ++i)
        {
            const auto statement = sequencer::preconfirmation_of({block, i});
            RC_ASSERT(types::signer_of(*statement) == std::optional{copy.releaser->signer()});
            RC_ASSERT(copy.history.find_mini_block(statement->statement.mini_block)->block == block);
        }
    }
    // What was said before the end of the log, as far as the log has it.
    std::size_t fragments = 0;
    for (std::size_t i = 0; i < kept; ++i)
        fragments += std::holds_alternative<types::FragmentFrame>(chain.log[i]) ? 1 : 0;
    for (std::uint64_t number = 1; fragments != 0; ++number)
    {
        const auto said = chain.history.find(number);
        for (std::size_t i = 0; i < said->fragments.size() && fragments != 0; ++i, --fragments)
        {
            const auto& fragment = *said->fragments[i];
            for (auto j = fragment.first_transaction; j < fragment.first_transaction + fragment.transaction_count; ++j)
                require_promise(
                    said->transactions[j], *sequencer::preconfirmation_of({said, j}), {copy.history.find(number), j});
        }
    }
}
}  // namespace
}  // namespace jiffy::replica
