// SPDX-License-Identifier: Apache-2.0
#include "require.hpp"
#include "rlp/rlp.hpp"

namespace jiffy::fuzz
{
namespace
{
/// Writes again all that the reader finds; false at the first item that is no item. No deeper than `validate` goes.
bool rewrite(rlp::Reader reader, rlp::Writer& writer, std::size_t depth)
{
    while (!reader.at_end())
    {
        const auto item = reader.next();
        if (!item)
            return false;
        if (!item->is_list)
        {
            writer.bytes(item->payload);
            continue;
        }
        if (depth == 0)
            return false;
        const auto mark = writer.open_list();
        if (!rewrite(rlp::Reader{item->payload}, writer, depth - 1))
            return false;
        writer.close_list(mark);
    }
    return true;
}

/// What is an integer is written back as it stood.
void check_integers(BytesView input)
{
    rlp::Reader reader{input};
    while (!reader.at_end())
    {
        rlp::Reader as_integer = reader;
        rlp::Reader as_wide = reader;
        const auto item = reader.next();
        if (!item)
            return;
        const auto integer = as_integer.integer64();
        const auto wide = as_wide.integer256();
        rlp::Writer writer;
        if (integer)
        {
            require(wide && *wide == U256{*integer}, "a 64-bit integer is the same with 256 bits");
            writer.integer(*integer);
            require(equal(writer.result(), item->encoded), "an integer is written as it was read");
        }
        else if (wide)
        {
            writer.integer(*wide);
            require(equal(writer.result(), item->encoded), "a wide integer is written as it was read");
        }
    }
}
}  // namespace
}  // namespace jiffy::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace jiffy;
    const BytesView input{data, size};
    const bool is_valid = rlp::validate(input).has_value();
    rlp::Writer writer;
    rlp::Reader first{input};
    const auto item = first.next();
    const bool can_be_read = item && first.at_end() && fuzz::rewrite(rlp::Reader{input}, writer, rlp::deepest_nesting);
    fuzz::require(is_valid == can_be_read, "validate and the reader agree");
    if (is_valid)
        fuzz::require(equal(writer.result(), input), "what is valid is written as it was read");
    fuzz::check_integers(input);
    if (item && item->is_list)
        fuzz::check_integers(item->payload);
    return 0;
}
