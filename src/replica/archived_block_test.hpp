// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "replica/traffic_test.hpp"

namespace jiffy::replica
{
/// Everything that is shown of a sealed block, but for what its transactions changed and the state after it.
inline void require_same_sealed_block(const sequencer::BlockRecord& kept, const sequencer::BlockRecord& found)
{
    require_same_block(kept, found);
    RC_ASSERT(found.sealed() != nullptr);
    RC_ASSERT(found.sealed()->header == kept.sealed()->header);
    RC_ASSERT(found.sealed()->hash == kept.sealed()->hash);
    RC_ASSERT(found.sealed()->size == kept.sealed()->size);
    RC_ASSERT(!found.sealed()->state && !found.state_commit());
    RC_ASSERT(found.release_start()->first_mini_block == kept.release_start()->first_mini_block);
    RC_ASSERT(found.release_start()->environment == kept.release_start()->environment);
    for (std::size_t i = 0; i < kept.mini_blocks.size(); ++i)
    {
        RC_ASSERT(found.mini_blocks[i].hash == kept.mini_blocks[i].hash);
        RC_ASSERT(found.mini_blocks[i].first_transaction == kept.mini_blocks[i].first_transaction);
        RC_ASSERT(found.mini_blocks[i].transaction_count == kept.mini_blocks[i].transaction_count);
    }
    RC_ASSERT(found.transactions.size() == kept.transactions.size());
    const auto share = [](const sequencer::BlockRecord& block)
    { return std::shared_ptr<const sequencer::BlockRecord>{std::shared_ptr<void>{}, &block}; };
    for (std::uint32_t i = 0; i < kept.transactions.size(); ++i)
        require_promise(kept.transactions[i], *sequencer::preconfirmation_of({share(kept), i}), {share(found), i});
}
}  // namespace jiffy::replica
