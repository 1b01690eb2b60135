// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "evm/code_cache.hpp"
#include "evm/environment.hpp"
#include "evm/message.hpp"
#include "evm/workspace.hpp"
#include "state/journal.hpp"

namespace jiffy::evm
{
struct Tracer;

/// Executes messages on a journal. One machine serves one thread and keeps its memory from message to message.
class Machine
{
public:
    Machine(state::Journal& journal, CodeCache& codes);

    /// Sets what the code sees; both must stay until the next call of this function.
    void set_environment(const BlockEnvironment& block, const TransactionEnvironment& transaction) noexcept;

    /// A null tracer runs the fast interpreter; any other one the plain one, which reports every step.
    void set_tracer(Tracer* tracer) noexcept { tracer_ = tracer; }

    /// Runs a message with everything it calls. The value is moved, the creation's nonce, collision and deposit rules
    /// are applied; the caller has done what belongs to the transaction: the sender's nonce, fees, warm accounts,
    /// delegation of the recipient resolved here (EIP-7702). On any status but success the journal is as it was
    /// before, gas_left is 0 except for `revert`.
    Outcome execute(const Message& message);

private:
    state::Journal& journal_;
    CodeCache& codes_;
    Workspace workspace_;
    const BlockEnvironment* block_ = nullptr;
    const TransactionEnvironment* transaction_ = nullptr;
    Tracer* tracer_ = nullptr;
};

/// Address of a contract that CREATE makes: keccak256(rlp([sender, nonce])).
Address create_address(const Address& sender, std::uint64_t nonce);

/// Address of a contract that CREATE2 makes (EIP-1014).
Address create2_address(const Address& sender, const Hash& salt, BytesView init_code);

/// Target of a delegation designator 0xef0100 || address (EIP-7702); empty if the code is none.
std::optional<Address> delegation_target(BytesView code) noexcept;
}  // namespace jiffy::evm
