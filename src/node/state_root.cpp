// SPDX-License-Identifier: Apache-2.0
#include "node/state_root.hpp"

#include "rlp/rlp.hpp"
#include "trie/root.hpp"

#include <algorithm>

namespace jiffy::node
{
namespace
{
/// A leaf with its hashed key.
struct Leaf
{
    Hash key;
    Bytes value;
};

Hash root_of(std::vector<Leaf>& leaves, const crypto::Kernels& kernels)
{
    std::ranges::sort(leaves, {}, &Leaf::key);
    std::vector<trie::KeyValue> entries;
    entries.reserve(leaves.size());
    for (const auto& leaf : leaves)
        entries.push_back({leaf.key.view(), leaf.value});
    return trie::root_of(entries, kernels);
}
}  // namespace

Hash compute_state_root(const types::StateDifference& whole_state, const crypto::Kernels& kernels)
{
    std::vector<Leaf> accounts;
    accounts.reserve(whole_state.accounts.size());
    for (const auto& change : whole_state.accounts)
    {
        std::vector<Leaf> slots;
        slots.reserve(change.slot_count);
        for (const auto& slot : whole_state.slots_of(change))
        {
            rlp::Writer value;
            value.integer(slot.value);
            slots.push_back({crypto::keccak256(to_hash(slot.key).view()), std::move(value).result()});
        }
        rlp::Writer leaf;
        const auto list = leaf.open_list();
        leaf.integer(change.account.nonce);
        leaf.integer(change.account.balance);
        leaf.fixed(root_of(slots, kernels));
        leaf.fixed(change.account.code_hash);
        leaf.close_list(list);
        accounts.push_back({crypto::keccak256(change.address.view()), std::move(leaf).result()});
    }
    return root_of(accounts, kernels);
}
}  // namespace jiffy::node
