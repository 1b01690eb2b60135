// SPDX-License-Identifier: Apache-2.0
#include "rlp/rlp.hpp"

#include <algorithm>
#include <array>

namespace jiffy::rlp
{
namespace
{
/// What the header of an item says; the item is known to lie within the input.
struct Extent
{
    std::size_t header_size;
    std::size_t payload_size;
    bool is_list;
};

inline Result<Extent, Error> measure_item(BytesView input) noexcept
{
    if (input.empty())
        return failure(Error::missing_item);

    const Byte prefix = input[0];
    if (prefix < 0x80)
        return Extent{0, 1, false};

    const bool is_list = prefix >= 0xc0;
    const std::size_t short_length = prefix - (is_list ? 0xc0 : 0x80);
    if (short_length <= longest_short_payload)
    {
        if (short_length >= input.size())
            return failure(Error::input_too_short);
        if (!is_list && short_length == 1 && input[1] < 0x80)
            return failure(Error::non_canonical_size);
        return Extent{1, short_length, is_list};
    }

    const std::size_t length_size = short_length - longest_short_payload;
    if (length_size >= input.size())
        return failure(Error::input_too_short);
    if (input[1] == 0)
        return failure(Error::non_canonical_size);
    std::size_t length = 0;
    for (std::size_t i = 1; i <= length_size; ++i)
        length = length << 8 | input[i];
    if (length <= longest_short_payload)
        return failure(Error::non_canonical_size);
    if (length > input.size() - 1 - length_size)
        return failure(Error::input_too_short);
    return Extent{1 + length_size, length, is_list};
}

/// A string as an integer of at most `maximum_size` bytes.
inline Result<void, Error> check_integer(BytesView string, std::size_t maximum_size) noexcept
{
    if (!string.empty() && string[0] == 0)
        return failure(Error::leading_zero);
    if (string.size() > maximum_size)
        return failure(Error::integer_too_large);
    return {};
}

inline std::uint64_t short_integer(BytesView string) noexcept
{
    std::uint64_t value = 0;
    for (const Byte byte : string)
        value = value << 8 | byte;
    return value;
}
}  // namespace

Result<Item, Error> Reader::next() noexcept
{
    const auto extent = measure_item(rest_);
    if (!extent)
        return failure(extent.error());
    const std::size_t size = extent->header_size + extent->payload_size;
    const Item item{rest_.subspan(extent->header_size, extent->payload_size), extent->is_list, rest_.first(size)};
    rest_ = rest_.subspan(size);
    return item;
}

Result<BytesView, Error> Reader::bytes() noexcept
{
    const auto extent = measure_item(rest_);
    if (!extent)
        return failure(extent.error());
    if (extent->is_list)
        return failure(Error::expected_string);
    const BytesView payload = rest_.subspan(extent->header_size, extent->payload_size);
    rest_ = rest_.subspan(extent->header_size + extent->payload_size);
    return payload;
}

Result<Reader, Error> Reader::list() noexcept
{
    const auto extent = measure_item(rest_);
    if (!extent)
        return failure(extent.error());
    if (!extent->is_list)
        return failure(Error::expected_list);
    const Reader items{rest_.subspan(extent->header_size, extent->payload_size)};
    rest_ = rest_.subspan(extent->header_size + extent->payload_size);
    return items;
}

Result<std::uint64_t, Error> Reader::integer64() noexcept
{
    const auto string = bytes();
    if (!string)
        return failure(string.error());
    if (const auto check = check_integer(*string, 8); !check)
        return failure(check.error());
    return short_integer(*string);
}

Result<U256, Error> Reader::integer256() noexcept
{
    const auto string = bytes();
    if (!string)
        return failure(string.error());
    if (const auto check = check_integer(*string, 32); !check)
        return failure(check.error());
    if (string->size() <= 8)
        return U256{short_integer(*string)};
    return to_u256(*string);
}

Result<void, Error> validate(BytesView input, unsigned maximum_depth) noexcept
{
    if (input.empty())
        return failure(Error::input_too_short);

    // Ends of the open lists, the outermost first: the walk needs no recursion, whatever the input nests.
    std::array<const Byte*, deepest_nesting> ends;
    const std::size_t depth_limit = std::min<std::size_t>(maximum_depth, deepest_nesting);
    std::size_t depth = 0;
    const Byte* cursor = input.data();
    const Byte* const input_end = cursor + input.size();
    do
    {
        const Byte* const end = depth == 0 ? input_end : ends[depth - 1];
        const auto extent = measure_item({cursor, end});
        if (!extent)
            return failure(extent.error());
        cursor += extent->header_size;
        if (extent->is_list)
        {
            if (depth == depth_limit)
                return failure(Error::too_deep);
            ends[depth++] = cursor + extent->payload_size;
        }
        else
            cursor += extent->payload_size;
        while (depth != 0 && cursor == ends[depth - 1])
            --depth;
    } while (depth != 0);

    if (cursor != input_end)
        return failure(Error::trailing_bytes);
    return {};
}

Placer Writer::grow(std::size_t count)
{
    const std::size_t old_size = output_.size();
    output_.resize(old_size + count);
    return Placer{output_.data() + old_size};
}

void Writer::bytes(BytesView string)
{
    Measure measure;
    measure.bytes(string);
    grow(measure.size()).bytes(string);
}

void Writer::integer(std::uint64_t value)
{
    Measure measure;
    measure.integer(value);
    grow(measure.size()).integer(value);
}

void Writer::integer(const U256& value)
{
    Measure measure;
    measure.integer(value);
    grow(measure.size()).integer(value);
}

void Writer::raw(BytesView encoded)
{
    append(output_, encoded);
}

Writer::Mark Writer::open_list()
{
    output_.push_back(0);
    return output_.size();
}

void Writer::close_list(Mark mark)
{
    const std::size_t payload_size = output_.size() - mark;
    // Short lists, the most frequent ones, find their one header byte waiting for them.
    output_.insert(output_.begin() + static_cast<std::ptrdiff_t>(mark), header_size(payload_size) - 1, 0);
    Placer{output_.data() + mark - 1}.list_header(payload_size);
}
}  // namespace jiffy::rlp
