// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace jiffy::cli
{
struct WitnessOptions
{
    /// HOST:PORT to listen on.
    std::string listen;
    /// Directory of the register.
    std::string data_directory;
    /// The chain that it is the witness of.
    std::string genesis_file;
    /// File of the token that members must know; empty if anybody may ask and propose.
    std::string token_file;
    /// File for the banner as JSON; empty for none.
    std::string banner_file;
};

/// Runs the witness of a chain until SIGINT or SIGTERM. Exit code: 0, 2 if it cannot start, 3 if it had to stop because
/// its register could not be written.
int witness(const WitnessOptions& options);
}  // namespace jiffy::cli
