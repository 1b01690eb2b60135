// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/key_hasher.hpp"
#include "sequencer/refusal.hpp"
#include "sequencer/stopwatch.hpp"
#include "sequencer/tickets.hpp"

#include <map>
#include <set>
#include <tuple>
#include <unordered_map>
#include <unordered_set>

namespace jiffy::sequencer
{
/// A transaction on its way to the log, its sender known.
struct Submission
{
    types::Transaction transaction;
    Hash hash;
    Address sender;
    Completion complete;
    /// `complete` is told of its execution when that is released and signed, not before.
    bool await_release = false;
    /// Not to be pooled if an earlier nonce is missing.
    bool refuse_gap = false;
    /// Whoever hands it in does not wake the sequencing thread for it, but calls `Sequencer::wake` after some more.
    bool more_follow = false;
    /// `complete` has been told so.
    bool is_pooled = false;
    /// Its place among those that arrive; without one it comes when it is handed in.
    std::optional<Tickets::Ticket> ticket{};
    /// When its request was read, and when it was handed in; none if nobody measures.
    Instant arrived{};
    Instant handed_in{};
};

struct PoolLimits
{
    std::size_t transactions = 16'384;
    std::size_t per_sender = 64;
    /// Microseconds that a transaction waits for an earlier nonce or a lower base fee.
    std::uint64_t lifetime = 600'000'000;
};

/// The sender's account, as of now.
struct SenderState
{
    std::uint64_t nonce = 0;
    /// Wei.
    U256 balance;
};

/// Transactions that cannot run yet, by sender and nonce. One that pays the base fee and whose earlier nonces are all
/// in the state, or in the pool and executable, is executable itself: only for want of room in a block is it here. The
/// others wait, for a nonce or for a lower base fee; they are given up after a time, and to make room. Sequencing
/// thread only.
class Pool
{
public:
    explicit Pool(PoolLimits limits, std::uint64_t hash_seed)
      : limits_{limits}
      , senders_(0, KeyHasher{hash_seed})
      , hashes_(0, KeyHasher{hash_seed})
    {
    }

    struct Added
    {
        /// The transaction in the pool.
        Submission* place;
        /// What had to leave for it: one with the same nonce, or the one that pays least of those that wait.
        std::optional<Submission> replaced;
        std::optional<Submission> evicted;
    };

    /// Takes the transaction, in place of one with the same nonce if it pays a tenth more. All of a sender's pooled
    /// transactions together must be within its balance. If it is refused, `submission` stays with the caller.
    /// `base_fee`, in wei, is that of the open block.
    Result<Added, PoolRefusal> add(Submission& submission,
        const SenderState& state,
        const U256& base_fee,
        std::uint64_t time);

    /// Takes out the sender's transaction with this nonce; those with a lower one go to `stale`.
    std::optional<Submission> take(const Address& sender, std::uint64_t nonce, std::vector<Submission>& stale);

    /// Looks again at which of the sender's transactions wait. To be called when its nonce has changed, and when it can
    /// pay a base fee that has fallen.
    void update(const Address& sender, std::uint64_t account_nonce, const U256& base_fee);

    /// Takes out what waits and came before `time - lifetime`.
    std::vector<Submission> expire(std::uint64_t time);

    /// The nonce after the last one of an unbroken run that begins with `nonce`.
    [[nodiscard]] std::uint64_t next_nonce(const Address& sender, std::uint64_t nonce) const;
    [[nodiscard]] bool contains(const Hash& hash) const { return hashes_.contains(hash); }
    [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    /// Takes out everything.
    std::vector<Submission> clear();

private:
    struct Entry
    {
        Submission submission;
        /// Wei; the most that it can cost.
        U256 cost;
        std::uint64_t arrival = 0;
        /// It is not executable.
        bool waits = false;
    };
    using Queue = std::map<std::uint64_t, Entry>;
    struct Sender
    {
        Queue queue;
        /// Of all entries.
        U256 cost;
    };
    /// Entries that wait, those that pay least first, and by age.
    struct ByFee
    {
        U256 max_fee;
        Address sender;
        std::uint64_t nonce;

        friend auto operator<=>(const ByFee& a, const ByFee& b) noexcept
        {
            return std::tie(a.max_fee, a.sender, a.nonce) <=> std::tie(b.max_fee, b.sender, b.nonce);
        }
        friend bool operator==(const ByFee&, const ByFee&) = default;
    };
    using ByAge = std::tuple<std::uint64_t, Address, std::uint64_t>;
    using SenderPlace = std::unordered_map<Address, Sender, KeyHasher>::iterator;

    void set_waiting(std::uint64_t nonce, Entry& entry, bool waits);
    /// Looks again which of the sender's entries wait.
    void classify(Sender& sender, std::uint64_t account_nonce, const U256& base_fee);
    Submission remove(SenderPlace sender, Queue::iterator place);
    Result<void, PoolRefusal> make_room(const Submission& submission, bool waits, std::optional<Submission>& evicted);
    /// The waiting entry that is worth least to anybody but the sender; empty if there is none.
    [[nodiscard]] std::optional<ByFee> cheapest_waiting_beside(const Address& sender) const;

    PoolLimits limits_;
    std::unordered_map<Address, Sender, KeyHasher> senders_;
    std::unordered_set<Hash, KeyHasher> hashes_;
    std::set<ByFee> by_fee_;
    std::set<ByAge> by_age_;
    std::size_t size_ = 0;
};
}  // namespace jiffy::sequencer
