// SPDX-License-Identifier: Apache-2.0
#include "sequencer/sealer.hpp"

#include "sequencer/genesis.hpp"
#include "world/state_trie_build.hpp"
#include "world/world.hpp"

#include <gtest/gtest.h>

namespace jiffy::sequencer
{
namespace
{
TEST(Sealer, goes_on_from_the_trie_of_a_world_as_from_genesis)
{
    const auto accounts = development_accounts();
    const auto genesis = development_genesis(chain::optimism_specification(1337), accounts, 1);
    world::World world;
    world.apply(genesis.state);
    History history{16};
    const auto& kernels = crypto::native_kernels();
    Sealer from_genesis{history, kernels, genesis.state, [](const BlockPointer&) {}};
    Sealer from_world{history, kernels, world::build_state_trie(world.pin(), kernels), [](const BlockPointer&) {}};
    types::AccountChange change;
    change.address = Address{{7}};
    change.account.balance = 5;
    change.slot_count = 1;
    types::StateDifference difference;
    difference.accounts.push_back(change);
    difference.slots.push_back({U256{1}, U256{2}});
    for (unsigned round = 0; round < 2; ++round)
    {
        types::Header expected;
        types::Header found;
        from_genesis.set_state_roots(expected, true);
        from_world.set_state_roots(found, true);
        EXPECT_EQ(found.state_root, expected.state_root);
        EXPECT_EQ(found.withdrawals_root, expected.withdrawals_root);
        const auto differences = std::make_shared<const Differences>(Differences{difference});
        for (auto* sealer : {&from_genesis, &from_world})
        {
            sealer->push(TrieUpdate{{differences}});
            sealer->process_pending();
        }
    }
}
}  // namespace
}  // namespace jiffy::sequencer
