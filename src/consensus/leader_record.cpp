// SPDX-License-Identifier: Apache-2.0
#include "consensus/leader_record.hpp"

namespace jiffy::consensus
{
namespace
{
constexpr auto file_name = "leader";
constexpr std::uint64_t format_version = 1;
constexpr std::size_t longest_boot_id = 64;

Decision lead(const Beginning& beginning, std::string text)
{
    const auto& [self, current, record, boot_id, log_epoch, is_forced] = beginning;
    const auto newest = current.epoch != 0 ? current.epoch : std::max(log_epoch, record ? record->proposed_epoch : 0);
    return {Role::lead,
        Propose{.expected = current.epoch,
            .proposer = self,
            .next = {.epoch = newest + 1, .leader = self, .standbys = {}},
            .is_forced = is_forced},
        std::move(text)};
}

/// Why this node may not lead by itself, although the witness has its name or none; empty if it may.
std::string objection(const Beginning& beginning)
{
    const auto& [self, current, record, boot_id, log_epoch, is_forced] = beginning;
    if (record && record->name != self.name)
        return "its directory belongs to " + record->name;
    if (current.epoch != 0 && current.leader.name != self.name)
        return "the chain is led by " + to_string(current);
    if (current.epoch == 0)
        return record && record->base_epoch != 0 ? "the witness has forgotten who led the chain" : "";
    if (!record)
        return "its directory has never led the chain";
    if (current.epoch != record->base_epoch && current.epoch != record->proposed_epoch)
        return "its directory is from epoch " + std::to_string(record->proposed_epoch) +
               ", and the chain is in epoch " + std::to_string(current.epoch);
    const bool waits_for_disk =
        current.epoch == record->proposed_epoch ? record->proposed_waits_for_disk : record->base_waits_for_disk;
    if (waits_for_disk || (!record->boot_id.empty() && record->boot_id == boot_id))
        return "";
    return "its log may lack what was released before the machine stopped";
}
}  // namespace

store::StoreResult<void> write_leader_record(store::Disk& disk,
    const std::string& directory,
    const store::ChainIdentity& chain,
    const LeaderRecord& record)
{
    Bytes content;
    feed::put_number(content, format_version);
    feed::put_text(content, record.name, longest_name);
    feed::put_number(content, record.proposed_epoch);
    feed::put_number(content, record.base_epoch);
    feed::put_text(content, record.boot_id, longest_boot_id);
    feed::put_number(content, record.base_waits_for_disk ? 1 : 0);
    feed::put_number(content, record.proposed_waits_for_disk ? 1 : 0);
    return store::write_atomic_file(disk, directory, file_name, chain, content);
}

store::StoreResult<std::optional<LeaderRecord>> read_leader_record(store::Disk& disk,
    const std::string& directory,
    const store::ChainIdentity& chain)
{
    const auto content = store::read_atomic_file(disk, directory, file_name, chain);
    if (!content)
        return failure(content.error());
    if (!*content)
        return std::nullopt;
    const auto path = directory + "/" + file_name;
    feed::Fields fields{**content};
    const auto version = fields.number();
    if (!fields.is_bad() && version != format_version)
        return failure(store::Error{store::ErrorKind::foreign, 0,
            path + ": written in version " + std::to_string(version) + " of the format, this program reads version " +
                std::to_string(format_version) + ": run the release of jiffy that wrote it"});
    LeaderRecord record;
    record.name = fields.text(longest_name);
    record.proposed_epoch = fields.number();
    record.base_epoch = fields.number();
    record.boot_id = fields.text(longest_boot_id);
    record.base_waits_for_disk = fields.flag();
    record.proposed_waits_for_disk = fields.flag();
    fields.require(is_name(record.name));
    if (!fields.at_end())
        return failure(
            store::Error{store::ErrorKind::damaged, 0, path + ": has a sound checksum, and no record in it"});
    return record;
}

Decision decide_beginning(const Beginning& beginning)
{
    const auto& current = beginning.current;
    // Its epochs would be given out once more.
    if (current.epoch != 0 && beginning.log_epoch > current.epoch)
        return {Role::wait, std::nullopt,
            "the witness is in epoch " + std::to_string(current.epoch) + ", and this node's log in epoch " +
                std::to_string(beginning.log_epoch) +
                ": the witness has an old record; empty its directory, and the node whose log is longest is to begin "
                "first"};
    if (current.epoch != 0 && current.leader.name != beginning.self.name && !beginning.is_forced)
        return {Role::stand_by, std::nullopt, "the chain is led by " + to_string(current)};
    const auto reason = objection(beginning);
    if (reason.empty())
        return lead(
            beginning, current.epoch == 0 ? "nobody has led the chain yet" : "its log has all that was released");
    if (beginning.is_forced)
        return lead(beginning, "the operator says so, although " + reason);
    return {Role::wait, std::nullopt,
        reason + ": it waits for a standby to take over, or for the operator to say that this log is the chain"};
}
}  // namespace jiffy::consensus
