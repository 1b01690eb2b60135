// SPDX-License-Identifier: Apache-2.0
#include "trie/root.hpp"

#include "crypto/keccak.hpp"
#include "trie/node_encoding.hpp"

namespace jiffy::trie
{
namespace
{
/// Encodes the nodes of a trie one inside the other; a branch's children are hashed together, so that a vector kernel
/// has up to sixteen messages at a time.
class NodeEncoder
{
public:
    NodeEncoder(std::span<const KeyValue> entries, const crypto::Kernels& kernels) noexcept
      : entries_{entries}
      , kernels_{kernels}
    {
    }

    /// The node over the entries [first, last), which share their first `depth` nibbles, at the end of `buffer_`.
    void encode(std::size_t first, std::size_t last, std::size_t depth)
    {
        const auto key = entries_[first].key;
        const auto length = 2 * key.size();
        if (last - first == 1)
        {
            encode_with_path(key, depth, length, true, entries_[first].value, false);
            return;
        }
        const auto last_key = entries_[last - 1].key;
        const auto fork = common_nibbles(key.data(), length, last_key.data(), 2 * last_key.size(), depth);
        if (fork == depth)
        {
            encode_branch(first, last, depth);
            return;
        }
        const auto start = buffer_.size();
        encode_branch(first, last, fork);
        Byte reference[hash_size];
        const auto reference_size = write_reference(reference, BytesView{buffer_}.subspan(start));
        buffer_.resize(start);
        encode_with_path(key, depth, fork, false, {reference, reference_size}, true);
    }

    [[nodiscard]] BytesView encoded() const noexcept { return buffer_; }
    void clear() noexcept { buffer_.clear(); }

private:
    static std::size_t write_reference(Byte* target, BytesView encoded) noexcept
    {
        if (encoded.size() < embedding_limit)
        {
            std::memcpy(target, encoded.data(), encoded.size());
            return encoded.size();
        }
        rlp::Placer{target}.fixed(crypto::keccak256(encoded));
        return hash_size;
    }

    rlp::Placer grow(std::size_t size)
    {
        const auto start = buffer_.size();
        buffer_.resize(start + size);
        return rlp::Placer{buffer_.data() + start};
    }

    /// Leaf or extension; `is_encoded` says that `second` is RLP already.
    void encode_with_path(BytesView key,
        std::size_t from,
        std::size_t to,
        bool is_leaf,
        BytesView second,
        bool is_encoded)
    {
        path_.resize(hex_prefix_size(to - from));
        write_hex_prefix(path_.data(), key.data(), from, to, is_leaf);
        const auto payload = rlp::string_size(path_) + (is_encoded ? second.size() : rlp::string_size(second));
        auto sink = grow(rlp::header_size(payload) + payload);
        sink.list_header(payload);
        sink.bytes(path_);
        if (is_encoded)
            sink.raw(second);
        else
            sink.bytes(second);
    }

    void encode_branch(std::size_t first, std::size_t last, std::size_t depth)
    {
        const auto start = buffer_.size();
        BytesView value;
        if (2 * entries_[first].key.size() == depth)
            value = entries_[first++].value;

        std::size_t begins[17] = {};
        unsigned nibbles[16];
        unsigned count = 0;
        while (first != last)
        {
            const auto nibble = nibble_at(entries_[first].key.data(), depth);
            auto end = first + 1;
            while (end != last && nibble_at(entries_[end].key.data(), depth) == nibble)
                ++end;
            nibbles[count] = nibble;
            begins[count++] = buffer_.size();
            encode(first, end, depth + 1);
            first = end;
        }
        begins[count] = buffer_.size();

        Byte references[16][hash_size];
        std::size_t sizes[16];
        std::fill(sizes, sizes + 16, std::size_t{1});
        for (auto& reference : references)
            reference[0] = 0x80;
        hash_children(begins, nibbles, count, references, sizes);

        std::size_t payload = rlp::string_size(value);
        for (const auto size : sizes)
            payload += size;
        buffer_.resize(start);
        auto sink = grow(rlp::header_size(payload) + payload);
        sink.list_header(payload);
        for (unsigned i = 0; i < 16; ++i)
            sink.raw({references[i], sizes[i]});
        sink.bytes(value);
    }

