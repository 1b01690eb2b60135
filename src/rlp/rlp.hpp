// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.hpp"
#include "base/uint256.hpp"
#include "rlp/sinks.hpp"

#include <utility>

namespace jiffy::rlp
{
/// Why bytes are no canonical RLP, or not of the wanted shape.
enum class Error : std::uint8_t
{
    input_too_short,
    /// A length or a single byte is not in its shortest form.
    non_canonical_size,
    /// An integer begins with a zero byte.
    leading_zero,
    /// An integer has more bytes than its type.
    integer_too_large,
    expected_list,
    expected_string,
    /// A string is not as long as its fixed-length type.
    wrong_length,
    /// Bytes follow the item, or items follow the last one expected.
    trailing_bytes,
    /// A list ends before the item that was expected.
    missing_item,
    /// A list is nested deeper than the reader allows.
    too_deep,
};

/// One item: a view of its payload in the input.
struct Item
{
    BytesView payload;
    bool is_list = false;
    /// The item with its header, as it stands in the input.
    BytesView encoded;
};

/// Reads items one after the other; strict, nothing that is not canonical passes. Copies nothing.
class Reader
{
public:
    constexpr explicit Reader(BytesView input) noexcept
      : rest_{input}
    {
    }

    [[nodiscard]] bool at_end() const noexcept { return rest_.empty(); }
    [[nodiscard]] BytesView rest() const noexcept { return rest_; }

    Result<Item, Error> next() noexcept;
    /// The next item, which must be a string.
    Result<BytesView, Error> bytes() noexcept;
    /// The next item, which must be a list, as a reader of its items.
    Result<Reader, Error> list() noexcept;
    Result<std::uint64_t, Error> integer64() noexcept;
    Result<U256, Error> integer256() noexcept;
    /// A string of exactly N bytes.
    template <std::size_t N>
    Result<FixedBytes<N>, Error> fixed() noexcept
    {
        const auto string = bytes();
        if (!string)
            return failure(string.error());
        if (string->size() != N)
            return failure(Error::wrong_length);
        return FixedBytes<N>::from(*string);
    }

private:
    BytesView rest_;
};

/// The most lists within each other that `validate` follows.
inline constexpr std::size_t deepest_nesting = 1024;

/// Checks that `input` is one canonical item, with all that it holds; `too_deep` if lists nest deeper than
/// `maximum_depth` (a list of strings is 1 deep) or `deepest_nesting`.
Result<void, Error> validate(BytesView input, unsigned maximum_depth = deepest_nesting) noexcept;

/// Appends items to a byte string. A list is opened, filled and closed; its header is put in place at the close, which
/// may move the items by some bytes. `collect` and `put_list` avoid that where sizes are cheap to find.
class Writer
{
public:
    void bytes(BytesView string);
    void integer(std::uint64_t value);
    void integer(const U256& value);
    template <std::size_t N>
    void fixed(const FixedBytes<N>& value)
    {
        bytes(value.view());
    }
    /// Appends what is RLP already.
    void raw(BytesView encoded);

    /// Place of an open list.
    using Mark = std::size_t;
    Mark open_list();
    void close_list(Mark mark);

    [[nodiscard]] const Bytes& result() const& noexcept { return output_; }
    [[nodiscard]] Bytes result() && noexcept { return std::move(output_); }
    void clear() noexcept { output_.clear(); }

private:
    Placer grow(std::size_t count);

    Bytes output_;
};
}  // namespace jiffy::rlp
