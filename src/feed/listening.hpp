// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <expected>
#include <string>

namespace jiffy::feed
{
/// Binds the acceptor, where port 0 lets the system choose one, and gives the port. The error is one line for people.
std::expected<std::uint16_t, std::string> begin_listening(boost::asio::ip::tcp::acceptor& acceptor,
    const std::string& host,
    std::uint16_t port);
}  // namespace jiffy::feed
