// SPDX-License-Identifier: Apache-2.0
#include "trie/merkle_trie.hpp"

#include "base/uint256.hpp"
#include "trie/plain_trie.hpp"
#include "trie/proof.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace jiffy::trie
{
namespace
{
using Batch = std::vector<std::pair<Bytes, Bytes>>;

std::vector<EntryChange> changes_of(const Batch& batch)
{
    std::vector<EntryChange> changes;
    for (const auto& [key, value] : batch)
        changes.push_back({key, value});
    return changes;
}

void apply_to(plain::Entries& entries, const Batch& batch)
{
    for (const auto& [key, value] : batch)
        if (value.empty())
            entries.erase(key);
        else
            entries[key] = value;
}

/// Keys of at most 32 bytes that often share nibbles or are beginnings of each other.
rc::Gen<Bytes> key_generator()
{
    const auto byte = rc::gen::element<Byte>(0x00, 0x01, 0x10, 0x11, 0xf1);
    const auto of_length = [byte](std::size_t length) { return rc::gen::container<Bytes>(length, byte); };
    return rc::gen::join(
        rc::gen::map(rc::gen::weightedElement<std::size_t>({{1, 0}, {4, 1}, {9, 2}, {6, 3}, {1, 32}}), of_length));
}

/// Every third change is a deletion; short values make embedded nodes.
rc::Gen<Batch> batch_generator()
{
    const auto value = rc::gen::oneOf(rc::gen::just(Bytes{}), rc::gen::container<Bytes>(1, rc::gen::arbitrary<Byte>()),
        rc::gen::container<Bytes>(40, rc::gen::arbitrary<Byte>()));
    return rc::gen::container<Batch>(rc::gen::pair(key_generator(), value));
}

RC_GTEST_PROP(MerkleTrie, has_the_root_of_the_definition_after_each_batch, ())
{
    MerkleTrie trie{crypto::native_kernels()};
    plain::Entries entries;
    for (const auto& batch : *rc::gen::container<std::vector<Batch>>(batch_generator()))
    {
        apply_to(entries, batch);
        RC_ASSERT(trie.apply(changes_of(batch)) == plain::root(entries));
        trie.store().drop_before(trie.store().latest().number);
    }
    for (const auto& [key, value] : entries)
        RC_ASSERT(trie.get(trie.store().latest(), key) == value);
    const auto other = *key_generator();
    RC_ASSERT(trie.get(trie.store().latest(), other).has_value() == entries.contains(other));
}

/// Keys whose first bytes are the same, so that an extension leads to the first branch unless `shared_bytes` is 0.
Bytes scattered_key(std::size_t shared_bytes, std::uint64_t number)
{
    Bytes key(shared_bytes, 0x5a);
    append(key, crypto::keccak256(to_hash(U256{number}).view()).view().first(8));
    return key;
}

TEST(MerkleTrie, has_the_root_from_scratch_after_batches_of_any_size)
{
    for (const std::size_t shared_bytes : {0U, 3U})
    {
        MerkleTrie trie{crypto::native_kernels()};
        plain::Entries entries;
        std::uint64_t newest = 0;
        // Ways are fetched for 512 items at once: below the root of the batches above that.
        for (const std::size_t size : {4000U, 511U, 512U, 513U, 1500U, 9000U, 5000U})
        {
            Batch batch;
            for (std::size_t i = 0; i < size; ++i)
            {
                const bool is_new = entries.empty() || i % 3 == 0;
                const auto key = scattered_key(shared_bytes, is_new ? ++newest : 1 + i * 7 % newest);
                batch.emplace_back(key, !is_new && i % 3 == 1 ? Bytes{} : Bytes(1 + size % 50, static_cast<Byte>(i)));
            }
            apply_to(entries, batch);
            std::vector<KeyValue> sorted;
            for (const auto& [key, value] : entries)
                sorted.push_back({key, value});
            EXPECT_EQ(trie.apply(changes_of(batch)), root_of(sorted)) << size << " after " << shared_bytes;
            trie.store().drop_before(trie.store().latest().number);
        }
        EXPECT_GT(entries.size(), 4000U);
    }
}

RC_GTEST_PROP(MerkleTrie, does_not_care_how_changes_are_cut_into_batches, ())
{
    MerkleTrie together{crypto::native_kernels()};
    MerkleTrie one_by_one{crypto::scalar_kernels()};
    const auto batch = *batch_generator();
    Hash root = empty_root;
    for (const auto& change : changes_of(batch))
        root = one_by_one.apply({&change, 1});
    RC_ASSERT(together.apply(changes_of(batch)) == root);
}

RC_GTEST_PROP(MerkleTrie, keeps_retained_versions_and_gives_all_memory_back, ())
{
    MerkleTrie trie{crypto::native_kernels()};
    auto& store = trie.store();
    std::vector<plain::Entries> states(1);
    const auto check = [&](VersionNumber number)
    {
        const auto version = store.find(number).value();
        plain::Entries found;
        for (auto entry = trie.first(version); entry; entry = trie.next(version, entry->key))
            found.emplace(to_bytes(entry->key), to_bytes(entry->value));
        RC_ASSERT(found == states[number]);
        RC_ASSERT(version.root_hash == plain::root(states[number]));
    };
    for (const auto& batch : *rc::gen::container<std::vector<Batch>>(batch_generator()))
    {
        states.push_back(states.back());
        apply_to(states.back(), batch);
        trie.apply(changes_of(batch));
        switch (*rc::gen::inRange(0, 4))
        {
            case 0:
            {
                const auto target = *rc::gen::inRange(store.oldest().number, store.latest().number + 1);
                RC_ASSERT(store.rewind(target));
                states.resize(target + 1);
                break;
            }
            case 1:
                store.drop_before(*rc::gen::inRange(store.oldest().number, store.latest().number + 2));
                break;
            default:
                break;
        }
        check(store.oldest().number);
        check(store.latest().number);
    }
    for (auto number = store.oldest().number; number <= store.latest().number; ++number)
        check(number);
    Batch deletion;
    for (const auto& [key, value] : states.back())
        deletion.emplace_back(key, Bytes{});
    RC_ASSERT(trie.apply(changes_of(deletion)) == empty_root);
    store.drop_before(store.latest().number);
    RC_ASSERT(store.pool().node_count() == 0U);
    RC_ASSERT(store.pool().bytes_used() == 0U);
}

RC_GTEST_PROP(MerkleTrie, goes_to_both_neighbours_of_any_key, ())
{
    MerkleTrie trie{crypto::native_kernels()};
    plain::Entries entries;
    const auto batch = *batch_generator();
    apply_to(entries, batch);
    trie.apply(changes_of(batch));
    const auto key = *key_generator();
    const auto version = trie.store().latest();

    const auto above = entries.upper_bound(key);
    const auto next = trie.next(version, key);
    RC_ASSERT(next.has_value() == (above != entries.end()));
    if (next)
        RC_ASSERT(to_bytes(next->key) == above->first);

    const auto from = entries.lower_bound(key);
    const auto previous = trie.previous(version, key);
    RC_ASSERT(previous.has_value() == (from != entries.begin()));
    if (previous)
        RC_ASSERT(to_bytes(previous->key) == std::prev(from)->first);
}

RC_GTEST_PROP(MerkleTrie, proves_what_it_has_and_what_it_lacks, ())
{
    MerkleTrie trie{crypto::native_kernels()};
    plain::Entries entries;
    const auto batch = *batch_generator();
    apply_to(entries, batch);
    const auto root = trie.apply(changes_of(batch));
    auto keys = *rc::gen::container<std::vector<Bytes>>(3, key_generator());
    for (const auto& [key, value] : entries)
        keys.push_back(key);
    for (const auto& key : keys)
    {
        const auto answer = verify_proof(root, key, trie.prove(trie.store().latest(), key));
        RC_ASSERT(answer.has_value());
        const auto entry = entries.find(key);
        RC_ASSERT(*answer == (entry == entries.end() ? std::nullopt : std::optional{entry->second}));
    }
}

TEST(MerkleTrie, refuses_to_go_back_to_what_it_has_dropped)
{
    MerkleTrie trie{crypto::scalar_kernels()};
    const Bytes key{1};
    for (Byte i = 1; i <= 3; ++i)
    {
        const Bytes value{i};
        const EntryChange change{key, value};
        trie.apply({&change, 1});
    }
    trie.store().drop_before(2);
    EXPECT_FALSE(trie.store().rewind(1));
    EXPECT_FALSE(trie.store().rewind(4));
    EXPECT_FALSE(trie.store().find(1).has_value());
    EXPECT_EQ(trie.get(trie.store().find(2).value(), key), Bytes{2});
    EXPECT_TRUE(trie.store().rewind(2));
    EXPECT_EQ(trie.get(trie.store().latest(), key), Bytes{2});
}
}  // namespace
}  // namespace jiffy::trie
