// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "consensus/configuration.hpp"
#include "store/atomic_file.hpp"

#include <memory>
#include <variant>

namespace jiffy::consensus
{
/// What is the configuration?
struct ReadConfiguration
{
    friend bool operator==(const ReadConfiguration&, const ReadConfiguration&) = default;
};

/// Let it be `next`. Asking twice is asking once.
struct Propose
{
    /// The epoch that it is to follow on.
    std::uint64_t expected = 0;
    Member proposer;
    Configuration next;

    friend bool operator==(const Propose&, const Propose&) = default;
};

using WitnessRequest = std::variant<ReadConfiguration, Propose>;

/// The rule of succession: `next` is led by whoever proposes it and follows on the epoch that it expects to be the
/// current one, and its proposer is the leader by name, or one of its standbys by name and incarnation. Whatever epoch
/// a chain that has no configuration begins with, it may. True as well if `next` is the current configuration.
[[nodiscard]] bool is_accepted(const Configuration& current, const Propose& proposal);

/// The configuration of one chain on disk. One thread.
class WitnessRegister
{
public:
    /// Reads the file `witness` in a directory that is there and locked, or begins at epoch 0, and makes durable what
    /// it has read. `disk` outlives it.
    static store::StoreResult<WitnessRegister> open(store::Disk& disk,
        const std::string& directory,
        const store::ChainIdentity& chain);

    /// What is durable.
    [[nodiscard]] const Configuration& current() const noexcept { return current_; }
    [[nodiscard]] const store::ChainIdentity& chain() const noexcept { return chain_; }

    /// Follows the rule; returns the configuration after it, when it is durable. After an error nobody knows what is on
    /// disk: nothing may be answered any more, before the register is opened again.
    store::StoreResult<Configuration> propose(const Propose& proposal);

private:
    WitnessRegister(store::Disk& disk, std::string directory, const store::ChainIdentity& chain)
      : disk_{&disk}
      , directory_{std::move(directory)}
      , chain_{chain}
    {
    }

    [[nodiscard]] store::StoreResult<void> write(const Configuration& configuration) const;

    store::Disk* disk_;
    std::string directory_;
    store::ChainIdentity chain_;
    Configuration current_;
};
}  // namespace jiffy::consensus
