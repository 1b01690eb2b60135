// SPDX-License-Identifier: Apache-2.0
#include "evm/interpreter.hpp"

#include "evm/instructions.hpp"
#include "evm/instructions_call.hpp"
#include "evm/instructions_memory.hpp"
#include "evm/instructions_state.hpp"
#include "evm/opcodes.hpp"

#include <utility>

// Every instruction is a function that ends in a jump to the next one, so that each has its own indirect branch for
// the processor to predict and the state of the machine stays in registers. Where a compiler cannot promise the jump,
// the functions return and a loop calls the next.
#if defined(__clang__) && defined(__x86_64__) && __has_cpp_attribute(clang::musttail)
// The frame layout of AddressSanitizer does not go with preserve_none.
#if __has_feature(address_sanitizer)
#define JIFFY_CONVENTION
#else
#define JIFFY_CONVENTION __attribute__((preserve_none))
#endif
#define JIFFY_TAIL_CALL(handler) [[clang::musttail]] return handler(pc, top, gas, frame, base, table)
#define JIFFY_NEXT JIFFY_TAIL_CALL(table->handlers[*pc])
#else
#define JIFFY_CONVENTION
#define JIFFY_TAIL_CALL(handler) return handler(pc, top, gas, frame, base, table)
#define JIFFY_NEXT          \
    frame->pc = pc;         \
    frame->stack_top = top; \
    frame->gas = gas;       \
    return Step::next
#endif

#define JIFFY_PARAMETERS                                                                                          \
    [[maybe_unused]] const Byte *pc, [[maybe_unused]] U256 *top, [[maybe_unused]] std::int64_t gas, Frame *frame, \
        [[maybe_unused]] U256 *base, [[maybe_unused]] const HandlerTable *table

namespace jiffy::evm
{
namespace
{
using namespace instructions;

struct HandlerTable;

/// `top` is one past the highest stack item, `base` the lowest one.
using Handler = Step(JIFFY_CONVENTION*)(const Byte* pc,
    U256* top,
    std::int64_t gas,
    Frame* frame,
    U256* base,
    const HandlerTable* table);

struct HandlerTable
{
    Handler handlers[256];
};

/// What every instruction asks first: stack and constant gas, as immediate operands.
template <Opcode Op, int Gas>
[[gnu::always_inline]] inline Status check(const U256* top, const U256* base, std::int64_t& gas) noexcept
{
    constexpr int stack_in = opcode_table[Op].stack_in;
    constexpr int stack_out = opcode_table[Op].stack_out;
    if constexpr (stack_in > 0)
    {
        if (top - base < stack_in) [[unlikely]]
            return Status::stack_underflow;
    }
    if constexpr (stack_out > stack_in)
    {
        if (top - base >= stack_limit) [[unlikely]]
            return Status::stack_overflow;
    }
    if constexpr (Gas > 0)
    {
        if ((gas -= Gas) < 0) [[unlikely]]
            return Status::out_of_gas;
    }
    return Status::success;
}

template <Opcode Op>
inline constexpr int stack_change = opcode_table[Op].stack_out - opcode_table[Op].stack_in;

/// Instructions on the stack alone.
template <Opcode Op, int Gas, void (*Body)(U256*) noexcept>
JIFFY_CONVENTION Step on_stack(JIFFY_PARAMETERS)
{
    if (const auto status = check<Op, Gas>(top, base, gas); status != Status::success) [[unlikely]]
        return frame->halt(status);
    Body(top);
    top += stack_change<Op>;
    ++pc;
    JIFFY_NEXT;
}

/// Instructions that push something the frame knows.
template <Opcode Op, int Gas, U256 (*Value)(const Frame&) noexcept>
JIFFY_CONVENTION Step push_value(JIFFY_PARAMETERS)
{
    if (const auto status = check<Op, Gas>(top, base, gas); status != Status::success) [[unlikely]]
        return frame->halt(status);
    *top = Value(*frame);
    ++top;
    ++pc;
    JIFFY_NEXT;
}

/// Instructions with gas or failures of their own.
template <Opcode Op, int Gas, Step (*Body)(Frame&, U256*)>
JIFFY_CONVENTION Step on_frame(JIFFY_PARAMETERS)
{
    if (const auto status = check<Op, Gas>(top, base, gas); status != Status::success) [[unlikely]]
        return frame->halt(status);
    frame->gas = gas;
    if (Body(*frame, top) != Step::next) [[unlikely]]
        return Step::halt;
    gas = frame->gas;
    top += stack_change<Op>;
    ++pc;
    JIFFY_NEXT;
}

/// Instructions that may begin a frame.
template <Opcode Op, int Gas, Step (*Body)(Frame&, U256*)>
JIFFY_CONVENTION Step on_call(JIFFY_PARAMETERS)
{
    if (const auto status = check<Op, Gas>(top, base, gas); status != Status::success) [[unlikely]]
        return frame->halt(status);
    frame->gas = gas;
    const Step step = Body(*frame, top);
    top += stack_change<Op>;
    ++pc;
    if (step != Step::next)
    {
        frame->pc = pc;
        frame->stack_top = top;
        return step;
    }
    gas = frame->gas;
    JIFFY_NEXT;
}

/// The N bytes after the opcode. The code's padding makes every load possible.
template <std::size_t N>
[[gnu::always_inline]] inline U256 push_data(const Byte* data) noexcept
{
    const auto word_ending_at = [data](std::size_t end)
    {
        std::uint64_t word = 0;
        std::memcpy(&word, data + end - 8, 8);
        return __builtin_bswap64(word);
    };
    U256 value;
    constexpr std::size_t whole_words = N / 8;
    for (std::size_t i = 0; i < whole_words; ++i)
        value.limbs[i] = word_ending_at(N - 8 * i);
    constexpr std::size_t rest = N % 8;
    if constexpr (rest != 0)
    {
        std::uint64_t word = 0;
        std::memcpy(&word, data, 8);
        value.limbs[whole_words] = __builtin_bswap64(word) >> (64 - 8 * rest);
    }
    return value;
}

template <std::size_t N, int Gas>
JIFFY_CONVENTION Step push(JIFFY_PARAMETERS)
{
    constexpr auto op = static_cast<Opcode>(op_push0 + N);
    if (const auto status = check<op, Gas>(top, base, gas); status != Status::success) [[unlikely]]
        return frame->halt(status);
    *top = push_data<N>(pc + 1);
    ++top;
    pc += 1 + N;
    JIFFY_NEXT;
}

/// A stack item in four registers. Vector loads of an item that was just written word by word wait for the stores to
/// retire, and most items are copied soon after they are written; the empty statement keeps the compiler from them.
struct Words
{
    std::uint64_t word[4];

