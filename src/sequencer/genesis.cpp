// SPDX-License-Identifier: Apache-2.0
#include "sequencer/genesis.hpp"

#include "chain/fees.hpp"
#include "chain/optimism.hpp"
#include "chain/requests.hpp"
#include "chain/system_contracts.hpp"
#include "crypto/secp256k1.hpp"
#include "sequencer/predeploys.hpp"
#include "sequencer/system_code.hpp"
#include "state/memory_state.hpp"
#include "trie/root.hpp"

#include <stdexcept>

namespace jiffy::sequencer
{
using namespace literals;

namespace
{
constexpr Hash secrets[] = {
    "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80"_hash,
    "0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d"_hash,
    "0x5de4111afa1a4b94908f83103eb1f1706367c2e68ca870fc3fb9a804cdab365a"_hash,
    "0x7c852118294e51e653712a81e05800f419141751be58f605c371e15141b007a6"_hash,
    "0x47e179ec197488593b187f80a00eb0da91f1b9d0b13f8733639f19c30a34926a"_hash,
    "0x8b3a350cf5c34c9194ca85829a2df0ec3153be0318b5e2d3348e872092edffba"_hash,
    "0x92db14e403b83dfe3df233f83dfa3a0d7096f21ca9b0d6d6b8d88b2b4ec1564e"_hash,
    "0x4bbbf85ce3377467afe5d46f804f221813b2bb87f24d81f60f1fcdbf7cbf4356"_hash,
    "0xdbda1821b80551c9d65939329250298aa3472ba22feea921c0cf5d620ea67b97"_hash,
    "0x2a871d0798f97d79848a013d4936a73bf4cc922c825d33c1cf7073dff6d409c6"_hash,
};

constexpr U256 one_ether{1'000'000'000'000'000'000};
constexpr U256 account_funds = U256{10'000} * one_ether;
/// Wei per gas.
constexpr U256 base_fee{1'000'000'000};

void add_contract(state::MemoryState& state, const Address& address, std::string_view code_text)
{
    const auto code = from_hex(code_text);
    if (!code)
        throw std::logic_error{"the code of a system contract is no hex string"};
    state.set_account(address, 1, {}, *code);
}
}  // namespace

std::vector<DevelopmentAccount> development_accounts()
{
    std::vector<DevelopmentAccount> accounts;
    for (const auto& secret : secrets)
    {
        const auto key = crypto::public_key_of(secret);
        if (!key)
            throw std::logic_error{"a development key is no key"};
        accounts.push_back({crypto::address_of(*key), secret});
    }
    return accounts;
}

Hash development_sequencer_secret() noexcept
{
    constexpr std::string_view text = "jiffy development sequencer";
    return crypto::keccak256({reinterpret_cast<const Byte*>(text.data()), text.size()});
}

Genesis development_genesis(const chain::ChainSpecification& specification,
    std::span<const DevelopmentAccount> accounts,
    std::uint64_t timestamp)
{
    state::MemoryState state;
    for (const auto& account : accounts)
        state.set_account(account.address, 0, account_funds, {});
    const auto has = [&](chain::Fork fork) { return specification.is_active(fork, 0, timestamp); };
    namespace contracts = chain::system_contracts;
    if (has(chain::Fork::cancun))
        add_contract(state, contracts::beacon_roots, system_code::beacon_roots);
    if (has(chain::Fork::prague))
        add_contract(state, contracts::history_storage, system_code::history_storage);
    if (has(chain::Fork::prague) && !specification.optimism)
    {
        add_contract(state, contracts::withdrawal_requests, system_code::withdrawal_requests);
        add_contract(state, contracts::consolidation_requests, system_code::consolidation_requests);
    }
    if (specification.optimism)
    {
        PredeploySettings settings;
        if (!accounts.empty())
            settings.owner = accounts.front().address;
        state.apply(optimism_predeploys(specification, timestamp, settings));
    }

    Genesis genesis;
    genesis.state = state.as_difference();
    auto& header = genesis.header;
    header.extra_data = chain::base_fee_extra_data(specification, timestamp);
    header.ommers_hash = types::empty_ommers_hash;
    header.transactions_root = trie::empty_root;
    header.receipts_root = trie::empty_root;
    header.gas_limit = specification.jiffy->block_gas_limit;
    header.timestamp = timestamp;
    if (has(chain::Fork::london))
        header.base_fee_per_gas = base_fee;
    if (has(chain::Fork::shanghai))
        header.withdrawals_root = trie::empty_root;
    if (has(chain::Fork::cancun))
    {
        header.blob_gas_used = 0;
        header.excess_blob_gas = 0;
        header.parent_beacon_block_root = Hash{};
    }
    if (has(chain::Fork::prague))
        header.requests_hash = chain::requests_hash({});
    return genesis;
}

void complete_genesis(Genesis& genesis, const chain::ChainSpecification& specification, const crypto::Kernels& kernels)
{
    auto& header = genesis.header;
    trie::StateTrie trie{kernels};
    header.state_root = trie.apply(genesis.state);
    if (chain::commits_to_withdrawals(specification, header.timestamp))
        header.withdrawals_root = trie.storage_root(trie.latest(), chain::predeploys::message_passer);
}

void seal_genesis(const Genesis& genesis, const world::World& world, const Sealer& sealer, History& history)
{
    const auto& header = genesis.header;
    const auto hash = types::header_hash(header);
    const auto block = std::make_shared<BlockRecord>(header, hash);
    block->start_release({});
    block->end_release({.prefix = hash});
    block->close(world.commit_number());
    history.open(block);
    types::Block whole;
    whole.header = header;
    whole.withdrawals.emplace();
    history.seal(block, {header, hash, types::encode(whole).size(), sealer.latest_version()});
}
}  // namespace jiffy::sequencer
