// SPDX-License-Identifier: Apache-2.0
#include "state/overlay.hpp"

#include "state/memory_state.hpp"

#include <algorithm>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace jiffy::state
{
namespace
{
constexpr std::uint64_t address_count = 5;
constexpr std::uint64_t slot_count = 4;

Address address_of(std::uint64_t number)
{
    return to_address(U256{number});
}

/// A difference of a few accounts out of few, so that several of them meet in one.
types::StateDifference any_difference()
{
    types::StateDifference difference;
    for (std::uint64_t number = 0; number < address_count; ++number)
    {
        if (*rc::gen::arbitrary<bool>())
            continue;
        types::AccountChange change{.address = address_of(number)};
        change.deleted = *rc::gen::inRange(0, 4) == 0;
        change.first_slot = static_cast<std::uint32_t>(difference.slots.size());
        if (!change.deleted)
        {
            change.storage_cleared = *rc::gen::inRange(0, 4) == 0;
            change.account.nonce = *rc::gen::inRange<std::uint64_t>(0, 3);
            change.account.balance = U256{*rc::gen::inRange<std::uint64_t>(0, 3)};
            if (*rc::gen::arbitrary<bool>())
            {
                const Bytes code{static_cast<Byte>(number)};
                change.account.code_hash = crypto::keccak256(code);
                difference.codes.push_back({change.account.code_hash, code});
            }
            for (std::uint64_t key = 0; key < slot_count; ++key)
                if (*rc::gen::arbitrary<bool>())
                    difference.slots.push_back({U256{key}, U256{*rc::gen::inRange<std::uint64_t>(0, 3)}});
        }
        change.slot_count = static_cast<std::uint32_t>(difference.slots.size()) - change.first_slot;
        difference.accounts.push_back(change);
    }
    return difference;
}

/// Everything that can be read of the few accounts.
void expect_same_reads(Source a, Source b)
{
    for (std::uint64_t number = 0; number < address_count; ++number)
    {
        const auto address = address_of(number);
        types::Account of_a;
        types::Account of_b;
        RC_ASSERT(a.account(address, of_a) == b.account(address, of_b));
        RC_ASSERT(of_a == of_b);
        for (std::uint64_t key = 0; key < slot_count; ++key)
        {
            U256 value_a;
            U256 value_b;
            static_cast<void>(a.storage(address, U256{key}, value_a));
            static_cast<void>(b.storage(address, U256{key}, value_b));
            RC_ASSERT(value_a == value_b);
        }
        BytesView code_a;
        BytesView code_b;
        RC_ASSERT(a.code(of_a.code_hash, code_a) == b.code(of_a.code_hash, code_b));
        RC_ASSERT(equal(code_a, code_b));
    }
}

RC_GTEST_PROP(Overlay, reads_as_the_state_that_its_differences_lead_to, ())
{
    MemoryState below;
    below.apply(any_difference());
    Overlay overlay{Source{below}};
    MemoryState state = below;
    const auto count = *rc::gen::inRange(0, 5);
    for (int i = 0; i < count; ++i)
    {
        const auto difference = any_difference();
        overlay.apply(difference);
        state.apply(difference);
        expect_same_reads(Source{overlay}, Source{state});
    }

    below.apply(overlay.difference());
    expect_same_reads(Source{below}, Source{state});
    const auto merged = below.as_difference();
    const auto expected = state.as_difference();
    RC_ASSERT(merged.accounts == expected.accounts);
    RC_ASSERT(merged.slots == expected.slots);
}

RC_GTEST_PROP(Overlay, changes_each_account_and_slot_once_in_its_difference, ())
{
    Overlay overlay{Source{empty_state}};
    for (int i = 0; i < 3; ++i)
        overlay.apply(any_difference());
    const auto difference = overlay.difference();
    std::vector<Address> addresses;
    for (const auto& change : difference.accounts)
    {
        RC_ASSERT(std::ranges::find(addresses, change.address) == addresses.end());
        addresses.push_back(change.address);
        const auto slots = difference.slots_of(change);
        for (std::size_t i = 0; i < slots.size(); ++i)
            for (std::size_t j = 0; j < i; ++j)
                RC_ASSERT(slots[i].key != slots[j].key);
        RC_ASSERT(!change.deleted || slots.empty());
    }
}

TEST(Overlay, tells_whether_an_account_has_storage)
{
    MemoryState below;
    below.set_account(address_of(1), 1, {}, {});
    below.set_storage(address_of(1), U256{7}, U256{1});
    Overlay overlay{Source{below}};
    EXPECT_EQ(overlay.has_storage(address_of(1)), Presence::present);
    EXPECT_EQ(overlay.has_storage(address_of(2)), Presence::absent);

    types::StateDifference difference;
    difference.accounts.push_back({.address = address_of(1), .deleted = true});
    difference.accounts.push_back({.address = address_of(2), .slot_count = 1});
    difference.slots.push_back({U256{1}, U256{1}});
    overlay.apply(difference);
    EXPECT_EQ(overlay.has_storage(address_of(1)), Presence::absent);
    EXPECT_EQ(overlay.has_storage(address_of(2)), Presence::present);

    difference.accounts.erase(difference.accounts.begin());
    difference.slots[0].value = {};
    overlay.apply(difference);
    EXPECT_EQ(overlay.has_storage(address_of(2)), Presence::absent);
}

/// A state below that cannot answer.
struct Unavailable
{
    static Presence account(const Address& /*address*/, types::Account& /*result*/) { return Presence::unavailable; }
    static Presence storage(const Address& /*address*/, const U256& /*key*/, U256& /*result*/)
    {
        return Presence::unavailable;
    }
    static Presence code(const Hash& /*hash*/, BytesView& /*result*/) { return Presence::unavailable; }
    static Presence has_storage(const Address& /*address*/) { return Presence::unavailable; }
};

TEST(Overlay, passes_on_what_is_unavailable_below)
{
    const Unavailable below;
    Overlay overlay{Source{below}};
    types::Account account;
    U256 value;
    EXPECT_EQ(overlay.account(address_of(1), account), Presence::unavailable);
    EXPECT_EQ(overlay.storage(address_of(1), U256{1}, value), Presence::unavailable);

    types::StateDifference difference;
    difference.accounts.push_back({.address = address_of(1), .storage_cleared = true});
    overlay.apply(difference);
    EXPECT_EQ(overlay.account(address_of(1), account), Presence::present);
    EXPECT_EQ(overlay.storage(address_of(1), U256{1}, value), Presence::absent);
    EXPECT_EQ(overlay.has_storage(address_of(1)), Presence::absent);
}
}  // namespace
}  // namespace jiffy::state
