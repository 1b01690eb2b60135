// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "evm/addresses.hpp"
#include "evm/code_cache.hpp"
#include "evm/delegation.hpp"
#include "evm/environment.hpp"
#include "evm/message.hpp"
#include "evm/workspace.hpp"
#include "state/journal.hpp"

namespace jiffy::evm
{
/// Executes messages on a journal. One machine serves one thread and keeps its memory from message to message.
class Machine
{
public:
    Machine(state::Journal& journal, CodeCache& codes);

    /// Sets what the code sees; both must stay until the next call of this function.
    void set_environment(const BlockEnvironment& block, const TransactionEnvironment& transaction) noexcept;

    /// A null tracer runs the fast interpreter; any other one the plain one, which reports every step.
    void set_tracer(Tracer* tracer) noexcept { context_.tracer = tracer; }

    /// Runs a message with everything it calls. The value is moved, the creation's nonce, collision and deposit rules
    /// are applied, and the recipient's delegation is followed (EIP-7702); the caller has done what belongs to the
    /// transaction: the sender's nonce and fees, a balance that covers the value, warm accounts. On any status but
    /// success the journal is as it was before, and no gas is left except after `revert`.
    Outcome execute(const Message& message);

private:
    Outcome run(Frame& outermost);

    Context context_;
    StackMemory stack_;
    /// Output of a precompiled contract that is the recipient of a message.
    Bytes precompile_output_;
};
}  // namespace jiffy::evm
