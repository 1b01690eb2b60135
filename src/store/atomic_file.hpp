// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "store/chain_identity.hpp"
#include "store/disk.hpp"

#include <optional>

namespace jiffy::store
{
/// Bytes of the longest content of a file that is replaced as a whole.
inline constexpr std::size_t longest_atomic_content = std::size_t{1} << 20;

/// Replaces the file `name` in `directory`, or makes it: at any loss of power it has the old content or the new one,
/// and once this has returned without an error the new one. It uses the name with ".new" behind it too. After an error
/// either content may be found. One thread at a time for each name.
StoreResult<void> write_atomic_file(Disk& disk,
    const std::string& directory,
    const std::string& name,
    const ChainIdentity& chain,
    BytesView content);

/// The content that was written; nothing if there is no such file. Fails if the file is damaged, or of another chain or
/// version. That it was read does not say that it is durable: a process that failed to write it may have left it
/// behind.
StoreResult<std::optional<Bytes>> read_atomic_file(Disk& disk,
    const std::string& directory,
    const std::string& name,
    const ChainIdentity& chain);
}  // namespace jiffy::store
