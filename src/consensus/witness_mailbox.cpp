// SPDX-License-Identifier: Apache-2.0
#include "consensus/witness_mailbox.hpp"

#include <poll.h>

namespace jiffy::consensus
{
WitnessAnswer WitnessMailbox::ask(const WitnessRequest& request)
{
    static_cast<void>(take());
    client_.request(request);
    // Each request has an answer, be it that there is none.
    for (;;)
    {
        pollfd waited{.fd = number(), .events = POLLIN, .revents = 0};
        ::poll(&waited, 1, -1);
        if (auto answer = take())
            return std::move(*answer);
    }
}
}  // namespace jiffy::consensus
