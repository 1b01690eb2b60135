// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "crypto/hashes.hpp"
#include "crypto/secp256k1.hpp"

/// The portable back end's functions under their own names, so that one program can compare the two back ends; each
/// means what the function of the same name in `jiffy::crypto` does. None takes constant time: keep them away from
/// secrets that somebody could time.
namespace jiffy::crypto::portable
{
Hash sha256(BytesView data) noexcept;
FixedBytes<20> ripemd160(BytesView data) noexcept;

std::optional<PublicKey> recover_public_key(const Hash& digest, const RecoverableSignature& signature) noexcept;
std::optional<PublicKey> public_key_of(const Hash& secret) noexcept;
std::optional<RecoverableSignature> sign(const Hash& digest, const Hash& secret) noexcept;
bool verify(const Hash& digest, const U256& r, const U256& s, const PublicKey& key) noexcept;

bool secp256r1_verify(const Hash& digest, const Hash& r, const Hash& s, const Hash& x, const Hash& y) noexcept;

void modular_power(BytesView base, BytesView exponent, BytesView modulus, std::span<Byte> result) noexcept;
}  // namespace jiffy::crypto::portable
