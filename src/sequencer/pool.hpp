// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/key_hasher.hpp"
#include "sequencer/refusal.hpp"

#include <map>
#include <unordered_map>

namespace jiffy::sequencer
{
/// A transaction on its way to the log, its sender known.
struct Submission
{
    types::Transaction transaction;
    Hash hash;
    Address sender;
    Completion complete;
    /// Not to be pooled if an earlier nonce is missing.
    bool refuse_gap = false;
};

struct PoolLimits
{
    std::size_t transactions = 16'384;
    std::size_t per_sender = 64;
};

/// Transactions that cannot run yet, by sender and nonce. Sequencing thread only.
class Pool
{
public:
    explicit Pool(PoolLimits limits, std::uint64_t hash_seed)
      : limits_{limits}
      , senders_(0, KeyHasher{hash_seed})
    {
    }

    struct Added
    {
        /// The transaction in the pool.
        Submission* place;
        std::optional<Submission> replaced;
    };

    /// Takes the transaction, in place of one with the same nonce if it pays a tenth more. If it is refused,
    /// `submission` stays with the caller.
    Result<Added, PoolRefusal> add(Submission& submission);

    /// Takes out the sender's transaction with this nonce; those with a lower one go to `stale`.
    std::optional<Submission> take(const Address& sender, std::uint64_t nonce, std::vector<Submission>& stale);

    /// The nonce after the last one of an unbroken run that begins with `nonce`.
    [[nodiscard]] std::uint64_t next_nonce(const Address& sender, std::uint64_t nonce) const;
    [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    /// Takes out everything.
    std::vector<Submission> clear();

private:
    using Queue = std::map<std::uint64_t, Submission>;

    PoolLimits limits_;
    std::unordered_map<Address, Queue, KeyHasher> senders_;
    std::size_t size_ = 0;
};
}  // namespace jiffy::sequencer
