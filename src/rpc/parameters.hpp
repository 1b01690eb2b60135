// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/uint256.hpp"
#include "rpc/error.hpp"
#include "types/transaction.hpp"

#include <optional>
#include <simdjson.h>
#include <variant>

namespace jiffy::rpc
{
using JsonElement = simdjson::dom::element;

enum class BlockTag : std::uint8_t
{
    latest,
    pending,
    safe,
    finalized,
    earliest,
};

/// A block by its hash (EIP-1898).
struct BlockByHash
{
    Hash hash;
    bool require_canonical = false;

    friend bool operator==(const BlockByHash&, const BlockByHash&) = default;
};

/// How a client names a block.
using BlockSelector = std::variant<BlockTag, std::uint64_t, BlockByHash>;

/// Fields of a call or an unsigned transaction; all are optional.
struct TransactionRequest
{
    std::optional<Address> from;
    std::optional<Address> to;
    std::optional<std::uint64_t> gas;
    std::optional<U256> gas_price;
    std::optional<U256> max_fee_per_gas;
    std::optional<U256> max_priority_fee_per_gas;
    std::optional<U256> max_fee_per_blob_gas;
    std::optional<U256> value;
    std::optional<std::uint64_t> nonce;
    std::optional<std::uint64_t> chain_id;
    Bytes data;
    std::optional<types::AccessList> access_list;
    std::vector<Hash> blob_versioned_hashes;
    std::vector<types::Authorization> authorization_list;
};

/// New state of an account for the time of one call.
struct AccountOverride
{
    Address address;
    std::optional<U256> balance;
    std::optional<std::uint64_t> nonce;
    std::optional<Bytes> code;
    /// The slots stand for the whole storage, not just for themselves.
    bool replaces_storage = false;
    std::vector<std::pair<U256, U256>> slots;
};

using StateOverride = std::vector<AccountOverride>;

/// Which logs are wanted. An empty set of alternatives matches everything.
struct LogFilter
{
    std::optional<BlockSelector> from;
    std::optional<BlockSelector> to;
    std::optional<Hash> block_hash;
    std::vector<Address> addresses;
    std::vector<std::vector<Hash>> topics;
};

/// What a subscription is told of, for topics that are not about logs alone.
struct SubscriptionOptions
{
    std::optional<std::uint64_t> from_mini_block;
    std::vector<Address> addresses;
};

/// What eth_callAfter waits for.
struct NonceCondition
{
    Address account{};
    std::uint64_t nonce = 0;
    /// Milliseconds.
    std::optional<std::uint64_t> timeout;
};

/// Which page of the logs of a filter is wanted.
struct LogPage
{
    /// As the answer before gave it.
    std::optional<Bytes> cursor;
    /// Logs at most.
    std::optional<std::uint64_t> limit;
};

/// Changes of the environment for the time of one call.
struct BlockOverrides
{
    std::optional<std::uint64_t> number;
    /// Unix time in seconds.
    std::optional<std::uint64_t> time;
    std::optional<std::uint64_t> gas_limit;
    std::optional<Address> fee_recipient;
    std::optional<Hash> prev_randao;
    /// Wei per gas.
    std::optional<U256> base_fee;
    std::optional<U256> blob_base_fee;
};

/// Position parameters of a request. Every getter checks strictly; the first failure is kept and the getters then give
/// default values, so that a method reads all its parameters and asks once whether they were good.
class Parameters
{
public:
    /// `list` is the request's `params`, empty if it has none.
    explicit Parameters(std::optional<JsonElement> list);

    [[nodiscard]] std::size_t size() const noexcept { return elements_.size(); }
    /// True if the parameter is there and not null.
    [[nodiscard]] bool has(std::size_t index) const noexcept;

    Address address(std::size_t index);
    Hash hash(std::size_t index);
    Bytes bytes(std::size_t index);
    /// A hex number of at most 64 bits.
    std::uint64_t quantity(std::size_t index);
    /// A hex number of at most 256 bits.
    U256 quantity256(std::size_t index);
    /// A hex number or a plain one.
    std::uint64_t lenient_number(std::size_t index);
    /// Likewise, but empty if there is none, or something else.
    std::optional<std::uint64_t> number_if_any(std::size_t index);
    bool boolean(std::size_t index);
    std::string_view string(std::size_t index);
    /// `latest` if the parameter is not there.
    BlockSelector block(std::size_t index);
    /// Likewise, but the parameter must be there.
    BlockSelector required_block(std::size_t index);
    /// Storage key: a hex string of at most 32 bytes.
    U256 storage_key(std::size_t index);
    std::vector<U256> storage_keys(std::size_t index);
    std::vector<double> percentiles(std::size_t index);
    TransactionRequest transaction_request(std::size_t index);
    StateOverride state_override(std::size_t index);
    BlockOverrides block_overrides(std::size_t index);
    LogFilter log_filter(std::size_t index);
    /// An object, or a list of addresses alone.
    SubscriptionOptions subscription_options(std::size_t index);
    NonceCondition nonce_condition(std::size_t index);
    LogPage log_page(std::size_t index);
    /// Refuses further parameters.
    void at_most(std::size_t count);

    /// What was wrong first, if anything was.
    [[nodiscard]] const std::optional<Error>& error() const noexcept { return error_; }
    /// Records that a parameter is not what it should be.
    void reject(std::size_t index, std::string_view reason);

private:
    [[nodiscard]] std::optional<JsonElement> required(std::size_t index);

    std::vector<JsonElement> elements_;
    std::optional<Error> error_;
};
}  // namespace jiffy::rpc
