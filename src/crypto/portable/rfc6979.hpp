// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/bytes.hpp"

namespace jiffy::crypto::portable
{
/// Candidates for the nonce of a deterministic signature with SHA-256 (RFC 6979 3.2, with HMAC-DRBG). As in
/// libsecp256k1 the digest goes in as it is, not reduced modulo the order: the two back ends sign alike.
class Rfc6979
{
public:
    Rfc6979(const Hash& secret, const Hash& digest) noexcept;

    /// The next candidate; the caller skips those that are not in [1, n-1].
    Hash next() noexcept;

private:
    Hash key_;
    Hash value_;
    bool first_ = true;
};
}  // namespace jiffy::crypto::portable
