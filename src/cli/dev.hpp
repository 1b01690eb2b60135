// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "node/node.hpp"

namespace jiffy::cli
{
struct DevOptions
{
    node::NodeOptions node;
    /// File for the banner as JSON; empty for none.
    std::string banner_file;
    /// HOST:PORT of the feed; empty for none.
    std::string feed_listen;
    /// File of the token that its subscribers must know; empty if anybody may subscribe.
    std::string feed_token_file;
};

struct SequencerOptions
{
    /// With a genesis file, whose sequencer this is.
    DevOptions chain;
    /// File of the secret key that signs, which only its owner may read.
    std::string key_file;
};

struct ReplicaOptions
{
    /// With a genesis file.
    DevOptions chain;
    /// HOST:PORT of each feed that the chain can be followed from.
    std::vector<std::string> feeds;
    /// File of the token that those want to know; empty if anybody may subscribe.
    std::string upstream_token_file;
    /// URL of the node that transactions are passed on to; empty for none.
    std::string sequencer;
};

/// Runs a development node until SIGINT or SIGTERM. Exit code: 0, 1 if a state root was found to be wrong, 2 if the
/// node cannot start, 3 if it had to stop because its log could not be written.
int dev(const DevOptions& options);

/// Likewise the sequencer of a chain that is none of development.
int sequencer(SequencerOptions options);

/// Likewise a node that follows a chain. Exit code 3 also if the chain cannot be followed further.
int replica(ReplicaOptions options);
}  // namespace jiffy::cli
