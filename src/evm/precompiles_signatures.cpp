// SPDX-License-Identifier: Apache-2.0
#include "crypto/secp256k1.hpp"
#include "crypto/secp256r1.hpp"
#include "evm/precompiles_contracts.hpp"

namespace jiffy::evm
{
bool ecrecover(BytesView input, Bytes& buffer) noexcept
{
    buffer.clear();
    const auto digest = padded_input<32>(input, 0);
    const U256 v = to_u256(padded_input<32>(input, 32));
    if (v != U256{27} && v != U256{28})
        return true;
    const auto signer = crypto::recover_address(digest, {.r = to_u256(padded_input<32>(input, 64)),
                                                            .s = to_u256(padded_input<32>(input, 96)),
                                                            .y_parity = static_cast<std::uint8_t>(v.low() - 27)});
    if (signer)
        write_word(buffer, to_u256(*signer));
    return true;
}

bool p256_verify(BytesView input, Bytes& buffer) noexcept
{
    buffer.clear();
    const auto word = [&](std::size_t index) { return Hash::from(input.subspan(32 * index, 32)); };
    if (input.size() == 160 && crypto::secp256r1_verify(word(0), word(1), word(2), word(3), word(4)))
        write_word(buffer, 1);
    return true;
}
}  // namespace jiffy::evm
