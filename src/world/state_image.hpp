// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.hpp"
#include "crypto/kernels.hpp"
#include "world/snapshot.hpp"

#include <functional>
#include <string_view>

namespace jiffy::world
{
// A state image is a whole state with the ids of everything in it: a world that was filled from it answers as the
// original and gives the same ids to whatever comes.
//
//   magic "jiffysta", version byte, chunks
//   chunk:    length of the payload in 4 bytes, least significant first; payload; digest
//   digest:   `image_digest` of the digest before it, so that the last one stands for the whole image; before the
//             first stands the hash of magic and version
//   payloads, joined: header, accounts, slots, codes; no record lies in two chunks. Numbers are written as in frames
//   header:   chain id, 32 bytes of genesis hash, commit, ids of accounts, of slots, of codes
//   account:  head byte 0x80 if it is absent, then only its address; else the length of its balance, plus 0x40 if it
//   has
//             code; address, nonce, balance, code id if it has code
//   slot:     head byte 0x80 for ids of dead slots, then their number less one; else the length of its key, plus 0x40
//   if
//             its account is that of the live slot before it; id of its account otherwise, key, length of its value,
//             value
//   code:     hash, number of its bytes plus one, bytes; zero and nothing if they are unknown

inline constexpr Byte image_magic[8] = {'j', 'i', 'f', 'f', 'y', 's', 't', 'a'};
inline constexpr Byte image_version = 1;

/// A chunk ends with the record that makes its payload so long.
inline constexpr std::size_t image_chunk_size = std::size_t{1} << 20;
/// No code in an image is longer; a chunk's payload is by less than `image_chunk_size` longer at most.
inline constexpr std::size_t longest_image_code = std::size_t{1} << 24;

/// Flags of head bytes.
struct ImageHead
{
    static constexpr Byte absent = 0x80;
    static constexpr Byte has_code = 0x40;
    static constexpr Byte dead = 0x80;
    static constexpr Byte same_account = 0x40;
};

/// The chain that a state belongs to.
struct ImageLabel
{
    std::uint64_t chain_id = 0;
    Hash genesis_hash{};

    friend bool operator==(const ImageLabel&, const ImageLabel&) = default;
};

/// The digest before the first chunk's.
Hash first_image_digest() noexcept;

/// Digest of a chunk with this payload: keccak-256 of the digest before it and the keccak-256 of each 4 KiB of the
/// payload, so that a vector kernel hashes many at a time.
Hash image_digest(const Hash& before, BytesView payload, const crypto::Kernels& kernels);

/// Takes a piece of an image, a whole chunk, in order; false if it cannot.
using ImageSink = std::function<bool(BytesView piece)>;

/// What was written.
struct ImageSummary
{
    CommitNumber commit = 0;
    types::IdCounts ids;
    std::uint64_t bytes = 0;
    /// The last chunk's.
    Hash digest{};
};

enum class ImageWriteError : std::uint8_t
{
    /// The version log does not reach back to the snapshot's commit any more, or the world was rewound, or the snapshot
    /// is not pinned: what was written is no image. A new snapshot may do better.
    unavailable,
    /// The sink has failed.
    sink_failed,
    /// A code is longer than an image takes.
    code_too_long,
};

/// For people.
std::string_view text_of(ImageWriteError error) noexcept;

/// Writes all of the state of a snapshot, as a reader: the world's writer goes on meanwhile. Takes memory for a chunk,
/// and 4 bytes for each storage that there ever was.
Result<ImageSummary, ImageWriteError> write_state_image(const Snapshot& snapshot,
    const ImageLabel& label,
    const crypto::Kernels& kernels,
    const ImageSink& sink);
}  // namespace jiffy::world
