// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "evm/tracer.hpp"

#include <cstdio>

namespace jiffy::cli
{
/// A tracer that writes each instruction as a line of JSON (EIP-3155) to the stream, which must stay open.
evm::Tracer trace_writer(std::FILE* stream) noexcept;
}  // namespace jiffy::cli
