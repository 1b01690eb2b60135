// SPDX-License-Identifier: Apache-2.0
#include "chain/requests.hpp"

#include "base/hex.hpp"
#include "crypto/hashes.hpp"

#include <algorithm>

namespace jiffy::chain
{
namespace
{
using namespace literals;

/// Keccak-256 of DepositEvent(bytes,bytes,bytes,bytes,bytes).
constexpr Hash deposit_event = fixed_hex<32>("0x649bbc62d0e31342afea4e5cd82d4049e7e1ee912fc0889aa790803be39038c5");

constexpr std::size_t word_size = 32;

/// A byte string in the event's data: the word that points to it is the one of its index, its length word is at
/// `offset`.
struct DepositField
{
    std::size_t offset;
    std::size_t size;
};

/// Public key, withdrawal credentials, amount, signature, index.
constexpr std::array deposit_fields{
    DepositField{160, 48}, DepositField{256, 32}, DepositField{320, 8}, DepositField{384, 96}, DepositField{512, 8}};
constexpr std::size_t deposit_event_size = 576;

bool has_word(BytesView data, std::size_t offset, std::size_t value) noexcept
{
    return load_big_endian(data.data() + offset) == U256{value};
}

bool append_deposit(Bytes& requests, BytesView data)
{
    if (data.size() != deposit_event_size)
        return false;
    for (std::size_t i = 0; i < deposit_fields.size(); ++i)
    {
        const auto& field = deposit_fields[i];
        if (!has_word(data, i * word_size, field.offset) || !has_word(data, field.offset, field.size))
            return false;
        append(requests, data.subspan(field.offset + word_size, field.size));
    }
    return true;
}
}  // namespace

bool append_deposits(Bytes& requests, std::span<const types::Log> logs, const Address& deposit_contract)
{
    return std::ranges::all_of(logs,
        [&](const types::Log& log)
        {
            const auto topics = log.topics.view();
            const bool is_deposit =
                log.address == deposit_contract && !topics.empty() && topics.front() == deposit_event;
            return !is_deposit || append_deposit(requests, log.data);
        });
}

Hash requests_hash(std::span<const Bytes> requests)
{
    Bytes hashes;
    for (const auto& request : requests)
        append(hashes, crypto::sha256(request).view());
    return crypto::sha256(hashes);
}
}  // namespace jiffy::chain
