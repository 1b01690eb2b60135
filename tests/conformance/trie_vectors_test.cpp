// SPDX-License-Identifier: Apache-2.0
#include "base/hex.hpp"
#include "conformance/vectors.hpp"
#include "crypto/keccak.hpp"
#include "trie/merkle_trie.hpp"
#include "trie/root.hpp"
#include "trie/state_trie.hpp"
#include "types/block.hpp"

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

TEST(TrieVectors, roots_after_one_change_at_a_time)
{
    JIFFY_VECTORS_OR_SKIP(folder, "ethtests_misc");
    for (const auto& one : read_all_cases(folder))
    {
        MerkleTrie step_by_step{crypto::scalar_kernels()};
        std::vector<EntryChange> changes;
        Hash root;
        for (const auto& [key, value] : one.steps)
        {
            changes.push_back({key, value});
            root = step_by_step.apply({&changes.back(), 1});
        }
        EXPECT_EQ(to_hex(root.view()), to_hex(one.root.view())) << one.name;

        MerkleTrie at_once{crypto::native_kernels()};
        EXPECT_EQ(to_hex(at_once.apply(changes).view()), to_hex(one.root.view())) << one.name;
    }
}

TEST(TrieVectors, neighbours_in_the_order_of_keys)
{
    JIFFY_VECTORS_OR_SKIP(folder, "ethtests_misc");
    const auto key_text = [](const std::optional<Entry>& entry)
    { return entry ? std::string(entry->key.begin(), entry->key.end()) : std::string{}; };
    for (const auto& [name, body] : vectors::read_json(folder / "TrieTests" / "trietestnextprev.json").items())
    {
        MerkleTrie trie{crypto::scalar_kernels()};
        for (const auto& text : body.at("in"))
        {
            const auto key = bytes_of(text.get<std::string>());
            const EntryChange change{key, key};
            trie.apply({&change, 1});
        }
        for (const auto& test : body.at("tests"))
        {
            const auto key = bytes_of(test.at(0).get<std::string>());
            const auto& version = trie.store().latest();
            EXPECT_EQ(key_text(trie.previous(version, key)), test.at(1).get<std::string>()) << name << ' ' << test;
            EXPECT_EQ(key_text(trie.next(version, key)), test.at(2).get<std::string>()) << name << ' ' << test;
        }
    }
}

/// A number in hex with the prefix 0x, or in decimal.
U256 number_of(const std::string& text)
{
    if (text.starts_with("0x"))
        return quantity_from_hex(text).value();
    U256 result;
    for (const char digit : text)
        result = result * U256{10} + U256{static_cast<std::uint64_t>(digit - '0')};
    return result;
}

types::StateDifference difference_of(const nlohmann::json& allocation)
{
    types::StateDifference difference;
    for (const auto& [address, fields] : allocation.items())
    {
        types::AccountChange change;
        change.address = fixed_from_hex<20>(address).value();
        change.first_slot = static_cast<std::uint32_t>(difference.slots.size());
        for (const auto& [name, value] : fields.items())
        {
            if (name == "wei" || name == "balance")
                change.account.balance = number_of(value.get<std::string>());
            else if (name == "nonce")
                change.account.nonce = number_of(value.get<std::string>()).low();
            else if (name == "code")
                change.account.code_hash = crypto::keccak256(vectors::hex_bytes(value));
            else if (name == "storage")
                for (const auto& [key, slot] : value.items())
                    difference.slots.push_back({number_of(key), number_of(slot.get<std::string>())});
        }
        change.slot_count = static_cast<std::uint32_t>(difference.slots.size()) - change.first_slot;
        difference.accounts.push_back(change);
    }
    return difference;
}

TEST(TrieVectors, state_roots_of_genesis_blocks)
{
    JIFFY_VECTORS_OR_SKIP(folder, "ethtests_misc");
    const auto cases = vectors::read_json(folder / "GenesisTests" / "basic_genesis_tests.json");
    EXPECT_EQ(cases.size(), 2U);
    for (const auto& [name, body] : cases.items())
    {
        const auto block = types::decode_block(vectors::hex_bytes(body.at("result")));
        ASSERT_TRUE(block.has_value()) << name;
        StateTrie trie{crypto::native_kernels()};
        const auto root = trie.apply(difference_of(body.at("alloc")));
        EXPECT_EQ(to_hex(root.view()), to_hex(block->header.state_root.view())) << name;
    }
}
}  // namespace
}  // namespace jiffy::trie
