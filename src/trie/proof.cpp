// SPDX-License-Identifier: Apache-2.0
#include "trie/proof.hpp"

#include "crypto/keccak.hpp"
#include "rlp/rlp.hpp"
#include "trie/nibbles.hpp"
#include "trie/root.hpp"

namespace jiffy::trie
{
namespace
{
using Value = std::optional<Bytes>;

/// Where a node leads: to the value, to nothing, or to a child given by hash or embedded.
struct Step
{
    std::optional<Value> answer;
    rlp::Item child;
};

class Verifier
{
public:
    Verifier(BytesView key, std::span<const Bytes> proof) noexcept
      : key_{key}
      , proof_{proof}
    {
    }

    Result<Value, ProofError> verify(const Hash& root)
    {
        auto encoded = next_node(root);
        while (encoded)
        {
            const auto step = follow(*encoded);
            if (!step)
                return failure(step.error());
            if (step->answer)
            {
                if (!proof_.empty())
                    return failure(ProofError::superfluous_node);
                return *step->answer;
            }
            if (step->child.is_list)
                encoded = step->child.encoded;
            else
                encoded = next_node(Hash::from(step->child.payload));
        }
        return failure(encoded.error());
    }

private:
    Result<BytesView, ProofError> next_node(const Hash& hash)
    {
        if (proof_.empty())
            return failure(ProofError::incomplete);
        const BytesView node = proof_.front();
        proof_ = proof_.subspan(1);
        if (crypto::keccak256(node) != hash)
            return failure(ProofError::wrong_hash);
        return node;
    }

    Result<Step, ProofError> follow(BytesView encoded)
    {
        rlp::Reader input{encoded};
        auto list = input.list();
        if (!list || !input.at_end())
            return failure(ProofError::malformed);
        rlp::Item items[17];
        std::size_t count = 0;
        while (!list->at_end())
        {
            const auto item = list->next();
            if (!item || count == 17)
                return failure(ProofError::malformed);
            items[count++] = *item;
        }
        if (count == 17)
            return follow_branch(items);
        if (count == 2)
            return follow_path(items);
        return failure(ProofError::malformed);
    }

    Result<Step, ProofError> follow_branch(const rlp::Item* items)
    {
        const auto digit = digit_at(key_.data(), length(), depth_);
        const auto& item = items[digit];
        if (digit == terminator)
        {
            if (item.is_list)
                return failure(ProofError::malformed);
            return found(item.payload);
        }
        ++depth_;
        if (!item.is_list && item.payload.empty())
            return Step{Value{}, {}};
        return child(item);
    }

    Result<Step, ProofError> follow_path(const rlp::Item* items)
    {
        const auto path = items[0].payload;
        if (items[0].is_list || path.empty() || path[0] >= 0x40)
            return failure(ProofError::malformed);
        const bool is_leaf = (path[0] & 0x20) != 0;
        const bool is_odd = (path[0] & 0x10) != 0;
        if (!is_odd && (path[0] & 0x0f) != 0)
            return failure(ProofError::malformed);
        const std::size_t first = is_odd ? 1 : 2;
        const auto count = 2 * path.size() - first;
        bool matches = count <= length() - depth_;
        for (std::size_t i = 0; matches && i < count; ++i)
            matches = nibble_at(path.data(), first + i) == nibble_at(key_.data(), depth_ + i);
        if (is_leaf)
        {
            if (items[1].is_list)
                return failure(ProofError::malformed);
            return matches && depth_ + count == length() ? found(items[1].payload) : Step{Value{}, {}};
        }
        if (count == 0)
            return failure(ProofError::malformed);
        if (!matches)
            return Step{Value{}, {}};
        depth_ += count;
        return child(items[1]);
    }

    /// An empty value stands for none.
    static Step found(BytesView value) { return {value.empty() ? Value{} : Value{to_bytes(value)}, {}}; }

    static Result<Step, ProofError> child(const rlp::Item& item)
    {
        if (item.is_list ? item.encoded.size() >= sizeof(Hash) : item.payload.size() != sizeof(Hash))
            return failure(ProofError::malformed);
        return Step{std::nullopt, item};
    }

    [[nodiscard]] std::size_t length() const noexcept { return 2 * key_.size(); }

    BytesView key_;
    std::span<const Bytes> proof_;
    std::size_t depth_ = 0;
};
}  // namespace

Result<std::optional<Bytes>, ProofError> verify_proof(const Hash& root, BytesView key, std::span<const Bytes> proof)
{
    if (root == empty_root && proof.empty())
        return Value{};
    return Verifier{key, proof}.verify(root);
}
}  // namespace jiffy::trie
