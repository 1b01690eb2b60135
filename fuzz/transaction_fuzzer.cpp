// SPDX-License-Identifier: Apache-2.0
#include "crypto/keccak.hpp"
#include "require.hpp"
#include "types/block.hpp"
#include "types/receipt.hpp"

// The same bytes are tried as a transaction, a receipt, a header and a block: what one of them takes, it must encode
// to the very same bytes.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace jiffy;
    const BytesView input{data, size};
    if (const auto transaction = types::decode_transaction(input))
    {
        fuzz::require(equal(types::encode(*transaction), input), "a transaction is encoded as it was decoded");
        fuzz::require(types::encoded_size(*transaction) == size, "the size of a transaction is known");
        fuzz::require(types::transaction_hash(*transaction) == crypto::keccak256(input), "the hash is of the bytes");
        const auto sender = types::recover_sender(*transaction);
        if (sender)
            fuzz::require(types::recover_sender(*transaction, true) == sender, "a low s is never refused");
        for (const auto& authorization : transaction->authorization_list)
            static_cast<void>(types::recover_authority(authorization));
    }
    if (const auto receipt = types::decode_receipt(input))
    {
        fuzz::require(equal(types::encode(*receipt), input), "a receipt is encoded as it was decoded");
        static_cast<void>(types::bloom_of(receipt->logs));
        static_cast<void>(types::logs_hash(receipt->logs));
    }
    if (const auto header = types::decode_header(input))
    {
        fuzz::require(equal(types::encode(*header), input), "a header is encoded as it was decoded");
        fuzz::require(types::header_hash(*header) == crypto::keccak256(input), "the header's hash is of the bytes");
    }
    if (const auto block = types::decode_block(input))
        fuzz::require(equal(types::encode(*block), input), "a block is encoded as it was decoded");
    return 0;
}
