// SPDX-License-Identifier: Apache-2.0
#include "node/preset.hpp"

namespace jiffy::node
{
chain::ChainSpecification specification_of(Preset preset,
    std::uint64_t chain_id,
    std::uint64_t mini_block_interval,
    std::uint64_t block_interval)
{
    auto specification =
        preset == Preset::op ? chain::optimism_specification(chain_id) : chain::ethereum_specification(chain_id);
    if (!specification.jiffy)
        specification.jiffy.emplace();
    specification.jiffy->mini_block_interval = mini_block_interval;
    specification.jiffy->block_time = block_interval;
    return specification;
}
}  // namespace jiffy::node
