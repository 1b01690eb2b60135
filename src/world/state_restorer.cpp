// SPDX-License-Identifier: Apache-2.0
#include "world/state_restorer.hpp"

#include "crypto/keccak.hpp"

#include <algorithm>

namespace jiffy::world
{
namespace
{
constexpr std::size_t beginning_size = sizeof(image_magic) + 1;
constexpr std::size_t length_size = 4;
constexpr std::size_t longest_payload = image_chunk_size + longest_image_code;

/// A world's stamps have 48 bits for commits. Half of them are left for what comes.
constexpr CommitNumber highest_commit = CommitNumber{1} << 47;

/// Indices find places with 32 bits and are never fuller than five eighths.
constexpr std::uint64_t most_ids = std::uint64_t{1} << 31;

std::size_t payload_length(BytesView frame) noexcept
{
    std::size_t length = 0;
    for (std::size_t i = 0; i < length_size; ++i)
        length |= std::size_t{frame[i]} << 8 * i;
    return length;
}

/// A number as long as the head byte says, apart from its flags.
U256 number_after(Byte head, types::FrameReader& input) noexcept
{
    const std::size_t length = head & 0x3fU;
    input.require(length <= sizeof(U256));
    return input.error() ? U256{} : input.number_of(length);
}
}  // namespace

std::string_view text_of(ImageError error) noexcept
{
    switch (error)
    {
        case ImageError::not_an_image:
            return "this is no state image";
        case ImageError::unknown_version:
            return "the state image was written by another version of jiffy";
        case ImageError::wrong_chain:
            return "the state image belongs to another chain";
        case ImageError::bad_length:
            return "a chunk of the state image has an impossible length";
        case ImageError::wrong_digest:
            return "a chunk of the state image is damaged";
        case ImageError::malformed:
            return "a record of the state image is malformed";
        case ImageError::bad_counts:
            return "the state image counts more than there can be";
        case ImageError::bad_id:
            return "an id in the state image is out of range";
        case ImageError::absent_owner:
            return "the state image has a slot of an absent account";
        case ImageError::duplicate_account:
            return "the state image has an account twice";
        case ImageError::duplicate_slot:
            return "the state image has a slot twice";
        case ImageError::duplicate_code:
            return "the state image has a code twice";
        case ImageError::wrong_code_hash:
            return "a code in the state image does not have its hash";
        case ImageError::trailing_bytes:
            return "the state image goes on after its end";
        case ImageError::incomplete:
            return "the state image ends too early";
        case ImageError::world_not_empty:
            break;
    }
    return "a state image can only be restored into an empty state";
}

StateRestorer::StateRestorer(World& world, const ImageLabel& label, const crypto::Kernels& kernels)
  : load_{world}
  , label_{label}
  , kernels_{kernels}
{
    if (!load_.is_possible())
        fault_ = {ImageError::world_not_empty, 0};
}

std::unexpected<ImageFault> StateRestorer::fail(ImageError error) noexcept
{
    fault_ = {error, position_};
    return failure(*fault_);
}

std::size_t StateRestorer::wanted_size() const noexcept
{
    if (!has_begun_)
        return beginning_size;
    if (frame_.size() < length_size)
        return length_size;
    return length_size + payload_length(frame_) + sizeof(Hash);
}

Result<void, ImageFault> StateRestorer::feed(BytesView piece)
{
    if (fault_)
        return failure(*fault_);
    while (!piece.empty())
    {
        if (section_ == Section::end)
            return fail(ImageError::trailing_bytes);
        const auto taken = std::min(wanted_size() - frame_.size(), piece.size());
        append(frame_, piece.first(taken));
        piece = piece.subspan(taken);
        if (const auto error = take_frame())
            return fail(*error);
    }
    return {};
}

StateRestorer::Check StateRestorer::take_frame()
{
    const BytesView frame{frame_};
    if (!has_begun_)
    {
        const auto magic = frame.first(std::min(frame.size(), sizeof(image_magic)));
        if (!equal(magic, BytesView{image_magic}.first(magic.size())))
            return ImageError::not_an_image;
        if (frame.size() < beginning_size)
            return std::nullopt;
        if (frame.back() != image_version)
            return ImageError::unknown_version;
        has_begun_ = true;
    }
    else
    {
        if (frame.size() < length_size)
            return std::nullopt;
        const auto length = payload_length(frame);
        if (length == 0 || length > longest_payload)
            return ImageError::bad_length;
        if (frame.size() < wanted_size())
            return std::nullopt;
        const auto payload = frame.subspan(length_size, length);
        digest_ = image_digest(digest_, payload, kernels_);
        if (!equal(digest_.view(), frame.last(sizeof(Hash))))
            return ImageError::wrong_digest;
        if (const auto error = read_payload(payload))
            return error;
    }
    position_ += frame.size();
    frame_.clear();
    return std::nullopt;
}

StateRestorer::Check StateRestorer::read_payload(BytesView payload)
{
    types::FrameReader input{payload};
    while (input.left() != 0)
    {
        if (section_ == Section::end)
            return ImageError::trailing_bytes;
        if (const auto error = read_record(input))
            return error;
        if (const auto error = leave_full_sections())
            return error;
    }
    return std::nullopt;
}

StateRestorer::Check StateRestorer::read_record(types::FrameReader& input)
{
    switch (section_)
    {
        case Section::header:
            return read_header(input);
        case Section::accounts:
            return read_account(input);
        case Section::slots:
            return read_slot(input);
        case Section::codes:
            return read_code(input);
        case Section::end:
            break;
    }
    return ImageError::trailing_bytes;
}

StateRestorer::Check StateRestorer::leave_full_sections()
{
    if (section_ == Section::accounts && load_.accounts() == ids_.accounts)
    {
        if (!load_.index_accounts())
            return ImageError::duplicate_account;
        section_ = Section::slots;
    }
    if (section_ == Section::slots && load_.slots() == ids_.slots)
    {
        if (!load_.index_slots())
            return ImageError::duplicate_slot;
        section_ = Section::codes;
    }
    if (section_ == Section::codes && load_.codes() == ids_.codes)
        section_ = Section::end;
    return std::nullopt;
}

StateRestorer::Check StateRestorer::read_header(types::FrameReader& input)
{
    ImageLabel label;
    label.chain_id = input.number();
    label.genesis_hash = input.fixed<sizeof(Hash)>();
    commit_ = input.number();
    const auto accounts = input.number();
    const auto slots = input.number();
    const auto codes = input.number();
    if (input.error())
        return ImageError::malformed;
    if (label != label_)
        return ImageError::wrong_chain;
    if (std::max({accounts, slots, codes}) > most_ids || codes == 0 || commit_ > highest_commit)
        return ImageError::bad_counts;
    ids_ = {static_cast<std::uint32_t>(accounts), static_cast<std::uint32_t>(slots), static_cast<CodeId>(codes)};
    // Codes keep their ids when a world is rewound.
    if (commit_ == 0 && (accounts != 0 || slots != 0))
        return ImageError::bad_counts;
    load_.start(commit_);
    section_ = Section::accounts;
    return std::nullopt;
}

StateRestorer::Check StateRestorer::read_account(types::FrameReader& input)
{
    const auto head = input.byte();
    const auto address = input.fixed<sizeof(Address)>();
    AccountValue value;
    value.is_present = head != ImageHead::absent;
    if (value.is_present)
    {
        if ((head & ImageHead::absent) != 0)
            return ImageError::malformed;
        value.nonce = input.number();
        value.balance = number_after(head, input);
        if ((head & ImageHead::has_code) != 0)
        {
            const auto code = input.number();
            if (code == 0 && !input.error())
                return ImageError::malformed;
            if (code >= ids_.codes)
                return ImageError::bad_id;
            value.code = static_cast<CodeId>(code);
        }
    }
    if (input.error())
        return ImageError::malformed;
    load_.add_account(address, value);
    return std::nullopt;
}

StateRestorer::Check StateRestorer::read_slot(types::FrameReader& input)
{
    const auto head = input.byte();
    if ((head & ImageHead::dead) != 0)
    {
        const auto others = input.number();
        if (input.error() || head != ImageHead::dead || last_was_dead_)
            return ImageError::malformed;
        if (others >= ids_.slots - load_.slots())
            return ImageError::bad_id;
        load_.skip_slots(static_cast<std::uint32_t>(others + 1));
        last_was_dead_ = true;
        return std::nullopt;
    }
    const bool is_same_account = (head & ImageHead::same_account) != 0;
    const auto owner = is_same_account ? std::uint64_t{last_owner_} : input.number();
    const auto key = number_after(head, input);
    const auto value = input.wide_number();
    if (input.error() || (!is_same_account && owner == last_owner_))
        return ImageError::malformed;
    if (owner >= ids_.accounts)
        return ImageError::bad_id;
    last_owner_ = static_cast<std::uint32_t>(owner);
    last_was_dead_ = false;
    if (!load_.add_slot(last_owner_, key, value))
        return ImageError::absent_owner;
    return std::nullopt;
}

StateRestorer::Check StateRestorer::read_code(types::FrameReader& input)
{
    const auto hash = input.fixed<sizeof(Hash)>();
    const auto size = input.number();
    const auto code = to_bytes(input.take(size == 0 ? 0 : size - 1));
    if (input.error())
        return ImageError::malformed;
    const bool is_known = size != 0;
    if (is_known && crypto::keccak256(code) != hash)
        return ImageError::wrong_code_hash;
    if (!load_.add_code(hash, is_known ? &code : nullptr))
        return ImageError::duplicate_code;
    return std::nullopt;
}

Result<ImageSummary, ImageFault> StateRestorer::finish()
{
    if (fault_)
        return failure(*fault_);
    if (section_ != Section::end)
        return fail(ImageError::incomplete);
    load_.finish();
    return ImageSummary{commit_, ids_, position_, digest_};
}
}  // namespace jiffy::world
