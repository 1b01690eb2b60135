// SPDX-License-Identifier: Apache-2.0
// The EVP interface costs more than the hash of a short input (fetching, allocation): the older one works on the stack.
#define OPENSSL_API_COMPAT 0x10100000L

#include "crypto/hashes.hpp"

#include <openssl/ripemd.h>
#include <openssl/sha.h>

namespace jiffy::crypto
{
Hash sha256(BytesView data) noexcept
{
    Hash digest;
    SHA256_CTX context;
    SHA256_Init(&context);
    SHA256_Update(&context, data.data(), data.size());
    SHA256_Final(digest.data(), &context);
    return digest;
}

FixedBytes<20> ripemd160(BytesView data) noexcept
{
    FixedBytes<20> digest;
    RIPEMD160_CTX context;
    RIPEMD160_Init(&context);
    RIPEMD160_Update(&context, data.data(), data.size());
    RIPEMD160_Final(digest.data(), &context);
    return digest;
}
}  // namespace jiffy::crypto
