// SPDX-License-Identifier: Apache-2.0
#include "trie/proof.hpp"
#include "trie/state_trie.hpp"
#include "world/large_pages.hpp"

#include <atomic>
#include <gtest/gtest.h>
#include <map>
#include <mutex>
#include <random>
#include <thread>

namespace jiffy::world
{
namespace
{
/// The least that an owner of threads must do for the trie's contract: hand versions out, and drop none that is lent.
class Lending
{
public:
    trie::Version borrow()
    {
        const std::lock_guard lock{mutex_};
        ++borrowers_[latest_.number];
        return latest_;
    }
    void give_back(const trie::Version& version)
    {
        const std::lock_guard lock{mutex_};
        if (--borrowers_[version.number] == 0)
            borrowers_.erase(version.number);
    }
    /// Returns the oldest version that must stay.
    trie::VersionNumber publish(const trie::Version& version)
    {
        const std::lock_guard lock{mutex_};
        latest_ = version;
        return borrowers_.empty() ? version.number : borrowers_.begin()->first;
    }

private:
    std::mutex mutex_;
    trie::Version latest_;
    std::map<trie::VersionNumber, unsigned> borrowers_;
};

TEST(StateTrieReaders, prove_from_lent_versions_while_the_writer_goes_on)
{
    constexpr std::uint64_t accounts = 500;
    trie::StateTrie trie{crypto::native_kernels(), large_page_memory()};
    Lending lending;
    std::atomic<bool> is_done{false};
    std::atomic<std::uint64_t> proofs{0};
    std::vector<std::thread> readers;
    for (unsigned i = 0; i < 2; ++i)
        readers.emplace_back(
            [&, i]
            {
                std::mt19937_64 random{i};
                while (!is_done)
                {
                    const auto version = lending.borrow();
                    const auto address = to_address(U256{random() % accounts});
                    const auto proof = trie.prove_account(version, address);
                    const auto key = crypto::keccak256(address.view());
                    const auto answer = trie::verify_proof(version.root_hash, key.view(), proof.nodes);
                    EXPECT_TRUE(answer && answer->has_value() == proof.state.has_value());
                    lending.give_back(version);
                    ++proofs;
                }
            });
    std::mt19937_64 random{9};
    types::StateDifference difference;
    for (unsigned version = 0; version < 400 || proofs < 100; ++version)
    {
        difference.clear();
        for (unsigned i = 0; i < 20; ++i)
        {
            types::AccountChange change;
            change.address = to_address(U256{random() % accounts});
            change.deleted = random() % 4 == 0;
            if (!change.deleted)
                change.account.balance = random();
            difference.accounts.push_back(change);
        }
        trie.apply(difference);
        trie.drop_before(lending.publish(trie.latest()));
    }
    is_done = true;
    for (auto& reader : readers)
        reader.join();
}
}  // namespace
}  // namespace jiffy::world
