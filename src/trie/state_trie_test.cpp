// SPDX-License-Identifier: Apache-2.0
#include "trie/state_trie.hpp"

#include "trie/plain_trie.hpp"
#include "trie/proof.hpp"

#include <gtest/gtest.h>
#include <map>
#include <rapidcheck/gtest.h>
#include <set>

namespace jiffy::trie
{
namespace
{
using types::Account;
using types::AccountChange;
using types::StateDifference;

struct PlainAccount
{
    Account account;
    std::map<std::uint64_t, U256> slots;
};

using PlainState = std::map<std::uint64_t, PlainAccount>;

Address address_of(std::uint64_t number)
{
    return to_address(U256{number});
}

Bytes number_string(const U256& value)
{
    const auto hash = to_hash(value);
    return {hash.end() - value.byte_length(), hash.end()};
}

Bytes hashed(BytesView key)
{
    return to_bytes(crypto::keccak256(key).view());
}

Hash plain_storage_root(const PlainAccount& account)
{
    plain::Entries entries;
    for (const auto& [key, value] : account.slots)
        entries[hashed(to_hash(U256{key}).view())] = plain::rlp_string(number_string(value));
    return plain::root(entries);
}

Hash plain_root(const PlainState& state)
{
    plain::Entries entries;
    for (const auto& [number, entry] : state)
    {
        auto fields = plain::rlp_string(number_string(entry.account.nonce));
        append(fields, plain::rlp_string(number_string(entry.account.balance)));
        append(fields, plain::rlp_string(to_bytes(plain_storage_root(entry).view())));
        append(fields, plain::rlp_string(to_bytes(entry.account.code_hash.view())));
        entries[hashed(address_of(number).view())] = plain::rlp_list(fields);
    }
    return plain::root(entries);
}

/// What a test does to an account.
struct PlainChange
{
    bool deleted = false;
    bool storage_cleared = false;
    Account account;
    std::map<std::uint64_t, U256> slots;
};

using PlainDifference = std::map<std::uint64_t, PlainChange>;

void apply_to(PlainState& state, const PlainDifference& difference)
{
    for (const auto& [number, change] : difference)
    {
        if (change.deleted)
        {
            state.erase(number);
            continue;
        }
        auto& entry = state[number];
        entry.account = change.account;
        if (change.storage_cleared)
            entry.slots.clear();
        for (const auto& [key, value] : change.slots)
            if (value.is_zero())
                entry.slots.erase(key);
            else
                entry.slots[key] = value;
    }
}

StateDifference difference_of(const PlainDifference& plain)
{
    StateDifference result;
    for (const auto& [number, change] : plain)
    {
        AccountChange entry;
        entry.address = address_of(number);
        entry.deleted = change.deleted;
        entry.first_slot = static_cast<std::uint32_t>(result.slots.size());
        if (!change.deleted)
        {
            entry.storage_cleared = change.storage_cleared;
            entry.account = change.account;
            entry.slot_count = static_cast<std::uint32_t>(change.slots.size());
            for (const auto& [key, value] : change.slots)
                result.slots.push_back({key, value});
        }
        result.accounts.push_back(entry);
    }
    return result;
}

/// Both differences as one.
PlainDifference merged(const PlainDifference& first, const PlainDifference& second)
{
    auto result = first;
    for (const auto& [number, change] : second)
    {
        const auto [place, is_new] = result.try_emplace(number, change);
        if (is_new)
            continue;
        auto& entry = place->second;
        const bool was_gone = entry.deleted;
        const auto earlier = entry;
        entry = change;
        if (change.deleted)
            continue;
        entry.storage_cleared |= earlier.storage_cleared || was_gone;
        if (!change.storage_cleared && !was_gone)
            for (const auto& slot : earlier.slots)
                entry.slots.insert(slot);
    }
    return result;
}

rc::Gen<PlainDifference> difference_generator()
{
    const auto value = rc::gen::map(rc::gen::pair(rc::gen::inRange<std::uint64_t>(0, 3), rc::gen::inRange(0U, 250U)),
        [](const std::pair<std::uint64_t, unsigned>& parts) { return U256{parts.first} << parts.second; });
    const auto account =
        rc::gen::map(rc::gen::tuple(rc::gen::inRange<std::uint64_t>(0, 300), value, rc::gen::inRange(0, 4)),
            [](const std::tuple<std::uint64_t, U256, int>& parts)
            {
                Account result{std::get<0>(parts), std::get<1>(parts)};
                if (std::get<2>(parts) == 0)
                    result.code_hash = to_hash(U256{77});
                return result;
            });
    using Slots = std::vector<std::pair<std::uint64_t, U256>>;
    const auto slots = rc::gen::container<Slots>(rc::gen::pair(rc::gen::inRange<std::uint64_t>(0, 30), value));
    const auto change = rc::gen::map(rc::gen::tuple(rc::gen::inRange(0, 6), account, slots),
        [](const std::tuple<int, Account, Slots>& parts)
        {
            const auto& [kind, state, values] = parts;
            return PlainChange{kind == 0, kind == 1, state, {values.begin(), values.end()}};
        });
    using Changes = std::vector<std::pair<std::uint64_t, PlainChange>>;
    return rc::gen::map(rc::gen::container<Changes>(rc::gen::pair(rc::gen::inRange<std::uint64_t>(1, 40), change)),
        [](const Changes& changes) { return PlainDifference{changes.begin(), changes.end()}; });
}

Bytes account_value(const AccountState& state)
{
    auto fields = plain::rlp_string(number_string(state.account.nonce));
    append(fields, plain::rlp_string(number_string(state.account.balance)));
    append(fields, plain::rlp_string(to_bytes(state.storage_root.view())));
    append(fields, plain::rlp_string(to_bytes(state.account.code_hash.view())));
    return plain::rlp_list(fields);
}

void check_readings(const StateTrie& trie, const Version& version, const PlainState& state)
{
    for (std::uint64_t number = 1; number < 40; ++number)
    {
        const auto address = address_of(number);
        const auto entry = state.find(number);
        const auto proof = trie.prove_account(version, address);
        RC_ASSERT(proof.state.has_value() == (entry != state.end()));
        RC_ASSERT(trie.account(version, address) == proof.state);
        const auto verified = verify_proof(version.root_hash, hashed(address.view()), proof.nodes);
        RC_ASSERT(verified.has_value());
        RC_ASSERT(verified->has_value() == proof.state.has_value());
        if (entry == state.end())
            continue;
        RC_ASSERT(verified->value() == account_value(*proof.state));
        RC_ASSERT(proof.state->account == entry->second.account);
        RC_ASSERT(proof.state->storage_root == plain_storage_root(entry->second));
        for (std::uint64_t key = 0; key < 30; key += 1 + number % 3)
        {
            const auto slot = entry->second.slots.find(key);
            const auto expected = slot == entry->second.slots.end() ? U256{} : slot->second;
            RC_ASSERT(trie.storage(version, address, key) == expected);
            const auto storage_proof = trie.prove_storage(version, address, key);
            RC_ASSERT(storage_proof.value == expected);
            const auto slot_answer =
                verify_proof(proof.state->storage_root, hashed(to_hash(U256{key}).view()), storage_proof.nodes);
            RC_ASSERT(slot_answer.has_value());
            RC_ASSERT(slot_answer->value_or(Bytes{0x80}) == plain::rlp_string(number_string(expected)));
        }
    }
}

RC_GTEST_PROP(StateTrie, has_the_root_of_the_definition_and_proves_what_is_in_it, ())
{
    StateTrie trie{crypto::native_kernels()};
    PlainState state;
    for (const auto& difference : *rc::gen::container<std::vector<PlainDifference>>(3, difference_generator()))
    {
        apply_to(state, difference);
        RC_ASSERT(trie.apply(difference_of(difference)) == plain_root(state));
    }
    check_readings(trie, trie.latest(), state);
}

RC_GTEST_PROP(StateTrie, has_the_same_root_for_two_differences_and_their_merge, ())
{
    const auto before = *difference_generator();
    const auto first = *difference_generator();
    const auto second = *difference_generator();
    StateTrie apart{crypto::native_kernels()};
    apart.apply(difference_of(before));
    apart.apply(difference_of(first));
    const auto root = apart.apply(difference_of(second));
    StateTrie together{crypto::scalar_kernels()};
    together.apply(difference_of(before));
    RC_ASSERT(together.apply(difference_of(merged(first, second))) == root);
}

RC_GTEST_PROP(StateTrie, reads_all_retained_versions_after_changes_amendments_and_rewinds, ())
{
    StateTrie trie{crypto::native_kernels()};
    std::vector<PlainState> states(1);
    VersionNumber oldest = 0;
    for (const auto& difference : *rc::gen::container<std::vector<PlainDifference>>(10, difference_generator()))
    {
        const bool amends = *rc::gen::arbitrary<bool>();
        if (!amends)
            states.push_back(states.back());
        apply_to(states.back(), difference);
        const auto root = amends ? trie.amend(difference_of(difference)) : trie.apply(difference_of(difference));
        RC_ASSERT(root == trie.latest().root_hash);
        switch (*rc::gen::inRange(0, 4))
        {
            case 0:
            {
                const auto target = *rc::gen::inRange(oldest, trie.latest().number + 1);
                RC_ASSERT(trie.rewind(target));
                states.resize(target + 1);
                break;
            }
            case 1:
                oldest = *rc::gen::inRange(oldest, trie.latest().number + 1);
                trie.drop_before(oldest);
                break;
            default:
                break;
        }
    }
    for (auto number = oldest; number <= trie.latest().number; ++number)
    {
        const auto version = trie.find(number).value();
        RC_ASSERT(version.root_hash == plain_root(states[number]));
        check_readings(trie, version, states[number]);
    }

    PlainDifference deletion;
    for (const auto& [number, unused] : states.back())
        deletion[number].deleted = true;
    RC_ASSERT(trie.apply(difference_of(deletion)) == empty_root);
    trie.drop_before(trie.latest().number);
    RC_ASSERT(trie.statistics().nodes == 0U);
}

TEST(StateTrie, frees_what_an_amendment_replaces)
{
    StateTrie trie{crypto::scalar_kernels()};
    PlainDifference difference;
    for (std::uint64_t number = 0; number < 50; ++number)
        difference[number] = {false, false, {number, number * 1000}, {{1, number}, {2, 7}}};
    trie.apply(difference_of(difference));
    difference[7].account.nonce = 8;
    trie.apply(difference_of(difference));
    const auto nodes = trie.statistics().nodes;
    const auto number = trie.latest().number;
    for (std::uint64_t nonce = 100; nonce < 200; ++nonce)
    {
        difference[7].account.nonce = nonce;
        trie.amend(difference_of(difference));
        EXPECT_EQ(trie.statistics().nodes, nodes);
    }
    EXPECT_EQ(trie.latest().number, number);
    EXPECT_EQ(trie.account(trie.find(number - 1).value(), address_of(7))->account.nonce, 7U);
}

TEST(StateTrie, makes_no_node_for_a_difference_that_changes_nothing)
{
    StateTrie trie{crypto::scalar_kernels()};
    PlainDifference difference;
    for (std::uint64_t number = 0; number < 50; ++number)
        difference[number] = {false, false, {number, number * 1000}, {{1, number}, {2, 7}}};
    const auto root = trie.apply(difference_of(difference));
    const auto nodes = trie.statistics().nodes;
    difference[99].deleted = true;
    EXPECT_EQ(trie.apply(difference_of(difference)), root);
    EXPECT_EQ(trie.statistics().nodes, nodes);
}

TEST(StateTrie, keeps_an_empty_account_that_the_difference_names)
{
    StateTrie trie{crypto::scalar_kernels()};
    PlainState state;
    const PlainDifference difference{{5, {}}};
    apply_to(state, difference);
    EXPECT_EQ(trie.apply(difference_of(difference)), plain_root(state));
    EXPECT_EQ(trie.account(trie.latest(), address_of(5)), AccountState{});
}

class ProofFaults : public testing::Test
{
protected:
    ProofFaults()
    {
        PlainDifference difference;
        for (std::uint64_t number = 0; number < 300; ++number)
            difference[number] = {false, false, {1, number}, {}};
        root_ = trie_.apply(difference_of(difference));
        proof_ = trie_.prove_account(trie_.latest(), address_of(7)).nodes;
    }

