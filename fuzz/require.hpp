// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdio>
#include <cstdlib>

namespace jiffy::fuzz
{
/// Ends the process, so that the fuzzer keeps the input, if what must hold does not.
inline void require(bool holds, const char* what)
{
    if (holds)
        return;
    std::fprintf(stderr, "violated: %s\n", what);
    std::abort();
}
}  // namespace jiffy::fuzz
