// SPDX-License-Identifier: Apache-2.0
#include "types/transaction.hpp"

#include "base/hex.hpp"
#include "crypto/keccak.hpp"
#include "rlp/rlp.hpp"
#include "types/generators.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace jiffy::types
{
namespace
{
using namespace base::literals;

constexpr Hash secret = "0x4646464646464646464646464646464646464646464646464646464646464646"_hash;
constexpr Address secret_address = "0x9d8a62f656a8d1615c1294fd71e9cfb3e4855a4f"_address;

/// The worked example of EIP-155.
Transaction eip155_example()
{
    Transaction transaction;
    transaction.chain_id = 1;
    transaction.nonce = 9;
    transaction.max_fee_per_gas = U256{20'000'000'000};
    transaction.max_priority_fee_per_gas = transaction.max_fee_per_gas;
    transaction.gas_limit = 21'000;
    transaction.to = "0x3535353535353535353535353535353535353535"_address;
    transaction.value = U256{1'000'000'000'000'000'000};
    return transaction;
}

Transaction example_of(TransactionType type)
{
    Transaction transaction = eip155_example();
    transaction.type = type;
    return transaction;
}

/// Encodes an example whose list has `change` applied to the fields, each given as RLP.
template <class Change>
Bytes with_fields_changed(const Transaction& transaction, const Change& change)
{
    const Bytes encoded = encode(transaction);
    const bool is_typed = transaction.type != TransactionType::legacy;
    rlp::Reader outer{BytesView{encoded}.subspan(is_typed ? 1 : 0)};
    rlp::Reader items = outer.list().value();
    std::vector<Bytes> fields;
    while (!items.at_end())
        fields.push_back(to_bytes(items.next()->encoded));
    change(fields);

    rlp::Writer writer;
    const auto mark = writer.open_list();
    for (const auto& field : fields)
        writer.raw(field);
    writer.close_list(mark);
    Bytes result;
    if (is_typed)
        result.push_back(encoded[0]);
    append(result, writer.result());
    return result;
}

/// As above for one field; the outcome of decoding it.
TransactionError error_with_field(TransactionType type, std::size_t index, std::string_view field)
{
    Transaction transaction = example_of(type);
    EXPECT_TRUE(sign(transaction, secret));
    return decode_transaction(
        with_fields_changed(transaction, [&](auto& fields) { fields.at(index) = from_hex(field).value(); }))
        .error();
}

TEST(Transaction, example_of_eip_155)
{
    Transaction transaction = eip155_example();
    EXPECT_EQ(signing_hash(transaction), "0xdaf5a779ae972f972197303d7b574746c7ef83eadac0f2791ad23db92e4c8e53"_hash);
    ASSERT_TRUE(sign(transaction, secret));
    const Bytes encoded = encode(transaction);
    EXPECT_EQ(to_hex(encoded),
        "0xf86c098504a817c800825208943535353535353535353535353535353535353535880de0b6b3a76400008025a028ef61340bd939bc"
        "2195fe537567866003e1a15d3c71ff63e1590620aa636276a067cbe9d8997f761aecb703304b3800ccf555c9f3dc64214b297fb1966a3b"
        "6d83");
    EXPECT_EQ(decode_transaction(encoded), transaction);
    EXPECT_EQ(recover_sender(transaction), secret_address);
    EXPECT_EQ(transaction_hash(transaction), crypto::keccak256(encoded));
}

TEST(Transaction, every_signed_type_gives_its_signer_back)
{
    for (const auto type : {TransactionType::legacy, TransactionType::access_list, TransactionType::dynamic_fee,
             TransactionType::blob, TransactionType::set_code})
    {
        Transaction transaction = example_of(type);
        transaction.access_list = {{secret_address, {secret}}};
        ASSERT_TRUE(sign(transaction, secret));
        EXPECT_EQ(recover_sender(transaction), secret_address);
        transaction.nonce += 1;
        EXPECT_NE(recover_sender(transaction), secret_address);
    }
    Transaction unprotected = eip155_example();
    unprotected.chain_id.reset();
    ASSERT_TRUE(sign(unprotected, secret));
    EXPECT_EQ(recover_sender(unprotected), secret_address);
    EXPECT_EQ(decode_transaction(encode(unprotected)), unprotected);
}

TEST(Transaction, high_s_is_decoded_but_not_recovered_since_homestead)
{
    Transaction transaction = example_of(TransactionType::dynamic_fee);
    ASSERT_TRUE(sign(transaction, secret));
    transaction.signature.s = crypto::secp256k1_order - transaction.signature.s;
    transaction.signature.y_parity ^= 1;
    ASSERT_EQ(decode_transaction(encode(transaction)), transaction);
    EXPECT_EQ(recover_sender(transaction), std::nullopt);
    EXPECT_EQ(recover_sender(transaction, true), secret_address);
}

TEST(Transaction, signing_needs_a_valid_secret_and_a_signed_type)
{
    Transaction transaction = eip155_example();
    EXPECT_FALSE(sign(transaction, Hash{}));
    transaction.type = TransactionType::deposit;
    EXPECT_FALSE(sign(transaction, secret));
    transaction.deposit.from = secret_address;
    EXPECT_EQ(recover_sender(transaction), secret_address);
}

TEST(Transaction, legacy_v)
{
    const auto decoded = [](std::string_view v)
    {
        Transaction transaction = eip155_example();
        EXPECT_TRUE(sign(transaction, secret));
        return decode_transaction(
            with_fields_changed(transaction, [&](auto& fields) { fields.at(6) = from_hex(v).value(); }));
    };
    EXPECT_EQ(decoded("1b")->chain_id, std::nullopt);
    EXPECT_EQ(decoded("1c")->signature.y_parity, 1);
    EXPECT_EQ(decoded("23")->chain_id, 0U);
    EXPECT_EQ(decoded("26")->chain_id, 1U);
    EXPECT_EQ(decoded("26")->signature.y_parity, 1);
    EXPECT_EQ(decoded("89020000000000000022")->chain_id, ~0ULL);
    EXPECT_EQ(decoded("89020000000000000023").error(), TransactionError::invalid_signature);
    for (const std::string_view v : {"80", "01", "1a", "1d", "22"})
        EXPECT_EQ(decoded(v).error(), TransactionError::invalid_signature) << v;
}

TEST(Transaction, shapes_that_are_refused)
{
    constexpr auto error_of = [](std::string_view text) { return decode_transaction(from_hex(text).value()).error(); };
    EXPECT_EQ(error_of(""), TransactionError::malformed);
    EXPECT_EQ(error_of("80"), TransactionError::malformed);
    EXPECT_EQ(error_of("b85f"), TransactionError::malformed);
    EXPECT_EQ(error_of("c0"), TransactionError::malformed);
    EXPECT_EQ(error_of("00c0"), TransactionError::unknown_type);
    EXPECT_EQ(error_of("05c0"), TransactionError::unknown_type);
    EXPECT_EQ(error_of("7fc0"), TransactionError::unknown_type);
    EXPECT_EQ(error_of("02"), TransactionError::malformed);
    EXPECT_EQ(error_of("0280"), TransactionError::malformed);
}

TEST(Transaction, number_of_fields)
{
    for (const auto type : {TransactionType::legacy, TransactionType::access_list, TransactionType::dynamic_fee,
             TransactionType::blob, TransactionType::set_code, TransactionType::deposit})
    {
        Transaction transaction = example_of(type);
        sign(transaction, secret);
        const auto longer = with_fields_changed(transaction, [](auto& fields) { fields.push_back({0x80}); });
        EXPECT_EQ(decode_transaction(longer).error(), TransactionError::malformed);
        const auto shorter = with_fields_changed(transaction, [](auto& fields) { fields.pop_back(); });
        EXPECT_EQ(decode_transaction(shorter).error(), TransactionError::malformed);
        Bytes trailing = encode(transaction);
        trailing.push_back(0);
        EXPECT_EQ(decode_transaction(trailing).error(), TransactionError::malformed);
    }
}

TEST(Transaction, fields_that_are_refused)
{
    const std::string order = "a0fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141";
    using enum TransactionType;
    EXPECT_EQ(error_with_field(legacy, 2, "89010000000000000000"), TransactionError::invalid_field);
    EXPECT_EQ(error_with_field(legacy, 3, "83010203"), TransactionError::invalid_field);
    EXPECT_EQ(error_with_field(legacy, 0, "820001"), TransactionError::malformed);
    EXPECT_EQ(error_with_field(legacy, 5, "c0"), TransactionError::malformed);
    EXPECT_EQ(error_with_field(legacy, 7, "80"), TransactionError::invalid_signature);
    EXPECT_EQ(error_with_field(legacy, 7, order), TransactionError::invalid_signature);
    EXPECT_EQ(error_with_field(legacy, 8, "80"), TransactionError::invalid_signature);
    EXPECT_EQ(error_with_field(legacy, 8, order), TransactionError::invalid_signature);
    EXPECT_EQ(error_with_field(dynamic_fee, 9, "02"), TransactionError::invalid_field);
    EXPECT_EQ(error_with_field(dynamic_fee, 8, "c1c0"), TransactionError::malformed);
    EXPECT_EQ(error_with_field(dynamic_fee, 8, "80"), TransactionError::malformed);
    EXPECT_EQ(error_with_field(blob, 5, "80"), TransactionError::creation_not_allowed);
    EXPECT_EQ(error_with_field(set_code, 5, "80"), TransactionError::creation_not_allowed);
    EXPECT_EQ(error_with_field(blob, 10, "c101"), TransactionError::invalid_field);
}

/// The L1 attributes transaction of OP Mainnet's block 124665056.
TEST(Transaction, deposit_of_the_op_main_network)
{
    const Bytes encoded = from_hex(
        "7ef8f8a0683079df94aa5b9cf86687d739a60a9b4f0835e520ec4d664e2e415dca17a6df94deaddeaddeaddeaddeaddeaddeaddeaddead"
        "00019442000000000000000000000000000000000000158080830f424080b8a4440a5e200000146b000f79c50000000000000004000000"
        "0066d052e700000000013ad8a3000000000000000000000000000000000000000000000000000000003ef1278700000000000000000000"
        "00"
        "0000000000000000000000000000000000000000012fdf87b89884a61e74b322bbcf60386f543bfae7827725efaaf0ab1de2294a590000"
        "000000000000000000006887246668a3b87f54deb3b94ba47a6f63f32985")
                              .value();
    const auto transaction = decode_transaction(encoded);
    ASSERT_TRUE(transaction.has_value());
    EXPECT_EQ(transaction->type, TransactionType::deposit);
    EXPECT_EQ(recover_sender(*transaction), "0xdeaddeaddeaddeaddeaddeaddeaddeaddead0001"_address);
    EXPECT_EQ(transaction->to, "0x4200000000000000000000000000000000000015"_address);
    EXPECT_EQ(transaction->gas_limit, 1'000'000U);
    EXPECT_TRUE(transaction->deposit.mint.is_zero());
    EXPECT_FALSE(transaction->deposit.is_system_transaction);
    EXPECT_EQ(transaction->data.size(), 164U);
    EXPECT_EQ(encode(*transaction), encoded);
    EXPECT_EQ(
        transaction_hash(*transaction), "0x312e290cf36df704a2217b015d6455396830b0ce678b860ebfcc30f41403d7b1"_hash);
}

TEST(Transaction, deposit_flag_is_0_or_1)
{
    Transaction transaction;
    transaction.type = TransactionType::deposit;
    const auto changed = with_fields_changed(transaction, [](auto& fields) { fields.at(6) = {0x02}; });
    EXPECT_EQ(decode_transaction(changed).error(), TransactionError::invalid_field);
}

TEST(Transaction, an_invalid_authorization_does_not_spoil_its_transaction)
{
    Transaction transaction = example_of(TransactionType::set_code);
    Authorization authorization{U256::max(), secret_address, 7, {U256::max(), U256{}, 255}};
    transaction.authorization_list = {authorization};
    ASSERT_TRUE(sign(transaction, secret));
    EXPECT_EQ(decode_transaction(encode(transaction)), transaction);
    EXPECT_EQ(recover_authority(authorization), std::nullopt);
}

TEST(Authorization, authority)
{
    Authorization authorization{U256{1}, "0x00000000000000000000000000000000000000aa"_address, 5, {}};
    authorization.signature = crypto::sign(signing_hash(authorization), secret).value();
    EXPECT_EQ(recover_authority(authorization), secret_address);

    Authorization high_s = authorization;
    high_s.signature.s = crypto::secp256k1_order - high_s.signature.s;
    high_s.signature.y_parity ^= 1;
    EXPECT_EQ(recover_authority(high_s), std::nullopt);
    Authorization wrong_parity = authorization;
    wrong_parity.signature.y_parity += 2;
    EXPECT_EQ(recover_authority(wrong_parity), std::nullopt);
}

TEST(Authorization, what_is_signed)
{
    const Authorization authorization{U256{1}, "0x00000000000000000000000000000000000000aa"_address, 0, {}};
    const Bytes signed_bytes = from_hex("0x05d7019400000000000000000000000000000000000000aa80").value();
    EXPECT_EQ(signing_hash(authorization), crypto::keccak256(signed_bytes));
}

RC_GTEST_PROP(Transaction, round_trip, ())
{
    const Transaction transaction = generators::transaction(generators::transaction_type());
    const Bytes encoded = encode(transaction);
    RC_ASSERT(decode_transaction(encoded).value() == transaction);
    RC_ASSERT(encoded_size(transaction) == encoded.size());
    RC_ASSERT(transaction_hash(transaction) == crypto::keccak256(encoded));
}

RC_GTEST_PROP(Transaction, a_changed_byte_is_refused_or_kept, ())
{
    Bytes encoded = encode(generators::transaction(generators::transaction_type()));
    encoded[*rc::gen::inRange<std::size_t>(0, encoded.size())] = *rc::gen::arbitrary<Byte>();
    if (const auto decoded = decode_transaction(encoded))
        RC_ASSERT(encode(*decoded) == encoded);
}

RC_GTEST_PROP(Transaction, a_cut_is_refused, ())
{
    Bytes encoded = encode(generators::transaction(generators::transaction_type()));
    encoded.resize(*rc::gen::inRange<std::size_t>(0, encoded.size()));
    RC_ASSERT(!decode_transaction(encoded).has_value());
}
}  // namespace
}  // namespace jiffy::types
