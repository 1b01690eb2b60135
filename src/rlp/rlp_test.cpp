// SPDX-License-Identifier: Apache-2.0
#include "rlp/rlp.hpp"

#include "base/hex.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace jiffy::rlp
{
namespace
{
Bytes hex(std::string_view text)
{
    return from_hex(text).value();
}

/// What the writer makes of the items that a reader of `input` gives, all the way down.
void rewrite(Reader input, Writer& output)
{
    while (!input.at_end())
    {
        const auto item = input.next();
        ASSERT_TRUE(item.has_value());
        if (!item->is_list)
        {
            output.bytes(item->payload);
            continue;
        }
        const auto mark = output.open_list();
        rewrite(Reader{item->payload}, output);
        output.close_list(mark);
    }
}

/// A random item as RLP, lists nested at most `depth` deep.
rc::Gen<Bytes> any_item(int depth)
{
    const auto string = rc::gen::map(rc::gen::arbitrary<Bytes>(),
        [](const Bytes& payload)
        {
            Writer writer;
            writer.bytes(payload);
            return std::move(writer).result();
        });
    const auto long_string = rc::gen::map(rc::gen::inRange<std::size_t>(50, 300),
        [](std::size_t length)
        {
            Writer writer;
            writer.bytes(Bytes(length, 0x5a));
            return std::move(writer).result();
        });
    if (depth == 0)
        return rc::gen::oneOf(string, long_string);
    const auto list = rc::gen::map(rc::gen::container<std::vector<Bytes>>(any_item(depth - 1)),
        [](const std::vector<Bytes>& items)
        {
            Writer writer;
            const auto mark = writer.open_list();
            for (const auto& item : items)
                writer.raw(item);
            writer.close_list(mark);
            return std::move(writer).result();
        });
    return rc::gen::oneOf(string, long_string, list);
}

TEST(RlpReader, strings)
{
    EXPECT_EQ(to_bytes(Reader{hex("83646f67")}.bytes().value()), hex("646f67"));
    EXPECT_EQ(to_bytes(Reader{hex("00")}.bytes().value()), hex("00"));
    EXPECT_TRUE(Reader{hex("80")}.bytes()->empty());
    EXPECT_EQ(Reader{hex("b838" + std::string(112, 'a'))}.bytes()->size(), 56U);

    EXPECT_EQ(Reader{hex("8100")}.bytes().error(), Error::non_canonical_size);
    EXPECT_EQ(Reader{hex("b801ff")}.bytes().error(), Error::non_canonical_size);
    EXPECT_EQ(Reader{hex("b90038" + std::string(112, 'a'))}.bytes().error(), Error::non_canonical_size);
    EXPECT_EQ(Reader{hex("83646f")}.bytes().error(), Error::input_too_short);
    EXPECT_EQ(Reader{hex("bfffffffffffffffff00")}.bytes().error(), Error::input_too_short);
    EXPECT_EQ(Reader{hex("b8")}.bytes().error(), Error::input_too_short);
    EXPECT_EQ(Reader{hex("c0")}.bytes().error(), Error::expected_string);
    EXPECT_EQ(Reader{{}}.bytes().error(), Error::missing_item);
}

TEST(RlpReader, integers)
{
    EXPECT_EQ(Reader{hex("80")}.integer64(), 0U);
    EXPECT_EQ(Reader{hex("7f")}.integer64(), 0x7fU);
    EXPECT_EQ(Reader{hex("820400")}.integer64(), 1024U);
    EXPECT_EQ(Reader{hex("88ffffffffffffffff")}.integer64(), ~0ULL);
    EXPECT_EQ(Reader{hex("a0" + std::string(64, 'f'))}.integer256(), U256::max());
    EXPECT_EQ(Reader{hex("89010000000000000000")}.integer256(), (U256{0, 1, 0, 0}));

    EXPECT_EQ(Reader{hex("00")}.integer64().error(), Error::leading_zero);
    EXPECT_EQ(Reader{hex("820004")}.integer256().error(), Error::leading_zero);
    EXPECT_EQ(Reader{hex("89010000000000000000")}.integer64().error(), Error::integer_too_large);
    EXPECT_EQ(Reader{hex("a101" + std::string(64, '0'))}.integer256().error(), Error::integer_too_large);
    EXPECT_EQ(Reader{hex("c0")}.integer64().error(), Error::expected_string);
}

TEST(RlpReader, lists_and_fixed_strings)
{
    const Bytes input = hex("c88363617483646f6701");
    Reader reader{input};
    auto items = reader.list().value();
    EXPECT_EQ(to_bytes(items.bytes().value()), hex("636174"));
    EXPECT_EQ(items.fixed<3>()->bytes, (std::array<Byte, 3>{0x64, 0x6f, 0x67}));
    EXPECT_TRUE(items.at_end());
    EXPECT_EQ(items.bytes().error(), Error::missing_item);
    EXPECT_EQ(to_bytes(reader.rest()), hex("01"));
    EXPECT_EQ(reader.list().error(), Error::expected_list);
    EXPECT_EQ(Reader{hex("83646f67")}.fixed<4>().error(), Error::wrong_length);
}

TEST(RlpReader, an_item_of_the_other_kind_stays_the_next_one)
{
    const Bytes input = hex("83646f67c105");
    Reader reader{input};
    EXPECT_EQ(reader.list().error(), Error::expected_list);
    EXPECT_EQ(to_bytes(reader.bytes().value()), hex("646f67"));
    EXPECT_EQ(reader.bytes().error(), Error::expected_string);
    EXPECT_EQ(reader.integer64().error(), Error::expected_string);
    EXPECT_EQ(to_bytes(reader.list()->rest()), hex("05"));
    EXPECT_TRUE(reader.at_end());
}

TEST(RlpWriter, items)
{
    Writer writer;
    writer.integer(std::uint64_t{0});
    writer.integer(std::uint64_t{0x7f});
    writer.integer(std::uint64_t{0x80});
    writer.integer(U256{0, 1, 0, 0});
    writer.bytes(hex("00"));
    writer.fixed(Address{});
    EXPECT_EQ(writer.result(), hex("807f8180890100000000000000000094" + std::string(40, '0')));
}

TEST(RlpWriter, lists)
{
    for (const std::size_t length : {0U, 1U, 54U, 55U, 56U, 255U, 256U, 70000U})
    {
        Writer writer;
        writer.integer(std::uint64_t{5});
        const auto outer = writer.open_list();
        const auto inner = writer.open_list();
        for (std::size_t i = 0; i < length; ++i)
            writer.integer(std::uint64_t{1});
        writer.close_list(inner);
        writer.close_list(outer);

        Reader reader{writer.result()};
        EXPECT_EQ(reader.integer64(), 5U);
        EXPECT_EQ(validate(reader.rest()), (Result<void, Error>{}));
        EXPECT_EQ(reader.list()->list()->rest().size(), length);
        EXPECT_TRUE(reader.at_end());
    }
}

RC_GTEST_PROP(RlpSinks, measure_and_placer_agree_with_the_writer, (const Bytes& string, std::uint64_t number))
{
    const U256 wide{number, 0, number, 0};
    const auto body = [&](auto& sink)
    {
        sink.bytes(string);
        put_list(sink,
            [&](auto& items)
            {
                items.integer(number);
                put_list(items, [&](auto& inner) { inner.integer(wide); });
                items.bytes(string);
            });
    };
    Writer writer;
    writer.bytes(string);
    const auto outer = writer.open_list();
    writer.integer(number);
    const auto inner = writer.open_list();
    writer.integer(wide);
    writer.close_list(inner);
    writer.bytes(string);
    writer.close_list(outer);
    RC_ASSERT(collect(body) == writer.result());
}

TEST(RlpValidate, shapes)
{
    EXPECT_TRUE(validate(hex("c0")));
    EXPECT_TRUE(validate(hex("80")));
    EXPECT_TRUE(validate(hex("c7c0c1c0c3c0c1c0")));
    EXPECT_EQ(validate({}).error(), Error::input_too_short);
    EXPECT_EQ(validate(hex("8080")).error(), Error::trailing_bytes);
    EXPECT_EQ(validate(hex("c1")).error(), Error::input_too_short);
    EXPECT_EQ(validate(hex("c182")).error(), Error::input_too_short);
    EXPECT_EQ(validate(hex("c28100")).error(), Error::non_canonical_size);
}

TEST(RlpValidate, depth)
{
    const auto nested = [](std::size_t depth)
    {
        Writer writer;
        std::vector<Writer::Mark> marks;
        for (std::size_t i = 0; i < depth; ++i)
            marks.push_back(writer.open_list());
        for (; !marks.empty(); marks.pop_back())
            writer.close_list(marks.back());
        return std::move(writer).result();
    };
    EXPECT_TRUE(validate(nested(1024)));
    EXPECT_EQ(validate(nested(1025)).error(), Error::too_deep);
    EXPECT_EQ(validate(nested(1025), 1U << 30).error(), Error::too_deep);
    EXPECT_TRUE(validate(nested(3), 3));
    EXPECT_EQ(validate(nested(3), 2).error(), Error::too_deep);
    EXPECT_TRUE(validate(hex("80"), 0));
}

RC_GTEST_PROP(RlpValidate, what_the_writer_makes_is_valid_and_read_back, ())
{
    const Bytes encoded = *any_item(3);
    RC_ASSERT(validate(encoded).has_value());
    Writer writer;
    rewrite(Reader{encoded}, writer);
    RC_ASSERT(writer.result() == encoded);
}

RC_GTEST_PROP(RlpValidate, a_changed_byte_is_refused_or_means_something_else, ())
{
    Bytes encoded = *any_item(2);
    const auto place = *rc::gen::inRange<std::size_t>(0, encoded.size());
    encoded[place] = *rc::gen::arbitrary<Byte>();
    if (!validate(encoded))
        return;
    Writer writer;
    rewrite(Reader{encoded}, writer);
    RC_ASSERT(writer.result() == encoded);
}
}  // namespace
}  // namespace jiffy::rlp
