// SPDX-License-Identifier: Apache-2.0
#include "state/journal.hpp"

#include "state/memory_state.hpp"

#include <gtest/gtest.h>
#include <map>
#include <rapidcheck/gtest.h>

namespace jiffy::state
{
namespace
{
constexpr std::uint64_t address_count = 4;
constexpr std::uint64_t slot_count = 4;

Address address_of(std::uint64_t number)
{
    return to_address(U256{0x1000 + number});
}

/// What the journal should show: plain values that are copied for a checkpoint.
struct Model
{
    struct Entry
    {
        std::uint64_t nonce = 0;
        std::uint64_t balance = 0;
        Bytes code;
        std::map<std::uint64_t, std::uint64_t> slots;
        std::map<std::uint64_t, std::uint64_t> transient_slots;
        std::map<std::uint64_t, bool> warm_slots;
        bool warm = false;
    };
    std::map<std::uint64_t, Entry> accounts;
    std::int64_t refund = 0;
    std::size_t logs = 0;
};

/// One change of both; every account is there from the start, so that only values differ.
void change(Journal& journal, Model& model)
{
    const auto number = *rc::gen::inRange<std::uint64_t>(0, address_count);
    const auto key = *rc::gen::inRange<std::uint64_t>(0, slot_count);
    const auto value = *rc::gen::inRange<std::uint64_t>(0, 3);
    auto& entry = *journal.account(address_of(number));
    auto& plain = model.accounts[number];
    switch (*rc::gen::inRange(0, 9))
    {
        case 0:
            journal.credit(entry, U256{value});
            plain.balance += value;
            break;
        case 1:
            journal.debit(entry, U256{std::min(value, plain.balance)});
            plain.balance -= std::min(value, plain.balance);
            break;
        case 2:
            journal.set_nonce(entry, plain.nonce + 1);
            ++plain.nonce;
            break;
        case 3:
            plain.code = Bytes(value, 0x5b);
            journal.set_code(entry, plain.code);
            break;
        case 4:
            journal.set_slot(*journal.slot(entry, U256{key}), U256{value});
            plain.slots[key] = value;
            break;
        case 5:
            journal.set_transient(entry, U256{key}, U256{value});
            plain.transient_slots[key] = value;
            break;
        case 6:
            RC_ASSERT(journal.warm_up(entry) == !plain.warm);
            plain.warm = true;
            break;
        case 7:
            RC_ASSERT(journal.warm_up(*journal.slot(entry, U256{key})) == !plain.warm_slots[key]);
            plain.warm_slots[key] = true;
            break;
        default:
            journal.add_log(address_of(number), {}, {});
            journal.add_refund(static_cast<std::int64_t>(value));
            ++model.logs;
            model.refund += static_cast<std::int64_t>(value);
            break;
    }
}

void expect_same(Journal& journal, const Model& model)
{
    RC_ASSERT(journal.refund() == model.refund);
    RC_ASSERT(journal.log_count() == model.logs);
    for (const auto& [number, plain] : model.accounts)
    {
        auto& entry = *journal.account(address_of(number));
        RC_ASSERT(entry.current.nonce == plain.nonce);
        RC_ASSERT(entry.current.balance == U256{plain.balance});
        RC_ASSERT(entry.warm == plain.warm);
        RC_ASSERT(journal.load_code(entry));
        RC_ASSERT(equal(entry.code, plain.code));
        for (const auto& [key, value] : plain.slots)
            RC_ASSERT(journal.slot(entry, U256{key})->current == U256{value});
        for (const auto& [key, value] : plain.transient_slots)
            RC_ASSERT(journal.transient(entry, U256{key}) == U256{value});
        for (const auto& [key, warm] : plain.warm_slots)
            RC_ASSERT(journal.slot(entry, U256{key})->warm == warm);
    }
}

/// Changes with nested checkpoints, some of which are gone back to.
void run(Journal& journal, Model& model, int depth)
{
    const auto count = *rc::gen::inRange(0, 8);
    for (int i = 0; i < count; ++i)
    {
        if (depth == 0 || *rc::gen::inRange(0, 4) != 0)
        {
            change(journal, model);
            continue;
        }
        const auto checkpoint = journal.checkpoint();
        auto before = model;
        run(journal, model, depth - 1);
        if (*rc::gen::arbitrary<bool>())
        {
            journal.revert(checkpoint);
            // Slots that were only read in between are still known, with the values from before.
            for (auto& [number, plain] : model.accounts)
                for (const auto& [key, value] : plain.slots)
                    before.accounts[number].slots.try_emplace(key, 0);
            model = before;
            expect_same(journal, model);
        }
    }
}

RC_GTEST_PROP(Journal, goes_back_to_a_checkpoint_and_finalises_what_is_left, ())
{
    MemoryState state;
    Model model;
    for (std::uint64_t number = 0; number < address_count; ++number)
    {
        state.set_account(address_of(number), 1, U256{5}, {});
        model.accounts[number].nonce = 1;
        model.accounts[number].balance = 5;
    }
    Journal journal;
    // A journal that was used before is as good as a new one.
    journal.begin(Source{state});
    Model forgotten = model;
    run(journal, forgotten, 2);
    journal.begin(Source{state});
    run(journal, model, 3);
    expect_same(journal, model);

    types::StateDifference difference;
    journal.finalise({}, difference);
    state.apply(difference);
    for (const auto& [number, plain] : model.accounts)
    {
        types::Account account;
        RC_ASSERT(state.account(address_of(number), account) == Presence::present);
        RC_ASSERT(account.nonce == plain.nonce);
        RC_ASSERT(account.balance == U256{plain.balance});
        RC_ASSERT(account.code_hash == crypto::keccak256(plain.code));
        for (const auto& [key, expected] : plain.slots)
        {
            U256 value;
            static_cast<void>(state.storage(address_of(number), U256{key}, value));
            RC_ASSERT(value == U256{expected});
        }
    }
}

class JournalTest : public testing::Test
{
protected:
    JournalTest()
    {
        state.set_account(address_of(0), 1, U256{100}, {});
        state.set_account(address_of(1), 0, {}, {});
        journal.begin(Source{state});
    }

