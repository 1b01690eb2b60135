// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "rpc/method.hpp"

#include <span>
#include <vector>

namespace jiffy::rpc
{
// Tables of methods, one for each file. To add a method, add a row; to add a namespace, add its table to `all_methods`.
/// Of development nodes only.
std::span<const Method> anvil_methods();
std::span<const Method> eth_block_methods();
std::span<const Method> eth_execution_methods();
std::span<const Method> eth_fee_methods();
std::span<const Method> eth_filter_methods();
std::span<const Method> eth_log_methods();
std::span<const Method> eth_state_methods();
std::span<const Method> eth_subscription_methods();
std::span<const Method> eth_sync_send_methods();
std::span<const Method> eth_transaction_methods();
std::span<const Method> jiffy_methods();
std::span<const Method> jiffy_mini_block_methods();
std::span<const Method> jiffy_transaction_methods();
std::span<const Method> net_and_web3_methods();

/// Every table but those of development nodes.
std::vector<std::span<const Method>> all_methods();
}  // namespace jiffy::rpc
