// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "rlp/rlp.hpp"
#include "types/transaction.hpp"

namespace jiffy::types
{
/// A fault of RLP told in the words of transactions: a value that its field cannot have is no fault of the shape.
constexpr TransactionError transaction_error(rlp::Error error) noexcept
{
    switch (error)
    {
        case rlp::Error::integer_too_large:
        case rlp::Error::wrong_length:
            return TransactionError::invalid_field;
        case rlp::Error::input_too_short:
        case rlp::Error::non_canonical_size:
        case rlp::Error::leading_zero:
        case rlp::Error::expected_list:
        case rlp::Error::expected_string:
        case rlp::Error::trailing_bytes:
        case rlp::Error::missing_item:
        case rlp::Error::too_deep:
            break;
    }
    return TransactionError::malformed;
}
}  // namespace jiffy::types
