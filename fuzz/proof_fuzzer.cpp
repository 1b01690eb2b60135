// SPDX-License-Identifier: Apache-2.0
#include "byte_source.hpp"
#include "crypto/keccak.hpp"
#include "require.hpp"
#include "trie/merkle_trie.hpp"
#include "trie/proof.hpp"

#include <algorithm>
#include <map>

namespace jiffy::fuzz
{
namespace
{
constexpr std::size_t longest_key = 32;

/// Nodes of any bytes, each of which names the next one by its hash somewhere, so that the check goes on to all.
void check_any_nodes(ByteSource input)
{
    const auto key = input.bytes(input.byte() % (longest_key + 1));
    struct Node
    {
        Bytes bytes;
        std::size_t link;
    };
    std::vector<Node> nodes;
    while (!input.empty())
    {
        const std::size_t link = input.byte();
        const std::size_t quarter = input.byte();
        nodes.push_back({input.bytes(4 * quarter), link});
    }
    Hash hash;
    std::vector<Bytes> proof(nodes.size());
    for (auto i = nodes.size(); i-- != 0;)
    {
        auto& [bytes, link] = nodes[i];
        if (i + 1 != nodes.size() && link + sizeof(Hash) <= bytes.size())
            std::ranges::copy(hash.view(), bytes.begin() + static_cast<std::ptrdiff_t>(link));
        hash = crypto::keccak256(bytes);
        proof[i] = std::move(bytes);
    }
    const auto answer = trie::verify_proof(hash, key, proof);
    if (answer && answer->has_value())
        require(!(*answer)->empty(), "a value is not empty");
}

/// A trie of the fuzzer's entries: what it proves is so, and nothing else is taken for it.
void check_proofs_of_trie(ByteSource input)
{
    const auto wanted = input.bytes(input.byte() % (longest_key + 1));
    const auto flipped_bit = std::size_t{input.word()};
    std::map<Bytes, Bytes> entries;
    while (!input.empty())
    {
        auto key = input.bytes(input.byte() % (longest_key + 1));
        entries[std::move(key)] = input.bytes(1 + input.byte() % 80);
    }
    std::vector<trie::EntryChange> changes;
    for (const auto& [key, value] : entries)
        changes.push_back({key, value});
    trie::MerkleTrie trie{crypto::scalar_kernels()};
    const auto root = trie.apply(changes);

    const auto check = [&](const Bytes& key)
    {
        auto proof = trie.prove(trie.store().latest(), key);
        const auto answer = trie::verify_proof(root, key, proof);
        const auto entry = entries.find(key);
        const auto expected = entry == entries.end() ? std::nullopt : std::optional{entry->second};
        require(answer && *answer == expected, "the trie's own proof is taken");
        if (proof.empty())
            return;
        auto& node = proof[flipped_bit % proof.size()];
        auto& changed = node[flipped_bit / 8 % node.size()];
        const auto original = std::exchange(changed, changed ^ static_cast<Byte>(1U << flipped_bit % 8));
        require(
            trie::verify_proof(root, key, proof) == failure(trie::ProofError::wrong_hash), "a changed node is seen");
        changed = original;
        proof.pop_back();
        require(!trie::verify_proof(root, key, proof), "a proof without its last node proves nothing");
    };
    check(wanted);
    for (const auto& [key, value] : entries)
        check(key);
}
}  // namespace
}  // namespace jiffy::fuzz

// The first byte says what the others are: nodes of a proof, or entries of a trie that proves them.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace jiffy::fuzz;
    ByteSource input{{data, size}};
    if (input.byte() % 2 == 0)
        check_any_nodes(input);
    else
        check_proofs_of_trie(input);
    return 0;
}
