// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <optional>
#include <poll.h>
#include <stdexcept>
#include <string>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace jiffy::rpc
{
/// A blocking HTTP and WebSocket client for tests: byte by byte what the test wants, valid or not.
class TestClient
{
public:
    explicit TestClient(std::uint16_t port)
      : socket_{::socket(AF_INET, SOCK_STREAM, 0)}
    {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        if (::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
            throw std::runtime_error{"cannot connect"};
    }
    TestClient(const TestClient&) = delete;
    TestClient& operator=(const TestClient&) = delete;
    ~TestClient() { ::close(socket_); }

    struct Response
    {
        int status = 0;
        std::string body;
    };

    /// False if the other side has closed.
    bool send(std::string_view bytes)
    {
        while (!bytes.empty())
        {
            const auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (sent <= 0)
                return false;
            bytes.remove_prefix(static_cast<std::size_t>(sent));
        }
        return true;
    }

    Response post(std::string_view body, std::string_view content_type = "application/json")
    {
        send("POST / HTTP/1.1\r\nHost: test\r\nContent-Type: " + std::string{content_type} +
             "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n");
        send(body);
        return read_response();
    }

    /// Status 0 if the connection was closed without an answer.
    Response read_response()
    {
        std::size_t head_end = std::string::npos;
        while ((head_end = input_.find("\r\n\r\n")) == std::string::npos)
            if (!receive())
                return {};
        const std::string head = input_.substr(0, head_end);
        input_.erase(0, head_end + 4);
        Response response;
        response.status = std::stoi(head.substr(9, 3));
        const auto length_at = head.find("Content-Length: ");
        const std::size_t length = length_at == std::string::npos ? 0 : std::stoul(head.substr(length_at + 16));
        while (input_.size() < length)
            if (!receive())
                break;
        response.body = input_.substr(0, length);
        input_.erase(0, length);
        return response;
    }

    bool upgrade()
    {
        send(
            "GET / HTTP/1.1\r\nHost: test\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
        while (input_.find("\r\n\r\n") == std::string::npos)
            if (!receive())
                return false;
        const bool switched = input_.starts_with("HTTP/1.1 101");
        input_.erase(0, input_.find("\r\n\r\n") + 4);
        return switched;
    }

    /// A text message in one frame, masked with zeros.
    bool send_text(std::string_view text) { return send(frame_of(0x81, text)); }

    /// A frame with that first byte, masked with zeros.
    static std::string frame_of(unsigned first, std::string_view payload)
    {
        std::string frame{static_cast<char>(first)};
        const auto put = [&frame](std::size_t value, int bytes)
        {
            for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8)
                frame.push_back(static_cast<char>(value >> shift));
        };
        if (payload.size() < 126)
            put(0x80 | payload.size(), 1);
        else if (payload.size() < 65'536)
            put(0x80 | 126, 1), put(payload.size(), 2);
        else
            put(0x80 | 127, 1), put(payload.size(), 8);
        put(0, 4);
        return frame.append(payload);
    }

    /// An answer to a ping; at most 125 bytes.
    bool send_pong(std::string_view payload) { return send(frame_of(0x8a, payload)); }

    static constexpr int text_frame = 1;
    static constexpr int close_frame = 8;
    static constexpr int ping_frame = 9;
    static constexpr int pong_frame = 10;
    struct Frame
    {
        int opcode = 0;
        std::string payload;
    };

    /// The next frame; empty if the connection ended or nothing came for ten seconds.
    std::optional<Frame> read_frame()
    {
        if (!have(2))
            return std::nullopt;
        const auto byte = [this](std::size_t i) { return static_cast<unsigned char>(input_[i]); };
        std::size_t length = byte(1) & 0x7f;
        std::size_t header = 2;
        if (length >= 126)
        {
            header += length == 126 ? 2 : 8;
            if (!have(header))
                return std::nullopt;
            length = 0;
            for (std::size_t i = 2; i < header; ++i)
                length = length << 8 | byte(i);
        }
        if (!have(header + length))
            return std::nullopt;
        Frame frame{byte(0) & 0x0f, input_.substr(header, length)};
        input_.erase(0, header + length);
        return frame;
    }

    /// The payload of the next text message; empty if the connection ended or nothing came for ten seconds.
    std::optional<std::string> read_text()
    {
        while (auto frame = read_frame())
        {
            if (frame->opcode == text_frame)
                return std::move(frame->payload);
            if (frame->opcode == close_frame)
                break;
        }
        return std::nullopt;
    }

    /// Nothing came for ten seconds.
    [[nodiscard]] bool is_timed_out() const noexcept { return timed_out_; }

private:
    bool have(std::size_t size)
    {
        while (input_.size() < size)
            if (!receive())
                return false;
        return true;
    }

    bool receive()
    {
        pollfd wanted{socket_, POLLIN, 0};
        constexpr int patience_ms = 10'000;
        timed_out_ = ::poll(&wanted, 1, patience_ms) <= 0;
        if (timed_out_)
            return false;
        char buffer[65'536];
        const auto received = ::recv(socket_, buffer, sizeof buffer, 0);
        if (received <= 0)
            return false;
        input_.append(buffer, static_cast<std::size_t>(received));
        return true;
    }

    int socket_;
    std::string input_;
    bool timed_out_ = false;
};
}  // namespace jiffy::rpc
