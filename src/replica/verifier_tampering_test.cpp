// SPDX-License-Identifier: Apache-2.0
#include "replica/tampering_test.hpp"

#include <algorithm>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <set>

namespace jiffy::replica
{
namespace
{
/// Whatever the size of the test case.
std::size_t pick_evenly(std::size_t bound)
{
    return *rc::gen::resize(rc::kNominalSize, rc::gen::inRange<std::size_t>(0, bound));
}

/// Place of the frame that ends the mini-block, or the block if nothing less will do, which the frame at `place` is in;
/// beyond the last if there is none.
std::size_t end_behind(const Frames& frames, std::size_t place, bool of_block)
{
    for (; place < frames.size(); ++place)
        if (std::holds_alternative<types::SealBlockFrame>(frames[place]) ||
            (!of_block && std::holds_alternative<types::SealMiniFrame>(frames[place])))
            break;
    return place;
}

struct Forgery
{
    Frames frames;
    /// Frames before it are as they were.
    std::size_t place = 0;
    /// A frame that should be refused at the latest.
    std::size_t latest = 0;
    Expected expected;
    const Tampering* tampering = nullptr;
    bool is_signed = false;
};

/// The log, altered somewhere.
Forgery forge(bool is_optimism, const Frames& frames, const Tampering& tampering)
{
    std::vector<std::size_t> places;
    for (std::size_t place = 0; place < frames.size(); ++place)
        places.push_back(place);
    for (; !places.empty();)
    {
        const auto chosen = places.begin() + static_cast<std::ptrdiff_t>(pick_evenly(places.size()));
        Forgery forgery{.frames = frames, .place = *chosen, .expected = {}, .tampering = &tampering};
        places.erase(chosen);
        auto expected = tampering.apply(forgery.frames, forgery.place);
        if (!expected)
            continue;
        forgery.expected = std::move(*expected);
        forgery.is_signed = !tampering.is_fair_if_signed && pick_any(2) == 0;
        if (forgery.is_signed)
        {
            Forger forger{is_optimism, sequencer::development_sequencer_secret()};
            for (auto& frame : forgery.frames)
                frame = forger.sign(std::move(frame));
        }
        const bool is_parents = std::holds_alternative<types::ParentSealedFrame>(frames[forgery.place]);
        const auto wrong = forgery.place + forgery.expected.distance;
        forgery.latest = forgery.expected.check ? wrong : end_behind(forgery.frames, wrong, is_parents);
        return forgery;
    }
    RC_DISCARD("nowhere to do it");
}

void require_found(const Forgery& forgery, const Mismatch& mismatch)
{
    const auto& check = forgery.expected.check;
    const auto& finding = mismatch.finding;
    RC_ASSERT(!check || *check == finding.check);
    RC_ASSERT(finding.field.ends_with(forgery.expected.field));
    RC_ASSERT(finding.said != finding.found);
    const auto& evidence = mismatch.evidence;
    RC_ASSERT(!evidence.frame.empty());
    const auto sequencer = address_of_secret(sequencer::development_sequencer_secret());
    if (!forgery.is_signed && !forgery.tampering->is_fair_if_signed)
        RC_ASSERT(!evidence.is_against_sequencer);
    if (forgery.is_signed && forgery.tampering->is_evidence_if_signed)
    {
        RC_ASSERT(evidence.is_against_sequencer);
        RC_ASSERT((evidence.signer == std::optional{sequencer}));
    }
    if (evidence.is_against_sequencer)
        RC_ASSERT((std::visit([](const auto& one) { return types::signer_of(one); }, *evidence.statement) ==
                   std::optional{sequencer}));
}

/// Verifies the log until it finds what is wrong.
void require_detection(bool is_optimism, const Forgery& forgery)
{
    VerifiedChain node{is_optimism};
    auto& verifier = *node.verifier;
    for (std::size_t i = 0; i < forgery.frames.size(); ++i)
    {
        const bool may_be_refused = i >= forgery.place;
        const auto state = may_be_refused ? node.state() : types::StateDifference{};
        const auto mini_blocks = verifier.validated_mini_blocks();
        const auto fragments = node.chain.history.open_block()->fragments.size();
        const auto checked = verifier.apply(forgery.frames[i]);
        if (!checked && !may_be_refused)
            RC_FAIL("found before it was there: " + to_string(checked.error()));
        if (checked)
        {
            RC_ASSERT(i != forgery.latest);
            continue;
        }
        RC_LOG() << to_string(checked.error()) << '\n';
        require_found(forgery, checked.error());
        // What was there before is, and nothing else.
        RC_ASSERT(node.state() == state);
        RC_ASSERT(verifier.validated_mini_blocks() == mini_blocks);
        RC_ASSERT(node.chain.history.open_block()->fragments.size() == fragments);
        const auto again = verifier.apply(forgery.frames[i]);
        RC_ASSERT(!again.has_value());
        RC_ASSERT(to_string(again.error()) == to_string(checked.error()));
        return;
    }
    // The log has ended before anybody could have noticed.
    RC_ASSERT(forgery.latest == forgery.frames.size());
}

RC_GTEST_PROP(Tampering, is_noticed_within_its_mini_block_and_named, ())
{
    const bool is_optimism = *rc::gen::arbitrary<bool>();
    const auto all = tamperings();
    const auto& tampering = all[pick_evenly(all.size())];
    const auto log = write_log(is_optimism, 1 + pick_any(2), 10, pick_evenly);
    const auto forgery = forge(is_optimism, log->frames, tampering);
    RC_LOG() << tampering.name << (forgery.is_signed ? ", signed" : "") << " at " << forgery.place << " of "
             << forgery.frames.size() << '\n';
    RC_CLASSIFY(forgery.is_signed, "signed");
    RC_TAG(std::string{tampering.name});
    require_detection(is_optimism, forgery);
}
}  // namespace
}  // namespace jiffy::replica
