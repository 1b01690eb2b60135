// SPDX-License-Identifier: Apache-2.0
#include "cli/bench_load_rpc.hpp"

#include "base/hex.hpp"
#include "cli/bench_load_wire.hpp"

#include <cerrno>
#include <cstring>
#include <memory>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdexcept>
#include <sys/socket.h>
#include <unistd.h>

namespace jiffy::cli::load
{
namespace
{
constexpr timeval patience{.tv_sec = 30, .tv_usec = 0};
/// Calls in a batch: below the limit of every node.
constexpr std::size_t batch_size = 100;

std::string text_of(const Url& url)
{
    return url.host + ":" + std::to_string(url.port);
}

void set_option(int descriptor, int level, int name, const auto& value)
{
    if (::setsockopt(descriptor, level, name, &value, sizeof value) != 0)
        throw std::runtime_error{std::string{"setsockopt: "} + std::strerror(errno)};
}
}  // namespace

Socket::Socket(const Url& url)
{
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    if (const int error = ::getaddrinfo(url.host.c_str(), std::to_string(url.port).c_str(), &hints, &found); error != 0)
        throw std::runtime_error{"cannot resolve " + url.host + ": " + ::gai_strerror(error)};
    const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> addresses{found, ::freeaddrinfo};
    int reason = 0;
    for (const auto* address = found; address != nullptr; address = address->ai_next)
    {
        descriptor_ = ::socket(address->ai_family, address->ai_socktype | SOCK_CLOEXEC, address->ai_protocol);
        if (descriptor_ >= 0 && ::connect(descriptor_, address->ai_addr, address->ai_addrlen) == 0)
        {
            set_option(descriptor_, IPPROTO_TCP, TCP_NODELAY, 1);
            set_option(descriptor_, SOL_SOCKET, SO_RCVTIMEO, patience);
            set_option(descriptor_, SOL_SOCKET, SO_SNDTIMEO, patience);
            return;
        }
        reason = errno;
        if (descriptor_ >= 0)
            ::close(std::exchange(descriptor_, -1));
    }
    throw std::runtime_error{"cannot connect to " + text_of(url) + ": " + std::strerror(reason)};
}

Socket::~Socket()
{
    if (descriptor_ >= 0)
        ::close(descriptor_);
}

void Socket::send_all(std::string_view bytes)
{
    while (!bytes.empty())
    {
        const auto sent = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0)
            throw std::runtime_error{std::string{"the endpoint does not read: "} + std::strerror(errno)};
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
}

void Socket::receive_some(std::string& input)
{
    char buffer[65'536];
    const auto received = ::recv(descriptor_, buffer, sizeof buffer, 0);
    if (received == 0)
        throw std::runtime_error{"the endpoint has closed the connection"};
    if (received < 0)
        throw std::runtime_error{std::string{"the endpoint does not answer: "} + std::strerror(errno)};
    input.append(buffer, static_cast<std::size_t>(received));
}

RpcClient::RpcClient(Url url)
  : url_{std::move(url)}
  , socket_{url_}
{
}

RpcClient::Json RpcClient::exchange(const Json& request)
{
    const auto body = request.dump();
    std::string output;
    append_http_head(output, http_target(text_of(url_), url_.path), body.size());
    output.append(body);
    socket_.send_all(output);

    HttpResponse response;
    ReadState state = ReadState::incomplete;
    while ((state = read_http_response(input_, response)) == ReadState::incomplete)
        socket_.receive_some(input_);
    if (state == ReadState::malformed)
        throw std::runtime_error{"the endpoint does not answer in HTTP/1.1 with a Content-Length"};
    if (response.status != 200)
        throw std::runtime_error{"the endpoint answers with HTTP status " + std::to_string(response.status)};
    auto answer = Json::parse(response.body);
    input_.erase(0, response.size);
    if (response.closes)
    {
        socket_ = Socket{url_};
        input_.clear();
    }
    return answer;
}

namespace
{
nlohmann::json result_of(nlohmann::json& answer, const std::string& method)
{
    if (const auto error = answer.find("error"); error != answer.end())
        throw RpcError{error->value("code", 0), method + ": " + error->value("message", std::string{"error"})};
    if (!answer.contains("result"))
        throw std::runtime_error{method + ": the answer has neither result nor error"};
    return std::move(answer["result"]);
}
}  // namespace

RpcClient::Json RpcClient::call(const std::string& method, Json parameters)
{
    auto answer = exchange({{"jsonrpc", "2.0"}, {"id", 1}, {"method", method}, {"params", std::move(parameters)}});
    return result_of(answer, method);
}

std::vector<RpcClient::Json> RpcClient::call_all(const std::string& method, std::span<const Json> parameters)
{
    std::vector<Json> results(parameters.size());
    for (std::size_t begin = 0; begin < parameters.size(); begin += batch_size)
    {
        const auto end = std::min(begin + batch_size, parameters.size());
        Json batch = Json::array();
        for (auto i = begin; i < end; ++i)
            batch.push_back({{"jsonrpc", "2.0"}, {"id", i}, {"method", method}, {"params", parameters[i]}});
        auto answers = exchange(batch);
        if (!answers.is_array() || answers.size() != end - begin)
            throw std::runtime_error{method + ": the endpoint does not answer a batch call by call"};
        for (auto& answer : answers)
        {
            const auto place = answer.value("id", std::size_t{0});
            if (place < begin || place >= end)
                throw std::runtime_error{method + ": an answer has the id of no call"};
            results[place] = result_of(answer, method);
        }
    }
    return results;
}

std::uint64_t number_of(const nlohmann::json& quantity)
{
    const auto number =
        quantity.is_string() ? quantity64_from_hex(quantity.get_ref<const std::string&>()) : std::nullopt;
    if (!number)
        throw std::runtime_error{"the endpoint gives no number where one is due: " + quantity.dump()};
    return *number;
}
}  // namespace jiffy::cli::load
