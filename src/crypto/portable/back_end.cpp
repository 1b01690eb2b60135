// SPDX-License-Identifier: Apache-2.0
#include "crypto/hashes.hpp"
#include "crypto/kernels.hpp"
#include "crypto/modexp.hpp"
#include "crypto/portable/portable.hpp"
#include "crypto/secp256k1.hpp"
#include "crypto/secp256r1.hpp"

namespace jiffy::crypto
{
const Kernels& native_kernels() noexcept
{
    return scalar_kernels();
}

Hash sha256(BytesView data) noexcept
{
    return portable::sha256(data);
}

FixedBytes<20> ripemd160(BytesView data) noexcept
{
    return portable::ripemd160(data);
}

std::optional<PublicKey> recover_public_key(const Hash& digest, const RecoverableSignature& signature) noexcept
{
    return portable::recover_public_key(digest, signature);
}

std::optional<PublicKey> public_key_of(const Hash& secret) noexcept
{
    return portable::public_key_of(secret);
}

std::optional<RecoverableSignature> sign(const Hash& digest, const Hash& secret) noexcept
{
    return portable::sign(digest, secret);
}

bool verify(const Hash& digest, const U256& r, const U256& s, const PublicKey& key) noexcept
{
    return portable::verify(digest, r, s, key);
}

bool secp256r1_verify(const Hash& digest, const Hash& r, const Hash& s, const Hash& x, const Hash& y) noexcept
{
    return portable::secp256r1_verify(digest, r, s, x, y);
}

void modular_power(BytesView base, BytesView exponent, BytesView modulus, std::span<Byte> result) noexcept
{
    portable::modular_power(base, exponent, modulus, result);
}
}  // namespace jiffy::crypto
