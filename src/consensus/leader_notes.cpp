// SPDX-License-Identifier: Apache-2.0
#include "consensus/leader_notes.hpp"

#include <fstream>

namespace jiffy::consensus
{
std::expected<Decision, std::string> LeaderNotes::decide(const Configuration& current,
    std::uint64_t log_epoch,
    bool is_forced) const
{
    auto record = read_leader_record(place_.disk, place_.directory, place_.chain);
    if (!record)
        return std::unexpected{record.error().text};
    return decide_beginning({.self = place_.self,
        .current = current,
        .record = std::move(*record),
        .boot_id = place_.boot_id,
        .log_epoch = log_epoch,
        .is_forced = is_forced});
}

bool LeaderNotes::begins(const Propose& proposal)
{
    return place_.sync_log() && write({.name = place_.self.name,
                                    .proposed_epoch = proposal.next.epoch,
                                    .base_epoch = proposal.expected,
                                    .boot_id = place_.boot_id,
                                    .base_waits_for_disk = true,
                                    .proposed_waits_for_disk = waits(proposal.next)});
}

bool LeaderNotes::changes(const Propose& proposal, const Configuration& current)
{
    // What standbys have acknowledged need not be on disk yet.
    if (waits(proposal.next) && !place_.sync_log())
        return false;
    return write({.name = place_.self.name,
        .proposed_epoch = proposal.next.epoch,
        .base_epoch = proposal.expected,
        .boot_id = place_.boot_id,
        .base_waits_for_disk = waits(current),
        .proposed_waits_for_disk = waits(proposal.next)});
}

bool LeaderNotes::takes_over(const Propose& proposal)
{
    // What it takes over is in its memory only.
    return write({.name = place_.self.name,
        .proposed_epoch = proposal.next.epoch,
        .base_epoch = proposal.expected,
        .boot_id = {},
        .base_waits_for_disk = false,
        .proposed_waits_for_disk = false});
}

bool LeaderNotes::has_taken_over(const Configuration& accepted)
{
    return place_.sync_log() && write({.name = place_.self.name,
                                    .proposed_epoch = accepted.epoch,
                                    .base_epoch = accepted.epoch - 1,
                                    .boot_id = place_.boot_id,
                                    .base_waits_for_disk = false,
                                    .proposed_waits_for_disk = waits(accepted)});
}

bool LeaderNotes::write(const LeaderRecord& record)
{
    const auto written = write_leader_record(place_.disk, place_.directory, place_.chain, record);
    if (!written)
        on_fault_(written.error().text);
    return written.has_value();
}

std::string boot_id_of_machine()
{
    std::ifstream file{"/proc/sys/kernel/random/boot_id"};
    std::string id;
    std::getline(file, id);
    return id;
}
}  // namespace jiffy::consensus