    void hash_children(const std::size_t* begins,
        const unsigned* nibbles,
        unsigned count,
        Byte (*references)[hash_size],
        std::size_t* sizes)
    {
        BytesView messages[16];
        unsigned hashed_nibbles[16];
        Hash digests[16];
        unsigned hashed = 0;
        for (unsigned i = 0; i < count; ++i)
        {
            const auto encoded = BytesView{buffer_}.subspan(begins[i], begins[i + 1] - begins[i]);
            if (encoded.size() < embedding_limit)
            {
                sizes[nibbles[i]] = write_reference(references[nibbles[i]], encoded);
                continue;
            }
            hashed_nibbles[hashed] = nibbles[i];
            messages[hashed++] = encoded;
        }
        kernels_.keccak256_batch(messages, digests, hashed);
        for (unsigned i = 0; i < hashed; ++i)
        {
            rlp::Placer{references[hashed_nibbles[i]]}.fixed(digests[i]);
            sizes[hashed_nibbles[i]] = hash_size;
        }
    }

    std::span<const KeyValue> entries_;
    const crypto::Kernels& kernels_;
    Bytes buffer_;
    Bytes path_;
};

/// rlp(index), without an allocation.
struct IndexKey
{
    explicit IndexKey(std::size_t index = 0) noexcept
    {
        rlp::Placer sink{bytes};
        sink.integer(index);
        size = static_cast<std::uint8_t>(sink.end() - bytes);
    }
    [[nodiscard]] BytesView view() const noexcept { return {bytes, size}; }

    Byte bytes[9];
    std::uint8_t size;
};

/// Items with their indices as keys, in the order of the keys.
struct OrderedEntries
{
    explicit OrderedEntries(std::span<const Bytes> items)
    {
        keys.reserve(items.size());
        for (std::size_t i = 0; i < items.size(); ++i)
            keys.emplace_back(i);
        entries.reserve(items.size());
        const auto add = [&](std::size_t i) { entries.push_back({keys[i].view(), items[i]}); };
        // rlp(0) is the byte 0x80, behind the one-byte keys of 1 to 127.
        for (std::size_t i = 1; i < items.size() && i < 0x80; ++i)
            add(i);
        if (!items.empty())
            add(0);
        for (std::size_t i = 0x80; i < items.size(); ++i)
            add(i);
    }
    OrderedEntries(const OrderedEntries&) = delete;
    OrderedEntries& operator=(const OrderedEntries&) = delete;

    std::vector<IndexKey> keys;
    std::vector<KeyValue> entries;
};

/// The nodes towards `key`, which is one of the entries'. Nodes that are part of their parent's RLP do not stand alone.
std::vector<Bytes> prove(std::span<const KeyValue> entries, BytesView key, const crypto::Kernels& kernels)
{
    std::vector<Bytes> proof;
    NodeEncoder encoder{entries, kernels};
    std::size_t first = 0;
    std::size_t last = entries.size();
    std::size_t depth = 0;
    while (first != last)
    {
        encoder.clear();
        encoder.encode(first, last, depth);
        if (proof.empty() || encoder.encoded().size() >= embedding_limit)
            proof.push_back(to_bytes(encoder.encoded()));
        if (last - first == 1 || 2 * key.size() == depth)
            break;
        const auto front = entries[first].key;
        const auto back = entries[last - 1].key;
        const auto fork = common_nibbles(front.data(), 2 * front.size(), back.data(), 2 * back.size(), depth);
        if (fork != depth)
        {
            // An extension, and then the branch at its end.
            depth = fork;
            continue;
        }
        const auto leads_elsewhere = [&](const KeyValue& entry)
        { return 2 * entry.key.size() == depth || nibble_at(entry.key.data(), depth) != nibble_at(key.data(), depth); };
        while (first != last && leads_elsewhere(entries[first]))
            ++first;
        while (first != last && leads_elsewhere(entries[last - 1]))
            --last;
        ++depth;
    }
    return proof;
}
}  // namespace

Hash root_of(std::span<const KeyValue> entries, const crypto::Kernels& kernels)
{
    if (entries.empty())
        return empty_root;
    NodeEncoder encoder{entries, kernels};
    encoder.encode(0, entries.size(), 0);
    return crypto::keccak256(encoder.encoded());
}

Hash ordered_root(std::span<const Bytes> items, const crypto::Kernels& kernels)
{
    const OrderedEntries ordered{items};
    return root_of(ordered.entries, kernels);
}

std::vector<Bytes> ordered_proof(std::span<const Bytes> items, std::size_t index, const crypto::Kernels& kernels)
{
    const OrderedEntries ordered{items};
    const auto key = ordered_key(index);
    return prove(ordered.entries, key, kernels);
}

Bytes ordered_key(std::size_t index)
{
    const IndexKey key{index};
    return to_bytes(key.view());
}
}  // namespace jiffy::trie
