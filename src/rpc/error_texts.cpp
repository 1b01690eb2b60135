// SPDX-License-Identifier: Apache-2.0
#include "rpc/error_texts.hpp"

#include "base/hex.hpp"
#include "rpc/json_writer.hpp"

#include <algorithm>
#include <simdjson.h>

namespace jiffy::rpc
{
namespace
{
using chain::InvalidTransaction;
using sequencer::PoolRefusal;
using sequencer::Refusal;

std::string decimal(const U256& value)
{
    std::string digits;
    U256 rest = value;
    do
    {
        const auto [quotient, remainder] = divide(rest, U256{10});
        digits.push_back(static_cast<char>('0' + remainder.low()));
        rest = quotient;
    } while (!rest.is_zero());
    std::ranges::reverse(digits);
    return digits;
}

std::string address_text(const Address& address)
{
    return to_hex(address.view());
}

std::string text_of(InvalidTransaction reason, const Refusal& refusal)
{
    const auto nonces =
        ": next nonce " + std::to_string(refusal.account_nonce) + ", tx nonce " + std::to_string(refusal.nonce);
    switch (reason)
    {
        case InvalidTransaction::nonce_mismatch_too_low:
            return "nonce too low" + nonces;
        case InvalidTransaction::nonce_mismatch_too_high:
            return "nonce too high" + nonces;
        case InvalidTransaction::nonce_is_max:
            return "nonce has max value: address " + address_text(refusal.sender) +
                   ", nonce: " + std::to_string(refusal.nonce);
        case InvalidTransaction::insufficient_account_funds:
            return "insufficient funds for gas * price + value: balance " + decimal(refusal.balance) + ", tx cost " +
                   decimal(refusal.cost) + ", overshot " +
                   decimal(refusal.cost > refusal.balance ? refusal.cost - refusal.balance : U256{});
        case InvalidTransaction::intrinsic_gas_too_low:
            return "intrinsic gas too low: gas " + std::to_string(refusal.gas_limit);
        case InvalidTransaction::intrinsic_gas_below_floor_gas_cost:
            return "insufficient gas for floor data gas cost: gas " + std::to_string(refusal.gas_limit);
        case InvalidTransaction::gas_allowance_exceeded:
            return "exceeds block gas limit";
        case InvalidTransaction::gas_limit_exceeds_maximum:
            return "transaction gas limit too high: tx: " + std::to_string(refusal.gas_limit);
        case InvalidTransaction::insufficient_max_fee_per_gas:
            return "max fee per gas less than block base fee: address " + address_text(refusal.sender) +
                   ", maxFeePerGas: " + decimal(refusal.max_fee_per_gas) + ", baseFee: " + decimal(refusal.base_fee);
        case InvalidTransaction::priority_greater_than_max_fee_per_gas:
            return "max priority fee per gas higher than max fee per gas: address " + address_text(refusal.sender) +
                   ", maxPriorityFeePerGas: " + decimal(refusal.max_priority_fee_per_gas) +
                   ", maxFeePerGas: " + decimal(refusal.max_fee_per_gas);
        case InvalidTransaction::invalid_chain_id:
            return "invalid chain id for signer";
        case InvalidTransaction::invalid_signature_vrs:
            return "invalid sender";
        case InvalidTransaction::sender_not_eoa:
            return "sender not an eoa: address " + address_text(refusal.sender);
        case InvalidTransaction::initcode_size_exceeded:
            return "max initcode size exceeded";
        case InvalidTransaction::insufficient_max_fee_per_blob_gas:
            return "max fee per blob gas less than block blob gas fee";
        case InvalidTransaction::type_3_tx_zero_blobs:
            return "blob transaction missing blob hashes";
        case InvalidTransaction::type_3_tx_contract_creation:
            return "blob transaction of type create";
        case InvalidTransaction::type_4_tx_contract_creation:
            return "EIP-7702 transaction cannot be used to create contract";
        case InvalidTransaction::type_4_empty_authorization_list:
            return "EIP-7702 transaction with empty auth list";
        case InvalidTransaction::type_3_tx_invalid_blob_versioned_hash:
            return "blob transaction has an invalid versioned hash";
        case InvalidTransaction::type_3_tx_blob_count_exceeded:
        case InvalidTransaction::type_3_tx_max_blob_gas_allowance_exceeded:
            return "too many blobs in transaction";
        case InvalidTransaction::type_3_tx_with_full_blobs:
            return "blob sidecar is not taken here";
        case InvalidTransaction::malformed:
            return "rlp: malformed transaction";
        case InvalidTransaction::type_not_supported:
        case InvalidTransaction::type_1_tx_pre_fork:
        case InvalidTransaction::type_2_tx_pre_fork:
        case InvalidTransaction::type_3_tx_pre_fork:
        case InvalidTransaction::type_4_tx_pre_fork:
            return "transaction type not supported";
    }
    return "invalid transaction";
}

std::string_view text_of(PoolRefusal reason)
{
    switch (reason)
    {
        case PoolRefusal::already_known:
            return "already known";
        case PoolRefusal::replacement_underpriced:
            return "replacement transaction underpriced";
        case PoolRefusal::replaced:
            return "transaction was replaced by one that pays more";
        case PoolRefusal::full:
            return "txpool is full";
        case PoolRefusal::account_limit_exceeded:
            return "account limit exceeded";
        case PoolRefusal::block_full:
            return "the block is full";
        case PoolRefusal::nonce_gap:
            return "nonce gap";
        case PoolRefusal::insufficient_funds_for_all:
            return "insufficient funds for gas * price + value of all pooled transactions";
        case PoolRefusal::evicted:
            return "transaction had to leave the full txpool";
        case PoolRefusal::expired:
            return "transaction waited too long for an earlier nonce or a lower base fee";
        case PoolRefusal::stopping:
            return "the node is stopping";
        case PoolRefusal::log_failed:
            return "the node cannot write its log, or leads no more, so that it promises nothing: the transaction may "
                   "be "
                   "in the chain or lost";
    }
    return "transaction refused";
}

/// As an overloaded node answers. `wait` in microseconds.
Error block_full_error(std::uint64_t wait)
{
    const auto milliseconds = std::to_string(wait / 1000 + 1);
    return {code::limit_exceeded, std::string{text_of(PoolRefusal::block_full)} + ", retry in " + milliseconds + " ms",
        R"({"retryAfterMilliseconds":)" + milliseconds + "}"};
}

/// Solidity's panic codes (Solidity documentation, "Panic via assert and Error via require").
std::string_view panic_reason(std::uint64_t panic)
{
    switch (panic)
    {
        case 0x00:
            return "generic panic";
        case 0x01:
            return "assert(false)";
        case 0x11:
            return "arithmetic underflow or overflow";
        case 0x12:
            return "division or modulo by zero";
        case 0x21:
            return "enum overflow";
        case 0x22:
            return "invalid encoded storage byte array accessed";
        case 0x31:
            return "out-of-bounds array access; popping on an empty array";
        case 0x32:
            return "out-of-bounds access of an array or bytesN";
        case 0x41:
            return "out of memory";
        case 0x51:
            return "uninitialized function";
        default:
            return {};
    }
}

U256 word_at(BytesView data, std::size_t offset)
{
    return to_u256(Hash::from(data.subspan(offset, 32)));
}

std::string_view status_text(evm::Status status)
{
    using evm::Status;
    switch (status)
    {
        case Status::out_of_gas:
            return "out of gas";
        case Status::undefined_instruction:
        case Status::invalid_instruction:
            return "invalid opcode";
        case Status::stack_overflow:
            return "stack limit reached";
        case Status::stack_underflow:
            return "stack underflow";
        case Status::bad_jump_destination:
            return "invalid jump destination";
        case Status::static_mode_violation:
            return "write protection";
        case Status::out_of_bounds_read:
            return "return data out of bounds";
        case Status::call_depth_exceeded:
            return "max call depth exceeded";
        case Status::insufficient_balance:
            return "insufficient balance for transfer";
        case Status::nonce_overflow:
            return "nonce uint64 overflow";
        case Status::address_collision:
            return "contract address collision";
        case Status::code_size_exceeded:
            return "max code size exceeded";
        case Status::invalid_code_prefix:
            return "invalid code: must not begin with 0xef";
        case Status::init_code_size_exceeded:
            return "max initcode size exceeded";
        case Status::precompile_failure:
            return "precompile failed";
        case Status::success:
        case Status::revert:
        case Status::unavailable:
            break;
    }
    return "execution failed";
}
}  // namespace

Error error_of(const Refusal& refusal)
{
    if (const auto* pool_reason = std::get_if<PoolRefusal>(&refusal.reason))
    {
        if (*pool_reason == PoolRefusal::nonce_gap)
            return {code::nonce_gap,
                "nonce too high: next nonce " + std::to_string(refusal.next_nonce) + ", tx nonce " +
                    std::to_string(refusal.nonce),
                json_string(to_quantity(refusal.next_nonce))};
        if (*pool_reason == PoolRefusal::block_full)
            return block_full_error(refusal.next_block_wait);
        return {code::server_error, std::string{text_of(*pool_reason)}, {}};
    }
    return {code::server_error, text_of(std::get<InvalidTransaction>(refusal.reason), refusal), {}};
}

Error error_of(types::TransactionError error)
{
    switch (error)
    {
        case types::TransactionError::unknown_type:
            return {code::server_error, "transaction type not supported", {}};
        case types::TransactionError::invalid_signature:
            return {code::server_error, "invalid transaction v, r, s values", {}};
        case types::TransactionError::creation_not_allowed:
            return {code::server_error, "rlp: input string too short for common.Address", {}};
        case types::TransactionError::malformed:
        case types::TransactionError::invalid_field:
            break;
    }
    return {code::server_error, "rlp: malformed transaction", {}};
}

std::string revert_text(BytesView output)
{
    constexpr Byte error_selector[] = {0x08, 0xc3, 0x79, 0xa0};
    constexpr Byte panic_selector[] = {0x4e, 0x48, 0x7b, 0x71};
    constexpr std::string_view reverted = "execution reverted";
    if (output.size() < 4)
        return std::string{reverted};
    const auto arguments = output.subspan(4);
    if (equal(output.first(4), panic_selector) && arguments.size() == 32)
    {
        const U256 panic = word_at(arguments, 0);
        const auto reason = panic.fits_64() ? panic_reason(panic.low()) : std::string_view{};
        return std::string{reverted} + ": " +
               (reason.empty() ? "unknown panic code: " + to_quantity(panic) : std::string{reason});
    }
    if (!equal(output.first(4), error_selector) || arguments.size() < 64)
        return std::string{reverted};
    const U256 offset = word_at(arguments, 0);
    if (!offset.fits_64() || offset.low() > arguments.size() - 32)
        return std::string{reverted};
    const auto rest = arguments.subspan(offset.low());
    const U256 length = word_at(rest, 0);
    if (!length.fits_64() || length.low() > rest.size() - 32)
        return std::string{reverted};
    const auto text = rest.subspan(32, length.low());
    const std::string_view characters{reinterpret_cast<const char*>(text.data()), text.size()};
    // The text goes into JSON: what a contract calls a string need not be one.
    if (!simdjson::validate_utf8(characters))
        return std::string{reverted};
    return std::string{reverted} + ": " + std::string{characters};
}

Error error_of_outcome(evm::Status status, BytesView output)
{
    if (status == evm::Status::revert)
        return {code::reverted, revert_text(output), json_hex(output)};
    return {code::server_error, std::string{status_text(status)}, {}};
}
}  // namespace jiffy::rpc
