// SPDX-License-Identifier: Apache-2.0
#include "evm/code_cache.hpp"

namespace jiffy::evm
{
const AnalysedCode& CodeCache::get(const Hash& code_hash, BytesView code)
{
    const auto found = entries_.find(code_hash);
    if (found != entries_.end())
        return found->second;
    size_ += code.size();
    return entries_.emplace(code_hash, analyse(code)).first->second;
}

void CodeCache::trim()
{
    if (size_ <= capacity_)
        return;
    entries_.clear();
    size_ = 0;
}
}  // namespace jiffy::evm
