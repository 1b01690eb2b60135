// SPDX-License-Identifier: Apache-2.0
#include "feed/listening.hpp"

namespace jiffy::feed
{
namespace asio = boost::asio;
using tcp = asio::ip::tcp;

std::expected<std::uint16_t, std::string> begin_listening(tcp::acceptor& acceptor,
    const std::string& host,
    std::uint16_t port)
{
    boost::system::error_code error;
    tcp::resolver resolver{acceptor.get_executor()};
    const auto found = resolver.resolve(host, std::to_string(port), tcp::resolver::passive, error);
    if (!error)
        acceptor.open(found.begin()->endpoint().protocol(), error);
    if (!error)
        acceptor.set_option(tcp::acceptor::reuse_address{true}, error);
    if (!error)
        acceptor.bind(found.begin()->endpoint(), error);
    if (!error)
        acceptor.listen(asio::socket_base::max_listen_connections, error);
    std::uint16_t chosen = 0;
    if (!error)
        chosen = acceptor.local_endpoint(error).port();
    if (error)
        return std::unexpected{"cannot listen on " + host + ":" + std::to_string(port) + ": " + error.message()};
    return chosen;
}
}  // namespace jiffy::feed
