// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "types/preconfirmation.hpp"

#include <mutex>

namespace jiffy::rpc
{
/// What is signed, and by whom.
struct Signing
{
    types::StatementTerms terms;
    Address signer{};
};

/// What is signed now: by this process, or by the sequencer that it follows. Any thread. It changes with the term, and
/// few ask.
class CurrentSigning
{
public:
    [[nodiscard]] Signing get() const
    {
        const std::lock_guard lock{mutex_};
        return signing_;
    }
    void set(const Signing& signing)
    {
        const std::lock_guard lock{mutex_};
        signing_ = signing;
    }

private:
    mutable std::mutex mutex_;
    Signing signing_;
};
}  // namespace jiffy::rpc
