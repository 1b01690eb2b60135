// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "consensus/link_socket.hpp"

#include <atomic>
#include <expected>
#include <functional>
#include <memory>
#include <thread>

namespace jiffy::node
{
/// What an operator says on the machine itself: one line in, one line back, over a socket in the data directory that
/// only its owner can open. A thread of its own.
class AdminSocket
{
public:
    /// Runs on the socket's thread; its answer is a line for people, the error as well.
    using Handler = std::function<std::expected<std::string, std::string>(std::string_view command)>;

    /// The error is one line for people.
    static std::expected<std::unique_ptr<AdminSocket>, std::string> open(const std::string& data_directory,
        Handler handler);
    AdminSocket(const AdminSocket&) = delete;
    AdminSocket& operator=(const AdminSocket&) = delete;
    ~AdminSocket();

private:
    AdminSocket(std::string path, consensus::Descriptor listener, Handler handler);
    void run();
    void serve(const consensus::Descriptor& connection);

    std::string path_;
    consensus::Descriptor listener_;
    Handler handler_;
    consensus::WakeEvent wake_;
    std::atomic<bool> is_stopping_ = false;
    std::thread thread_;
};

/// Says a command to the node that runs on this data directory; its answer, or why there is none.
std::expected<std::string, std::string> ask_node(const std::string& data_directory, const std::string& command);
}  // namespace jiffy::node
