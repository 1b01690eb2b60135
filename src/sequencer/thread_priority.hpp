// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <pthread.h>
#include <sys/prctl.h>
#include <sys/resource.h>

namespace jiffy::sequencer
{
/// Priority of threads that ingress, ordering and commit outrank: trie, history, long requests.
inline constexpr int background_nice = 10;
/// Of the sealing thread: behind the others, but not so far that a busy machine lets it fall back by a block, for which
/// the sequencing thread would have to wait.
inline constexpr int sealing_nice = 3;

/// Lowers the priority of the calling thread. On Linux the priority is a thread's, not a process's.
inline void lower_thread_priority(int nice = background_nice) noexcept
{
    // To lower it is always allowed.
    ::setpriority(PRIO_PROCESS, 0, nice);
}

/// Lets the calling thread wake within microseconds of the time that it asked for, instead of fifty.
inline void sleep_precisely() noexcept
{
    constexpr unsigned long slack = 1000;  // nanoseconds
    ::prctl(PR_SET_TIMERSLACK, slack, 0, 0, 0);
}

/// Names the calling thread for `top`, `perf` and debuggers; at most 15 characters.
inline void name_thread(const char* name) noexcept
{
    ::pthread_setname_np(::pthread_self(), name);
}
}  // namespace jiffy::sequencer
