// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "consensus/witness_register.hpp"

namespace jiffy::consensus
{
/// What a node keeps on its disk about leading. Replaced before each of its proposals goes out, and before the first
/// release after it has taken a chain over.
struct LeaderRecord
{
    /// Of the node.
    std::string name;
    /// The epoch of its newest proposal, and the one that it was to follow on.
    std::uint64_t proposed_epoch = 0;
    std::uint64_t base_epoch = 0;
    /// `/proc/sys/kernel/random/boot_id` of the machine, if everything that may be released is given to the operating
    /// system before it is released, so that it outlives the process: with what a standby takes over, that is so
    /// once it is in the log. Else empty.
    std::string boot_id;
    /// That everything which is released in the epoch before the proposal, or in the proposed one, is on disk before it
    /// is released, as well as everything from before that epoch.
    bool base_waits_for_disk = false;
    bool proposed_waits_for_disk = false;

    friend bool operator==(const LeaderRecord&, const LeaderRecord&) = default;
};

/// The file `leader` of a directory that is there and locked.
store::StoreResult<void> write_leader_record(store::Disk& disk,
    const std::string& directory,
    const store::ChainIdentity& chain,
    const LeaderRecord& record);
/// Nothing if the node has never proposed itself.
store::StoreResult<std::optional<LeaderRecord>> read_leader_record(store::Disk& disk,
    const std::string& directory,
    const store::ChainIdentity& chain);

struct Beginning
{
    Member self;
    /// What the witness has.
    Configuration current;
    std::optional<LeaderRecord> record;
    /// Of the running machine.
    std::string boot_id;
    /// The newest epoch in the node's log; 0 if there is none.
    std::uint64_t log_epoch = 0;
    /// The operator says that this node's log is to be the chain, whatever is lost by that.
    bool is_forced = false;
};

enum class Role : std::uint8_t
{
    /// Propose `next` until the witness has answered; lead if it is accepted, else begin again.
    lead,
    /// Join the leader of the witness's configuration.
    stand_by,
    /// Neither can be: nobody else leads, and this node's log may lack what was released. A standby may yet take over,
    /// or the operator decides.
    wait,
};

struct Decision
{
    Role role = Role::wait;
    std::optional<Propose> proposal;
    /// For people: why.
    std::string text;
};

/// What a node that begins is to do. A leader that begins again leads by itself only if nobody else has had the chain
/// since, and its log has everything that was released.
Decision decide_beginning(const Beginning& beginning);
}  // namespace jiffy::consensus
