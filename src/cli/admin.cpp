// SPDX-License-Identifier: Apache-2.0
#include "cli/admin.hpp"

#include "cli/complain.hpp"
#include "node/admin_socket.hpp"

#include <cstdio>

namespace jiffy::cli
{
int admin(const std::string& data_directory, const std::string& command)
{
    const auto answer = node::ask_node(data_directory, command);
    if (!answer)
    {
        complain(answer.error());
        return 1;
    }
    std::printf("%s\n", answer->c_str());
    return 0;
}
}  // namespace jiffy::cli
