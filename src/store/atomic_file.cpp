// SPDX-License-Identifier: Apache-2.0
#include "store/atomic_file.hpp"

#include "crypto/keccak.hpp"
#include "store/little_endian.hpp"

#include <algorithm>
#include <cerrno>

namespace jiffy::store
{
namespace
{
// Magic (8), version (4), zeros (4), chain id (8), genesis hash (32), length (8), content, keccak256 of all before it.
constexpr FixedBytes<8> magic{{'J', 'I', 'F', 'F', 'Y', 'O', 'N', 'E'}};
constexpr std::uint32_t version = 1;
constexpr std::size_t version_at = 8;
constexpr std::size_t chain_id_at = 16;
constexpr std::size_t genesis_at = 24;
constexpr std::size_t length_at = 56;
constexpr std::size_t content_at = 64;

std::unexpected<Error> damaged(const std::string& path)
{
    return failure(Error{ErrorKind::damaged, 0,
        path + ": damaged. It is replaced as a whole, so that no loss of power explains it: use a copy of it"});
}

std::unexpected<Error> foreign(const std::string& path, const std::string& what)
{
    return failure(Error{ErrorKind::foreign, 0, path + ": " + what});
}
}  // namespace

StoreResult<void> write_atomic_file(Disk& disk,
    const std::string& directory,
    const std::string& name,
    const ChainIdentity& chain,
    BytesView content)
{
    const auto path = directory + "/" + name;
    if (content.size() > longest_atomic_content)
        return failure(Error{ErrorKind::too_large, 0,
            path + ": a content of " + std::to_string(content.size()) + " bytes; the longest has " +
                std::to_string(longest_atomic_content)});
    Bytes bytes(content_at);
    std::copy(magic.begin(), magic.end(), bytes.begin());
    put(bytes.data() + version_at, version);
    put(bytes.data() + chain_id_at, chain.chain_id);
    std::copy(chain.genesis.begin(), chain.genesis.end(), bytes.begin() + genesis_at);
    put<std::uint64_t>(bytes.data() + length_at, content.size());
    append(bytes, content);
    append(bytes, crypto::keccak256(bytes).view());

    // What an earlier attempt has left may be in memory only, whatever a sync of it says now: it is made anew.
    const auto new_path = path + ".new";
    if (auto removed = disk.remove(new_path); !removed && removed.error().code != ENOENT)
        return removed;
    auto file = disk.create(new_path);
    if (!file)
        return failure(file.error());
    if (auto written = (*file)->write_at(0, bytes); !written)
        return written;
    if (auto synced = (*file)->sync_data(); !synced)
        return synced;
    if (auto renamed = disk.rename(new_path, path); !renamed)
        return renamed;
    return disk.sync_directory(directory);
}

StoreResult<std::optional<Bytes>> read_atomic_file(Disk& disk,
    const std::string& directory,
    const std::string& name,
    const ChainIdentity& chain)
{
    const auto path = directory + "/" + name;
    const auto file = disk.open(path);
    if (!file && file.error().code == ENOENT)
        return std::nullopt;
    if (!file)
        return failure(file.error());
    const auto size = (*file)->size();
    if (!size)
        return failure(size.error());
    if (*size < content_at + Hash::size() || *size > content_at + longest_atomic_content + Hash::size())
        return damaged(path);
    Bytes bytes(*size);
    const auto count = (*file)->read_at(0, bytes);
    if (!count)
        return failure(count.error());
    if (*count != bytes.size() || !std::equal(magic.begin(), magic.end(), bytes.begin()))
        return damaged(path);
    const auto found_version = get<std::uint32_t>(bytes.data() + version_at);
    if (found_version != version)
        return foreign(path, "written in version " + std::to_string(found_version) +
                                 " of the format, this program reads version " + std::to_string(version) +
                                 ": run the release of jiffy that wrote it");
    const auto text = BytesView{bytes}.first(bytes.size() - Hash::size());
    if (!equal(crypto::keccak256(text).view(), BytesView{bytes}.last(Hash::size())) ||
        get<std::uint64_t>(bytes.data() + length_at) != text.size() - content_at)
        return damaged(path);
    const auto chain_id = get<std::uint64_t>(bytes.data() + chain_id_at);
    if (chain_id != chain.chain_id)
        return foreign(path, "written for chain " + std::to_string(chain_id) + ", this is chain " +
                                 std::to_string(chain.chain_id) + ": use another data directory");
    if (!equal(text.subspan(genesis_at, Hash::size()), chain.genesis.view()))
        return foreign(path,
            "written for a chain with another genesis block: use another data directory, or the "
            "genesis file that it was made with");
    return to_bytes(text.subspan(content_at));
}
}  // namespace jiffy::store
