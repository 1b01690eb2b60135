// SPDX-License-Identifier: Apache-2.0
#include "byte_source.hpp"
#include "require.hpp"
#include "world/state_restorer.hpp"
#include "world/state_trie_build.hpp"

#include <algorithm>

namespace jiffy::fuzz
{
namespace
{
/// More ids are not looked at one by one.
constexpr std::uint32_t most_ids = 1U << 17;

constexpr std::size_t beginning_size = sizeof(world::image_magic) + 1;

void put_beginning(Bytes& image)
{
    append(image, world::image_magic);
    image.push_back(world::image_version);
}

/// Appends a chunk with the digest that it must have.
void put_chunk(Bytes& image, Hash& digest, BytesView payload)
{
    for (unsigned i = 0; i < 4; ++i)
        image.push_back(static_cast<Byte>(payload.size() >> 8 * i));
    append(image, payload);
    digest = world::image_digest(digest, payload, crypto::scalar_kernels());
    append(image, digest.view());
}

/// The payloads of a valid image, joined.
Bytes payloads_of(BytesView image)
{
    Bytes result;
    for (auto rest = image.subspan(beginning_size); !rest.empty();)
    {
        const auto size = rest[0] | std::size_t{rest[1]} << 8 | std::size_t{rest[2]} << 16 | std::size_t{rest[3]} << 24;
        append(result, rest.subspan(4, size));
        rest = rest.subspan(4 + size + sizeof(Hash));
    }
    return result;
}

/// Restores the image; if that can be done, the state is written with the same records, and has one root.
void check(BytesView image, std::size_t piece_size)
{
    world::World world{1, {.log_records = 1024, .pins = 4}};
    world::StateRestorer restorer{world, {}, crypto::scalar_kernels()};
    for (auto rest = image; !rest.empty(); rest = rest.subspan(std::min(piece_size, rest.size())))
        static_cast<void>(restorer.feed(rest.first(std::min(piece_size, rest.size()))));
    const auto summary = restorer.finish();
    if (!summary)
    {
        require(summary.error().position <= image.size(), "a fault lies in the image");
        return;
    }
    require(world.id_counts() == summary->ids, "a restored world has the image's ids");
    const auto snapshot = world.pin();
    require(snapshot.id_counts() == summary->ids, "and so have its readers");
    if (std::max(summary->ids.accounts, summary->ids.slots) > most_ids)
        return;
    Bytes again;
    const auto written = world::write_state_image(snapshot, {}, crypto::scalar_kernels(),
        [&again](BytesView piece)
        {
            append(again, piece);
            return true;
        });
    require(written.has_value(), "a restored state can be written");
    require(payloads_of(again) == payloads_of(image), "a state has one image");
    const auto difference = snapshot.as_difference();
    require(difference.has_value(), "a restored state can be read");
    trie::StateTrie grown{crypto::scalar_kernels()};
    const auto built = world::build_state_trie(snapshot, crypto::scalar_kernels());
    require(built && built->latest().root_hash == grown.apply(*difference), "a state has one root");
}

/// Records of the fuzzer's, in an image that is as it should be otherwise.
Bytes image_of_records(ByteSource input)
{
    Bytes all;
    types::FrameWriter payload{all};
    payload.number(0);
    payload.bytes(Hash{}.view());
    payload.number(input.byte());
    payload.number(input.byte());
    payload.number(input.word());
    payload.number(1U + input.byte());
    const auto cut = std::size_t{input.byte()};
    while (!input.empty())
        payload.byte(input.byte());
    const auto first = cut == 0 ? all.size() : std::min(all.size(), 36 + cut);
    Bytes image;
    put_beginning(image);
    auto digest = world::first_image_digest();
    put_chunk(image, digest, BytesView{all}.first(first));
    if (first != all.size())
        put_chunk(image, digest, BytesView{all}.subspan(first));
    return image;
}
}  // namespace
}  // namespace jiffy::fuzz

// The first byte says what the others are: an image, or what stands in one. The second is how much comes at a time.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace jiffy;
    fuzz::ByteSource input{{data, size}};
    const bool is_image = input.byte() % 2 == 0;
    const std::size_t piece_size = 1U + input.byte();
    const BytesView rest{data + std::min<std::size_t>(size, 2), size - std::min<std::size_t>(size, 2)};
    if (is_image)
        fuzz::check(rest, piece_size);
    else
        fuzz::check(fuzz::image_of_records(fuzz::ByteSource{rest}), piece_size);
    return 0;
}
