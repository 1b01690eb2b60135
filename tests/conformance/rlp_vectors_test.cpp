// SPDX-License-Identifier: Apache-2.0
#include "base/hex.hpp"
#include "conformance/vectors.hpp"
#include "rlp/rlp.hpp"

namespace jiffy::rlp
{
namespace
{
using vectors::hex_bytes;
using vectors::read_json;

/// Big-endian bytes of decimal digits, without leading zeros, of any length.
Bytes big_integer(std::string_view digits)
{
    Bytes little_endian;
    for (const char digit : digits)
    {
        unsigned carry = static_cast<unsigned>(digit - '0');
        for (auto& byte : little_endian)
        {
            carry += byte * 10U;
            byte = static_cast<Byte>(carry);
            carry >>= 8;
        }
        if (carry != 0)
            little_endian.push_back(static_cast<Byte>(carry));
    }
    return {little_endian.rbegin(), little_endian.rend()};
}

void write(const nlohmann::json& value, Writer& writer)
{
    if (value.is_array())
    {
        const auto mark = writer.open_list();
        for (const auto& item : value)
            write(item, writer);
        writer.close_list(mark);
    }
    else if (value.is_number())
        writer.integer(value.get<std::uint64_t>());
    else if (const auto text = value.get<std::string>(); text.starts_with('#'))
        writer.bytes(big_integer(std::string_view{text}.substr(1)));
    else
        writer.bytes(Bytes{text.begin(), text.end()});
}

/// Checks that `reader` gives just `value`.
void read_back(const nlohmann::json& value, Reader& reader)
{
    if (value.is_array())
    {
        auto items = reader.list();
        ASSERT_TRUE(items.has_value());
        for (const auto& item : value)
            read_back(item, *items);
        EXPECT_TRUE(items->at_end());
    }
    else if (value.is_number())
        EXPECT_EQ(reader.integer64(), value.get<std::uint64_t>());
    else
    {
        const auto text = value.get<std::string>();
        const auto expected =
            text.starts_with('#') ? big_integer(std::string_view{text}.substr(1)) : Bytes{text.begin(), text.end()};
        const auto string = reader.bytes();
        ASSERT_TRUE(string.has_value());
        EXPECT_TRUE(equal(*string, expected));
        if (text.starts_with('#') && expected.size() <= 32)
        {
            EXPECT_EQ(to_u256(*string), to_u256(BytesView{expected}));
        }
    }
}

TEST(RlpVectors, rlp_tests)
{
    JIFFY_VECTORS_OR_SKIP(folder, "ethtests_misc");
    std::size_t cases = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator{folder / "RLPTests"})
    {
        if (entry.path().extension() != ".json")
            continue;
        for (const auto& [name, test] : read_json(entry.path()).items())
        {
            SCOPED_TRACE(name);
            const Bytes encoded = hex_bytes(test.at("out"));
            const auto& input = test.at("in");
            ++cases;
            if (input == "INVALID" || input == "VALID")
            {
                EXPECT_EQ(validate(encoded).has_value(), input == "VALID");
                continue;
            }
            EXPECT_TRUE(validate(encoded).has_value());
            Writer writer;
            write(input, writer);
            EXPECT_EQ(writer.result(), encoded);
            Reader reader{encoded};
            read_back(input, reader);
            EXPECT_TRUE(reader.at_end());
        }
    }
    EXPECT_GT(cases, 40U);
    RecordProperty("cases", static_cast<int>(cases));
}
}  // namespace
}  // namespace jiffy::rlp
