// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "chain/transaction_execution.hpp"
#include "rpc/reply.hpp"
#include "rpc/state_view.hpp"
#include "state/overlay.hpp"

namespace jiffy::rpc
{
/// What a client wants to have called, and on which state.
struct CallRequest
{
    TransactionRequest transaction;
    BlockSelector block = BlockTag::latest;
    StateOverride state_override;
    BlockOverrides block_overrides;
};

/// A call to be tried on a state: what eth_call and eth_estimateGas have in common. It changes nothing.
class CallExecution
{
public:
    /// The fields that the request leaves out get the defaults of geth's eth_call. `overrides` change the state first.
    static Result<std::unique_ptr<CallExecution>, Error> make(const Backend& backend,
        const TransactionRequest& request,
        const BlockSelector& selector,
        const StateOverride& overrides,
        const BlockOverrides& block_overrides = {});

    /// Runs with the gas limit and gives what happened, or why nothing could: the chain's reason, or that the state is
    /// not known (yet).
    Result<const chain::TransactionOutcome*, chain::TransactionFailure> run(std::uint64_t gas_limit);

    /// geth's words for a failure of `run`.
    [[nodiscard]] Error error_of_failure(const chain::TransactionFailure& failure, std::uint64_t gas_limit) const;

    [[nodiscard]] const types::Transaction& transaction() const noexcept { return transaction_; }
    [[nodiscard]] const Address& sender() const noexcept { return sender_; }
    [[nodiscard]] const chain::BlockContext& context() const noexcept { return context_; }
    [[nodiscard]] types::Account account(const Address& address) const;
    /// A run needed what is not known (yet).
    [[nodiscard]] bool met_unavailable() const noexcept { return met_unavailable_; }

private:
    CallExecution(const Backend& backend, StateView view);

    void apply(const StateOverride& overrides);
    void apply(const BlockOverrides& overrides);

    StateView view_;
    /// Above the view, if there are overrides.
    std::optional<state::Overlay> overlay_;
    chain::BlockContext context_;
    types::Transaction transaction_;
    Address sender_{};
    bool has_fees_ = false;
    bool met_unavailable_ = false;
};

/// Gives the reply that eth_call owes. Runs as long as the call.
void answer_call(Reply& reply, const Backend& backend, const CallRequest& request);

/// Waits until the hash of the newest closed block is known; for a call that needs it. A fraction of a block time.
void wait_for_parent_hash(const Backend& backend);
}  // namespace jiffy::rpc
