// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "trie/node_hasher.hpp"
#include "trie/node_store.hpp"
#include "trie/update.hpp"
#include "types/state_difference.hpp"

namespace jiffy::trie
{
/// What the leaf of an account says (yellow paper 4.1).
struct AccountState
{
    types::Account account;
    Hash storage_root = empty_root;

    friend bool operator==(const AccountState&, const AccountState&) = default;
};

/// An account with the nodes that prove it, or prove that it is not there.
struct AccountProof
{
    std::optional<AccountState> state;
    /// From the root on, as `accountProof` of eth_getProof.
    std::vector<Bytes> nodes;
};

/// A slot with the nodes that prove it against the account's storage root.
struct StorageProof
{
    U256 value;
    std::vector<Bytes> nodes;
};

/// Memory that a state trie needs, all retained versions together.
struct TrieStatistics
{
    std::uint64_t nodes = 0;
    std::uint64_t bytes_used = 0;
    std::uint64_t bytes_reserved = 0;
};

/// The state of the chain as a Merkle Patricia trie in memory: a trie of accounts whose leaves hold the roots of their
/// storage tries, keys hashed with keccak-256 (yellow paper 4.1 and appendix D), copy-on-write by version.
///
/// One thread applies differences. Others may call the const functions that take a `Version` meanwhile, on the terms of
/// `NodeStore`.
class StateTrie
{
public:
    explicit StateTrie(const crypto::Kernels& kernels, const ChunkMemory& memory = heap_memory())
      : kernels_{kernels}
      , store_{memory}
      , hasher_{kernels}
    {
    }

    /// Applies the difference as one new version and returns its root. An account that the difference leaves empty
    /// stays: who it is deleted under (EIP-161) is decided by whoever makes differences.
    Hash apply(const types::StateDifference& difference);

    /// Applies the difference to the latest version itself and returns its root; see `NodeStore::amend`.
    Hash amend(const types::StateDifference& difference);

    [[nodiscard]] const Version& latest() const noexcept { return store_.latest(); }
    [[nodiscard]] const Version& oldest() const noexcept { return store_.oldest(); }
    [[nodiscard]] std::optional<Version> find(VersionNumber number) const noexcept { return store_.find(number); }
    /// See `NodeStore::rewind`.
    bool rewind(VersionNumber number) noexcept { return store_.rewind(number); }
    /// See `NodeStore::drop_before`.
    void drop_before(VersionNumber number) noexcept { store_.drop_before(number); }

    [[nodiscard]] std::optional<AccountState> account(const Version& version, const Address& address) const noexcept;
    /// Root of an account's storage; the empty root if there is no such account.
    [[nodiscard]] Hash storage_root(const Version& version, const Address& address) const noexcept;
    /// Value of a slot; 0 if there is none.
    [[nodiscard]] U256 storage(const Version& version, const Address& address, const U256& key) const noexcept;

    [[nodiscard]] AccountProof prove_account(const Version& version, const Address& address) const;
    [[nodiscard]] StorageProof prove_storage(const Version& version, const Address& address, const U256& key) const;

    [[nodiscard]] TrieStatistics statistics() const noexcept;

private:
    /// The difference as nodes under construction.
    Version construct(const types::StateDifference& difference);
    /// Hashes the addresses and slot keys of a difference into `account_items_` and `slot_items_`.
    void collect_items(const types::StateDifference& difference);

    const crypto::Kernels& kernels_;
    NodeStore store_;
    NodeHasher hasher_;
    std::vector<UpdateItem> account_items_;
    std::vector<UpdateItem> slot_items_;
};
}  // namespace jiffy::trie
