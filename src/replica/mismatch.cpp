// SPDX-License-Identifier: Apache-2.0
#include "replica/mismatch.hpp"

#include "base/hex.hpp"

#include <algorithm>

namespace jiffy::replica
{
namespace
{
std::string text_of(std::uint64_t value)
{
    return std::to_string(value);
}

std::string text_of(bool value)
{
    return value ? "true" : "false";
}

std::string text_of(const U256& value)
{
    return to_quantity(value);
}

template <std::size_t size>
std::string text_of(const FixedBytes<size>& value)
{
    return to_hex(value.view());
}

std::string text_of(const Bytes& value)
{
    return to_hex(value);
}

template <class Value>
std::string text_of(const std::optional<Value>& value)
{
    return value ? text_of(*value) : "none";
}

/// Keeps the first value that differs.
class Comparison
{
public:
    Comparison(Check check, std::string place)
      : check_{check}
      , place_{std::move(place)}
    {
    }

    template <class Value>
    Comparison& field(std::string_view name, const Value& said, const Value& found)
    {
        if (!finding_ && !(said == found))
            finding_ = Finding{check_, place_ + std::string{name}, text_of(said), text_of(found)};
        return *this;
    }

    std::optional<Finding> take() { return std::move(finding_); }

private:
    Check check_;
    std::string place_;
    std::optional<Finding> finding_;
};

std::string at(std::string_view list, std::string_view place)
{
    std::string text{list};
    return text.append("[").append(place).append("].");
}

std::optional<Finding> compare_log(const types::Log& said, const types::Log& found, std::size_t index)
{
    Comparison comparison{Check::receipt, at("logs", std::to_string(index))};
    comparison.field("address", said.address, found.address)
        .field("topics.length", std::uint64_t{said.topics.count}, std::uint64_t{found.topics.count});
    for (std::size_t i = 0; i < std::min(said.topics.count, found.topics.count); ++i)
        comparison.field("topics[" + std::to_string(i) + "]", said.topics.values[i], found.topics.values[i]);
    return comparison.field("data", said.data, found.data).take();
}

std::optional<Finding> compare_counts(const types::IdCounts& said, const types::IdCounts& found, const char* place)
{
    return Comparison{Check::difference, place}
        .field("accounts", std::uint64_t{said.accounts}, std::uint64_t{found.accounts})
        .field("slots", std::uint64_t{said.slots}, std::uint64_t{found.slots})
        .field("codes", std::uint64_t{said.codes}, std::uint64_t{found.codes})
        .take();
}

std::string name_of(const types::AccountUpdate& account, const world::World& world)
{
    const auto address = world.address_at(account.id);
    return "accounts[" + (address ? to_hex(address->view()) : "#" + std::to_string(account.id)) + "]";
}

std::string name_of(const types::SlotUpdate& slot, const world::World& /*world*/)
{
    return "slots[#" + std::to_string(slot.id) + "]";
}

std::optional<Finding> compare_entry(const types::AccountUpdate& said,
    const types::AccountUpdate& found,
    const std::string& name)
{
    return Comparison{Check::difference, name + "."}
        .field("address", said.address, found.address)
        .field("deleted", said.deleted, found.deleted)
        .field("storageCleared", said.storage_cleared, found.storage_cleared)
        .field("nonce", said.nonce, found.nonce)
        .field("balance", said.balance, found.balance)
        .field("code", std::uint64_t{said.code}, std::uint64_t{found.code})
        .take();
}

std::optional<Finding> compare_entry(const types::SlotUpdate& said,
    const types::SlotUpdate& found,
    const std::string& name)
{
    return Comparison{Check::difference, name + "."}
        .field("account", std::uint64_t{said.account}, std::uint64_t{found.account})
        .field("key", said.key, found.key)
        .field("value", said.value, found.value)
        .take();
}

/// Both ascend by id.
template <class Update>
std::optional<Finding> compare_lists(const std::vector<Update>& said,
    const std::vector<Update>& found,
    const world::World& world)
{
    for (std::size_t i = 0; i < std::max(said.size(), found.size()); ++i)
    {
        const bool is_missing = i == said.size() || (i < found.size() && said[i].id > found[i].id);
        const bool is_extra = i == found.size() || (i < said.size() && said[i].id < found[i].id);
        if (is_missing || is_extra)
            return Finding{Check::difference, name_of(is_missing ? found[i] : said[i], world),
                is_missing ? "not changed" : "changed", is_missing ? "changed" : "not changed"};
        if (auto finding = compare_entry(said[i], found[i], name_of(found[i], world)))
            return finding;
    }
    return std::nullopt;
}
}  // namespace

std::string_view to_string(Check check) noexcept
{
    switch (check)
    {
        case Check::order:
            return "order";
        case Check::epoch:
            return "epoch";
        case Check::opening:
            return "opening";
        case Check::sender:
            return "sender";
        case Check::protocol:
            return "protocol";
        case Check::transaction:
            return "transaction";
        case Check::receipt:
            return "receipt";
        case Check::difference:
            return "difference";
        case Check::statement:
            return "statement";
        case Check::mini_block:
            return "mini-block";
        case Check::parent:
            return "parent";
        case Check::requests:
            return "requests";
    }
    return "";
}

std::string to_string(const Mismatch& mismatch)
{
    const auto& [check, field, said, found] = mismatch.finding;
    auto text = "block " + std::to_string(mismatch.block) + ", mini-block " + std::to_string(mismatch.mini_block);
    if (mismatch.transaction)
        text += ", transaction " + std::to_string(*mismatch.transaction);
    if (mismatch.transaction_hash)
        text += " (" + to_hex(mismatch.transaction_hash->view()) + ")";
    text.append(": ").append(to_string(check)).append(": ").append(field);
    text.append(": the sequencer says ").append(said).append(", found is ").append(found);
    return text;
}

std::optional<Finding> compare(Check check, const types::Header& said, const types::Header& found)
{
    if (said == found)
        return std::nullopt;
    return Comparison{check, ""}
        .field("number", said.number, found.number)
        .field("parentHash", said.parent_hash, found.parent_hash)
        .field("timestamp", said.timestamp, found.timestamp)
        .field("gasLimit", said.gas_limit, found.gas_limit)
        .field("baseFeePerGas", said.base_fee_per_gas, found.base_fee_per_gas)
        .field("miner", said.beneficiary, found.beneficiary)
        .field("mixHash", said.mix_hash, found.mix_hash)
        .field("extraData", said.extra_data, found.extra_data)
        .field("difficulty", said.difficulty, found.difficulty)
        .field("nonce", said.nonce, found.nonce)
        .field("sha3Uncles", said.ommers_hash, found.ommers_hash)
        .field("excessBlobGas", said.excess_blob_gas, found.excess_blob_gas)
        .field("parentBeaconBlockRoot", said.parent_beacon_block_root, found.parent_beacon_block_root)
        .field("transactionsRoot", said.transactions_root, found.transactions_root)
        .field("gasUsed", said.gas_used, found.gas_used)
        .field("blobGasUsed", said.blob_gas_used, found.blob_gas_used)
        .field("logsBloom", said.logs_bloom, found.logs_bloom)
        .field("receiptsRoot", said.receipts_root, found.receipts_root)
        .field("requestsHash", said.requests_hash, found.requests_hash)
        .field("withdrawalsRoot", said.withdrawals_root, found.withdrawals_root)
        .field("stateRoot", said.state_root, found.state_root)
        .take();
}

std::optional<Finding> compare(const types::LoggedTransaction& said, const types::Receipt& found, std::uint64_t gas)
{
    if (said.success == found.success && said.gas_used == gas && said.logs == found.logs &&
        said.post_state == found.post_state && said.deposit_nonce == found.deposit_nonce &&
        said.deposit_receipt_version == found.deposit_receipt_version)
        return std::nullopt;
    Comparison comparison{Check::receipt, ""};
    comparison.field("status", said.success, found.success)
        .field("gasUsed", said.gas_used, gas)
        .field("root", said.post_state, found.post_state)
        .field("depositNonce", said.deposit_nonce, found.deposit_nonce)
        .field("depositReceiptVersion", said.deposit_receipt_version, found.deposit_receipt_version);
    if (auto finding = comparison.take())
        return finding;
    for (std::size_t i = 0; i < std::min(said.logs.size(), found.logs.size()); ++i)
        if (auto finding = compare_log(said.logs[i], found.logs[i], i))
            return finding;
    return Comparison{Check::receipt, ""}
        .field("logs.length", std::uint64_t{said.logs.size()}, std::uint64_t{found.logs.size()})
        .take();
}

std::optional<Finding> compare(const types::DifferenceFrame& said,
    const types::DifferenceFrame& found,
    const world::World& world)
{
    if (said == found)
        return std::nullopt;
    if (auto finding = compare_counts(said.before, found.before, "idsBefore."))
        return finding;
    if (auto finding = compare_lists(said.accounts, found.accounts, world))
        return finding;
    if (auto finding = compare_lists(said.slots, found.slots, world))
        return finding;
    for (std::size_t i = 0; i < std::min(said.codes.size(), found.codes.size()); ++i)
        if (auto finding = Comparison{Check::difference, at("codes", std::to_string(i))}
                .field("hash", said.codes[i].hash, found.codes[i].hash)
                .field("code", said.codes[i].code, found.codes[i].code)
                .take())
            return finding;
    if (said.codes.size() != found.codes.size())
        return Finding{Check::difference, "codes.length", text_of(std::uint64_t{said.codes.size()}),
            text_of(std::uint64_t{found.codes.size()})};
    return compare_counts(said.after, found.after, "idsAfter.");
}

std::optional<Finding> compare(std::span<const Bytes> said, std::span<const Bytes> found)
{
    for (std::size_t i = 0; i < std::min(said.size(), found.size()); ++i)
        if (said[i] != found[i])
            return Finding{Check::requests, "requests[" + std::to_string(i) + "]", to_hex(said[i]), to_hex(found[i])};
    if (said.size() != found.size())
        return Finding{Check::requests, "requests.length", text_of(std::uint64_t{said.size()}),
            text_of(std::uint64_t{found.size()})};
    return std::nullopt;
}
}  // namespace jiffy::replica
