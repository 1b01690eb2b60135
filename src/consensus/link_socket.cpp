// SPDX-License-Identifier: Apache-2.0
#include "consensus/link_socket.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <system_error>
#include <unistd.h>

namespace jiffy::consensus
{
namespace
{
constexpr std::size_t read_size = std::size_t{64} << 10;
/// At once, before their messages are looked at.
constexpr int most_reads = 16;

struct AddressesDeleter
{
    void operator()(addrinfo* addresses) const noexcept { ::freeaddrinfo(addresses); }
};

std::unique_ptr<addrinfo, AddressesDeleter> look_up(const std::string& host, std::uint16_t port, int flags)
{
    addrinfo hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = flags;
    addrinfo* found = nullptr;
    if (::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found) != 0)
        return nullptr;
    return std::unique_ptr<addrinfo, AddressesDeleter>{found};
}

Descriptor open_socket(const addrinfo& address)
{
    return Descriptor{::socket(address.ai_family, address.ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
}

void send_at_once(int descriptor)
{
    const int on = 1;
    ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

bool is_only_busy(int error)
{
    return error == EAGAIN || error == EWOULDBLOCK || error == EINTR;
}
}  // namespace

Descriptor::~Descriptor()
{
    if (number_ >= 0)
        ::close(number_);
}

WakeEvent::WakeEvent()
  : descriptor_{::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)}
{
    if (descriptor_.number() < 0)
        throw std::system_error{errno, std::system_category(), "eventfd"};
}

void WakeEvent::set() const noexcept
{
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = ::write(number(), &one, sizeof one);
}

void WakeEvent::clear() const noexcept
{
    std::uint64_t count = 0;
    [[maybe_unused]] const auto read = ::read(number(), &count, sizeof count);
}

LinkSocket::LinkSocket(Descriptor descriptor, std::size_t longest)
  : descriptor_{std::move(descriptor)}
  , reader_{longest}
{
    send_at_once(number());
}

bool LinkSocket::send(Bytes message)
{
    if (!has_backlog())
    {
        backlog_ = std::move(message);
        sent_ = 0;
        return flush();
    }
    if (backlog_.size() - sent_ + message.size() > longest_backlog)
        return false;
    append(backlog_, message);
    return true;
}

bool LinkSocket::flush()
{
    while (has_backlog())
    {
        const auto size = ::send(number(), backlog_.data() + sent_, backlog_.size() - sent_, MSG_NOSIGNAL);
        if (size < 0)
            return is_only_busy(errno);
        sent_ += static_cast<std::size_t>(size);
    }
    return true;
}

bool LinkSocket::receive()
{
    std::array<Byte, read_size> buffer;
    for (int i = 0; i < most_reads; ++i)
    {
        const auto size = ::recv(number(), buffer.data(), buffer.size(), 0);
        if (size < 0)
            return is_only_busy(errno);
        if (size == 0)
            return false;
        reader_.add(BytesView{buffer}.first(static_cast<std::size_t>(size)));
        if (static_cast<std::size_t>(size) < buffer.size())
            break;
    }
    return true;
}

std::expected<Descriptor, std::string> listen_on(const std::string& host, std::uint16_t port)
{
    const auto where = host + ":" + std::to_string(port);
    const auto address = look_up(host, port, AI_PASSIVE);
    if (address == nullptr)
        return std::unexpected{"cannot find the address " + where};
    auto descriptor = open_socket(*address);
    const int on = 1;
    ::setsockopt(descriptor.number(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (::bind(descriptor.number(), address->ai_addr, address->ai_addrlen) != 0 ||
        ::listen(descriptor.number(), SOMAXCONN) != 0)
        return std::unexpected{"cannot listen on " + where + ": " + std::strerror(errno)};
    return descriptor;
}

std::uint16_t port_of(const Descriptor& listener)
{
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    ::getsockname(listener.number(), reinterpret_cast<sockaddr*>(&address), &size);
    // The port stands at the same place in both kinds of address.
    return ntohs(reinterpret_cast<const sockaddr_in*>(&address)->sin_port);
}

std::optional<Descriptor> accept_from(const Descriptor& listener)
{
    const int number = ::accept4(listener.number(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    return number >= 0 ? std::optional{Descriptor{number}} : std::nullopt;
}

std::pair<Descriptor, ConnectStatus> connect_to(const std::string& host, std::uint16_t port)
{
    const auto address = look_up(host, port, 0);
    if (address == nullptr)
        return {Descriptor{}, ConnectStatus::failed};
    auto descriptor = open_socket(*address);
    if (::connect(descriptor.number(), address->ai_addr, address->ai_addrlen) == 0)
        return {std::move(descriptor), ConnectStatus::connected};
    if (errno == EINPROGRESS)
        return {std::move(descriptor), ConnectStatus::under_way};
    return {Descriptor{}, errno == ECONNREFUSED ? ConnectStatus::refused : ConnectStatus::failed};
}

ConnectStatus finish_connecting(const Descriptor& descriptor)
{
    int error = 0;
    socklen_t size = sizeof error;
    ::getsockopt(descriptor.number(), SOL_SOCKET, SO_ERROR, &error, &size);
    if (error == 0)
        return ConnectStatus::connected;
    return error == ECONNREFUSED ? ConnectStatus::refused : ConnectStatus::failed;
}
}  // namespace jiffy::consensus
