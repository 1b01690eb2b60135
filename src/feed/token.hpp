// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace jiffy::feed
{
/// Compares secrets. Takes the same time wherever they differ.
bool is_same_token(std::string_view a, std::string_view b);
}  // namespace jiffy::feed
