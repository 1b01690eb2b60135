// SPDX-License-Identifier: Apache-2.0
#include "rpc/random_id.hpp"

#include <cerrno>
#include <sys/random.h>
#include <system_error>

namespace jiffy::rpc
{
RandomId draw_random_id()
{
    std::uint64_t words[2];
    // Complete or not at all: so few bytes are never cut short.
    if (::getrandom(words, sizeof words, 0) != sizeof words)
        throw std::system_error{errno, std::generic_category(), "getrandom"};
    return RandomId{words[0], words[1], 0, 0};
}
}  // namespace jiffy::rpc
