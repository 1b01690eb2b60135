// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/bytes.hpp"

namespace jiffy::chain
{
/// Length in bytes of the FastLZ (level 1) compression of `data`, which Fjord's L1 fee is made from. Nothing is
/// compressed, only counted. `data` is shorter than 4 GiB.
std::uint32_t fast_lz_length(BytesView data) noexcept;
}  // namespace jiffy::chain
