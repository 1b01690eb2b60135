// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/bytes.hpp"

#include <string>
#include <string_view>

/// The fields that messages between nodes are made of. Each value has one encoding.
namespace jiffy::feed
{
/// As LEB128, in as few bytes as possible.
inline void put_number(Bytes& output, std::uint64_t value)
{
    for (; value >= 0x80; value >>= 7)
        output.push_back(static_cast<Byte>(value | 0x80));
    output.push_back(static_cast<Byte>(value));
}

/// Behind its length; what is longer is cut.
inline void put_text(Bytes& output, std::string_view text, std::size_t longest)
{
    text = text.substr(0, longest);
    put_number(output, text.size());
    output.insert(output.end(), text.begin(), text.end());
}

/// Reads fields in order; the first fault sticks. A number that could be written in fewer bytes is one.
class Fields
{
public:
    explicit Fields(BytesView bytes) noexcept
      : rest_{bytes}
    {
    }

    std::uint64_t number() noexcept
    {
        std::uint64_t value = 0;
        for (unsigned shift = 0; shift < 64; shift += 7)
        {
            const auto byte = take(1);
            if (is_bad_)
                return 0;
            value |= std::uint64_t{byte[0] & 0x7fU} << shift;
            if (byte[0] >= 0x80)
                continue;
            // A last byte of zero, or bits beyond the 64th: there is another way to write this.
            if ((byte[0] == 0 && shift != 0) || (shift == 63 && byte[0] > 1))
                is_bad_ = true;
            return value;
        }
        is_bad_ = true;
        return 0;
    }

    /// At most `largest`.
    std::uint64_t number(std::uint64_t largest) noexcept
    {
        const auto value = number();
        if (value > largest)
            is_bad_ = true;
        return is_bad_ ? 0 : value;
    }

    bool flag() noexcept { return number(1) == 1; }

    template <std::size_t N>
    FixedBytes<N> fixed() noexcept
    {
        const auto bytes = take(N);
        return is_bad_ ? FixedBytes<N>{} : FixedBytes<N>::from(bytes);
    }

    std::string text(std::size_t longest)
    {
        const auto bytes = take(number(longest));
        return {bytes.begin(), bytes.end()};
    }

    BytesView take(std::size_t size) noexcept
    {
        if (size > rest_.size())
            is_bad_ = true;
        if (is_bad_)
            return {};
        const auto taken = rest_.first(size);
        rest_ = rest_.subspan(size);
        return taken;
    }

    BytesView rest() noexcept { return take(rest_.size()); }

    void require(bool holds) noexcept { is_bad_ |= !holds; }
    [[nodiscard]] bool is_bad() const noexcept { return is_bad_; }
    [[nodiscard]] bool at_end() const noexcept { return !is_bad_ && rest_.empty(); }
    [[nodiscard]] bool has_more() const noexcept { return !is_bad_ && !rest_.empty(); }

private:
    BytesView rest_;
    bool is_bad_ = false;
};
}  // namespace jiffy::feed
