// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "replica/verified_chain_test.hpp"

namespace jiffy::replica
{
/// Signs what a log says, whatever that is, as a sequencer would that means to deceive.
class Forger
{
public:
    Forger(bool is_optimism, const Hash& secret)
      : chain_{is_optimism}
      , follower_{chain_.follower()}
      , secret_{secret}
    {
    }

    /// The frame with the signature that belongs to it behind those before. Once a frame makes no sense by itself, it
    /// and all behind it stay as they are.
    types::LogFrame sign(types::LogFrame frame)
    {
        if (!is_lost_)
            is_lost_ = !follower_.apply(frame);
        if (is_lost_)
            return frame;
        const auto block = chain_.history.open_block();
        if (auto* fragment = std::get_if<types::FragmentFrame>(&frame))
        {
            const auto& record = *block->fragments[block->fragments.size() - 1];
            fragment->signature = *crypto::sign(
                types::batch_digest(record.terms, record.transaction_count, record.statements.root()), secret_);
        }
        else if (auto* mini = std::get_if<types::SealMiniFrame>(&frame))
            mini->signature = sign_mini_block(*block);
        else if (auto* end = std::get_if<types::SealBlockFrame>(&frame))
            end->signature = sign_mini_block(*block);
        chain_.sealer->process_pending();
        return frame;
    }

private:
    [[nodiscard]] crypto::RecoverableSignature sign_mini_block(const sequencer::BlockRecord& block) const
    {
        return *crypto::sign(block.mini_blocks[block.mini_blocks.size() - 1].hash, secret_);
    }

    TrafficChain chain_;
    Follower follower_;
    Hash secret_;
    bool is_lost_ = false;
};
}  // namespace jiffy::replica
