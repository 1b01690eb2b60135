// SPDX-License-Identifier: Apache-2.0
#include "cli/fixture_skips.hpp"

#include "cli/fixture_skips_text.hpp"

#include <vector>

namespace jiffy::cli
{
namespace
{
std::string_view trim(std::string_view text) noexcept
{
    while (!text.empty() && text.front() == ' ')
        text.remove_prefix(1);
    while (!text.empty() && text.back() == ' ')
        text.remove_suffix(1);
    return text;
}

/// Lines of "pattern | reason"; empty lines and those that begin with '#' are comments.
std::vector<FixtureSkip> parse(std::string_view text)
{
    std::vector<FixtureSkip> skips;
    while (!text.empty())
    {
        const auto end = std::min(text.find('\n'), text.size());
        const auto line = trim(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
        const auto bar = line.find('|');
        if (!line.empty() && line.front() != '#' && bar != std::string_view::npos)
            skips.push_back({trim(line.substr(0, bar)), trim(line.substr(bar + 1))});
    }
    return skips;
}
}  // namespace

std::span<const FixtureSkip> fixture_skips() noexcept
{
    static const auto skips = parse(fixture_skips_text);
    return skips;
}

bool matches(std::string_view pattern, std::string_view text) noexcept
{
    std::size_t position = 0;
    while (!pattern.empty())
    {
        const auto star = std::min(pattern.find('*'), pattern.size());
        position = text.find(pattern.substr(0, star), position);
        if (position == std::string_view::npos)
            return false;
        position += star;
        pattern.remove_prefix(std::min(star + 1, pattern.size()));
    }
    return true;
}
}  // namespace jiffy::cli
