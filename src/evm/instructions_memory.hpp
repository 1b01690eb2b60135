// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "crypto/keccak.hpp"
#include "evm/gas.hpp"
#include "evm/workspace.hpp"

/// Instructions on memory and on byte strings: call data, code, output of calls. `top` is one past the highest item.
namespace jiffy::evm::instructions
{
/// Copies `size` bytes from `offset` of `source` to memory, zeros beyond its end. The region is in memory already.
inline void copy_padded(Byte* target, BytesView source, const U256& offset, std::uint64_t size) noexcept
{
    const std::uint64_t begin = offset.fits_64() ? std::min<std::uint64_t>(offset.low(), source.size()) : source.size();
    const std::uint64_t available = std::min<std::uint64_t>(size, source.size() - begin);
    if (available != 0)
        std::memcpy(target, source.data() + begin, available);
    std::memset(target + available, 0, size - available);
}

/// The common part of CALLDATACOPY, CODECOPY and EXTCODECOPY: target offset, source offset, size at top[-1..-3].
inline Step copy_to_memory(Frame& frame, const U256* top, BytesView source) noexcept
{
    const U256& size = top[-3];
    if (!reserve_memory(frame, top[-1], size) || !charge(frame, copy_gas(size.low())))
        return frame.halt(Status::out_of_gas);
    if (!size.is_zero())
        copy_padded(frame.memory.data() + top[-1].low(), source, top[-2], size.low());
    return Step::next;
}

inline Step calldatacopy(Frame& frame, U256* top) noexcept
{
    return copy_to_memory(frame, top, frame.input);
}

inline Step codecopy(Frame& frame, U256* top) noexcept
{
    return copy_to_memory(frame, top, frame.code);
}

inline Step returndatacopy(Frame& frame, U256* top) noexcept
{
    const U256& offset = top[-2];
    const U256& size = top[-3];
    if (!reserve_memory(frame, top[-1], size) || !charge(frame, copy_gas(size.low())))
        return frame.halt(Status::out_of_gas);
    const auto end = add_with_carry(offset, size);
    if (end.carry || end.value > U256{frame.return_data.size()})
        return frame.halt(Status::out_of_bounds_read);
    if (!size.is_zero())
        std::memcpy(frame.memory.data() + top[-1].low(), frame.return_data.data() + offset.low(), size.low());
    return Step::next;
}

/// EIP-5656
inline Step mcopy(Frame& frame, U256* top) noexcept
{
    const U256& target = top[-1];
    const U256& source = top[-2];
    const U256& size = top[-3];
    if (!reserve_memory(frame, target < source ? source : target, size) || !charge(frame, copy_gas(size.low())))
        return frame.halt(Status::out_of_gas);
    if (!size.is_zero())
        std::memmove(frame.memory.data() + target.low(), frame.memory.data() + source.low(), size.low());
    return Step::next;
}

inline Step mstore8(Frame& frame, U256* top) noexcept
{
    if (!reserve_memory(frame, top[-1], 1))
        return frame.halt(Status::out_of_gas);
    frame.memory.data()[top[-1].low()] = static_cast<Byte>(top[-2].low());
    return Step::next;
}

inline Step keccak256(Frame& frame, U256* top) noexcept
{
    const U256& size = top[-2];
    if (!reserve_memory(frame, top[-1], size) || !charge(frame, 6 * word_count(size.low())))
        return frame.halt(Status::out_of_gas);
    const BytesView data = size.is_zero() ? BytesView{} : BytesView{frame.memory.data() + top[-1].low(), size.low()};
    top[-2] = to_u256(crypto::keccak256(data));
    return Step::next;
}

inline void calldataload(Frame& frame, U256* top) noexcept
{
    const U256& offset = top[-1];
    const auto size = frame.input.size();
    if (!offset.fits_64() || offset.low() >= size)
    {
        top[-1] = {};
    }
    else if (size - offset.low() >= 32)
    {
        top[-1] = load_big_endian(frame.input.data() + offset.low());
    }
    else
    {
        Byte word[32] = {};
        std::memcpy(word, frame.input.data() + offset.low(), size - offset.low());
        top[-1] = load_big_endian(word);
    }
}

template <std::size_t TopicCount>
Step log(Frame& frame, U256* top)
{
    if (frame.is_static)
        return frame.halt(Status::static_mode_violation);
    const U256& size = top[-2];
    if (!reserve_memory(frame, top[-1], size) || !charge(frame, 8 * size.low()))
        return frame.halt(Status::out_of_gas);
    Hash topics[TopicCount + 1];
    for (std::size_t i = 0; i < TopicCount; ++i)
        topics[i] = to_hash(*(top - 3 - i));
    const BytesView data = size.is_zero() ? BytesView{} : BytesView{frame.memory.data() + top[-1].low(), size.low()};
    frame.context->journal.add_log(frame.account->address, {topics, TopicCount}, data);
    return Step::next;
}

/// RETURN and REVERT.
inline Step end_with_output(Frame& frame, U256* top, Status status) noexcept
{
    if (!reserve_memory(frame, top[-1], top[-2]))
        return frame.halt(Status::out_of_gas);
    frame.output = top[-2].is_zero() ? BytesView{} : BytesView{frame.memory.data() + top[-1].low(), top[-2].low()};
    return frame.halt(status);
}

inline Step return_(Frame& frame, U256* top) noexcept
{
    return end_with_output(frame, top, Status::success);
}

inline Step revert(Frame& frame, U256* top) noexcept
{
    return end_with_output(frame, top, Status::revert);
}
}  // namespace jiffy::evm::instructions
