// SPDX-License-Identifier: Apache-2.0
#include "cli/bench_load_answers.hpp"

#include <simdjson.h>

namespace jiffy::cli::load
{
namespace json = simdjson::ondemand;
using simdjson::SUCCESS;

static_assert(AnswerReader::padding >= simdjson::SIMDJSON_PADDING);

namespace
{
bool read_error(json::value value, Answer& answer)
{
    answer.content = Answer::Content::error;
    json::object error;
    if (value.get_object().get(error) != SUCCESS)
        return false;
    for (auto field : error)
    {
        std::string_view key;
        if (field.unescaped_key().get(key) != SUCCESS)
            return false;
        if (key == "code" && field.value().get_int64().get(answer.error_code) != SUCCESS)
            return false;
        if (key == "message" && field.value().get_string().get(answer.error_message) != SUCCESS)
            return false;
    }
    return true;
}

bool read_result(json::value value, Answer& answer)
{
    json::json_type type{};
    if (value.type().get(type) != SUCCESS)
        return false;
    if (type == json::json_type::null)
    {
        answer.content = Answer::Content::nothing;
        bool is_null = false;
        return value.is_null().get(is_null) == SUCCESS && is_null;
    }
    answer.content = Answer::Content::value;
    if (type != json::json_type::object)
        return true;
    json::object receipt;
    std::string_view status;
    if (value.get_object().get(receipt) != SUCCESS)
        return false;
    if (receipt.find_field_unordered("status").get_string().get(status) == SUCCESS)
    {
        answer.content = Answer::Content::receipt;
        answer.succeeded = status == "0x1";
    }
    return true;
}

bool read_answer(json::object object, Answer& answer)
{
    bool has_content = false;
    for (auto field : object)
    {
        std::string_view key;
        if (field.unescaped_key().get(key) != SUCCESS)
            return false;
        json::value value;
        if (field.value().get(value) != SUCCESS)
            return false;
        if (key == "id")
        {
            std::uint64_t id = 0;
            if (value.get_uint64().get(id) == SUCCESS)
                answer.id = id;
        }
        else if (key == "result")
        {
            has_content = true;
            if (!read_result(value, answer))
                return false;
        }
        else if (key == "error")
        {
            has_content = true;
            if (!read_error(value, answer))
                return false;
        }
    }
    return has_content;
}
}  // namespace

struct AnswerReader::Implementation
{
    json::parser parser;
    json::document document;
    json::array_iterator place;
    json::array_iterator end;
    bool is_array = false;
    bool is_done = true;
    bool is_malformed = false;
};

AnswerReader::AnswerReader()
  : implementation_{std::make_unique<Implementation>()}
{
}

AnswerReader::~AnswerReader() = default;

bool AnswerReader::begin(std::string_view text)
{
    auto& state = *implementation_;
    state.is_done = true;
    state.is_malformed = true;
    const simdjson::padded_string_view padded{text, text.size() + padding};
    if (state.parser.iterate(padded).get(state.document) != SUCCESS)
        return false;
    json::json_type type{};
    if (state.document.type().get(type) != SUCCESS)
        return false;
    state.is_array = type == json::json_type::array;
    if (state.is_array)
    {
        json::array array;
        if (state.document.get_array().get(array) != SUCCESS || array.begin().get(state.place) != SUCCESS ||
            array.end().get(state.end) != SUCCESS)
            return false;
    }
    else if (type != json::json_type::object)
        return false;
    state.is_malformed = false;
    state.is_done = false;
    return true;
}

std::optional<Answer> AnswerReader::next()
{
    auto& state = *implementation_;
    if (state.is_done)
        return std::nullopt;
    Answer answer;
    json::object object;
    if (!state.is_array)
    {
        state.is_done = true;
        state.is_malformed = state.document.get_object().get(object) != SUCCESS || !read_answer(object, answer);
        return state.is_malformed ? std::nullopt : std::optional{answer};
    }
    if (state.place == state.end)
    {
        state.is_done = true;
        return std::nullopt;
    }
    if ((*state.place).get_object().get(object) != SUCCESS || !read_answer(object, answer))
    {
        state.is_done = true;
        state.is_malformed = true;
        return std::nullopt;
    }
    ++state.place;
    return answer;
}

bool AnswerReader::is_malformed() const noexcept
{
    return implementation_->is_malformed;
}
}  // namespace jiffy::cli::load
