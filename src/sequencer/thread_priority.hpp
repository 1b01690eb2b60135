// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/resource.h>

namespace jiffy::sequencer
{
/// Priority of threads that ingress, ordering and commit outrank: trie, history, long requests.
inline constexpr int background_nice = 10;

/// Lowers the priority of the calling thread. On Linux the priority is a thread's, not a process's.
inline void lower_thread_priority(int nice = background_nice) noexcept
{
    // To lower it is always allowed.
    ::setpriority(PRIO_PROCESS, 0, nice);
}
}  // namespace jiffy::sequencer
