// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "evm/analysis.hpp"
#include "evm/environment.hpp"
#include "evm/message.hpp"
#include "evm/tracer.hpp"
#include "state/journal.hpp"

namespace jiffy::evm
{
struct Frame;
class CodeCache;

inline constexpr int maximum_depth = 1024;
inline constexpr std::ptrdiff_t stack_limit = 1024;

/// Bytes that a frame's memory can grow to. At this size it has cost 3.5 * 10^13 gas, more than any block has.
inline constexpr std::uint64_t memory_limit = (std::uint64_t{1} << 32) - 32;

/// Memory of a frame (yellow paper: m), grown in words and paid before. Keeps its capacity from frame to frame.
class FrameMemory
{
public:
    FrameMemory() = default;
    FrameMemory(const FrameMemory&) = delete;
    FrameMemory& operator=(const FrameMemory&) = delete;
    ~FrameMemory();

    [[nodiscard]] Byte* data() noexcept { return data_; }
    [[nodiscard]] std::uint64_t size() const noexcept { return size_; }
    void clear() noexcept { size_ = 0; }
    /// Grows to `size` bytes, a multiple of 32, the new ones zero.
    void grow(std::uint64_t size) noexcept;
    /// Gives memory back if one frame made it very large.
    void trim() noexcept;

private:
    Byte* data_ = nullptr;
    std::uint64_t size_ = 0;
    std::uint64_t capacity_ = 0;
};

/// What all frames of a message share.
struct Context
{
    state::Journal& journal;
    CodeCache& codes;
    const BlockEnvironment* block = nullptr;
    const TransactionEnvironment* transaction = nullptr;
    Tracer* tracer = nullptr;
    /// The frame that an instruction has prepared when it answers `Step::call`.
    Frame* prepared = nullptr;
    /// All frames by depth; each is made when the depth is first reached, and stays.
    std::vector<std::unique_ptr<Frame>> frames{};

    Frame& frame_at(int depth);
};

/// How the interpreter goes on after an instruction.
enum class Step : std::uint8_t
{
    /// With the next instruction.
    next,
    /// The frame has ended with `Frame::status`.
    halt,
    /// `Context::prepared` runs first.
    call,
};

/// One level of execution. Its stack begins where the caller's ends, so that deep calls stay in cache.
struct Frame
{
    /// Where to go on; held in registers while the frame runs.
    const Byte* pc = nullptr;
    U256* stack_top = nullptr;
    std::int64_t gas = 0;

    U256* stack_base = nullptr;
    const AnalysedCode* analysis = nullptr;
    Context* context = nullptr;
    FrameMemory memory;
    /// Account whose storage and balance the code works on.
    state::AccountEntry* account = nullptr;
    /// The code as deployed, for CODECOPY.
    BytesView code;
    BytesView input;
    /// Output of the last call that this frame made (EIP-211).
    BytesView return_data;
    U256 value;
    Address sender{};
    int depth = 0;
    bool is_static = false;
    MessageKind kind = MessageKind::call;
    Status status = Status::success;
    /// RETURN's or REVERT's data, in `memory`.
    BytesView output;

    /// Where the caller wants the output in its memory.
    std::uint64_t output_offset = 0;
    std::uint64_t output_size = 0;
    state::Journal::Checkpoint checkpoint{};
    std::int64_t gas_at_entry = 0;

    /// Output of a precompiled contract that this frame called.
    Bytes precompile_output;
    /// Analysis of init code, which no cache keeps.
    AnalysedCode init_code;

    Step halt(Status reason) noexcept
    {
        status = reason;
        return Step::halt;
    }
};

/// Memory for the frames' stacks: 1024 items for each of 1025 depths, of which the system gives what is touched.
class StackMemory
{
public:
    StackMemory();
    ~StackMemory();
    StackMemory(const StackMemory&) = delete;
    StackMemory& operator=(const StackMemory&) = delete;
    [[nodiscard]] U256* base() noexcept { return base_; }

private:
    U256* base_;
};
}  // namespace jiffy::evm
