// SPDX-License-Identifier: Apache-2.0
#include "rpc/buffered_socket.hpp"

#include <utility>

namespace jiffy::rpc
{
namespace asio = boost::asio;

bool BufferedSocket::flush()
{
    // A write that waited fills the buffer again.
    while (!output_.empty() && !error_)
    {
        std::size_t sent = 0;
        while (sent != output_.size() && !error_)
            sent += socket_.write_some(asio::buffer(output_.data() + sent, output_.size() - sent), error_);
        output_.erase(output_.begin(), output_.begin() + static_cast<std::ptrdiff_t>(sent));
        const bool is_left = error_ == asio::error::would_block || error_ == asio::error::try_again;
        if (is_left)
            error_ = {};
        // To complete a write with nothing written would mean that there is nothing more to write.
        if (output_.size() < output_size || error_)
            resume_write();
        if (is_left)
            return false;
    }
    return true;
}

void BufferedSocket::close()
{
    Error ignored;
    socket_.close(ignored);
    error_ = asio::error::operation_aborted;
    output_.clear();
    resume_write();
}

void BufferedSocket::resume_write()
{
    if (auto write = std::exchange(waiting_write_, nullptr))
        write();
}
}  // namespace jiffy::rpc
