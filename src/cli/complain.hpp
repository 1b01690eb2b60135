// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdio>
#include <string>

namespace jiffy::cli
{
/// Exit codes of commands that run until they are told to stop.
inline constexpr int cannot_start = 2;
inline constexpr int cannot_write = 3;

/// One line on standard error, as it is to look everywhere; gives the exit code of what cannot start.
inline int complain(const std::string& reason)
{
    std::fprintf(stderr, "jiffy: %s\n", reason.c_str());
    return cannot_start;
}
}  // namespace jiffy::cli
