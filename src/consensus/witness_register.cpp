// SPDX-License-Identifier: Apache-2.0
#include "consensus/witness_register.hpp"

namespace jiffy::consensus
{
namespace
{
constexpr auto file_name = "witness";
constexpr std::uint64_t format_version = 1;

bool may_propose(const Configuration& current, const Member& proposer)
{
    return current.epoch == 0 || proposer.name == current.leader.name || current.has_standby(proposer);
}
}  // namespace

bool is_accepted(const Configuration& current, const Propose& proposal)
{
    if (proposal.next.epoch == 0 || !is_valid(proposal.next))
        return false;
    if (proposal.next == current)
        return true;
    const bool follows =
        proposal.expected == current.epoch && (current.epoch == 0 || proposal.next.epoch - 1 == current.epoch);
    return follows && proposal.next.leader == proposal.proposer && may_propose(current, proposal.proposer);
}

store::StoreResult<WitnessRegister> WitnessRegister::open(store::Disk& disk,
    const std::string& directory,
    const store::ChainIdentity& chain)
{
    WitnessRegister opened{disk, directory, chain};
    const auto content = store::read_atomic_file(disk, directory, file_name, chain);
    if (!content)
        return failure(content.error());
    if (*content)
    {
        feed::Fields fields{**content};
        const auto version = fields.number();
        if (!fields.is_bad() && version != format_version)
            return failure(store::Error{store::ErrorKind::foreign, 0,
                directory + "/" + file_name + ": written in version " + std::to_string(version) +
                    " of the format, this program reads version " + std::to_string(format_version) +
                    ": run the release of jiffy that wrote it"});
        opened.current_ = read_configuration(fields);
        if (!fields.at_end())
            return failure(store::Error{store::ErrorKind::damaged, 0,
                directory + "/" + file_name + ": has a sound checksum, and no configuration in it"});
    }
    // A process that could not make it durable may have left behind what was read.
    if (const auto written = opened.write(opened.current_); !written)
        return failure(written.error());
    return opened;
}

store::StoreResult<void> WitnessRegister::write(const Configuration& configuration) const
{
    Bytes content;
    feed::put_number(content, format_version);
    put(content, configuration);
    return store::write_atomic_file(*disk_, directory_, file_name, chain_, content);
}

store::StoreResult<Configuration> WitnessRegister::propose(const Propose& proposal)
{
    if (proposal.next != current_ && is_accepted(current_, proposal))
    {
        if (const auto written = write(proposal.next); !written)
            return failure(written.error());
        current_ = proposal.next;
    }
    return current_;
}
}  // namespace jiffy::consensus
