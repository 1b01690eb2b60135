// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "rlp/rlp.hpp"

#include <limits>
#include <optional>

namespace jiffy::types
{
/// Reads the fields of a list in order. The first error sticks and later reads change nothing, so that a decoder reads
/// as the list of its fields and checks once, at the end.
class FieldReader
{
public:
    explicit FieldReader(rlp::Reader items) noexcept
      : items_{items}
    {
    }

    /// The fields of `encoded`, which must be one list and nothing else.
    static FieldReader of(BytesView encoded) noexcept
    {
        rlp::Reader outer{encoded};
        const auto items = outer.list();
        FieldReader fields{items ? *items : outer};
        if (!items)
            fields.fail(items.error());
        else if (!outer.at_end())
            fields.fail(rlp::Error::trailing_bytes);
        return fields;
    }

    void read(std::uint64_t& target) noexcept { store(items_.integer64(), target); }
    void read(U256& target) noexcept { store(items_.integer256(), target); }
    template <std::size_t N>
    void read(FixedBytes<N>& target) noexcept
    {
        store(items_.fixed<N>(), target);
    }
    template <class T>
    void read(std::optional<T>& target)
    {
        read(target.emplace());
    }
    void read(Bytes& target)
    {
        if (const auto string = items_.bytes())
            target.assign(string->begin(), string->end());
        else
            fail(string.error());
    }
    void read(BytesView& target) noexcept { store(items_.bytes(), target); }

    /// An integer of at most 8 bits.
    void read(std::uint8_t& target) noexcept
    {
        const auto value = items_.integer64();
        if (!value)
            fail(value.error());
        else if (*value > std::numeric_limits<std::uint8_t>::max())
            fail(rlp::Error::integer_too_large);
        else
            target = static_cast<std::uint8_t>(*value);
    }

    /// An integer that is 0 or 1.
    void read(bool& target) noexcept
    {
        std::uint8_t value = 0;
        read(value);
        if (value > 1)
            fail(rlp::Error::integer_too_large);
        target = value == 1;
    }

    /// A list whose elements `read_element(fields, element)` reads, each from one item of at least `smallest_element`
    /// bytes: what the vector allocates is what the elements need, and bounded by what the input holds.
    template <class Element, class ReadElement>
    void read_list(std::vector<Element>& target, std::size_t smallest_element, const ReadElement& read_element)
    {
        FieldReader elements = nested();
        target.reserve(elements.count(smallest_element));
        while (!elements.at_end())
            read_element(elements, target.emplace_back());
        if (!elements.ok())
            fail(*elements.error_);
    }

    /// A list of fixed-length strings.
    template <std::size_t N>
    void read_list(std::vector<FixedBytes<N>>& target)
    {
        read_list(target, rlp::header_size(N) + N, [](FieldReader& fields, auto& element) { fields.read(element); });
    }

    /// The fields of the next item, which must be a list. Give it back with `finish`.
    [[nodiscard]] FieldReader nested() noexcept
    {
        const auto items = items_.list();
        FieldReader fields{items ? *items : rlp::Reader{{}}};
        if (!items)
            fail(items.error());
        fields.error_ = error_;
        return fields;
    }

    /// Takes over the error of a nested reader, which must have come to its end.
    void finish(const FieldReader& nested_fields) noexcept
    {
        if (const auto error = nested_fields.final_error())
            fail(*error);
    }

    void fail(rlp::Error error) noexcept
    {
        if (!error_)
            error_ = error;
        items_ = rlp::Reader{{}};
    }

    /// How many items are left, but no more than fit if each takes at least `smallest_item` bytes.
    [[nodiscard]] std::size_t count(std::size_t smallest_item) const noexcept
    {
        const std::size_t limit = items_.rest().size() / smallest_item;
        std::size_t result = 0;
        for (rlp::Reader rest = items_; result < limit && rest.next();)
            ++result;
        return result;
    }

    [[nodiscard]] bool ok() const noexcept { return !error_; }
    /// True if no field is left, or none can be read any more.
    [[nodiscard]] bool at_end() const noexcept { return items_.at_end(); }
    [[nodiscard]] rlp::Reader& items() noexcept { return items_; }

    /// What went wrong, if only that fields are left over.
    [[nodiscard]] std::optional<rlp::Error> final_error() const noexcept
    {
        if (!error_ && !items_.at_end())
            return rlp::Error::trailing_bytes;
        return error_;
    }

private:
    template <class T>
    void store(const Result<T, rlp::Error>& value, T& target) noexcept
    {
        if (value)
            target = *value;
        else
            fail(value.error());
    }

    rlp::Reader items_;
    std::optional<rlp::Error> error_;
};
}  // namespace jiffy::types
