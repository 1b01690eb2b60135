// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "rpc/method.hpp"

#include <unordered_map>

namespace jiffy::rpc
{
struct DispatcherLimits
{
    /// Calls in a batch.
    std::size_t batch = 1000;
    /// Nesting of objects and arrays in a request.
    std::size_t depth = 32;
    /// Bytes of an answer to a batch.
    std::size_t batch_answer = 25'000'000;
};

/// Turns request bodies into calls of methods and their answers.
class Dispatcher
{
public:
    /// Methods of all namespaces; later tables win nothing: a name stands once.
    Dispatcher(Backend& backend, std::span<const std::span<const Method>> tables, DispatcherLimits limits = {});

    /// Serves one request body, single or batch. What takes long is handed to the workers.
    void handle(std::string body, const std::shared_ptr<Channel>& channel, Responder respond);

    /// Appends to `answer` what `handle` would answer, if that can be seen in passing: the request hands in a
    /// transaction while more come than can be done. Otherwise appends nothing and returns false.
    bool refuse_in_passing(std::string_view body, std::string& answer);

private:
    struct Batch;

    void process(std::string body, const std::shared_ptr<Channel>& channel, Responder respond, bool is_worker);
    void process_batch(simdjson::dom::array calls, const std::shared_ptr<Channel>& channel, Responder respond);
    void process_call(JsonElement call, const std::shared_ptr<Channel>& channel, Responder respond);
    [[nodiscard]] const Method* find(JsonElement call) const;
    [[nodiscard]] bool takes_long(JsonElement root) const;

    Backend& backend_;
    DispatcherLimits limits_;
    std::unordered_map<std::string_view, const Method*> methods_;
};
}  // namespace jiffy::rpc
