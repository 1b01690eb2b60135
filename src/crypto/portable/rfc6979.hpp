// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/bytes.hpp"

namespace jiffy::crypto::portable
{
/// Candidates for the nonce of a deterministic signature with SHA-256 (RFC 6979 3.2, with HMAC-DRBG). The digest has
/// been reduced modulo the order (bits2octets of RFC 6979 2.3.4).
class Rfc6979
{
public:
    Rfc6979(const Hash& secret, const Hash& reduced_digest) noexcept;

    /// The next candidate; the caller skips those that are not in [1, n-1].
    Hash next() noexcept;

private:
    Hash key_;
    Hash value_;
    bool first_ = true;
};
}  // namespace jiffy::crypto::portable
