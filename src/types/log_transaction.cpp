// SPDX-License-Identifier: Apache-2.0
#include "types/log_parts.hpp"

namespace jiffy::types
{
namespace
{
/// First byte of a transaction: its type in two bits, or 3 if it stands there in its canonical form, and what there is.
constexpr Byte type_mask = 3;
constexpr Byte is_canonical = 3;
constexpr Byte odd_parity = 4;
constexpr Byte has_data = 8;
constexpr Byte has_value = 0x10;
constexpr Byte has_logs = 0x20;
constexpr Byte has_recipient_id = 0x40;
constexpr Byte is_rare = 0x80;

/// Second byte, of a rare one; never zero.
constexpr Byte failed = 1;
constexpr Byte has_chain_id = 2;
constexpr Byte without_chain_id = 4;
constexpr Byte has_recipient_address = 8;
constexpr Byte has_post_state = 0x10;
constexpr Byte has_deposit_nonce = 0x20;
constexpr Byte has_deposit_version = 0x40;

/// First number of a log: its topics, whether its data is more than whole words, and the number of those.
constexpr std::uint64_t topic_mask = 7;
constexpr std::uint64_t has_head = 8;
constexpr unsigned words_shift = 4;
constexpr std::uint64_t word_size = 32;

constexpr std::size_t smallest_log = 2;

/// What most transactions have as their gas limit.
constexpr std::uint64_t usual_gas_limit = 21'000;

/// True for a type that the compact form has room for: an access list can only be empty there.
bool is_plain(const Transaction& transaction) noexcept
{
    return transaction.type <= TransactionType::dynamic_fee && transaction.access_list.empty();
}

/// The nonce that a sender's next transaction has after the frame, so that the last one in it is one less.
std::uint64_t nonce_after(const AccountMentions& accounts, std::uint32_t sender) noexcept
{
    const auto* const account = accounts.find(sender);
    return account != nullptr ? account->nonce : 0;
}

Byte first_byte(const LoggedTransaction& logged) noexcept
{
    const auto& transaction = logged.transaction;
    Byte first = is_canonical;
    if (is_plain(transaction))
    {
        first = static_cast<Byte>(transaction.type);
        first |= transaction.signature.y_parity != 0 ? odd_parity : Byte{0};
        first |= transaction.data.empty() ? Byte{0} : has_data;
        first |= transaction.value.is_zero() ? Byte{0} : has_value;
    }
    first |= logged.logs.empty() ? Byte{0} : has_logs;
    first |= logged.recipient ? has_recipient_id : Byte{0};
    return first;
}

Byte second_byte(const LoggedTransaction& logged, std::uint64_t chain_id) noexcept
{
    const auto& transaction = logged.transaction;
    Byte second = logged.success ? Byte{0} : failed;
    if (is_plain(transaction))
    {
        if (transaction.to && !logged.recipient)
            second |= has_recipient_address;
        if (!transaction.chain_id)
            second |= without_chain_id;
        else if (*transaction.chain_id != chain_id)
            second |= has_chain_id;
    }
    second |= logged.post_state ? has_post_state : Byte{0};
    second |= logged.deposit_nonce ? has_deposit_nonce : Byte{0};
    second |= logged.deposit_receipt_version ? has_deposit_version : Byte{0};
    return second;
}

/// A zero address stands for a recipient that is known by its id.
Bytes canonical_form(const LoggedTransaction& logged)
{
    if (!logged.recipient)
        return encode(logged.transaction);
    auto transaction = logged.transaction;
    transaction.to = Address{};
    return encode(transaction);
}

void read_canonical(FrameReader& reader, bool recipient_is_known, Transaction& transaction)
{
    auto decoded = decode_transaction(reader.string());
    if (!decoded || is_plain(*decoded) || (recipient_is_known && decoded->to != Address{}))
        return reader.fail(FrameError::invalid_transaction);
    transaction = std::move(*decoded);
    if (recipient_is_known)
        transaction.to.reset();
}

void put_plain(FrameWriter& writer,
    WordTable& words,
    const Transaction& transaction,
    std::uint64_t sender_nonce,
    Byte second)
{
    if ((second & has_chain_id) != 0)
        writer.number(*transaction.chain_id);
    writer.number(sender_nonce - 1 - transaction.nonce);
    put_word(writer, words, transaction.max_fee_per_gas);
    if (transaction.type == TransactionType::dynamic_fee)
        put_amount(writer, transaction.max_priority_fee_per_gas);
    writer.number(transaction.gas_limit - usual_gas_limit);
    if (!transaction.value.is_zero())
        put_amount(writer, transaction.value);
    if (!transaction.data.empty())
    {
        writer.number(transaction.data.size());
        put_words(writer, words, transaction.data);
    }
    writer.bytes(to_hash(transaction.signature.r).view());
    writer.bytes(to_hash(transaction.signature.s).view());
}

bool is_scalar(const U256& value) noexcept
{
    return !value.is_zero() && value < crypto::secp256k1_order;
}

void read_chain_id(FrameReader& reader, std::uint64_t chain_id, Byte second, Transaction& transaction) noexcept
{
    constexpr Byte both = has_chain_id | without_chain_id;
    if ((second & both) == 0)
        transaction.chain_id = chain_id;
    if ((second & has_chain_id) != 0)
        transaction.chain_id = reader.number();
    reader.require((second & both) != both && ((second & has_chain_id) == 0 || transaction.chain_id != chain_id) &&
                   ((second & without_chain_id) == 0 || transaction.type == TransactionType::legacy));
}

void read_plain(FrameReader& reader, WordTable& words, std::uint64_t sender_nonce, Byte first, Transaction& transaction)
{
    transaction.nonce = sender_nonce - 1 - reader.number();
    transaction.max_fee_per_gas = read_word(reader, words);
    transaction.max_priority_fee_per_gas =
        transaction.type == TransactionType::dynamic_fee ? read_amount(reader) : transaction.max_fee_per_gas;
    transaction.gas_limit = usual_gas_limit + reader.number();
    if ((first & has_value) != 0)
    {
        transaction.value = read_amount(reader);
        reader.require(!transaction.value.is_zero());
    }
    if ((first & has_data) != 0)
    {
        transaction.data = read_words(reader, words, reader.number());
        reader.require(!transaction.data.empty());
    }
    transaction.signature.r = to_u256(reader.fixed<32>());
    transaction.signature.s = to_u256(reader.fixed<32>());
    transaction.signature.y_parity = (first & odd_parity) != 0 ? 1 : 0;
    if (!is_scalar(transaction.signature.r) || !is_scalar(transaction.signature.s))
        reader.fail(FrameError::invalid_transaction);
}

void put_log(FrameWriter& writer, WordTable& words, const Log& log)
{
    put_word(writer, words, to_u256(log.address));
    const auto head = log.data.size() % word_size;
    writer.number(
        log.data.size() / word_size << words_shift | (head != 0 ? has_head : 0) | std::uint64_t{log.topics.count});
    if (head != 0)
        writer.byte(static_cast<Byte>(head));
    for (const auto& topic : log.topics.view())
        put_word(writer, words, to_u256(topic));
    put_words(writer, words, log.data);
}

void read_log(FrameReader& reader, WordTable& words, Log& log)
{
    const auto address = read_word(reader, words);
    reader.require(address.byte_length() <= sizeof(Address));
    log.address = to_address(address);
    const auto shape = reader.number();
    std::uint64_t head = 0;
    if ((shape & has_head) != 0)
    {
        head = reader.byte();
        reader.require(head != 0 && head < word_size);
    }
    const auto topics = shape & topic_mask;
    reader.require(topics <= log.topics.values.size());
    for (std::uint64_t i = 0; i < topics && !reader.error(); ++i)
        log.topics.values[log.topics.count++] = to_hash(read_word(reader, words));
    const auto whole_words = shape >> words_shift;
    if (whole_words > reader.left())
        reader.fail(FrameError::malformed);
    if (!reader.error())
        log.data = read_words(reader, words, whole_words * word_size + head);
}
}  // namespace

void put_logged(FrameWriter& writer,
    WordTable& words,
    const AccountMentions& accounts,
    std::uint64_t chain_id,
    const LoggedTransaction& logged)
{
    const auto& transaction = logged.transaction;
    const Byte first = first_byte(logged);
    const Byte second = second_byte(logged, chain_id);
    writer.byte(second != 0 ? first | is_rare : first);
    if (second != 0)
        writer.byte(second);
    accounts.put(writer, logged.sender);
    if (logged.recipient)
        accounts.put(writer, *logged.recipient);
    if ((second & has_recipient_address) != 0)
        writer.bytes(transaction.to->view());
    if (is_plain(transaction))
        put_plain(writer, words, transaction, nonce_after(accounts, logged.sender), second);
    else
        writer.string(canonical_form(logged));
    writer.number(transaction.gas_limit - logged.gas_used);
    if (logged.post_state)
        writer.bytes(logged.post_state->view());
    if (logged.deposit_nonce)
        writer.number(*logged.deposit_nonce);
    if (logged.deposit_receipt_version)
        writer.number(*logged.deposit_receipt_version);
    if (logged.logs.empty())
        return;
    writer.number(logged.logs.size());
    for (const auto& log : logged.logs)
        put_log(writer, words, log);
}

void read_logged(FrameReader& reader,
    WordTable& words,
    const AccountMentions& accounts,
    std::uint64_t chain_id,
    LoggedTransaction& logged)
{
    auto& transaction = logged.transaction;
    const Byte first = reader.byte();
    const Byte second = (first & is_rare) != 0 ? reader.byte() : Byte{0};
    const bool is_compact = (first & type_mask) != is_canonical;
    reader.require(((first & is_rare) != 0) == (second != 0) && second < 2 * has_deposit_version);
    reader.require((first & has_recipient_id) == 0 || (second & has_recipient_address) == 0);
    reader.require(is_compact || ((first & (odd_parity | has_data | has_value)) == 0 &&
                                     (second & (has_chain_id | without_chain_id | has_recipient_address)) == 0));
    logged.success = (second & failed) == 0;
    logged.sender = accounts.read(reader);
    if ((first & has_recipient_id) != 0)
        logged.recipient = accounts.read(reader);
    if ((second & has_recipient_address) != 0)
        transaction.to = reader.fixed<20>();
    if (is_compact)
    {
        transaction.type = static_cast<TransactionType>(first & type_mask);
        read_chain_id(reader, chain_id, second, transaction);
        read_plain(reader, words, nonce_after(accounts, logged.sender), first, transaction);
    }
    else
        read_canonical(reader, logged.recipient.has_value(), transaction);
    logged.gas_used = transaction.gas_limit - reader.number();
    if ((second & has_post_state) != 0)
        logged.post_state = reader.fixed<32>();
    if ((second & has_deposit_nonce) != 0)
        logged.deposit_nonce = reader.number();
    if ((second & has_deposit_version) != 0)
        logged.deposit_receipt_version = reader.number();
    if ((first & has_logs) == 0)
        return;
    logged.logs.resize(reader.count(smallest_log));
    reader.require(!logged.logs.empty());
    for (auto& log : logged.logs)
    {
        if (reader.error())
            return;
        read_log(reader, words, log);
    }
}
}  // namespace jiffy::types
