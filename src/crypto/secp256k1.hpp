// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/uint256.hpp"

#include <optional>

namespace jiffy::crypto
{
/// ECDSA signature over secp256k1 from which the key can be recovered.
struct RecoverableSignature
{
    U256 r;
    U256 s;
    /// Parity of the y coordinate of the point R: 0 or 1.
    std::uint8_t y_parity = 0;

    friend bool operator==(const RecoverableSignature&, const RecoverableSignature&) = default;
};

/// The group order n (SEC 2, secp256k1).
inline constexpr U256 secp256k1_order{0xbfd25e8cd0364141, 0xbaaedce6af48a03b, 0xfffffffffffffffe, 0xffffffffffffffff};

/// n / 2, the largest `s` of a transaction (EIP-2).
inline constexpr U256 secp256k1_half_order{
    0xdfe92f46681b20a0, 0x5d576e7357a4501d, 0xffffffffffffffff, 0x7fffffffffffffff};

/// Uncompressed public key without its 0x04 prefix: x then y, big-endian.
using PublicKey = FixedBytes<64>;

/// The public key whose signature of `digest` this is. Empty if r or s is 0 or not below n, y_parity above 1, or no
/// such key exists. A high `s` is accepted: the rule of EIP-2 is the caller's.
std::optional<PublicKey> recover_public_key(const Hash& digest, const RecoverableSignature& signature) noexcept;

/// Address of the key that `recover_public_key` gives.
std::optional<Address> recover_address(const Hash& digest, const RecoverableSignature& signature) noexcept;

/// Address of a public key: the last 20 bytes of its Keccak-256.
Address address_of(const PublicKey& key) noexcept;

/// Public key of a secret key; empty if the secret is 0 or not below n.
std::optional<PublicKey> public_key_of(const Hash& secret) noexcept;

/// Deterministic signature (RFC 6979) with low s; empty if the secret is 0 or not below n.
std::optional<RecoverableSignature> sign(const Hash& digest, const Hash& secret) noexcept;

/// True if (r, s) signs `digest` for the key. A high `s` is accepted.
bool verify(const Hash& digest, const U256& r, const U256& s, const PublicKey& key) noexcept;
}  // namespace jiffy::crypto
