// SPDX-License-Identifier: Apache-2.0
#include "base/hex.hpp"
#include "conformance/vectors.hpp"
#include "crypto/keccak.hpp"
#include "trie/root.hpp"

#include <map>

namespace jiffy::trie
{
namespace
{
/// Text stands for its bytes unless it begins with 0x.
Bytes bytes_of(const std::string& text)
{
    return text.starts_with("0x") ? from_hex(text).value() : Bytes(text.begin(), text.end());
}

struct Step
{
    Bytes key;
    /// Empty: the key is deleted.
    Bytes value;
};

struct TrieCase
{
    std::string name;
    std::vector<Step> steps;
    Hash root;
};

/// The cases of a file; keys are hashed where the file is about secure tries.
std::vector<TrieCase> read_cases(const std::filesystem::path& file)
{
    const auto name = file.filename().string();
    const auto is_secure = name.contains("secure");
    std::vector<TrieCase> cases;
    for (const auto& [case_name, body] : vectors::read_json(file).items())
    {
        TrieCase result{name + " " + case_name, {}, fixed_from_hex<32>(body.at("root").get<std::string>()).value()};
        const auto add = [&](const std::string& key_text, const nlohmann::json& value)
        {
            auto key = bytes_of(key_text);
            if (is_secure)
                key = to_bytes(crypto::keccak256(key).view());
            result.steps.push_back({key, value.is_null() ? Bytes{} : bytes_of(value.get<std::string>())});
        };
        if (const auto& in = body.at("in"); in.is_array())
            for (const auto& pair : in)
                add(pair.at(0).get<std::string>(), pair.at(1));
        else
            for (const auto& [key, value] : in.items())
                add(key, value);
        cases.push_back(std::move(result));
    }
    return cases;
}

std::vector<TrieCase> read_all_cases(const std::filesystem::path& folder)
{
    std::vector<TrieCase> cases;
    for (const auto* name : {"trietest.json", "trietest_secureTrie.json", "trieanyorder.json",
             "trieanyorder_secureTrie.json", "hex_encoded_securetrie_test.json"})
        for (auto& one : read_cases(folder / "TrieTests" / name))
            cases.push_back(std::move(one));
    return cases;
}

TEST(TrieVectors, roots_from_scratch)
{
    JIFFY_VECTORS_OR_SKIP(folder, "ethtests_misc");
    const auto cases = read_all_cases(folder);
    EXPECT_EQ(cases.size(), 18U);
    for (const auto& one : cases)
    {
        std::map<Bytes, Bytes> entries;
        for (const auto& [key, value] : one.steps)
            if (value.empty())
                entries.erase(key);
            else
                entries[key] = value;
        std::vector<KeyValue> list;
        for (const auto& [key, value] : entries)
            list.push_back({key, value});
        EXPECT_EQ(to_hex(root_of(list).view()), to_hex(one.root.view())) << one.name;
    }
}
}  // namespace
}  // namespace jiffy::trie
