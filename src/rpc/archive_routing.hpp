// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "rpc/method.hpp"

namespace jiffy::rpc
{
/// True if the method, called with these parameters, would read the archive: what the first one names is not in memory.
/// `parameters` is an array, or nothing that any method takes.
bool reads_archive(const Backend& backend, MethodCost cost, JsonElement parameters);
}  // namespace jiffy::rpc
