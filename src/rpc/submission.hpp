// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.hpp"
#include "rpc/error.hpp"
#include "sequencer/pool.hpp"

namespace jiffy::rpc
{
struct Backend;

/// Decodes a raw transaction, checks what can be checked without the state, and recovers its sender.
Result<sequencer::Submission, Error> make_submission(const Backend& backend, BytesView raw);
}  // namespace jiffy::rpc
