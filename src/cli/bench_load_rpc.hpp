// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/bench_load_options.hpp"

#include <nlohmann/json.hpp>
#include <span>
#include <utility>

namespace jiffy::cli::load
{
/// A connected TCP socket without delay.
class Socket
{
public:
    Socket() = default;
    /// Throws std::runtime_error with one line for people.
    explicit Socket(const Url& url);
    Socket(Socket&& other) noexcept
      : descriptor_{std::exchange(other.descriptor_, -1)}
    {
    }
    Socket& operator=(Socket&& other) noexcept
    {
        std::swap(descriptor_, other.descriptor_);
        return *this;
    }
    ~Socket();

    [[nodiscard]] int descriptor() const noexcept { return descriptor_; }

    /// Blocking; throw if the other side does not take or give anything for some seconds.
    void send_all(std::string_view bytes);
    void receive_some(std::string& input);

private:
    int descriptor_ = -1;
};

/// A call that was answered with an error.
struct RpcError : std::runtime_error
{
    RpcError(int error_code, const std::string& message)
      : std::runtime_error{message}
      , code{error_code}
    {
    }
    int code;
};

/// JSON-RPC over HTTP, one request at a time: for what happens before and after the clock runs.
class RpcClient
{
public:
    using Json = nlohmann::json;

    explicit RpcClient(Url url);

    /// The result; throws RpcError for an error, std::runtime_error if there is no answer.
    Json call(const std::string& method, Json parameters = Json::array());

    /// The results of calls of one method, in the order of `parameters`; throws for the first error.
    std::vector<Json> call_all(const std::string& method, std::span<const Json> parameters);

private:
    Json exchange(const Json& request);

    Url url_;
    Socket socket_;
    std::string input_;
};

/// The number of a hex quantity; throws std::runtime_error if it is none.
std::uint64_t number_of(const nlohmann::json& quantity);
}  // namespace jiffy::cli::load
