// SPDX-License-Identifier: Apache-2.0
#include "crypto/secp256k1.hpp"

#include <secp256k1.h>
#include <secp256k1_recovery.h>

namespace jiffy::crypto
{
namespace
{
/// Signing multiplies the generator with tables that only a created context has; it is made at program start and not
/// changed after, so threads share it. Its multiplications take constant time; blinding would need randomness.
const secp256k1_context* const signing_context = secp256k1_context_create(SECP256K1_CONTEXT_NONE);

PublicKey serialize(const secp256k1_pubkey& key) noexcept
{
    Byte prefixed[65];
    std::size_t length = sizeof(prefixed);
    secp256k1_ec_pubkey_serialize(secp256k1_context_static, prefixed, &length, &key, SECP256K1_EC_UNCOMPRESSED);
    return PublicKey::from(BytesView{prefixed}.last<PublicKey::size()>());
}

/// r then s, big-endian.
struct CompactSignature
{
    Byte bytes[64];

    CompactSignature(const U256& r, const U256& s) noexcept
    {
        store_big_endian(bytes, r);
        store_big_endian(bytes + 32, s);
    }
};
}  // namespace

std::optional<PublicKey> recover_public_key(const Hash& digest, const RecoverableSignature& signature) noexcept
{
    if (signature.y_parity > 1)
        return std::nullopt;
    const CompactSignature compact{signature.r, signature.s};
    secp256k1_ecdsa_recoverable_signature parsed;
    if (secp256k1_ecdsa_recoverable_signature_parse_compact(
            secp256k1_context_static, &parsed, compact.bytes, signature.y_parity) == 0)
        return std::nullopt;
    secp256k1_pubkey key;
    if (secp256k1_ecdsa_recover(secp256k1_context_static, &key, &parsed, digest.data()) == 0)
        return std::nullopt;
    return serialize(key);
}

std::optional<PublicKey> public_key_of(const Hash& secret) noexcept
{
    secp256k1_pubkey key;
    if (secp256k1_ec_pubkey_create(signing_context, &key, secret.data()) == 0)
        return std::nullopt;
    return serialize(key);
}

std::optional<RecoverableSignature> sign(const Hash& digest, const Hash& secret) noexcept
{
    secp256k1_ecdsa_recoverable_signature signature;
    if (secp256k1_ecdsa_sign_recoverable(
            signing_context, &signature, digest.data(), secret.data(), secp256k1_nonce_function_rfc6979, nullptr) == 0)
        return std::nullopt;
    Byte compact[64];
    int recovery_id = 0;
    secp256k1_ecdsa_recoverable_signature_serialize_compact(
        secp256k1_context_static, compact, &recovery_id, &signature);
    // 2 and 3 mean that the x coordinate of R was not below n (one in 2^127): Ethereum cannot write such a signature.
    if (recovery_id > 1)
        return std::nullopt;
    return RecoverableSignature{.r = load_big_endian(compact),
        .s = load_big_endian(compact + 32),
        .y_parity = static_cast<std::uint8_t>(recovery_id)};
}

bool verify(const Hash& digest, const U256& r, const U256& s, const PublicKey& key) noexcept
{
    Byte prefixed[65];
    prefixed[0] = 0x04;
    std::memcpy(prefixed + 1, key.data(), key.size());
    secp256k1_pubkey parsed_key;
    if (secp256k1_ec_pubkey_parse(secp256k1_context_static, &parsed_key, prefixed, sizeof(prefixed)) == 0)
        return false;

    const CompactSignature compact{r, s};
    secp256k1_ecdsa_signature signature;
    if (secp256k1_ecdsa_signature_parse_compact(secp256k1_context_static, &signature, compact.bytes) == 0)
        return false;
    // The library verifies low `s` only; (r, n - s) is valid whenever (r, s) is.
    secp256k1_ecdsa_signature_normalize(secp256k1_context_static, &signature, &signature);
    return secp256k1_ecdsa_verify(secp256k1_context_static, &signature, digest.data(), &parsed_key) == 1;
}
}  // namespace jiffy::crypto
