// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "feed/protocol.hpp"

#include <expected>

namespace jiffy::consensus
{
/// A file descriptor that is closed with its owner.
class Descriptor
{
public:
    Descriptor() = default;
    explicit Descriptor(int number) noexcept
      : number_{number}
    {
    }
    Descriptor(Descriptor&& other) noexcept
      : number_{std::exchange(other.number_, -1)}
    {
    }
    Descriptor& operator=(Descriptor&& other) noexcept
    {
        std::swap(number_, other.number_);
        return *this;
    }
    ~Descriptor();

    [[nodiscard]] int number() const noexcept { return number_; }

private:
    int number_ = -1;
};

/// An event that one thread waits for in `poll` and another one sets.
class WakeEvent
{
public:
    WakeEvent();
    void set() const noexcept;
    void clear() const noexcept;
    [[nodiscard]] int number() const noexcept { return descriptor_.number(); }

private:
    Descriptor descriptor_;
};

/// One end of the link between a leader and a standby. Nothing waits: the owner polls the descriptor.
class LinkSocket
{
public:
    /// Bytes of messages that were sent and that the system does not take; with more the link is broken.
    static constexpr std::size_t longest_backlog = std::size_t{128} << 20;

    /// A connected socket, or one that is being connected. `longest` bounds the messages that come, in bytes.
    LinkSocket(Descriptor descriptor, std::size_t longest);

    [[nodiscard]] int number() const noexcept { return descriptor_.number(); }
    /// Sends now what the system takes, and the rest with `flush`. False if the link is broken.
    bool send(Bytes message);
    bool flush();
    [[nodiscard]] bool has_backlog() const noexcept { return sent_ != backlog_.size(); }
    /// Reads what is there. False if the other side has closed it, or it is broken; what was read before can be taken.
    bool receive();
    /// The next message, without its length, until the next call of anything.
    Result<std::optional<BytesView>, feed::ProtocolError> next() { return reader_.next(); }

private:
    Descriptor descriptor_;
    feed::MessageReader reader_;
    Bytes backlog_;
    std::size_t sent_ = 0;
};

/// Binds and listens without waiting; the error is one line for people. `port` 0 lets the system choose one.
std::expected<Descriptor, std::string> listen_on(const std::string& host, std::uint16_t port);
[[nodiscard]] std::uint16_t port_of(const Descriptor& listener);
/// The next connection; none if there is none.
std::optional<Descriptor> accept_from(const Descriptor& listener);

enum class ConnectStatus : std::uint8_t
{
    /// The descriptor becomes writable with it.
    under_way,
    connected,
    /// The host is there, but nobody listens.
    refused,
    failed,
};

/// Begins to connect, without waiting but for the look-up of a name.
std::pair<Descriptor, ConnectStatus> connect_to(const std::string& host, std::uint16_t port);
/// Of one that was under way and has become writable.
ConnectStatus finish_connecting(const Descriptor& descriptor);
}  // namespace jiffy::consensus
