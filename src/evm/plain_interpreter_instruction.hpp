// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "evm/plain_interpreter_arithmetic.hpp"
#include "evm/plain_interpreter_price.hpp"

namespace jiffy::evm::plain
{
/// Runs one instruction whose price is paid and whose memory is there.
class Instruction
{
public:
    Instruction(Frame& frame, std::uint8_t opcode, const Price& price)
      : frame_{frame}
      , context_{*frame.context}
      , journal_{frame.context->journal}
      , block_{*frame.context->block}
      , opcode_{opcode}
      , price_{price}
    {
    }

    Step run();

private:
    U256 pop() noexcept { return *--frame_.stack_top; }
    void push(const U256& value) noexcept { *frame_.stack_top++ = value; }
    void push_flag(bool flag) noexcept { push(flag ? 1 : 0); }
    void push_address(const Address& address) noexcept { push(to_u256(address)); }

    template <class Function>
    void with_one(Function function) noexcept
    {
        push(function(pop()));
    }

    template <class Function>
    void with_two(Function function) noexcept
    {
        const U256 a = pop();
        const U256 b = pop();
        push(function(a, b));
    }

    template <class Function>
    void with_three(Function function) noexcept
    {
        const U256 a = pop();
        const U256 b = pop();
        const U256 c = pop();
        push(function(a, b, c));
    }

    /// Byte of a string at an offset plus an index; zero beyond its end.
    static Byte byte_of(BytesView source, const U256& offset, std::uint64_t index) noexcept
    {
        if (!less(offset, source.size()) || index >= source.size() - offset.low())
            return 0;
        return source[offset.low() + index];
    }

    BytesView memory_view(const U256& offset, const U256& size) noexcept
    {
        return equal(size, 0) ? BytesView{} : BytesView{frame_.memory.data() + offset.low(), size.low()};
    }

    void copy_to_memory(BytesView source)
    {
        const U256 target = pop();
        const U256 offset = pop();
        const U256 size = pop();
        for (std::uint64_t i = 0; i < size.low(); ++i)
            frame_.memory.data()[target.low() + i] = byte_of(source, offset, i);
    }

    Step return_data_copy();
    void copy_memory();
    void load_word();
    void store_word();
    void push_bytes(unsigned count) noexcept;
    void duplicate(int depth) noexcept { push(*(frame_.stack_top - depth)); }
    void exchange(int depth) noexcept { std::swap(*(frame_.stack_top - 1), *(frame_.stack_top - 1 - depth)); }
    Step jump(const U256& target) noexcept;
    Step block_hash();
    void blob_hash();
    Step code_of(bool only_size);
    void log(int topic_count);
    Step end(Status status);
    Step self_destruct();
    Step call();
    Step create();

    Frame& frame_;
    Context& context_;
    state::Journal& journal_;
    const BlockEnvironment& block_;
    std::uint8_t opcode_;
    const Price& price_;
};
}  // namespace jiffy::evm::plain