    types::StateDifference finalise(bool remove_empty_accounts = true)
    {
        types::StateDifference difference;
        journal.finalise({.remove_empty_accounts = remove_empty_accounts}, difference);
        return difference;
    }

    MemoryState state;
    Journal journal;
};

TEST_F(JournalTest, leaves_no_difference_where_values_come_back)
{
    auto& entry = *journal.account(address_of(0));
    journal.debit(entry, U256{7});
    journal.credit(entry, U256{7});
    auto& slot = *journal.slot(entry, U256{1});
    journal.set_slot(slot, U256{9});
    journal.set_slot(slot, {});
    EXPECT_TRUE(finalise().accounts.empty());
}

TEST_F(JournalTest, removes_touched_empty_accounts_since_spurious_dragon_only)
{
    journal.touch(*journal.account(address_of(1)));
    EXPECT_TRUE(finalise(false).accounts.empty());
    const auto difference = finalise();
    ASSERT_EQ(difference.accounts.size(), 1U);
    EXPECT_TRUE(difference.accounts[0].deleted);
}

TEST_F(JournalTest, brings_an_empty_account_into_being_before_spurious_dragon)
{
    journal.touch_creating(*journal.account(address_of(2)));
    const auto difference = finalise(false);
    ASSERT_EQ(difference.accounts.size(), 1U);
    EXPECT_FALSE(difference.accounts[0].deleted);
    EXPECT_TRUE(difference.accounts[0].account.is_empty());
    EXPECT_TRUE(finalise().accounts.empty());
}

TEST_F(JournalTest, removes_destructed_accounts_with_their_slots)
{
    auto& entry = *journal.account(address_of(0));
    journal.set_slot(*journal.slot(entry, U256{1}), U256{9});
    EXPECT_TRUE(journal.mark_destructed(entry));
    EXPECT_FALSE(journal.mark_destructed(entry));
    const auto difference = finalise();
    ASSERT_EQ(difference.accounts.size(), 1U);
    EXPECT_TRUE(difference.accounts[0].deleted);
    EXPECT_TRUE(difference.slots.empty());
}

TEST_F(JournalTest, finds_what_a_creation_collides_with)
{
    state.set_account(address_of(2), 0, {}, Bytes{0x00});
    state.set_account(address_of(3), 0, U256{1}, {});
    state.set_storage(address_of(3), U256{1}, U256{1});
    journal.begin(Source{state});
    EXPECT_TRUE(journal.is_creation_collision(*journal.account(address_of(0)))) << "nonce";
    EXPECT_TRUE(journal.is_creation_collision(*journal.account(address_of(2)))) << "code";
    EXPECT_TRUE(journal.is_creation_collision(*journal.account(address_of(3)))) << "storage (EIP-7610)";
    EXPECT_FALSE(journal.is_creation_collision(*journal.account(address_of(1))));
}

TEST_F(JournalTest, keeps_addresses_warm_without_loading_them)
{
    const Address precompile = to_address(U256{9});
    journal.set_warm_from_start({&precompile, 1});
    EXPECT_EQ(journal.account_count(), 0U);
    const auto checkpoint = journal.checkpoint();
    EXPECT_FALSE(journal.warm_up(*journal.account(precompile)));
    journal.revert(checkpoint);
    EXPECT_FALSE(journal.warm_up(*journal.account(precompile)));
    EXPECT_TRUE(journal.warm_up(*journal.account(address_of(0))));
}

TEST_F(JournalTest, observes_no_balance_through_credits)
{
    auto& entry = *journal.account(address_of(0));
    journal.credit(entry, U256{1});
    EXPECT_FALSE(entry.balance_observed);
    journal.debit(entry, U256{1});
    EXPECT_TRUE(entry.balance_observed);
}
}  // namespace
}  // namespace jiffy::state
