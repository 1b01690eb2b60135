// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/key_hasher.hpp"
#include "evm/analysis.hpp"

#include <memory>
#include <unordered_map>

namespace jiffy::evm
{
/// Analysed code by code hash, bounded in bytes. Entries live at least until the next `trim`, which the owner calls
/// between transactions.
class CodeCache
{
public:
    /// `capacity` is the bytecode kept, in bytes; `hash_seed` as for `KeyHasher`.
    explicit CodeCache(std::size_t capacity = std::size_t{64} << 20, std::uint64_t hash_seed = 0)
      : capacity_{capacity}
      , entries_(0, KeyHasher{hash_seed})
    {
    }

    /// The analysis of `code`, made now if it is not here yet.
    const AnalysedCode& get(const Hash& code_hash, BytesView code);

    /// Forgets everything if the capacity is exceeded. Nobody may hold an analysis.
    void trim();

private:
    std::size_t capacity_;
    std::size_t size_ = 0;
    std::unordered_map<Hash, AnalysedCode, KeyHasher> entries_;
};
}  // namespace jiffy::evm
