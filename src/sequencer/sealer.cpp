// SPDX-License-Identifier: Apache-2.0
#include "sequencer/sealer.hpp"

#include "chain/header_completion.hpp"
#include "chain/optimism.hpp"
#include "sequencer/thread_priority.hpp"
#include "state/overlay.hpp"

namespace jiffy::sequencer
{
namespace
{
/// A hundred mini-blocks a second, and a block's own work beside them: seconds of delay before anybody waits.
constexpr std::size_t queue_capacity = 1024;
/// Blocks whose state can be proven (eth_getProof).
constexpr std::size_t kept_versions = 256;

/// Bytes of an RLP list with this payload.
std::size_t list_size(std::size_t payload)
{
    if (payload < 56)
        return payload + 1;
    return payload + 1 + (static_cast<std::size_t>(std::bit_width(payload)) + 7) / 8;
}
}  // namespace

Sealer::Sealer(History& history,
    const crypto::Kernels& kernels,
    std::unique_ptr<trie::StateTrie> state,
    std::function<void(const BlockPointer&)> on_sealed)
  : history_{history}
  , kernels_{kernels}
  , on_sealed_{std::move(on_sealed)}
  , trie_{std::move(state)}
  , queue_{queue_capacity}
  , oldest_version_{trie_->oldest().number}
{
}

Sealer::Sealer(History& history,
    const crypto::Kernels& kernels,
    const types::StateDifference& genesis_state,
    std::function<void(const BlockPointer&)> on_sealed)
  : Sealer{history, kernels, std::make_unique<trie::StateTrie>(kernels), std::move(on_sealed)}
{
    trie_->apply(genesis_state);
}

Sealer::~Sealer()
{
    stop();
}

void Sealer::start()
{
    thread_ = std::thread{[this] { run(); }};
}

void Sealer::stop()
{
    if (!thread_.joinable())
        return;
    stopping_ = true;
    doorbell_.ring();
    thread_.join();
}

void Sealer::run()
{
    name_thread("sealing");
    lower_thread_priority(sealing_nice);
    for (;;)
    {
        const bool last_round = stopping_;
        process_pending();
        if (last_round)
            return;
        doorbell_.wait();
    }
}

void Sealer::push(SealerWork work)
{
    while (!queue_.try_push(work))
    {
        if (!is_running())
            process_pending();
        else
            std::this_thread::sleep_for(std::chrono::microseconds{100});
    }
    if (is_running())
        doorbell_.ring();
}

void Sealer::process_pending()
{
    while (auto work = queue_.try_pop())
        process(*work);
}

void Sealer::process(SealerWork& work)
{
    if (const auto* request = std::get_if<SealRequest>(&work))
        return seal(*request);
    apply(std::get<TrieUpdate>(work));
}

void Sealer::apply(const TrieUpdate& update)
{
    if (update.differences.size() == 1 && update.differences.front()->size() == 1)
    {
        return apply(update.differences.front()->front());
    }
    // Each application hashes the way to the root: one for all is cheaper, and leaves fewer nodes behind.
    const state::EmptyState nothing;
    state::Overlay merged{state::Source{nothing}};
    for (const auto& differences : update.differences)
        for (const auto& difference : *differences)
            merged.apply(difference);
    apply(merged.difference());
}

void Sealer::apply(const types::StateDifference& difference)
{
    if (std::exchange(is_within_block_, true))
        trie_->amend(difference);
    else
        trie_->apply(difference);
}

void Sealer::seal(const SealRequest& request)
{
    const auto begin = read_stopwatch();
    const auto& block = *request.block;
    const auto parent = history_.find(block.number() - 1);

    std::vector<Bytes> transactions;
    std::vector<Bytes> receipts;
    const std::size_t count = block.transactions.size();
    transactions.reserve(count);
    receipts.reserve(count);
    types::Header header = block.opening;
    header.parent_hash = parent->sealed()->hash;
    std::size_t transactions_size = 0;
    for (std::size_t i = 0; i < count; ++i)
    {
        const auto& record = block.transactions[i];
        transactions.push_back(types::encode(record.transaction));
        receipts.push_back(types::encode(record.receipt));
        const bool is_string = record.transaction.type != types::TransactionType::legacy;
        // The header of an RLP string is as long as that of a list.
        transactions_size += is_string ? list_size(transactions.back().size()) : transactions.back().size();
        for (std::size_t byte = 0; byte < header.logs_bloom.size(); ++byte)
            header.logs_bloom[byte] |= record.receipt.logs_bloom[byte];
        header.gas_used = record.receipt.cumulative_gas_used;
        if (header.blob_gas_used)
            *header.blob_gas_used += record.blob_gas_used;
    }
    set_state_roots(header, request.commits_to_withdrawals);
    chain::complete_header(header, transactions, receipts, request.requests, kernels_);

    SealedBlock sealed;
    sealed.hash = types::header_hash(header);
    // Ommers and withdrawals are empty lists.
    const std::size_t empty_lists = header.withdrawals_root ? 2 : 1;
    sealed.size = list_size(types::encode(header).size() + list_size(transactions_size) + empty_lists);
    sealed.state = trie_->latest();
    is_within_block_ = false;
    sealed.header = std::move(header);
    block_versions_.push_back(sealed.state->number);
    history_.seal(request.block, std::move(sealed));
    record(latency_, begin, read_stopwatch());
    on_sealed_(request.block);
    drop_old_versions();
    history_.free_forgotten();
}

void Sealer::set_state_roots(types::Header& header, bool commits_to_withdrawals) const
{
    header.state_root = trie_->latest().root_hash;
    if (commits_to_withdrawals)
        header.withdrawals_root = trie_->storage_root(trie_->latest(), chain::predeploys::message_passer);
}

void Sealer::drop_old_versions()
{
    if (block_versions_.size() <= kept_versions)
        return;
    const std::unique_lock lock{versions_mutex_, std::try_to_lock};
    if (!lock.owns_lock())
        return;
    while (block_versions_.size() > kept_versions)
        block_versions_.pop_front();
    oldest_version_ = block_versions_.front();
    trie_->drop_before(block_versions_.front());
}

bool Sealer::with_state(const SealedBlock& block,
    const std::function<void(const trie::StateTrie&, const trie::Version&)>& prove) const
{
    const std::shared_lock lock{versions_mutex_};
    if (!block.state || block.state->number < oldest_version_)
        return false;
    prove(*trie_, *block.state);
    return true;
}
}  // namespace jiffy::sequencer