    [[gnu::always_inline]] explicit Words(const U256& item) noexcept
      : word{item.limbs[0], item.limbs[1], item.limbs[2], item.limbs[3]}
    {
        asm("" : "+r"(word[0]), "+r"(word[1]), "+r"(word[2]), "+r"(word[3]));
    }

    [[gnu::always_inline]] void store(U256& item) const noexcept
    {
        item.limbs[0] = word[0];
        item.limbs[1] = word[1];
        item.limbs[2] = word[2];
        item.limbs[3] = word[3];
    }
};

template <std::size_t N>
JIFFY_CONVENTION Step dup(JIFFY_PARAMETERS)
{
    if (const auto status = check<static_cast<Opcode>(op_dup1 + N - 1), 3>(top, base, gas); status != Status::success)
        [[unlikely]]
        return frame->halt(status);
    Words{*(top - N)}.store(*top);
    ++top;
    ++pc;
    JIFFY_NEXT;
}

template <std::size_t N>
JIFFY_CONVENTION Step swap(JIFFY_PARAMETERS)
{
    if (const auto status = check<static_cast<Opcode>(op_swap1 + N - 1), 3>(top, base, gas); status != Status::success)
        [[unlikely]]
        return frame->halt(status);
    const Words upper{top[-1]};
    const Words lower{*(top - 1 - N)};
    upper.store(*(top - 1 - N));
    lower.store(top[-1]);
    ++pc;
    JIFFY_NEXT;
}

JIFFY_CONVENTION Step pop(JIFFY_PARAMETERS)
{
    if (const auto status = check<op_pop, 2>(top, base, gas); status != Status::success) [[unlikely]]
        return frame->halt(status);
    --top;
    ++pc;
    JIFFY_NEXT;
}

/// Position after the JUMPDEST that `target` names, or null. The gas of the JUMPDEST is the caller's to take.
[[gnu::always_inline]] inline const Byte* jump_target(const Frame& frame, const U256& target) noexcept
{
    if (!target.fits_64() || !frame.analysis->is_jump_destination(target.low())) [[unlikely]]
        return nullptr;
    return frame.analysis->code() + target.low() + 1;
}

inline constexpr int jumpdest_gas = 1;

/// A jump runs the JUMPDEST it leads to at once, which saves a dispatch.
JIFFY_CONVENTION Step jump(JIFFY_PARAMETERS)
{
    if (const auto status = check<op_jump, 8>(top, base, gas); status != Status::success) [[unlikely]]
        return frame->halt(status);
    pc = jump_target(*frame, top[-1]);
    if (pc == nullptr) [[unlikely]]
        return frame->halt(Status::bad_jump_destination);
    if ((gas -= jumpdest_gas) < 0) [[unlikely]]
        return frame->halt(Status::out_of_gas);
    --top;
    JIFFY_NEXT;
}

JIFFY_CONVENTION Step jumpi(JIFFY_PARAMETERS)
{
    if (const auto status = check<op_jumpi, 10>(top, base, gas); status != Status::success) [[unlikely]]
        return frame->halt(status);
    top -= 2;
    if (top[0].is_zero())
    {
        ++pc;
        JIFFY_NEXT;
    }
    pc = jump_target(*frame, top[1]);
    if (pc == nullptr) [[unlikely]]
        return frame->halt(Status::bad_jump_destination);
    if ((gas -= jumpdest_gas) < 0) [[unlikely]]
        return frame->halt(Status::out_of_gas);
    JIFFY_NEXT;
}

JIFFY_CONVENTION Step jumpdest(JIFFY_PARAMETERS)
{
    if (const auto status = check<op_jumpdest, jumpdest_gas>(top, base, gas); status != Status::success) [[unlikely]]
        return frame->halt(status);
    ++pc;
    JIFFY_NEXT;
}

JIFFY_CONVENTION Step program_counter(JIFFY_PARAMETERS)
{
    if (const auto status = check<op_pc, 2>(top, base, gas); status != Status::success) [[unlikely]]
        return frame->halt(status);
    *top = U256{static_cast<std::uint64_t>(pc - frame->analysis->code())};
    ++top;
    ++pc;
    JIFFY_NEXT;
}

JIFFY_CONVENTION Step remaining_gas(JIFFY_PARAMETERS)
{
    if (const auto status = check<op_gas, 2>(top, base, gas); status != Status::success) [[unlikely]]
        return frame->halt(status);
    *top = U256{static_cast<std::uint64_t>(gas)};
    ++top;
    ++pc;
    JIFFY_NEXT;
}

/// True if the word at `offset` is in memory already.
[[gnu::always_inline]] inline bool is_in_memory(const Frame& frame, const U256& offset) noexcept
{
    return offset.fits_64() && offset.low() < memory_limit && offset.low() + 32 <= frame.memory.size();
}

/// Grows the memory for the word of MLOAD or MSTORE and runs the instruction again; kept out of them so that their
/// usual way needs no registers saved. The constant gas is given back because the second run takes it again.
template <int Gas>
[[gnu::cold]] JIFFY_CONVENTION Step grow_memory(JIFFY_PARAMETERS)
{
    frame->gas = gas;
    if (!reserve_memory(*frame, top[-1], 32))
        return frame->halt(Status::out_of_gas);
    gas = frame->gas + Gas;
    JIFFY_NEXT;
}

JIFFY_CONVENTION Step mload(JIFFY_PARAMETERS)
{
    if (const auto status = check<op_mload, 3>(top, base, gas); status != Status::success) [[unlikely]]
        return frame->halt(status);
    if (!is_in_memory(*frame, top[-1])) [[unlikely]]
        JIFFY_TAIL_CALL(grow_memory<3>);
    top[-1] = load_big_endian(frame->memory.data() + top[-1].low());
    ++pc;
    JIFFY_NEXT;
}

JIFFY_CONVENTION Step mstore(JIFFY_PARAMETERS)
{
    if (const auto status = check<op_mstore, 3>(top, base, gas); status != Status::success) [[unlikely]]
        return frame->halt(status);
    if (!is_in_memory(*frame, top[-1])) [[unlikely]]
        JIFFY_TAIL_CALL(grow_memory<3>);
    store_big_endian(frame->memory.data() + top[-1].low(), top[-2]);
    top -= 2;
    ++pc;
    JIFFY_NEXT;
}

JIFFY_CONVENTION Step call_data_load(JIFFY_PARAMETERS)
{
    if (const auto status = check<op_calldataload, 3>(top, base, gas); status != Status::success) [[unlikely]]
        return frame->halt(status);
    calldataload(*frame, top);
    ++pc;
    JIFFY_NEXT;
}

JIFFY_CONVENTION Step stop(JIFFY_PARAMETERS)
{
    frame->gas = gas;
    return frame->halt(Status::success);
}

JIFFY_CONVENTION Step undefined(JIFFY_PARAMETERS)
{
    return frame->halt(Status::undefined_instruction);
}

JIFFY_CONVENTION Step invalid(JIFFY_PARAMETERS)
{
    return frame->halt(Status::invalid_instruction);
}

template <Revision R>
consteval HandlerTable make_table()
{
    HandlerTable table{};
    for (auto& handler : table.handlers)
        handler = &undefined;
    const auto set = [&table](Opcode opcode, Handler handler)
    {
        if (base_gas(R, opcode) >= 0)
            table.handlers[opcode] = handler;
    };

    set(op_stop, &stop);
    set(op_add, &on_stack<op_add, 3, add>);
    set(op_mul, &on_stack<op_mul, 5, mul>);
    set(op_sub, &on_stack<op_sub, 3, sub>);
    set(op_div, &on_stack<op_div, 5, div>);
    set(op_sdiv, &on_stack<op_sdiv, 5, sdiv>);
    set(op_mod, &on_stack<op_mod, 5, mod>);
    set(op_smod, &on_stack<op_smod, 5, smod>);
    set(op_addmod, &on_stack<op_addmod, 8, addmod>);
    set(op_mulmod, &on_stack<op_mulmod, 8, mulmod>);
    set(op_exp, &on_frame<op_exp, 10, exp<R>>);
    set(op_signextend, &on_stack<op_signextend, 5, signextend>);

    set(op_lt, &on_stack<op_lt, 3, lt>);
    set(op_gt, &on_stack<op_gt, 3, gt>);
    set(op_slt, &on_stack<op_slt, 3, slt>);
    set(op_sgt, &on_stack<op_sgt, 3, sgt>);
    set(op_eq, &on_stack<op_eq, 3, eq>);
    set(op_iszero, &on_stack<op_iszero, 3, iszero>);
    set(op_and, &on_stack<op_and, 3, and_>);
    set(op_or, &on_stack<op_or, 3, or_>);
    set(op_xor, &on_stack<op_xor, 3, xor_>);
    set(op_not, &on_stack<op_not, 3, not_>);
    set(op_byte, &on_stack<op_byte, 3, byte>);
    set(op_shl, &on_stack<op_shl, 3, shl>);
    set(op_shr, &on_stack<op_shr, 3, shr>);
    set(op_sar, &on_stack<op_sar, 3, sar>);
    set(op_clz, &on_stack<op_clz, 5, clz>);

    set(op_keccak256, &on_frame<op_keccak256, 30, keccak256>);

    set(op_address, &push_value<op_address, 2, address>);
    set(op_balance, &on_frame<op_balance, base_gas(R, op_balance), balance<R>>);
    set(op_origin, &push_value<op_origin, 2, origin>);
    set(op_caller, &push_value<op_caller, 2, caller>);
    set(op_callvalue, &push_value<op_callvalue, 2, callvalue>);
    set(op_calldataload, &call_data_load);
    set(op_calldatasize, &push_value<op_calldatasize, 2, calldatasize>);
    set(op_calldatacopy, &on_frame<op_calldatacopy, 3, calldatacopy>);
    set(op_codesize, &push_value<op_codesize, 2, codesize>);
    set(op_codecopy, &on_frame<op_codecopy, 3, codecopy>);
    set(op_gasprice, &push_value<op_gasprice, 2, gasprice>);
    set(op_extcodesize, &on_frame<op_extcodesize, base_gas(R, op_extcodesize), extcodesize<R>>);
    set(op_extcodecopy, &on_frame<op_extcodecopy, base_gas(R, op_extcodecopy), extcodecopy<R>>);
    set(op_returndatasize, &push_value<op_returndatasize, 2, returndatasize>);
    set(op_returndatacopy, &on_frame<op_returndatacopy, 3, returndatacopy>);
    set(op_extcodehash, &on_frame<op_extcodehash, base_gas(R, op_extcodehash), extcodehash<R>>);

    set(op_blockhash, &on_frame<op_blockhash, 20, blockhash>);
    set(op_coinbase, &push_value<op_coinbase, 2, coinbase>);
    set(op_timestamp, &push_value<op_timestamp, 2, timestamp>);
    set(op_number, &push_value<op_number, 2, number>);
    set(op_prevrandao, &push_value<op_prevrandao, 2, prevrandao>);
    set(op_gaslimit, &push_value<op_gaslimit, 2, gaslimit>);
    set(op_chainid, &push_value<op_chainid, 2, chainid>);
    set(op_selfbalance, &push_value<op_selfbalance, 5, selfbalance>);
    set(op_basefee, &push_value<op_basefee, 2, basefee>);
    set(op_blobhash, &on_frame<op_blobhash, 3, blobhash>);
    set(op_blobbasefee, &push_value<op_blobbasefee, 2, blobbasefee>);

    set(op_pop, &pop);
    set(op_mload, &mload);
    set(op_mstore, &mstore);
    set(op_mstore8, &on_frame<op_mstore8, 3, mstore8>);
    set(op_sload, &on_frame<op_sload, base_gas(R, op_sload), sload<R>>);
    set(op_sstore, &on_frame<op_sstore, 0, sstore<R>>);
    set(op_jump, &jump);
    set(op_jumpi, &jumpi);
    set(op_pc, &program_counter);
    set(op_msize, &push_value<op_msize, 2, msize>);
    set(op_gas, &remaining_gas);
    set(op_jumpdest, &jumpdest);
    set(op_tload, &on_frame<op_tload, 100, tload>);
    set(op_tstore, &on_frame<op_tstore, 100, tstore>);
    set(op_mcopy, &on_frame<op_mcopy, 3, mcopy>);

    set(op_push0, &push<0, 2>);
    [&set]<std::size_t... I>(std::index_sequence<I...>)
    { (set(static_cast<Opcode>(op_push1 + I), &push<I + 1, 3>), ...); }(std::make_index_sequence<32>{});
    [&set]<std::size_t... I>(std::index_sequence<I...>)
    {
        (set(static_cast<Opcode>(op_dup1 + I), &dup<I + 1>), ...);
        (set(static_cast<Opcode>(op_swap1 + I), &swap<I + 1>), ...);
    }(std::make_index_sequence<16>{});
    [&set]<std::size_t... I>(std::index_sequence<I...>)
    {
        (set(static_cast<Opcode>(op_log0 + I),
             &on_frame<static_cast<Opcode>(op_log0 + I), 375 * (static_cast<int>(I) + 1), log<I>>),
            ...);
    }(std::make_index_sequence<5>{});

    set(op_create, &on_call<op_create, 32000, create<R, op_create>>);
    set(op_call, &on_call<op_call, base_gas(R, op_call), call<R, op_call>>);
    set(op_callcode, &on_call<op_callcode, base_gas(R, op_callcode), call<R, op_callcode>>);
    set(op_return, &on_frame<op_return, 0, return_>);
    set(op_delegatecall, &on_call<op_delegatecall, base_gas(R, op_delegatecall), call<R, op_delegatecall>>);
    set(op_create2, &on_call<op_create2, 32000, create<R, op_create2>>);
    set(op_staticcall, &on_call<op_staticcall, base_gas(R, op_staticcall), call<R, op_staticcall>>);
    set(op_revert, &on_frame<op_revert, 0, revert>);
    set(op_invalid, &invalid);
    set(op_selfdestruct, &on_frame<op_selfdestruct, base_gas(R, op_selfdestruct), selfdestruct<R>>);
    return table;
}

template <Revision R>
constexpr HandlerTable handler_table = make_table<R>();

template <std::size_t... I>
constexpr std::array<const HandlerTable*, revision_count> all_tables(std::index_sequence<I...>)
{
    return {&handler_table<static_cast<Revision>(I)>...};
}

constexpr auto handler_tables = all_tables(std::make_index_sequence<revision_count>{});
}  // namespace

Step run_fast(Frame& frame)
{
    const HandlerTable* const table = handler_tables[static_cast<std::size_t>(frame.context->block->revision)];
    Step step = Step::next;
    do
    {
        step = table->handlers[*frame.pc](frame.pc, frame.stack_top, frame.gas, &frame, frame.stack_base, table);
    } while (step == Step::next);
    return step;
}
}  // namespace jiffy::evm
