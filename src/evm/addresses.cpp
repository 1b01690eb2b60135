// SPDX-License-Identifier: Apache-2.0
#include "evm/addresses.hpp"

#include "crypto/keccak.hpp"

namespace jiffy::evm
{
namespace
{
Address low_address(const Hash& hash) noexcept
{
    return Address::from(hash.view().subspan(12));
}
}  // namespace

Address create_address(const Address& sender, std::uint64_t nonce) noexcept
{
    // The list is short: at most 0xc0 + 21 + 9 bytes, written here without an allocation.
    Byte buffer[32];
    std::size_t size = 1;
    buffer[size++] = 0x80 + 20;
    std::memcpy(buffer + size, sender.data(), sender.size());
    size += sender.size();
    if (nonce != 0 && nonce < 0x80)
    {
        buffer[size++] = static_cast<Byte>(nonce);
    }
    else
    {
        int length = 0;
        while (length < 8 && (nonce >> (8 * length)) != 0)
            ++length;
        buffer[size++] = static_cast<Byte>(0x80 + length);
        for (int i = length - 1; i >= 0; --i)
            buffer[size++] = static_cast<Byte>(nonce >> (8 * i));
    }
    buffer[0] = static_cast<Byte>(0xc0 + size - 1);
    return low_address(crypto::keccak256({buffer, size}));
}

Address create2_address(const Address& sender, const Hash& salt, BytesView init_code) noexcept
{
    Byte buffer[1 + 20 + 32 + 32];
    buffer[0] = 0xff;
    const Hash code_hash = crypto::keccak256(init_code);
    std::memcpy(buffer + 1, sender.data(), 20);
    std::memcpy(buffer + 21, salt.data(), 32);
    std::memcpy(buffer + 53, code_hash.data(), 32);
    return low_address(crypto::keccak256(buffer));
}
}  // namespace jiffy::evm
