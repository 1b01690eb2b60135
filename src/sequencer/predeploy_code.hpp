// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>

/// Bytecode that the build takes from the npm package of the OP Stack's contracts, and from `contracts/` for what that
/// lacks (contracts/predeploy-code.mjs). Hex digits of creation code, which the constructor's arguments are appended
/// to.
namespace jiffy::sequencer::predeploy_code
{
extern const std::string_view proxy;
extern const std::string_view proxy_admin;
extern const std::string_view weth;
extern const std::string_view cross_domain_messenger;
extern const std::string_view gas_price_oracle;
extern const std::string_view standard_bridge;
extern const std::string_view sequencer_fee_vault;
extern const std::string_view base_fee_vault;
extern const std::string_view l1_fee_vault;
extern const std::string_view mintable_erc20_factory;
extern const std::string_view erc721_bridge;
extern const std::string_view mintable_erc721_factory;
extern const std::string_view message_passer;
extern const std::string_view l1_block;

/// A contract that others expect at the same address on every chain (OP Stack specification, "Preinstalls").
struct Preinstall
{
    /// Hex digits; the code is that of the account itself.
    std::string_view address;
    std::string_view code;
};

extern const std::span<const Preinstall> preinstalls;
}  // namespace jiffy::sequencer::predeploy_code
