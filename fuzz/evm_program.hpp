// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/uint256.hpp"
#include "evm/revision.hpp"

namespace jiffy::fuzz
{
/// Bytes to draw decisions from; zeros when they are used up.
class ByteSource
{
public:
    explicit ByteSource(BytesView bytes) noexcept
      : rest_{bytes}
    {
    }

    [[nodiscard]] bool empty() const noexcept { return rest_.empty(); }
    Byte byte() noexcept;
    std::uint16_t word() noexcept;
    Bytes bytes(std::size_t count);

    template <class T>
    const T& choose(const std::vector<T>& values) noexcept
    {
        return values[word() % values.size()];
    }

private:
    BytesView rest_;
};

/// A contract: instructions whose operands mostly make sense for them, jumps to destinations that mostly exist,
/// creations from code that is there, and a few bytes of anything.
Bytes make_program(ByteSource& source, evm::Revision revision, const std::vector<Address>& addresses);
}  // namespace jiffy::fuzz
