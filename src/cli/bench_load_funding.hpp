// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/bench_load_rpc.hpp"
#include "cli/bench_load_transactions.hpp"

namespace jiffy::cli::load
{
inline constexpr std::uint64_t transfer_gas = 21'000;

/// What a transaction must know of its chain; fees in wei per gas.
struct ChainFacts
{
    std::uint64_t chain_id = 0;
    U256 base_fee;
    U256 priority_fee;

    /// A fee that stays enough while the base fee rises to `multiple` times what it is.
    [[nodiscard]] U256 max_fee(std::uint64_t multiple) const { return base_fee * U256{multiple} + priority_fee; }
};

ChainFacts read_chain_facts(RpcClient& rpc);

/// An account that pays for the preparations.
struct Payer
{
    Hash secret;
    Address address;
    /// Of its next transaction.
    std::uint64_t nonce = 0;
    /// Wei that it has left at least.
    U256 balance;
};

/// The accounts of the keys in the file, or the development accounts if it has no name, as far as they have a balance.
std::vector<Payer> read_payers(RpcClient& rpc, const std::string& keys_file);

/// Accounts that follow from `seed`: the same ones in every run.
std::vector<Sender> derive_senders(const Hash& seed, std::size_t count);

/// A transaction of the preparations.
struct Order
{
    std::optional<Address> to;
    U256 value;
    Bytes data;
    std::uint64_t gas = transfer_gas;
};

/// Signs transactions of the preparations and sees them executed.
class Outbox
{
public:
    Outbox(RpcClient& rpc, const ChainFacts& chain);

    /// The hash of the transaction, which is sent later.
    std::string add(Payer& payer, Order order);

    /// Sends everything and waits for the receipts; throws if one is refused, fails, or does not come.
    void send_and_wait();

private:
    RpcClient& rpc_;
    const ChainFacts& chain_;
    std::vector<RpcClient::Json> raw_;
    std::vector<RpcClient::Json> hashes_;
};

/// Gives each sender enough for `rounds` transactions of `gas`, at the highest fee that the payers can afford, which is
/// the result. Throws if they cannot afford twice the base fee.
U256 fund_senders(RpcClient& rpc,
    const ChainFacts& chain,
    std::span<Payer> payers,
    std::span<const Sender> senders,
    std::uint64_t rounds,
    std::uint64_t gas);
}  // namespace jiffy::cli::load
