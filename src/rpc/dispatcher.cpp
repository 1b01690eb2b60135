// SPDX-License-Identifier: Apache-2.0
#include "rpc/dispatcher.hpp"

#include "rpc/archive_routing.hpp"
#include "rpc/backend.hpp"
#include "rpc/plain_request.hpp"
#include "rpc/submission.hpp"

#include <stdexcept>

namespace jiffy::rpc
{
namespace dom = simdjson::dom;

namespace
{
/// A parser that has seen a larger request gives its memory back.
constexpr std::size_t kept_parser_capacity = 256 * 1024;

dom::parser& parser_of_thread(std::size_t capacity, std::size_t depth)
{
    static thread_local dom::parser parser;
    if (parser.capacity() > kept_parser_capacity && capacity <= kept_parser_capacity)
        parser = dom::parser{};
    if (parser.capacity() < capacity || parser.max_depth() != depth)
        if (parser.allocate(std::max<std::size_t>(capacity, 4096), depth) != simdjson::SUCCESS)
            throw std::bad_alloc{};
    return parser;
}

/// The request's id as JSON; empty if it has none and so wants no answer.
std::optional<std::string> id_of(dom::object call)
{
    JsonElement id;
    if (call.at_key("id").get(id) != simdjson::SUCCESS)
        return std::nullopt;
    switch (id.type())
    {
        case dom::element_type::STRING:
        {
            std::string_view text;
            if (id.get_string().get(text) == simdjson::SUCCESS)
                return json_string(text);
            return std::nullopt;
        }
        case dom::element_type::DOUBLE:
        {
            double number = 0;
            std::string json;
            if (id.get_double().get(number) == simdjson::SUCCESS)
                JsonWriter{json}.number(number);
            return json;
        }
        default:
            return simdjson::to_string(id);
    }
}

void refuse(Responder respond, int error_code, std::string_view message)
{
    Reply{"null", std::move(respond)}.error({error_code, std::string{message}, {}});
}
}  // namespace

/// A batch whose answers come in any order.
struct Dispatcher::Batch
{
    Batch(std::size_t count, std::size_t size_limit, Responder responder)
      : answers(count)
      , remaining{count}
      , limit{size_limit}
      , respond{std::move(responder)}
    {
    }

    /// Each place once; the last one sends the whole.
    void put(std::size_t place, Answer answer)
    {
        answers[place].emplace(std::move(answer));
        if (--remaining != 0)
            return;
        respond(Answer::Maker{[all = std::move(answers), most = limit]() mutable { return join(all, most); }});
    }

    static std::string join(std::vector<std::optional<Answer>>& all, std::size_t most)
    {
        std::string joined = "[";
        for (auto& answer : all)
        {
            const std::string text = std::move(*answer).text();
            if (text.empty())
                continue;
            if (joined.size() + text.size() > most)
            {
                std::string error;
                Reply{"null", [&error](Answer refusal) { error = std::move(refusal).text(); }}.error(
                    {code::response_too_large, "response too large", {}});
                return error;
            }
            if (joined.size() > 1)
                joined.push_back(',');
            joined.append(text);
        }
        // Nothing but notifications: no answer at all.
        return joined.size() > 1 ? joined + "]" : std::string{};
    }

