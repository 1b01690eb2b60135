// SPDX-License-Identifier: Apache-2.0
#include "rpc/backend.hpp"
#include "rpc/error_texts.hpp"
#include "rpc/format.hpp"
#include "rpc/methods.hpp"
#include "rpc/submission.hpp"

namespace jiffy::rpc
{
namespace
{
using sequencer::Pooled;
using sequencer::Refusal;
using sequencer::SubmissionResult;
using sequencer::TransactionPlace;

/// Hands the transaction to the sequencing thread and answers with its hash, or why not.
void send_without_waiting(Backend& backend, const std::shared_ptr<Reply>& reply, Arrival arrival)
{
    auto submission = make_submission(backend, std::move(arrival));
    if (!submission)
        return reply->error(submission.error());
    submission->complete = [reply, hash = submission->hash](const SubmissionResult& result)
    {
        // The second time, when a pooled one has been executed, the reply has been given and this does nothing.
        if (const auto* refusal = std::get_if<Refusal>(&result))
            reply->error(error_of(*refusal));
        else
            reply->result([&hash](JsonWriter& json) { json.hex(hash); });
    };
    if (!backend.sequencer.submit(*submission))
        reply->error(overload_error(backend.sequencer.expected_wait()));
}

void send_raw_transaction(Call& call)
{
    if (const auto wait = call.backend.ingress.refusal())
        return call.reply.error(overload_error(*wait));
    auto raw = call.parameters.bytes(0);
    if (call.reject_bad_parameters(1))
        return;
    auto& backend = call.backend;
    const auto reply = std::make_shared<Reply>(std::move(call.reply));
    const auto admitted = admit(backend, std::move(raw),
        [&backend, reply](Arrival arrival) { send_without_waiting(backend, reply, std::move(arrival)); });
    if (!admitted)
        reply->error(admitted.error());
}

/// The errors of the two methods that wait for a receipt differ in how they say that it did not come.
using TimeoutError = Error (*)(std::uint64_t timeout);

/// A reply that a receipt, a refusal or the clock gives, whichever comes first.
struct Waiting
{
    Reply reply;
    /// Milliseconds.
    std::uint64_t timeout = 0;
    TimeoutError timeout_error = nullptr;
    std::atomic<bool> answered = false;
};

void answer_with_receipt(Waiting& waiting, const TransactionPlace& place)
{
    waiting.reply.result_later(
        [place](JsonWriter& json)
        {
            const auto preconfirmation = sequencer::preconfirmation_of(place);
            write_receipt(json, *place.block, place.index, preconfirmation ? &*preconfirmation : nullptr);
        });
}

/// The transaction's place if it has been released: then a client that lost the answer has sent it again.
std::optional<TransactionPlace> find_released(const sequencer::History& history, const Hash& hash)
{
    auto place = history.find_transaction(hash);
    return place && place->block->fragment_of(place->index) != nullptr ? place : std::nullopt;
}

void send_and_wait(Backend& backend, const std::shared_ptr<Waiting>& waiting, Arrival arrival)
{
    auto submission = make_submission(backend, std::move(arrival));
    if (!submission)
        return waiting->reply.error(submission.error());
    submission->refuse_gap = true;
    submission->await_release = true;
    submission->complete = [waiting, &backend, hash = submission->hash](const SubmissionResult& result)
    {
        if (std::holds_alternative<Pooled>(result))
        {
            SealWaiters::Job give_up = [waiting, hash]
            {
                if (waiting->answered.exchange(true))
                    return;
                auto error = waiting->timeout_error(waiting->timeout);
                error.data = json_hex(hash.view());
                waiting->reply.error(error);
            };
            const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds{waiting->timeout};
            if (!backend.waiters.at(deadline, give_up))
                give_up();
            return;
        }
        if (waiting->answered.exchange(true))
            return;
        const auto* refusal = std::get_if<Refusal>(&result);
        if (refusal == nullptr)
            return answer_with_receipt(*waiting, std::get<TransactionPlace>(result));
        if (const auto place = find_released(backend.history, hash))
            return answer_with_receipt(*waiting, *place);
        waiting->reply.error(error_of(*refusal));
    };
    if (!backend.sequencer.submit(*submission) && !waiting->answered.exchange(true))
        waiting->reply.error(overload_error(backend.sequencer.expected_wait()));
}

void send_and_wait(Call& call, TimeoutError timeout_error)
{
    if (const auto wait = call.backend.ingress.refusal())
        return call.reply.error(overload_error(*wait));
    auto raw = call.parameters.bytes(0);
    const auto& limits = call.backend.limits;
    // EIP-7966: a timeout that makes no sense counts as none. Clients send it as a number or as hex.
    auto timeout = call.parameters.has(1) ? call.parameters.lenient_number(1) : limits.sync_timeout;
    if (timeout == 0 || timeout > limits.longest_sync_timeout)
        timeout = limits.sync_timeout;
    if (call.reject_bad_parameters(2))
        return;
    auto& backend = call.backend;
    const auto waiting = std::make_shared<Waiting>(std::move(call.reply), timeout, timeout_error);
    const auto admitted = admit(backend, std::move(raw),
        [&backend, waiting](Arrival arrival) { send_and_wait(backend, waiting, std::move(arrival)); });
    if (!admitted)
        waiting->reply.error(admitted.error());
}

void send_raw_transaction_sync(Call& call)
{
    send_and_wait(call,
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
    send_and_wait(call, [](std::uint64_t) { return Error{code::server_error, "realtime transaction expired", {}}; });
}

/// Answers with what `write` says of the transaction with the hash, or null.
template <class Write>
void answer_about_transaction(Call& call, Write write)
{
    const auto hash = call.parameters.hash(0);
    if (call.reject_bad_parameters(1))
        return;
    const auto place = call.backend.history.find_transaction(hash);
    call.reply.result(
        [&](JsonWriter& json)
        {
            if (place)
                write(json, *place->block, place->index);
            else
                json.null();
        });
}

void get_transaction_by_hash(Call& call)
{
    answer_about_transaction(call, write_transaction);
}

void get_transaction_receipt(Call& call)
{
    answer_about_transaction(call, [](JsonWriter& json, const sequencer::BlockRecord& block, std::size_t index)
        { write_receipt(json, block, index); });
}

void get_raw_transaction_by_hash(Call& call)
{
    answer_about_transaction(call, [](JsonWriter& json, const sequencer::BlockRecord& block, std::size_t index)
        { json.hex(types::encode(block.transactions[index].transaction)); });
}

constexpr Method methods[] = {
    {"eth_getRawTransactionByHash", get_raw_transaction_by_hash},
    {"eth_getTransactionByHash", get_transaction_by_hash},
    {"eth_getTransactionReceipt", get_transaction_receipt},
    {"eth_sendRawTransaction", send_raw_transaction},
    {"eth_sendRawTransactionSync", send_raw_transaction_sync},
    {"realtime_sendRawTransaction", send_raw_transaction_realtime},
};
}  // namespace

std::span<const Method> eth_transaction_methods()
{
    return methods;
}
}  // namespace jiffy::rpc
