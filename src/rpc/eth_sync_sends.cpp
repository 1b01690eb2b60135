// SPDX-License-Identifier: Apache-2.0
#include "rpc/backend.hpp"
#include "rpc/error_texts.hpp"
#include "rpc/methods.hpp"
#include "rpc/submission.hpp"

namespace jiffy::rpc
{
namespace
{
using sequencer::Pooled;
using sequencer::PoolRefusal;
using sequencer::Refusal;
using sequencer::SubmissionResult;
using sequencer::TransactionPlace;

/// A reply that a receipt, a refusal or the clock gives, whichever comes first.
using Waiting = std::shared_ptr<TimedReply>;

/// A transaction that is to be waited for, as a client sends it: timeout in milliseconds.
struct SyncSend
{
    std::string_view method;
    std::uint64_t timeout = 0;
};

/// The errors of the two methods that wait for a receipt differ in how they say that it did not come.
using TimeoutError = Error (*)(std::uint64_t timeout);

void answer_with_error(const Waiting& waiting, const Error& error)
{
    if (auto reply = waiting->take())
        reply->error(error);
}

bool is_released(const TransactionPlace& place)
{
    return place.block->fragment_of(place.index) != nullptr;
}

/// Answers for a transaction that is on its way since it was sent before: once it is released, or has given way to
/// another one with its nonce. Not on the sequencing thread.
void follow(Backend& backend, const Waiting& waiting, const Hash& hash, const Refusal& refusal)
{
    const auto answer = [&history = backend.history, waiting, hash]
    {
        if (const auto place = history.find_transaction(hash))
            answer_with_receipt(*waiting, *place);
        else
            answer_with_error(
                waiting, {code::server_error, "transaction has left the txpool without being executed", {}});
    };
    NonceWaiter waiter;
    waiter.address = refusal.sender;
    waiter.nonce = refusal.nonce + 1;
    waiter.deadline = waiting->deadline();
    waiter.has_come = [&history = backend.history, hash]
    {
        const auto place = history.find_transaction(hash);
        return place && is_released(*place);
    };
    waiter.job = answer;
    if (!backend.subscriptions.when_nonce(waiter))
        return answer_with_error(waiting, {code::limit_exceeded, "too many requests are waiting", {}});
    // It may have left the pool before anybody waited for its nonce.
    sequencer::PoolQuery query{hash, [&history = backend.history, hash, answer](bool is_pooled)
        {
            if (!is_pooled && !history.find_transaction(hash))
                answer();
        }};
    // Without an answer to that, the clock gives one.
    backend.route.here()->query(query);
}

/// A client that has lost the answer, or does not want to wait for it, sends a transaction again: it gets the receipt
/// of the first one. Anything else is refused.
void answer_refused(Backend& backend, const Waiting& waiting, const Hash& hash, const Refusal& refusal)
{
    const auto place = backend.history.find_transaction(hash);
    if (place && is_released(*place))
        return answer_with_receipt(*waiting, *place);
    const auto* reason = std::get_if<PoolRefusal>(&refusal.reason);
    if (!place && (reason == nullptr || *reason != PoolRefusal::already_known))
        return answer_with_error(waiting, error_of(refusal));
    SealWaiters::Job job = [&backend, waiting, hash, refusal] { follow(backend, waiting, hash, refusal); };
    if (!backend.waiters.post(job))
        answer_with_error(waiting, {code::limit_exceeded, "too many requests are waiting", {}});
}

void submit(Backend& backend, const Waiting& waiting, Arrival arrival)
{
    auto submission = make_submission(backend, std::move(arrival));
    if (!submission)
        return answer_with_error(waiting, submission.error());
    submission->refuse_gap = true;
    submission->await_release = true;
    submission->complete = [waiting, &backend, hash = submission->hash](const SubmissionResult& result)
    {
        if (const auto* place = std::get_if<TransactionPlace>(&result))
            answer_with_receipt(*waiting, *place);
        else if (const auto* refusal = std::get_if<Refusal>(&result))
            answer_refused(backend, waiting, hash, *refusal);
    };
    auto& sequencer = *backend.route.here();
    if (!sequencer.submit(*submission))
        answer_with_error(waiting, overload_error(sequencer.expected_wait()));
}

/// Passes the transaction on to the node that sequences. Its receipt comes from here, once this node has applied it:
/// who has it, reads here what it did.
void forward(Backend& backend, const Waiting& waiting, BytesView raw, const Hash& hash, const SyncSend& send)
{
    auto* forwarder = backend.route.elsewhere();
    if (forwarder == nullptr)
        return answer_with_error(waiting, no_sequencer());
    if (const auto checked = check_transaction(backend, raw); !checked)
        return answer_with_error(waiting, checked.error());
    if (!backend.transaction_waiters.add(hash, waiting))
        return answer_with_error(waiting, {code::limit_exceeded, "too many requests are waiting", {}});
    // It is here already, since it was sent before.
    if (waiting->is_taken())
        return;
    forwarder->forward(send.method, "[" + json_hex(raw) + "," + std::to_string(send.timeout) + "]",
        [waiting, hash](ForwardedAnswer answer)
        {
            if (!answer)
                answer_with_error(waiting, forwarding_error(std::move(answer.error()), hash));
        });
}

void send_and_wait(Call& call, std::string_view method, TimeoutError timeout_error)
{
    auto raw = call.parameters.bytes(0);
    const auto& limits = call.backend.limits;
    // EIP-7966: one that makes no sense counts as none. Clients send it as a number or as hex.
    auto timeout = call.parameters.number_if_any(1).value_or(limits.sync_timeout);
    if (timeout == 0 || timeout > limits.longest_sync_timeout)
        timeout = limits.sync_timeout;
    if (call.reject_bad_parameters(2))
        return;
    auto& backend = call.backend;
    if (const auto formed = check_form(backend, raw); !formed)
        return call.reply.error(formed.error());
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds{timeout};
    // The time may be over before anybody has looked into the transaction. The transaction itself is not kept for that:
    // it is up to 128 KiB, and many may wait.
    const auto hash = crypto::keccak256(raw);
    const auto waiting = std::make_shared<TimedReply>(std::move(call.reply), deadline,
        [hash, timeout, timeout_error]
        {
            auto error = timeout_error(timeout);
            error.data = json_hex(hash.view());
            return error;
        });
    if (backend.route.here() == nullptr)
    {
        forward(backend, waiting, raw, hash, {method, timeout});
        return backend.waiters.expire_in_time(waiting);
    }
    const auto admitted = admit(
        backend, std::move(raw), [&backend, waiting](Arrival arrival) { submit(backend, waiting, std::move(arrival)); },
        hash);
    if (!admitted)
        return answer_with_error(waiting, admitted.error());
    backend.waiters.expire_in_time(waiting);
}

void send_raw_transaction_sync(Call& call)
{
    send_and_wait(call, "eth_sendRawTransactionSync",
        [](std::uint64_t timeout)
        {
            return Error{code::sync_timeout,
                "The transaction was added to the mempool but wasn't processed in " + std::to_string(timeout) + " ms",
                {}};
        });
}

/// MegaETH's words.
void send_raw_transaction_realtime(Call& call)
{
    send_and_wait(call, "realtime_sendRawTransaction",
        [](std::uint64_t) { return Error{code::server_error, "realtime transaction expired", {}}; });
}

constexpr Method methods[] = {
    {"eth_sendRawTransactionSync", send_raw_transaction_sync, MethodCost::light, true},
    {"realtime_sendRawTransaction", send_raw_transaction_realtime, MethodCost::light, true},
};
}  // namespace

std::span<const Method> eth_sync_send_methods()
{
    return methods;
}
}  // namespace jiffy::rpc
