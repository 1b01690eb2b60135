// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <expected>
#include <utility>

namespace jiffy::base
{
/// A value, or the reason there is none. No exception crosses a room's border.
template <class T, class E>
using Result = std::expected<T, E>;

/// Makes the failed `Result`.
template <class E>
constexpr std::unexpected<E> failure(E error)
{
    return std::unexpected<E>(std::move(error));
}
}  // namespace jiffy::base
