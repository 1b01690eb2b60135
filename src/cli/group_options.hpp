// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "node/node_options.hpp"

#include <expected>

namespace jiffy::cli
{
/// What an operator says of a sequencer that shares its chain with others.
struct GroupArguments
{
    std::string name;
    std::string listen;
    /// NAME,link=HOST:PORT,feed=HOST:PORT[,rpc=ws://HOST:PORT] of each of the others.
    std::vector<std::string> peers;
    std::string witness;
    std::string token_file;
    bool takes_leadership = false;
};

/// The error is one line for people and begins with the option's name.
std::expected<node::GroupOptions, std::string> read_group_options(const GroupArguments& arguments);
}  // namespace jiffy::cli
