// SPDX-License-Identifier: Apache-2.0
#include "trie/root.hpp"

#include "base/hex.hpp"
#include "trie/plain_trie.hpp"
#include "trie/proof.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace jiffy::trie
{
namespace
{
using namespace base::literals;

Bytes text(std::string_view characters)
{
    return {characters.begin(), characters.end()};
}

Hash root_of_map(const plain::Entries& entries)
{
    std::vector<KeyValue> list;
    for (const auto& [key, value] : entries)
        list.push_back({key, value});
    return root_of(list, crypto::native_kernels());
}

plain::Entries indexed(std::span<const Bytes> items)
{
    plain::Entries entries;
    for (std::size_t i = 0; i < items.size(); ++i)
    {
        Bytes digits;
        for (auto rest = i; rest != 0; rest /= 256)
            digits.insert(digits.begin(), static_cast<Byte>(rest % 256));
        entries[plain::rlp_string(digits)] = items[i];
    }
    return entries;
}

TEST(Root, of_nothing_is_the_hash_of_the_empty_string)
{
    EXPECT_EQ(root_of({}), empty_root);
    EXPECT_EQ(ordered_root({}), empty_root);
    EXPECT_EQ(plain::root({}), empty_root);
}

TEST(Root, of_a_published_example)
{
    const plain::Entries entries{
        {text("doe"), text("reindeer")}, {text("dog"), text("puppy")}, {text("dogglesworth"), text("cat")}};
    const auto expected = "0x8aad789dff2f538bca5d8ea56e8abe10f4c7ba3a5dea95fea4cd6e7c3a1168d3"_hash;
    EXPECT_EQ(root_of_map(entries), expected);
    EXPECT_EQ(plain::root(entries), expected);
}

TEST(Root, of_lists_of_each_length_up_to_beyond_the_two_byte_indices)
{
    std::vector<Bytes> items;
    for (const std::size_t size : {1U, 2U, 16U, 17U, 127U, 128U, 129U, 130U, 255U, 256U, 257U, 300U})
    {
        while (items.size() < size)
            items.push_back(Bytes(1 + items.size() * 7 % 90, static_cast<Byte>(items.size() + 1)));
        EXPECT_EQ(ordered_root(items), plain::root(indexed(items))) << size;
        EXPECT_EQ(ordered_root(items, crypto::native_kernels()), ordered_root(items)) << size;
    }
}

RC_GTEST_PROP(Root, equals_the_definition_for_any_keys, ())
{
    // Few different bytes, so that keys share nibbles and are beginnings of each other.
    const auto byte = rc::gen::element<Byte>(0x00, 0x01, 0x10, 0x11, 0xff);
    const auto key = rc::gen::container<Bytes>(byte);
    const auto value = rc::gen::nonEmpty(rc::gen::container<Bytes>(rc::gen::arbitrary<Byte>()));
    const auto entries = *rc::gen::container<plain::Entries>(key, value);
    RC_ASSERT(root_of_map(entries) == plain::root(entries));
}
TEST(OrderedProof, proves_each_item_against_the_root_and_nothing_else)
{
    for (const std::size_t count : {1U, 2U, 3U, 16U, 17U, 127U, 128U, 129U, 300U})
    {
        std::vector<Bytes> items;
        // Small ones, which stand in their parents, and large ones.
        for (std::size_t i = 0; i < count; ++i)
            items.emplace_back(1 + i % 50, static_cast<Byte>(i + 1));
        const auto root = ordered_root(items);
        for (std::size_t i = 0; i < count; i += 1 + count / 20)
        {
            auto proof = ordered_proof(items, i);
            const auto proven = verify_proof(root, ordered_key(i), proof);
            ASSERT_TRUE(proven.has_value()) << i << " of " << count;
            EXPECT_EQ(*proven, items[i]);
            proof.back().back() ^= 1;
            EXPECT_FALSE(verify_proof(root, ordered_key(i), proof).has_value());
        }
    }
}
}  // namespace
}  // namespace jiffy::trie
