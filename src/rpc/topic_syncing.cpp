// SPDX-License-Identifier: Apache-2.0
#include "rpc/topics.hpp"

namespace jiffy::rpc
{
void tell_syncing(const Subscriber& subscriber, bool is_syncing)
{
    subscriber.send(make_shared_result([is_syncing](JsonWriter& json) { json.boolean(is_syncing); }));
}
}  // namespace jiffy::rpc
