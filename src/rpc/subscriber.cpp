// SPDX-License-Identifier: Apache-2.0
#include "rpc/subscriber.hpp"

#include "base/hex.hpp"

namespace jiffy::rpc
{
Subscriber::Subscriber(const RandomId& id, std::shared_ptr<Channel> channel)
  : id_{id}
  , channel_{std::move(channel)}
  , head_{std::make_shared<const std::string>(
        R"({"jsonrpc":"2.0","method":"eth_subscription","params":{"subscription":)" + json_string(text_of(id)) +
        ",\"result\":")}
{
}

std::string Subscriber::text_of(const RandomId& id)
{
    return to_quantity(id);
}
}  // namespace jiffy::rpc