    [[nodiscard]] std::optional<ProofError> error() const
    {
        const auto result = verify_proof(root_, hashed(address_of(7).view()), proof_);
        return result ? std::nullopt : std::optional{result.error()};
    }

    StateTrie trie_{crypto::scalar_kernels()};
    Hash root_;
    std::vector<Bytes> proof_;
};

TEST_F(ProofFaults, are_none_in_the_proof_itself)
{
    EXPECT_GE(proof_.size(), 3U);
    EXPECT_EQ(error(), std::nullopt);
}

TEST_F(ProofFaults, are_found_in_every_node)
{
    for (auto& node : proof_)
    {
        node.back() ^= 1;
        EXPECT_EQ(error(), ProofError::wrong_hash);
        node.back() ^= 1;
    }
}

TEST_F(ProofFaults, are_a_node_too_few_and_a_node_too_many)
{
    const auto last = proof_.back();
    proof_.pop_back();
    EXPECT_EQ(error(), ProofError::incomplete);
    proof_.insert(proof_.end(), {last, last});
    EXPECT_EQ(error(), ProofError::superfluous_node);
    proof_.clear();
    EXPECT_EQ(error(), ProofError::incomplete);
}

RC_GTEST_PROP(Proof, of_any_bytes_is_checked_without_harm, (const Bytes& payload, const Bytes& key))
{
    const auto list = plain::rlp_list(payload);
    for (const auto& node : {payload, list})
    {
        const std::vector<Bytes> proof{node};
        const auto result = verify_proof(crypto::keccak256(node), key, proof);
        if (!result)
            RC_ASSERT(result.error() != ProofError::wrong_hash);
    }
}
}  // namespace
}  // namespace jiffy::trie
