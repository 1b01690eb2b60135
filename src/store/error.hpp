// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.hpp"

#include <string>

namespace jiffy::store
{
enum class ErrorKind
{
    /// The operating system refused an operation; `code` says why.
    disk,
    /// What is on disk is not what was written.
    damaged,
    /// Written for another chain, or in a format of another version.
    foreign,
    /// Released already, so that nothing can be said about it.
    not_retained,
    /// Beyond a stated bound.
    too_large,
};

struct Error
{
    ErrorKind kind = ErrorKind::disk;
    /// An errno value, if `kind` is `disk`.
    int code = 0;
    /// For people: what is wrong, where, and what to do.
    std::string text;
};

template <class T>
using StoreResult = Result<T, Error>;
}  // namespace jiffy::store
