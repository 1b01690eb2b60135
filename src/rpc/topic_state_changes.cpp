// SPDX-License-Identifier: Apache-2.0
#include "base/hex.hpp"
#include "rpc/topics.hpp"

#include <algorithm>
#include <map>

namespace jiffy::rpc
{
namespace
{
using sequencer::FragmentRecord;

/// What a fragment has done to one account.
struct MergedChange
{
    types::Account account;
    /// It lost all its storage on the way; `slots` came after that.
    bool storage_cleared = false;
    bool deleted = false;
    std::map<U256, U256> slots;
};

using MergedChanges = std::map<Address, MergedChange>;

bool is_wanted(const StateChangeSubscription& subscription, const Address& address)
{
    return subscription.addresses.empty() || std::ranges::binary_search(subscription.addresses, address);
}

MergedChanges merge(std::span<const StateChangeSubscription> subscriptions, const sequencer::Differences& differences)
{
    MergedChanges merged;
    for (const auto& difference : differences)
        for (const auto& change : difference.accounts)
        {
            if (std::ranges::none_of(subscriptions, [&](const auto& one) { return is_wanted(one, change.address); }))
                continue;
            auto& target = merged[change.address];
            target.account = change.account;
            target.deleted = change.deleted;
            if (change.deleted || change.storage_cleared)
            {
                target.storage_cleared = true;
                target.slots.clear();
            }
            for (const auto& slot : difference.slots_of(change))
                target.slots[slot.key] = slot.value;
        }
    return merged;
}

SharedResult make_result(const Address& address,
    const MergedChange& change,
    const sequencer::BlockRecord& block,
    const FragmentRecord& fragment)
{
    return make_shared_result(
        [&](JsonWriter& json)
        {
            json.begin_object();
            json.key("address").hex(address);
            json.key("nonce").quantity(change.account.nonce);
            json.key("balance").quantity(change.account.balance);
            json.key("storage").begin_object();
            for (const auto& [key, value] : change.slots)
                json.key(to_hex(to_hash(key).view())).hex(to_hash(value));
            json.end_object();
            json.key("codeHash").hex(change.account.code_hash);
            json.key("storageCleared").boolean(change.storage_cleared);
            json.key("deleted").boolean(change.deleted);
            json.key("blockNumber").quantity(block.number());
            json.key("miniBlockNumber").quantity(fragment.mini_block);
            json.key("firstTransactionIndex").quantity(std::uint64_t{fragment.first_transaction});
            json.key("transactionCount").quantity(std::uint64_t{fragment.transaction_count});
            json.end_object();
        });
}
}  // namespace

void tell_state_changes(std::span<const StateChangeSubscription> subscriptions,
    const sequencer::BlockRecord& block,
    std::size_t first,
    std::size_t end)
{
    if (subscriptions.empty())
        return;
    while (first < end)
    {
        const auto fragment = block.fragment_of(static_cast<std::uint32_t>(first));
        for (const auto& [address, change] : merge(subscriptions, *fragment->differences))
        {
            const auto result = make_result(address, change, block, *fragment);
            for (const auto& subscription : subscriptions)
                if (is_wanted(subscription, address))
                    subscription.subscriber.send(result);
        }
        first = fragment->first_transaction + fragment->transaction_count;
    }
}
}  // namespace jiffy::rpc
