// SPDX-License-Identifier: Apache-2.0
#include "rpc/plain_request.hpp"

#include <cstring>

namespace jiffy::rpc
{
namespace
{
/// So short that every parser agrees on the number.
constexpr std::size_t most_digits = 15;

/// True if a JSON string may hold the characters as they are. Written without branches, for the compiler to do many at
/// once.
bool is_plain(std::string_view characters) noexcept
{
    unsigned char is_special = 0;
    for (const char character : characters)
    {
        const auto value = static_cast<unsigned char>(character);
        is_special |= static_cast<unsigned char>((value < 0x20) | (value >= 0x7f) | (value == '\\'));
    }
    return is_special == 0;
}

/// A place in the text, and what can be read there. Nothing that fails moves it to anywhere defined.
class Cursor
{
public:
    explicit Cursor(std::string_view text) noexcept
      : place_{text.data()}
      , end_{text.data() + text.size()}
    {
    }

    [[nodiscard]] bool at_end() const noexcept { return place_ == end_; }

    void skip_space() noexcept
    {
        while (place_ != end_ && (*place_ == ' ' || *place_ == '\n' || *place_ == '\r' || *place_ == '\t'))
            ++place_;
    }

    /// The character, with or without space around it.
    bool take(char wanted) noexcept
    {
        skip_space();
        if (place_ == end_ || *place_ != wanted)
            return false;
        ++place_;
        skip_space();
        return true;
    }

    bool take_string(std::string_view& content) noexcept
    {
        if (place_ == end_ || *place_ != '"')
            return false;
        const char* begin = ++place_;
        const auto* quote = static_cast<const char*>(std::memchr(begin, '"', static_cast<std::size_t>(end_ - begin)));
        if (quote == nullptr)
            return false;
        content = {begin, static_cast<std::size_t>(quote - begin)};
        place_ = quote + 1;
        return is_plain(content);
    }

    bool take_number(std::string_view& digits) noexcept
    {
        const char* begin = place_;
        while (place_ != end_ && *place_ >= '0' && *place_ <= '9')
            ++place_;
        digits = {begin, static_cast<std::size_t>(place_ - begin)};
        return !digits.empty() && digits.size() <= most_digits && (digits.front() != '0' || digits.size() == 1);
    }

    bool take_list() noexcept
    {
        if (!take('['))
            return false;
        if (take(']'))
            return true;
        std::string_view ignored;
        do
        {
            if (place_ == end_ || !(*place_ == '"' ? take_string(ignored) : take_number(ignored)))
                return false;
        } while (take(','));
        return take(']');
    }

private:
    const char* place_;
    const char* end_;
};
}  // namespace

std::optional<PlainRequest> read_plain_request(std::string_view text) noexcept
{
    Cursor cursor{text};
    PlainRequest request;
    std::string_view version;
    bool has_parameters = false;
    if (!cursor.take('{'))
        return std::nullopt;
    do
    {
        std::string_view name;
        if (!cursor.take_string(name) || !cursor.take(':'))
            return std::nullopt;
        bool is_good = false;
        if (name == "id" && request.id.empty())
            is_good = cursor.take_number(request.id);
        else if (name == "method" && request.method.empty())
            is_good = cursor.take_string(request.method);
        else if (name == "jsonrpc" && version.empty())
            is_good = cursor.take_string(version) && version == "2.0";
        else if (name == "params" && !has_parameters)
            is_good = has_parameters = cursor.take_list();
        if (!is_good)
            return std::nullopt;
    } while (cursor.take(','));
    if (!cursor.take('}') || !cursor.at_end() || request.id.empty() || request.method.empty() || version.empty() ||
        !has_parameters)
        return std::nullopt;
    return request;
}
}  // namespace jiffy::rpc
