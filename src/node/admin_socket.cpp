// SPDX-License-Identifier: Apache-2.0
#include "node/admin_socket.hpp"

#include "consensus/steady_time.hpp"

#include <cerrno>
#include <cstring>
#include <pthread.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

namespace jiffy::node
{
namespace
{
using consensus::Descriptor;

constexpr std::size_t longest_line = 1024;
/// Microseconds for a line to come.
constexpr consensus::Time patience = 2'000'000;
/// Microseconds after an error.
constexpr consensus::Time pause = 100'000;
/// What a command takes at most, and some more.
constexpr consensus::Time longest_command = 60'000'000;
constexpr std::string_view done = "ok ";
constexpr std::string_view refused = "error ";

std::string path_in(const std::string& data_directory)
{
    return data_directory + "/admin.sock";
}

std::expected<sockaddr_un, std::string> address_of(const std::string& path)
{
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path)
        return std::unexpected{path + ": the path is too long for a socket; use a shorter data directory"};
    std::memcpy(address.sun_path, path.data(), path.size());
    return address;
}

Descriptor open_socket()
{
    return Descriptor{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
}

/// Up to its end, or the end of the connection; nothing if it does not come in time.
std::optional<std::string> read_line(const Descriptor& connection, consensus::Time deadline)
{
    std::string line;
    while (line.size() < longest_line)
    {
        std::vector<pollfd> waited{{.fd = connection.number(), .events = POLLIN, .revents = 0}};
        if (consensus::poll_until(waited, deadline) <= 0)
        {
            if (consensus::steady_time() >= deadline)
                return std::nullopt;
            continue;
        }
        char next = 0;
        if (::recv(connection.number(), &next, 1, 0) != 1)
            return std::nullopt;
        if (next == '\n')
            return line;
        line += next;
    }
    return std::nullopt;
}

bool write_line(const Descriptor& connection, const std::string& line)
{
    const auto text = line + "\n";
    return ::send(connection.number(), text.data(), text.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(text.size());
}
}  // namespace

std::expected<std::unique_ptr<AdminSocket>, std::string> AdminSocket::open(const std::string& data_directory,
    Handler handler)
{
    const auto path = path_in(data_directory);
    const auto address = address_of(path);
    if (!address)
        return std::unexpected{address.error()};
    // The directory is this process's: whoever left the socket there is gone.
    ::unlink(path.c_str());
    auto listener = open_socket();
    // Before anybody can connect, which is not before `listen`.
    if (::bind(listener.number(), reinterpret_cast<const sockaddr*>(&*address), sizeof *address) != 0 ||
        ::chmod(path.c_str(), S_IRUSR | S_IWUSR) != 0 || ::listen(listener.number(), 4) != 0)
        return std::unexpected{"cannot listen on " + path + ": " + std::strerror(errno)};
    return std::unique_ptr<AdminSocket>{new AdminSocket{path, std::move(listener), std::move(handler)}};
}

AdminSocket::AdminSocket(std::string path, Descriptor listener, Handler handler)
  : path_{std::move(path)}
  , listener_{std::move(listener)}
  , handler_{std::move(handler)}
  , thread_{[this] { run(); }}
{
}

AdminSocket::~AdminSocket()
{
    is_stopping_ = true;
    wake_.set();
    thread_.join();
    ::unlink(path_.c_str());
}

void AdminSocket::run()
{
    pthread_setname_np(pthread_self(), "admin");
    while (!is_stopping_)
    {
        std::vector<pollfd> waited{{.fd = listener_.number(), .events = POLLIN, .revents = 0},
            {.fd = wake_.number(), .events = POLLIN, .revents = 0}};
        if (consensus::poll_until(waited, ~consensus::Time{0}) <= 0 || waited[0].revents == 0)
            continue;
        const Descriptor connection{::accept4(listener_.number(), nullptr, nullptr, SOCK_CLOEXEC)};
        if (connection.number() >= 0)
        {
            serve(connection);
            continue;
        }
        // Out of descriptors, most likely: to try again at once would not help.
        std::vector<pollfd> stop{{.fd = wake_.number(), .events = POLLIN, .revents = 0}};
        consensus::poll_until(stop, consensus::steady_time() + pause);
    }
}

void AdminSocket::serve(const Descriptor& connection)
{
    const auto command = read_line(connection, consensus::steady_time() + patience);
    if (!command)
        return;
    const auto answer = handler_(*command);
    // Whoever asked may be gone.
    static_cast<void>(
        write_line(connection, answer ? std::string{done} + *answer : std::string{refused} + answer.error()));
}

std::expected<std::string, std::string> ask_node(const std::string& data_directory, const std::string& command)
{
    const auto path = path_in(data_directory);
    const auto address = address_of(path);
    if (!address)
        return std::unexpected{address.error()};
    const auto connection = open_socket();
    if (::connect(connection.number(), reinterpret_cast<const sockaddr*>(&*address), sizeof *address) != 0)
        return std::unexpected{path + ": no node runs there, or it is another user's: " + std::strerror(errno)};
    if (!write_line(connection, command))
        return std::unexpected{path + ": the node has closed the connection"};
    const auto answer = read_line(connection, consensus::steady_time() + longest_command);
    if (!answer)
        return std::unexpected{path + ": the node has not answered"};
    if (answer->starts_with(done))
        return answer->substr(done.size());
    return std::unexpected{answer->substr(std::min(refused.size(), answer->size()))};
}
}  // namespace jiffy::node
