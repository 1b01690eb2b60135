// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "types/log_frame.hpp"

namespace jiffy::replica
{
/// Knows who may sign for a chain, and whether he has.
class SignatureCheck
{
public:
    /// The chain's sequencer, and which statements it makes.
    SignatureCheck(std::uint64_t chain_id, types::StatementDomain domain, const Address& sequencer) noexcept
      : chain_id_{chain_id}
      , domain_{domain}
      , sequencer_{sequencer}
    {
    }

    [[nodiscard]] const Address& sequencer() const noexcept { return sequencer_; }

    /// True if the term is one of the chain's sequencer.
    [[nodiscard]] bool accepts(const types::EpochFrame& term) const noexcept;
    /// True if the sequencer has signed the digest, with a low s. About 30 µs.
    [[nodiscard]] bool is_signed(const Hash& digest, const crypto::RecoverableSignature& signature) const noexcept;

private:
    std::uint64_t chain_id_;
    types::StatementDomain domain_;
    Address sequencer_;
};
}  // namespace jiffy::replica
