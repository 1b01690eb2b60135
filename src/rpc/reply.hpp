// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "rpc/error.hpp"
#include "rpc/json_writer.hpp"
#include "rpc/server.hpp"

#include <utility>

namespace jiffy::rpc
{
/// The answer that one call owes its client. It is given once, from any thread; one that is dropped without an answer
/// answers with an internal error, so that no client waits for ever.
class Reply
{
public:
    /// `id` is JSON.
    Reply(std::string id, Responder sink) noexcept
      : id_{std::move(id)}
      , sink_{std::move(sink)}
    {
    }
    Reply(Reply&& other) noexcept
      : id_{std::move(other.id_)}
      , sink_{std::exchange(other.sink_, nullptr)}
    {
    }
    Reply& operator=(Reply&& other) noexcept
    {
        std::swap(id_, other.id_);
        std::swap(sink_, other.sink_);
        return *this;
    }
    ~Reply()
    {
        if (sink_)
            error({code::internal_error, "the request was dropped", {}});
    }

    /// Answers with what `write` puts into a `JsonWriter&`.
    template <class Write>
    void result(Write&& write)
    {
        give(make_result(id_, std::forward<Write>(write)));
    }

    /// Likewise, but `write` runs on the thread that sends the answer.
    template <class Write>
    void result_later(Write write)
    {
        give(Answer::Maker{
            [id = std::move(id_), write = std::move(write)]() mutable { return make_result(id, write); }});
    }

    void error(const Error& error)
    {
        std::string answer = head(id_);
        answer.append(",\"error\":{\"code\":").append(std::to_string(error.code)).append(",\"message\":");
        answer.append(json_string(error.message));
        if (!error.data.empty())
            answer.append(",\"data\":").append(error.data);
        answer.append("}}");
        give(std::move(answer));
    }

private:
    static std::string head(std::string_view id)
    {
        constexpr std::size_t usual_answer = 256;
        std::string answer;
        answer.reserve(usual_answer);
        return answer.append("{\"jsonrpc\":\"2.0\",\"id\":").append(id);
    }
    template <class Write>
    static std::string make_result(std::string_view id, Write&& write)
    {
        std::string answer = head(id);
        answer.append(",\"result\":");
        JsonWriter json{answer};
        write(json);
        answer.push_back('}');
        return answer;
    }
    void give(Answer answer)
    {
        if (auto sink = std::exchange(sink_, nullptr))
            sink(std::move(answer));
    }

    std::string id_;
    Responder sink_;
};
}  // namespace jiffy::rpc
