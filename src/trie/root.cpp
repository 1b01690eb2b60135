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
    struct IndexKey
    {
        Byte bytes[9];
        std::uint8_t size;
    };
    std::vector<IndexKey> keys(items.size());
    for (std::size_t i = 0; i < items.size(); ++i)
    {
        rlp::Placer sink{keys[i].bytes};
        sink.integer(i);
        keys[i].size = static_cast<std::uint8_t>(sink.end() - keys[i].bytes);
    }

    std::vector<KeyValue> entries;
    entries.reserve(items.size());
    const auto add = [&](std::size_t i) { entries.push_back({{keys[i].bytes, keys[i].size}, items[i]}); };
    // rlp(0) is the byte 0x80, behind the one-byte keys of 1 to 127.
    for (std::size_t i = 1; i < items.size() && i < 0x80; ++i)
        add(i);
    if (!items.empty())
        add(0);
    for (std::size_t i = 0x80; i < items.size(); ++i)
        add(i);
    return root_of(entries, kernels);
}
}  // namespace jiffy::trie
