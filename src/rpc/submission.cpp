// SPDX-License-Identifier: Apache-2.0
#include "rpc/submission.hpp"

#include "rpc/backend.hpp"
#include "rpc/error_texts.hpp"

#include <charconv>

namespace jiffy::rpc
{
namespace
{
/// geth's limit of a pooled transaction, in bytes.
constexpr std::size_t largest_transaction = 128 * 1024;

constexpr std::string_view overload_message = "the node is overloaded, retry in ";
constexpr std::string_view overload_message_unit = " ms";
constexpr std::string_view overload_data = R"({"retryAfterMilliseconds":)";

/// When to try again: a little longer than the queue is now, or those who do make it as long again.
std::uint64_t retry_after(std::uint64_t wait)
{
    return wait * 2 / 1000 + 1;
}
}  // namespace

Result<types::Transaction, Error> check_transaction(const Backend& backend, BytesView raw)
{
    auto transaction = types::decode_transaction(raw);
    if (!transaction)
        return failure(error_of(transaction.error()));
    if (transaction->type == types::TransactionType::deposit)
        return failure(Error{code::server_error, "transaction type not supported", {}});
    if (!transaction->chain_id)
        return failure(Error{code::server_error, "only replay-protected (EIP-155) transactions allowed over RPC", {}});

    const auto open_block = backend.history.open_block();
    const auto& opening = open_block->opening;
    const auto context = chain::make_block_context(backend.specification, opening, backend.history.block_hashes());
    if (const auto valid = chain::validate_static(context, *transaction); !valid)
        return failure(error_of(sequencer::Refusal{.reason = valid.error(),
            .nonce = transaction->nonce,
            .gas_limit = transaction->gas_limit,
            .max_fee_per_gas = transaction->max_fee_per_gas,
            .max_priority_fee_per_gas = transaction->max_priority_fee_per_gas,
            .block_gas_limit = opening.gas_limit}));
    if (transaction->gas_limit > opening.gas_limit)
        return failure(Error{code::server_error, "exceeds block gas limit", {}});
    return std::move(*transaction);
}

Result<sequencer::Submission, Error> make_submission(const Backend& backend, Arrival arrival)
{
    auto transaction = check_transaction(backend, arrival.raw);
    if (!transaction)
        return failure(transaction.error());
    const auto sender = types::recover_sender(*transaction);
    if (!sender)
        return failure(Error{code::server_error, "invalid sender", {}});

    sequencer::Submission submission;
    submission.hash = arrival.hash ? *arrival.hash : crypto::keccak256(arrival.raw);
    submission.sender = *sender;
    submission.transaction = std::move(*transaction);
    submission.arrived = arrival.time;
    submission.ticket = std::move(arrival.ticket);
    submission.more_follow = arrival.more_follow;
    return submission;
}

Result<void, Error> check_form(const Backend& backend, BytesView raw)
{
    if (raw.empty())
        return failure(Error{code::server_error, "typed transaction too short", {}});
    // With or without blobs beside it.
    if (backend.specification.optimism && raw.front() == static_cast<Byte>(types::TransactionType::blob))
        return failure(Error{code::server_error, "transaction type not supported", {}});
    if (raw.size() > largest_transaction)
        return failure(Error{code::server_error,
            "oversized data: transaction size " + std::to_string(raw.size()) + ", limit " +
                std::to_string(largest_transaction),
            {}});
    return {};
}

Result<void, Error> admit(Backend& backend, Bytes raw, Ingress::Process process, const std::optional<Hash>& hash)
{
    if (const auto added = backend.route.ingress().add(std::move(raw), std::move(process), hash); !added)
        return failure(overload_error(added.error()));
    return {};
}

Error forwarding_error(ForwardFault fault, const Hash& hash)
{
    auto& error = fault.error;
    if (fault.kind == ForwardFault::Kind::unsent)
        error.message.append(": the transaction was not sent");
    if (fault.kind == ForwardFault::Kind::lost)
        error.message.append(
            ": it is unknown whether the transaction was taken, ask for its receipt before another is sent");
    if (fault.kind != ForwardFault::Kind::refused)
        error.data = json_hex(hash.view());
    return std::move(error);
}

Error no_sequencer()
{
    return {code::internal_error, "this node does not take transactions", {}};
}

Error overload_error(std::uint64_t wait)
{
    const auto milliseconds = std::to_string(retry_after(wait));
    Error error{code::limit_exceeded, std::string{overload_message}, std::string{overload_data}};
    error.message.append(milliseconds).append(overload_message_unit);
    error.data.append(milliseconds).append("}");
    return error;
}

void append_overload_answer(std::string& answer, std::string_view id, std::uint64_t wait)
{
    static const auto middle = R"(,"error":{"code":)" + std::to_string(code::limit_exceeded) + R"(,"message":")" +
                               std::string{overload_message};
    char digits[20];
    const std::string_view milliseconds{digits, std::to_chars(digits, digits + sizeof digits, retry_after(wait)).ptr};
    answer.append(R"({"jsonrpc":"2.0","id":)").append(id).append(middle).append(milliseconds);
    answer.append(overload_message_unit)
        .append(R"(","data":)")
        .append(overload_data)
        .append(milliseconds)
        .append("}}}");
}
}  // namespace jiffy::rpc
