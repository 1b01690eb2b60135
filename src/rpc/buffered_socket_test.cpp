// SPDX-License-Identifier: Apache-2.0
#include "rpc/buffered_socket.hpp"

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>
#include <string>

namespace jiffy::rpc
{
namespace
{
namespace asio = boost::asio;
using tcp = asio::ip::tcp;

TEST(BufferedSocket, a_write_for_which_there_is_no_room_waits_until_some_of_it_is_written)
{
    asio::io_context context;
    tcp::acceptor acceptor{context, {asio::ip::address_v4::loopback(), 0}};
    tcp::socket peer{context};
    peer.connect(acceptor.local_endpoint());
    BufferedSocket socket{acceptor.accept()};

    // The system takes no more.
    const std::string filling(100'000, 'f');
    boost::system::error_code error;
    std::size_t expected = 0;
    while (!error)
        expected += socket.socket().write_some(asio::buffer(filling), error);

    const std::string text(64 * 1024, 't');
    std::size_t gathered = 0;
    std::size_t waited = 0;
    const auto count_to = [](std::size_t& count)
    {
        return [&count](boost::system::error_code failed, std::size_t written)
        {
            EXPECT_FALSE(failed);
            EXPECT_GT(written, 0U) << "that would mean that nothing is left to write";
            count = written;
        };
    };
    socket.async_write_some(asio::buffer(text), count_to(gathered));
    socket.async_write_some(asio::buffer(text), count_to(waited));
    EXPECT_FALSE(socket.flush());
    context.poll();
    EXPECT_EQ(gathered, text.size());
    EXPECT_EQ(waited, 0U);

    std::string received(1 << 20, '\0');
    std::size_t size = 0;
    while (waited == 0 || size < expected + gathered + waited)
    {
        size += peer.read_some(asio::buffer(received));
        socket.flush();
        context.restart();
        context.poll();
    }
    EXPECT_EQ(size, expected + gathered + waited);
}
}  // namespace
}  // namespace jiffy::rpc
