// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "rpc/forwarder.hpp"
#include "rpc/ingress.hpp"

namespace jiffy::rpc
{
/// Where the transactions of clients go: to the sequencer of this process, or elsewhere while this node only follows
/// one. A node that follows can come to sequence while it serves; it never goes back.
class TransactionRoute
{
public:
    explicit TransactionRoute(const AdmissionLimits& limits = {}) noexcept
      : ingress_{limits}
    {
    }

    /// Once: from now on transactions are sequenced here, by `sequencer`, which outlives all requests.
    void sequence_here(sequencer::Sequencer& sequencer) noexcept
    {
        ingress_.begin(sequencer);
        sequencer_.store(&sequencer, std::memory_order_release);
    }
    /// Any thread: they go to another node for now. The forwarder outlives all requests.
    void send_elsewhere(Forwarder& forwarder) noexcept { forwarder_.store(&forwarder, std::memory_order_release); }

    /// Any thread: the sequencer of this process; null while transactions go elsewhere.
    [[nodiscard]] sequencer::Sequencer* here() const noexcept { return sequencer_.load(std::memory_order_acquire); }
    /// Any thread: the way to the other node, of use while there is no sequencer here; null if there is none.
    [[nodiscard]] Forwarder* elsewhere() const noexcept { return forwarder_.load(std::memory_order_acquire); }

    /// Transactions that wait for their senders' recovery. Nothing is to be added before they are sequenced here.
    [[nodiscard]] Ingress& ingress() noexcept { return ingress_; }
    [[nodiscard]] const Ingress& ingress() const noexcept { return ingress_; }

private:
    Ingress ingress_;
    std::atomic<sequencer::Sequencer*> sequencer_ = nullptr;
    std::atomic<Forwarder*> forwarder_ = nullptr;
};
}  // namespace jiffy::rpc
