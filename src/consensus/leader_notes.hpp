// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "consensus/leader_record.hpp"

#include <functional>

namespace jiffy::consensus
{
/// Keeps a node's leader record as its proposals go out, by the rules that `decide_beginning` relies on: what each
/// configuration waits for, and that all from before is on disk where that is said. One thread at a time.
class LeaderNotes
{
public:
    struct Place
    {
        store::Disk& disk;
        std::string directory;
        store::ChainIdentity chain;
        Member self;
        /// Of the running machine.
        std::string boot_id;
        /// Releases that standbys acknowledge wait for the disk, too. Those of a leader that is alone always do.
        bool waits_for_disk = false;
        /// Has the node's log on disk; false if it cannot.
        std::function<bool()> sync_log;
    };

    /// `on_fault` is told why something could not be written, one line for people.
    LeaderNotes(Place place, std::function<void(const std::string&)> on_fault)
      : place_{std::move(place)}
      , on_fault_{std::move(on_fault)}
    {
    }

    /// What a node that begins is to do, by the record that it finds; or why that cannot be read.
    std::expected<Decision, std::string> decide(const Configuration& current,
        std::uint64_t log_epoch,
        bool is_forced) const;

    // Each before its proposal goes out, and false if that must not be then.
    [[nodiscard]] bool begins(const Propose& proposal);
    [[nodiscard]] bool changes(const Propose& proposal, const Configuration& current);
    [[nodiscard]] bool takes_over(const Propose& proposal);

    /// The witness has accepted that it takes over, and all that it takes over is in its log. Before its first release.
    [[nodiscard]] bool has_taken_over(const Configuration& accepted);

private:
    [[nodiscard]] bool write(const LeaderRecord& record);
    [[nodiscard]] bool waits(const Configuration& configuration) const
    {
        return place_.waits_for_disk || configuration.standbys.empty();
    }

    Place place_;
    std::function<void(const std::string&)> on_fault_;
};

/// `/proc/sys/kernel/random/boot_id`; empty if there is none.
std::string boot_id_of_machine();
}  // namespace jiffy::consensus
