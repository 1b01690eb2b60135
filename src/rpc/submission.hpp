// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.hpp"
#include "rpc/error.hpp"
#include "rpc/forwarder.hpp"
#include "rpc/ingress.hpp"

namespace jiffy::rpc
{
struct Backend;

/// Decodes the transaction and checks what can be checked without the state and its sender.
Result<types::Transaction, Error> check_transaction(const Backend& backend, BytesView raw);

/// Likewise, and recovers its sender.
Result<sequencer::Submission, Error> make_submission(const Backend& backend, Arrival arrival);

/// The error is for the sender if the first byte and the size show that this cannot be a transaction.
Result<void, Error> check_form(const Backend& backend, BytesView raw);

/// Has `process` run with the transaction on an I/O thread in its turn. The error is for the sender if more is waiting
/// than can be done in time. `hash` is the transaction's, for a caller that needs it before; otherwise it is computed
/// in that turn.
Result<void, Error> admit(Backend& backend, Bytes raw, Ingress::Process process, const std::optional<Hash>& hash = {});

/// What a client whose transaction was passed on gets instead of a result: the other node's own error, or that
/// nothing was sent, or that it is unknown what became of it, with its hash.
Error forwarding_error(ForwardFault fault, const Hash& hash);

/// There is nobody who puts transactions in order.
Error no_sequencer();

/// More comes than can be done: when to try again, for one who would wait for `wait` microseconds now.
Error overload_error(std::uint64_t wait);
/// Likewise, as the whole answer to the request with that id, which is JSON.
void append_overload_answer(std::string& answer, std::string_view id, std::uint64_t wait);
}  // namespace jiffy::rpc
