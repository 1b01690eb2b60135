// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "types/frame_coding.hpp"
#include "world/bulk_load.hpp"
#include "world/state_image.hpp"

namespace jiffy::world
{
/// Why bytes are no image that a world can be filled from.
enum class ImageError : std::uint8_t
{
    /// The magic is another one.
    not_an_image,
    unknown_version,
    /// The state belongs to another chain.
    wrong_chain,
    /// A chunk is empty or longer than chunks are.
    bad_length,
    /// A chunk is not what was written, or not at its place.
    wrong_digest,
    /// A record is none, or not in its only form.
    malformed,
    /// More ids than a world gives out, or accounts or slots at commit 0.
    bad_counts,
    /// An id is not below its count.
    bad_id,
    /// A slot's account is absent.
    absent_owner,
    duplicate_account,
    duplicate_slot,
    duplicate_code,
    wrong_code_hash,
    /// There is more after the last record.
    trailing_bytes,
    /// There is less than the counts say.
    incomplete,
    /// The world has commits or ids already.
    world_not_empty,
};

/// An error, and where the chunk begins that has it, in bytes of the image.
struct ImageFault
{
    ImageError error;
    std::uint64_t position;

    friend bool operator==(const ImageFault&, const ImageFault&) = default;
};

/// For people.
std::string_view text_of(ImageError error) noexcept;

/// Fills an empty world from a state image that comes in pieces of any size. Nobody may read the world before `finish`
/// has succeeded; after a fault it is good for nothing but to be destroyed.
///
/// Beside the world it takes memory for one chunk, as it comes in. What the image only announces takes none: of slots
/// no more than address space.
class StateRestorer
{
public:
    /// `label` is what the image must say.
    StateRestorer(World& world, const ImageLabel& label, const crypto::Kernels& kernels);

    /// Takes the next piece. After a fault every call has the same one.
    Result<void, ImageFault> feed(BytesView piece);

    /// After the last piece: makes the world ready for its writer and for readers. Its oldest commit is the image's.
    Result<ImageSummary, ImageFault> finish();

private:
    using Check = std::optional<ImageError>;

    enum class Section : std::uint8_t
    {
        header,
        accounts,
        slots,
        codes,
        end,
    };

    [[nodiscard]] std::size_t wanted_size() const noexcept;
    Check take_frame();
    Check read_payload(BytesView payload);
    Check read_record(types::FrameReader& input);
    Check read_header(types::FrameReader& input);
    Check read_account(types::FrameReader& input);
    Check read_slot(types::FrameReader& input);
    Check read_code(types::FrameReader& input);
    /// Goes on to the next section that has something.
    Check leave_full_sections();
    std::unexpected<ImageFault> fail(ImageError error) noexcept;

    BulkLoad load_;
    ImageLabel label_;
    const crypto::Kernels& kernels_;
    std::optional<ImageFault> fault_;
    /// Of the image's beginning or of a chunk, as much as has come.
    Bytes frame_;
    bool has_begun_ = false;
    /// Of the frame.
    std::uint64_t position_ = 0;
    Section section_ = Section::header;
    Hash digest_ = first_image_digest();
    CommitNumber commit_ = 0;
    types::IdCounts ids_;
    std::uint32_t last_owner_ = no_id;
    bool last_was_dead_ = false;
};
}  // namespace jiffy::world
