// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <pthread.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

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

/// Asks for turns of half a millisecond, instead of some, on a busy machine: who wants to run for as long as an I/O
/// thread does soon gets to run again, and keeps the others waiting for less. Only Linux from 6.12 on does so.
inline void take_short_turns() noexcept
{
    // As the kernel has it (man sched_setattr); glibc 2.36 has no name for it.
    struct
    {
        std::uint32_t size;
        std::uint32_t policy;
        std::uint64_t flags;
        std::int32_t nice;
        std::uint32_t priority;
        std::uint64_t runtime;
        std::uint64_t deadline;
        std::uint64_t period;
    } attributes{};
    attributes.size = sizeof attributes;
    attributes.policy = SCHED_OTHER;
    attributes.nice = ::getpriority(PRIO_PROCESS, 0);
    attributes.runtime = 500'000;  // nanoseconds
    // Without it everything works, a little later.
    ::syscall(SYS_sched_setattr, 0, &attributes, 0);
}

/// Names the calling thread for `top`, `perf` and debuggers; at most 15 characters.
inline void name_thread(const char* name) noexcept
{
    ::pthread_setname_np(::pthread_self(), name);
}
}  // namespace jiffy::sequencer
