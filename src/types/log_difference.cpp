// SPDX-License-Identifier: Apache-2.0
#include "types/log_parts.hpp"

namespace jiffy::types
{
namespace
{
/// First byte of an account: the number of its balance's bytes, and what else there is of it.
constexpr Byte length_mask = 0x1f;
constexpr Byte has_nonce = 0x20;
constexpr Byte has_code = 0x40;
constexpr Byte is_special = 0x80;
/// Says that the balance, of 31 or 32 bytes, has a byte for their number.
constexpr Byte long_balance = 0x1f;

/// Second byte of a special one.
constexpr Byte deleted = 1;
constexpr Byte storage_cleared = 2;

constexpr std::size_t smallest_account = 2;
constexpr std::size_t smallest_slot = 2;
constexpr std::size_t smallest_code = sizeof(Hash) + 1;

void put_account(FrameWriter& writer, const AccountUpdate& account, bool is_new)
{
    const auto length = account.balance.byte_length();
    const bool is_long = length >= long_balance;
    Byte first = account.deleted ? is_special : static_cast<Byte>(is_long ? long_balance : length);
    if (account.storage_cleared)
        first |= is_special;
    if (account.nonce != 0)
        first |= has_nonce;
    if (account.code != 0)
        first |= has_code;
    writer.byte(first);
    if ((first & is_special) != 0)
        writer.byte(account.deleted ? deleted : storage_cleared);
    if (is_new)
        writer.bytes(account.address.view());
    if (is_long)
        writer.byte(static_cast<Byte>(length));
    writer.low_bytes(account.balance, length);
    if (account.nonce != 0)
        writer.number(account.nonce);
    if (account.code != 0)
        writer.number(account.code);
}

void read_account(FrameReader& reader, AccountUpdate& account, bool is_new, std::uint32_t code_limit) noexcept
{
    const Byte first = reader.byte();
    if ((first & is_special) != 0)
    {
        const Byte second = reader.byte();
        account.deleted = second == deleted;
        account.storage_cleared = second == storage_cleared;
        reader.require(account.storage_cleared || (account.deleted && first == is_special));
    }
    if (is_new)
        account.address = reader.fixed<20>();
    std::size_t length = first & length_mask;
    if (length == long_balance)
    {
        length = reader.byte();
        reader.require(length == 31 || length == 32);
    }
    if (!reader.error())
        account.balance = reader.number_of(length);
    if ((first & has_nonce) != 0)
    {
        account.nonce = reader.number();
        reader.require(account.nonce != 0);
    }
    if ((first & has_code) != 0)
    {
        account.code = reader.id();
        reader.require(account.code != 0);
        if (account.code >= code_limit)
            reader.fail(FrameError::bad_id);
    }
}

/// The count after a frame that gave out so many ids.
std::uint32_t count_after(FrameReader& reader, std::uint32_t before) noexcept
{
    const auto count = reader.number();
    if (count > ~std::uint32_t{0} - before)
    {
        reader.fail(FrameError::bad_id);
        return before;
    }
    return static_cast<std::uint32_t>(before + count);
}
}  // namespace

void put_difference(FrameWriter& writer, const DifferenceFrame& frame)
{
    writer.number(frame.after.accounts - frame.before.accounts);
    writer.number(frame.after.slots - frame.before.slots);
    writer.number(frame.after.codes - frame.before.codes);
    writer.number(frame.accounts.size());
    Distances account_ids;
    for (const auto& account : frame.accounts)
    {
        writer.number(account_ids.distance_to(account.id));
        put_account(writer, account, account.id >= frame.before.accounts);
    }
    writer.number(frame.slots.size());
    const AccountMentions accounts{frame.accounts, frame.after.accounts};
    Distances slot_ids;
    for (const auto& slot : frame.slots)
    {
        writer.number(slot_ids.distance_to(slot.id));
        if (slot.id >= frame.before.slots)
        {
            accounts.put(writer, slot.account);
            writer.wide_number(slot.key);
        }
        put_amount(writer, slot.value);
    }
    for (const auto& code : frame.codes)
    {
        writer.bytes(code.hash.view());
        writer.string(code.code);
    }
}

DifferenceFrame read_difference(FrameReader& reader, const IdCounts& before)
{
    DifferenceFrame frame;
    frame.before = before;
    frame.after.accounts = count_after(reader, before.accounts);
    frame.after.slots = count_after(reader, before.slots);
    frame.after.codes = count_after(reader, before.codes);
    frame.accounts.resize(reader.count(smallest_account));
    Distances account_ids;
    for (auto& account : frame.accounts)
    {
        account.id = account_ids.id_at(reader.number(), frame.after.accounts, reader);
        read_account(reader, account, account.id >= before.accounts, frame.after.codes);
        if (reader.error())
            return frame;
    }
    frame.slots.resize(reader.count(smallest_slot));
    const AccountMentions accounts{frame.accounts, frame.after.accounts};
    Distances slot_ids;
    for (auto& slot : frame.slots)
    {
        slot.id = slot_ids.id_at(reader.number(), frame.after.slots, reader);
        if (slot.id >= before.slots)
        {
            slot.account = accounts.read(reader);
            slot.key = reader.wide_number();
        }
        slot.value = read_amount(reader);
        if (reader.error())
            return frame;
    }
    const auto codes = frame.after.codes - before.codes;
    if (codes > reader.left() / smallest_code)
    {
        reader.fail(FrameError::malformed);
        return frame;
    }
    frame.codes.resize(codes);
    for (auto& code : frame.codes)
    {
        code.hash = reader.fixed<32>();
        code.code = to_bytes(reader.string());
    }
    return frame;
}
}  // namespace jiffy::types
