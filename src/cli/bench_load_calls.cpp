// SPDX-License-Identifier: Apache-2.0
#include "cli/bench_load_calls.hpp"

#include "base/hex.hpp"
#include "cli/bench_load_bytecode.hpp"
#include "crypto/keccak.hpp"

#include <stdexcept>
#include <string_view>

namespace jiffy::cli::load
{
namespace
{
/// Contract ABI: arguments are 32-byte words.
void append_word(Bytes& data, const U256& value)
{
    append(data, to_hash(value).view());
}

void append_word(Bytes& data, const Address& address)
{
    constexpr std::size_t padding = 12;
    data.insert(data.end(), padding, 0);
    append(data, address.view());
}

Bytes selector(std::string_view signature)
{
    const auto hash = crypto::keccak256({reinterpret_cast<const Byte*>(signature.data()), signature.size()});
    return to_bytes(hash.view().first(4));
}

Bytes creation(std::string_view code, const U256& argument)
{
    auto data = from_hex(code);
    if (!data)
        throw std::logic_error{"a contract's code is no hex string"};
    append_word(*data, argument);
    return std::move(*data);
}
}  // namespace

Bytes create_token(const U256& supply)
{
    return creation(bytecode::token, supply);
}

Bytes token_transfer(const Address& to, const U256& amount)
{
    auto data = selector("transfer(address,uint256)");
    append_word(data, to);
    append_word(data, amount);
    return data;
}

Bytes create_pair(const U256& liquidity)
{
    return creation(bytecode::pair, liquidity);
}

Bytes pair_credit(std::span<const Address> holders, const U256& amount)
{
    auto data = selector("credit(address[],uint256)");
    constexpr std::uint64_t list_at = 64;
    append_word(data, U256{list_at});
    append_word(data, amount);
    append_word(data, U256{holders.size()});
    for (const auto& holder : holders)
        append_word(data, holder);
    return data;
}

Bytes pair_swap(bool zero_for_one, const U256& amount_in)
{
    auto data = selector("swap(bool,uint256,uint256)");
    append_word(data, U256{zero_for_one ? 1U : 0U});
    append_word(data, amount_in);
    append_word(data, U256{0});
    return data;
}
}  // namespace jiffy::cli::load
