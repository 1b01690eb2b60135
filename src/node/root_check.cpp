// SPDX-License-Identifier: Apache-2.0
#include "node/root_check.hpp"

#include "node/state_root.hpp"
#include "sequencer/thread_priority.hpp"

namespace jiffy::node
{
namespace
{
constexpr std::size_t queue_capacity = 64;
}  // namespace

RootCheck::RootCheck(const world::World& world, const crypto::Kernels& kernels)
  : world_{world}
  , kernels_{kernels}
  , queue_{queue_capacity}
{
}

RootCheck::~RootCheck()
{
    stop();
}

void RootCheck::start()
{
    thread_ = std::thread{[this] { run(); }};
}

void RootCheck::stop()
{
    if (!thread_.joinable())
        return;
    stopping_ = true;
    doorbell_.ring();
    thread_.join();
}

void RootCheck::push(const sequencer::BlockPointer& block)
{
    auto pushed = block;
    if (!queue_.try_push(pushed))
        ++metrics_.unchecked;
    doorbell_.ring();
}

void RootCheck::run()
{
    sequencer::lower_thread_priority();
    for (;;)
    {
        const bool last_round = stopping_;
        while (const auto block = queue_.try_pop())
            check(**block);
        if (last_round)
            return;
        doorbell_.wait();
    }
}

void RootCheck::check(const sequencer::BlockRecord& block)
{
    const auto snapshot = world_.pin_at(*block.state_commit());
    const auto state = snapshot ? snapshot->as_difference() : std::nullopt;
    if (!state)
    {
        ++metrics_.unchecked;
        return;
    }
    const auto root = compute_state_root(*state, kernels_);
    ++(root == block.sealed()->header.state_root ? metrics_.verified : metrics_.wrong);
}
}  // namespace jiffy::node
