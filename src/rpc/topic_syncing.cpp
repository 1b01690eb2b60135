// SPDX-License-Identifier: Apache-2.0
#include "rpc/topics.hpp"

namespace jiffy::rpc
{
void tell_syncing(const Subscriber& subscriber)
{
    subscriber.send(make_shared_result([](JsonWriter& json) { json.boolean(false); }));
}
}  // namespace jiffy::rpc
