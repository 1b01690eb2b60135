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
using sequencer::Refusal;
using sequencer::SubmissionResult;

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
    auto& sequencer = *backend.route.here();
    if (!sequencer.submit(*submission))
        reply->error(overload_error(sequencer.expected_wait()));
}

/// Passes the transaction on to the node that sequences, and its answer back.
void forward_without_waiting(Call& call, BytesView raw)
{
    auto* forwarder = call.backend.route.elsewhere();
    if (forwarder == nullptr)
        return call.reply.error(no_sequencer());
    if (const auto checked = check_transaction(call.backend, raw); !checked)
        return call.reply.error(checked.error());
    forwarder->forward("eth_sendRawTransaction", "[" + json_hex(raw) + "]",
        [reply = std::move(call.reply), hash = crypto::keccak256(raw)](ForwardedAnswer answer) mutable
        {
            if (!answer)
                return reply.error(forwarding_error(std::move(answer.error()), hash));
            reply.result([&answer](JsonWriter& json) { json.raw(*answer); });
        });
}

void send_raw_transaction(Call& call)
{
    auto raw = call.parameters.bytes(0);
    if (call.reject_bad_parameters(1))
        return;
    auto& backend = call.backend;
    if (const auto formed = check_form(backend, raw); !formed)
        return call.reply.error(formed.error());
    if (backend.route.here() == nullptr)
        return forward_without_waiting(call, raw);
    const auto reply = std::make_shared<Reply>(std::move(call.reply));
    const auto admitted = admit(backend, std::move(raw),
        [&backend, reply](Arrival arrival) { send_without_waiting(backend, reply, std::move(arrival)); });
    if (!admitted)
        reply->error(admitted.error());
}

/// Answers with what `write` says of the transaction with the hash, or null.
template <class Write>
void answer_about_transaction(Call& call, Write write)
{
    const auto hash = call.parameters.hash(0);
    if (call.reject_bad_parameters(1))
        return;
    const auto place = call.backend.chain().find_transaction(hash);
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
    {"eth_getRawTransactionByHash", get_raw_transaction_by_hash, MethodCost::names_block},
    {"eth_getTransactionByHash", get_transaction_by_hash, MethodCost::names_block},
    {"eth_getTransactionReceipt", get_transaction_receipt, MethodCost::names_block},
    {"eth_sendRawTransaction", send_raw_transaction, MethodCost::light, true},
};
}  // namespace

std::span<const Method> eth_transaction_methods()
{
    return methods;
}
}  // namespace jiffy::rpc
