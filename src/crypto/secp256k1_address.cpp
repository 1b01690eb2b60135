// SPDX-License-Identifier: Apache-2.0
#include "crypto/keccak.hpp"
#include "crypto/secp256k1.hpp"

namespace jiffy::crypto
{
Address address_of(const PublicKey& key) noexcept
{
    const Hash digest = keccak256(key.view());
    return Address::from(digest.view().last<Address::size()>());
}

std::optional<Address> recover_address(const Hash& digest, const RecoverableSignature& signature) noexcept
{
    const auto key = recover_public_key(digest, signature);
    if (!key)
        return std::nullopt;
    return address_of(*key);
}
}  // namespace jiffy::crypto
