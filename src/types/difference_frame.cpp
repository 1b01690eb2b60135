// SPDX-License-Identifier: Apache-2.0
#include "types/frame_coding.hpp"

#include <algorithm>

namespace jiffy::types
{
namespace
{
/// Flags of an account.
constexpr Byte deleted_flag = 1;
constexpr Byte cleared_flag = 2;
}  // namespace

Bytes encode(const DifferenceFrame& frame)
{
    Bytes output;
    FrameWriter writer{output};
    writer.byte(difference_frame_version);
    writer.counts(frame.before);
    writer.counts(frame.after);
    writer.number(frame.accounts.size());
    Distances accounts;
    for (const auto& account : frame.accounts)
    {
        writer.number(accounts.distance_to(account.id));
        writer.byte(static_cast<Byte>(
            (account.deleted ? deleted_flag : Byte{0}) | (account.storage_cleared ? cleared_flag : Byte{0})));
        if (account.id >= frame.before.accounts)
            writer.bytes(account.address.view());
        if (account.deleted)
            continue;
        writer.number(account.nonce);
        writer.wide_number(account.balance);
        writer.number(account.code);
    }
    writer.number(frame.slots.size());
    Distances slots;
    for (const auto& slot : frame.slots)
    {
        writer.number(slots.distance_to(slot.id));
        if (slot.id >= frame.before.slots)
        {
            writer.number(slot.account);
            writer.wide_number(slot.key);
        }
        writer.wide_number(slot.value);
    }
    for (const auto& code : frame.codes)
    {
        writer.bytes(code.hash.view());
        writer.string(code.code);
    }
    return output;
}

Result<DifferenceFrame, FrameError> decode_difference_frame(BytesView encoded)
{
    FrameReader reader{encoded};
    if (reader.byte() != difference_frame_version)
        return failure(reader.error().value_or(FrameError::unknown_version));
    DifferenceFrame frame;
    frame.before = reader.counts();
    frame.after = reader.counts();
    if (frame.after.accounts < frame.before.accounts || frame.after.slots < frame.before.slots ||
        frame.after.codes < frame.before.codes)
        return failure(FrameError::bad_id);

    constexpr std::size_t smallest_account = 2;
    frame.accounts.reserve(std::min<std::size_t>(reader.left() / smallest_account, 4096));
    Distances accounts;
    for (std::size_t left = reader.count(smallest_account); left != 0 && !reader.error(); --left)
    {
        AccountUpdate account;
        account.id = accounts.id_at(reader.number(), frame.after.accounts, reader);
        const Byte flags = reader.byte();
        if ((flags & ~(deleted_flag | cleared_flag)) != 0)
            reader.fail(FrameError::malformed);
        account.deleted = (flags & deleted_flag) != 0;
        account.storage_cleared = (flags & cleared_flag) != 0;
        if (account.id >= frame.before.accounts)
            account.address = reader.fixed<20>();
        if (!account.deleted)
        {
            account.nonce = reader.number();
            account.balance = reader.wide_number();
            account.code = reader.id();
            if (account.code >= frame.after.codes)
                reader.fail(FrameError::bad_id);
        }
        frame.accounts.push_back(account);
    }

    constexpr std::size_t smallest_slot = 2;
    Distances slots;
    for (std::size_t left = reader.count(smallest_slot); left != 0 && !reader.error(); --left)
    {
        SlotUpdate slot;
        slot.id = slots.id_at(reader.number(), frame.after.slots, reader);
        if (slot.id >= frame.before.slots)
        {
            slot.account = reader.id();
            slot.key = reader.wide_number();
            if (slot.account >= frame.after.accounts)
                reader.fail(FrameError::bad_id);
        }
        slot.value = reader.wide_number();
        frame.slots.push_back(slot);
    }

    for (auto left = frame.after.codes - frame.before.codes; left != 0 && !reader.error(); --left)
    {
        NewCode code;
        code.hash = reader.fixed<32>();
        code.code = to_bytes(reader.string());
        frame.codes.push_back(std::move(code));
    }
    if (!reader.error() && reader.left() != 0)
        return failure(FrameError::trailing_bytes);
    if (reader.error())
        return failure(*reader.error());
    return frame;
}
}  // namespace jiffy::types
