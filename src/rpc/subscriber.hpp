// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "rpc/channel.hpp"
#include "rpc/json_writer.hpp"
#include "rpc/random_id.hpp"

namespace jiffy::rpc
{
/// What subscribers are told, with the end of the notification around it: made once for all who are told the same.
using SharedResult = std::shared_ptr<const std::string>;

/// `write` puts the result into a `JsonWriter&`.
template <class Write>
SharedResult make_shared_result(Write&& write)
{
    std::string text;
    JsonWriter json{text};
    write(json);
    text.append("}}");
    return std::make_shared<const std::string>(std::move(text));
}

/// One subscription's way to its client.
class Subscriber
{
public:
    Subscriber(const RandomId& id, std::shared_ptr<Channel> channel);

    [[nodiscard]] const RandomId& id() const noexcept { return id_; }
    [[nodiscard]] Channel& channel() const noexcept { return *channel_; }
    void send(const SharedResult& result) const { channel_->send({head_, result}); }
    /// An id as clients see it.
    static std::string text_of(const RandomId& id);

private:
    RandomId id_;
    std::shared_ptr<Channel> channel_;
    /// The notification up to its result.
    std::shared_ptr<const std::string> head_;
};
}  // namespace jiffy::rpc