    std::vector<std::optional<Answer>> answers;
    std::atomic<std::size_t> remaining;
    std::size_t limit;
    Responder respond;
};

Dispatcher::Dispatcher(Backend& backend, std::span<const std::span<const Method>> tables, DispatcherLimits limits)
  : backend_{backend}
  , limits_{limits}
{
    for (const auto table : tables)
        for (const auto& method : table)
            if (!methods_.emplace(method.name, &method).second)
                throw std::logic_error{"a method stands in two tables"};
}

void Dispatcher::handle(std::string body, const std::shared_ptr<Channel>& channel, Responder respond)
{
    process(std::move(body), channel, std::move(respond), false);
}

bool Dispatcher::refuse_in_passing(std::string_view body, std::string& answer)
{
    auto& ingress = backend_.route.ingress();
    if (!ingress.is_refusing())
        return false;
    const auto request = read_plain_request(body);
    if (!request)
        return false;
    const auto found = methods_.find(request->method);
    if (found == methods_.end() || !found->second->takes_transaction)
        return false;
    const auto wait = ingress.refusal();
    if (!wait)
        return false;
    append_overload_answer(answer, request->id, *wait);
    return true;
}

void Dispatcher::process(std::string body, const std::shared_ptr<Channel>& channel, Responder respond, bool is_worker)
{
    body.reserve(body.size() + simdjson::SIMDJSON_PADDING);
    JsonElement root;
    const auto error = parser_of_thread(body.size(), limits_.depth).parse(body.data(), body.size(), false).get(root);
    if (error != simdjson::SUCCESS)
        return refuse(std::move(respond), code::parse_error,
            error == simdjson::DEPTH_ERROR ? "parse error: nested too deeply" : "parse error");

    if (!is_worker && takes_long(root))
    {
        // The parsed form belongs to this thread; reading the text again costs less than giving each request its own.
        auto shared_respond = std::make_shared<Responder>(std::move(respond));
        std::move_only_function<void()> job = [this, channel, shared_respond, text = std::move(body)]() mutable
        { process(std::move(text), channel, std::move(*shared_respond), true); };
        if (!backend_.workers.submit(job))
            refuse(std::move(*shared_respond), code::limit_exceeded, "too many requests are waiting");
        return;
    }

    if (dom::array calls; root.get_array().get(calls) == simdjson::SUCCESS)
        return process_batch(calls, channel, std::move(respond));
    process_call(root, channel, std::move(respond));
}

void Dispatcher::process_batch(dom::array calls, const std::shared_ptr<Channel>& channel, Responder respond)
{
    const std::size_t count = calls.size();
    if (count == 0)
        return refuse(std::move(respond), code::invalid_request, "empty batch");
    if (count > limits_.batch)
        return refuse(std::move(respond), code::invalid_request, "batch too large");
    const auto batch = std::make_shared<Batch>(count, limits_.batch_answer, std::move(respond));
    std::size_t place = 0;
    for (const auto call : calls)
        process_call(call, channel, [batch, index = place++](Answer answer) { batch->put(index, std::move(answer)); });
}

const Method* Dispatcher::find(JsonElement call) const
{
    std::string_view name;
    if (!call.is_object() || call.at_key("method").get_string().get(name) != simdjson::SUCCESS)
        return nullptr;
    const auto found = methods_.find(name);
    return found != methods_.end() ? found->second : nullptr;
}

bool Dispatcher::takes_long(JsonElement root) const
{
    const auto is_heavy = [this](JsonElement call)
    {
        const auto* method = find(call);
        if (method == nullptr || method->cost == MethodCost::heavy)
            return method != nullptr;
        JsonElement parameters;
        return call.at_key("params").get(parameters) == simdjson::SUCCESS &&
               reads_archive(backend_, method->cost, parameters);
    };
    dom::array calls;
    if (root.get_array().get(calls) != simdjson::SUCCESS)
        return is_heavy(root);
    return std::any_of(calls.begin(), calls.end(), is_heavy);
}

void Dispatcher::process_call(JsonElement call, const std::shared_ptr<Channel>& channel, Responder respond)
{
    dom::object object;
    if (call.get_object().get(object) != simdjson::SUCCESS)
        return refuse(std::move(respond), code::invalid_request, "invalid request");
    const auto id = id_of(object);
    std::string_view version;
    std::string_view name;
    if (object.at_key("jsonrpc").get_string().get(version) != simdjson::SUCCESS || version != "2.0" ||
        object.at_key("method").get_string().get(name) != simdjson::SUCCESS)
        return Reply{id.value_or("null"), std::move(respond)}.error({code::invalid_request, "invalid request", {}});
    // A call without an id is a notification: it is made and not answered.
    if (!id)
        respond = [silent = std::move(respond)](const Answer&) mutable { silent(std::string{}); };
    Reply reply{id.value_or("null"), std::move(respond)};
    const auto* method = find(call);
    if (method == nullptr)
    {
        constexpr std::size_t longest_name = 100;
        // Not to cut a character of several bytes in two, a long name is not repeated at all.
        const auto shown = name.size() <= longest_name ? std::string{name} : std::string{"called"};
        return reply.error({code::method_not_found, "the method " + shown + " does not exist/is not available", {}});
    }
    if (method->takes_transaction && backend_.route.here() != nullptr)
        if (const auto wait = backend_.route.ingress().refusal())
            return reply.error(overload_error(*wait));
    JsonElement list;
    const bool has_list = object.at_key("params").get(list) == simdjson::SUCCESS;
    Call made{backend_, Parameters{has_list ? std::optional{list} : std::nullopt}, channel, std::move(reply)};
    method->handler(made);
}
}  // namespace jiffy::rpc
