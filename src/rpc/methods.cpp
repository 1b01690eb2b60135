// SPDX-License-Identifier: Apache-2.0
#include "rpc/methods.hpp"

namespace jiffy::rpc
{
std::vector<std::span<const Method>> all_methods()
{
    return {eth_block_methods(), eth_execution_methods(), eth_fee_methods(), eth_filter_methods(), eth_log_methods(),
        eth_state_methods(), eth_subscription_methods(), eth_sync_send_methods(), eth_transaction_methods(),
        jiffy_methods(), jiffy_mini_block_methods(), jiffy_transaction_methods(), net_and_web3_methods()};
}
}  // namespace jiffy::rpc
