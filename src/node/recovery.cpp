// SPDX-License-Identifier: Apache-2.0
#include "node/recovery.hpp"

#include "store/log_reader.hpp"

namespace jiffy::node
{
namespace
{
std::string fault_at(std::uint64_t sequence, std::string_view reason)
{
    return "record " + std::to_string(sequence) + " of the log is not what a sequencer writes: " + std::string{reason} +
           ". It was not damaged on disk; was it written by another version of jiffy?";
}
}  // namespace

std::expected<std::uint64_t, std::string> follow_log(const store::WriteAheadLog& log,
    std::uint64_t sequence,
    std::uint64_t chain_id,
    const world::World& world,
    replica::Follower& follower,
    std::optional<feed::FeedPosition>& position)
{
    if (sequence < log.first_sequence())
        return std::unexpected{"the log begins with record " + std::to_string(log.first_sequence()) +
                               ", but the newest snapshot that is whole needs record " + std::to_string(sequence) +
                               ": a copy of the snapshots from after that is needed"};
    if (sequence > log.next_sequence())
        return std::unexpected{"the log ends before record " + std::to_string(sequence) +
                               ", which the newest snapshot follows on: files of the log are missing"};
    auto reader = log.reader_from(sequence);
    if (!reader)
        return std::unexpected{reader.error().text};
    feed::ChainHasher hasher;
    for (std::uint64_t count = 0;; ++count)
    {
        const auto record = reader->next();
        if (!record)
            return std::unexpected{record.error().text};
        if (!*record)
            return count;
        const auto place = (*record)->sequence;
        auto frame = types::decode_log_frame((*record)->payload, {chain_id, world.id_counts()});
        if (!frame)
            return std::unexpected{fault_at(place, "its bytes are no frame")};
        if (const auto followed = follower.apply(std::move(*frame)); !followed)
            return std::unexpected{fault_at(place, replica::to_string(followed.error()))};
        if (position)
            hasher.step(*position, (*record)->payload);
    }
}
}  // namespace jiffy::node
