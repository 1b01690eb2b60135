// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/uint256.hpp"

#include <string>
#include <string_view>

namespace jiffy::rpc
{
/// Appends JSON to a string. Commas come by themselves; that objects and arrays are closed is the caller's part.
class JsonWriter
{
public:
    explicit JsonWriter(std::string& output) noexcept
      : output_{output}
    {
    }

    void begin_object()
    {
        separate();
        output_.push_back('{');
    }
    void end_object() { output_.push_back('}'); }
    void begin_array()
    {
        separate();
        output_.push_back('[');
    }
    void end_array() { output_.push_back(']'); }

    /// Name of the next member; it needs no escapes.
    JsonWriter& key(std::string_view name)
    {
        separate();
        output_.push_back('"');
        output_.append(name).append("\":");
        return *this;
    }

    void string(std::string_view text);
    /// What is JSON already.
    void raw(std::string_view json)
    {
        separate();
        output_.append(json);
    }
    void null() { raw("null"); }
    void boolean(bool value) { raw(value ? "true" : "false"); }
    void number(std::uint64_t value);
    void number(double value);

    /// Hex digits with prefix 0x, two for each byte.
    void hex(BytesView data);
    template <std::size_t N>
    void hex(const FixedBytes<N>& data)
    {
        hex(data.view());
    }
    /// Minimal hex number with prefix 0x.
    void quantity(std::uint64_t value);
    void quantity(const U256& value);

    [[nodiscard]] std::size_t size() const noexcept { return output_.size(); }

private:
    void separate()
    {
        if (output_.empty())
            return;
        const char last = output_.back();
        if (last != '{' && last != '[' && last != ':')
            output_.push_back(',');
    }

    std::string& output_;
};

/// JSON string literal of the text, for the `data` of an error.
std::string json_string(std::string_view text);
std::string json_hex(BytesView data);
}  // namespace jiffy::rpc
