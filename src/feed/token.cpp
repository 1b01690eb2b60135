// SPDX-License-Identifier: Apache-2.0
#include "feed/token.hpp"

#include "crypto/keccak.hpp"

namespace jiffy::feed
{
bool is_same_token(std::string_view a, std::string_view b)
{
    const auto hash = [](std::string_view text)
    { return crypto::keccak256({reinterpret_cast<const Byte*>(text.data()), text.size()}); };
    const auto first = hash(a);
    const auto second = hash(b);
    Byte difference = 0;
    for (std::size_t i = 0; i < Hash::size(); ++i)
        difference |= static_cast<Byte>(first[i] ^ second[i]);
    return difference == 0;
}
}  // namespace jiffy::feed
