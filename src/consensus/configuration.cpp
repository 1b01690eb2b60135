// SPDX-License-Identifier: Apache-2.0
#include "consensus/configuration.hpp"

#include <functional>

namespace jiffy::consensus
{
bool is_name(std::string_view name) noexcept
{
    const auto is_allowed = [](char character)
    { return (character >= 'a' && character <= 'z') || (character >= '0' && character <= '9') || character == '-'; };
    return !name.empty() && name.size() <= longest_name && std::ranges::all_of(name, is_allowed);
}

bool is_valid(const Configuration& configuration) noexcept
{
    const auto& [epoch, leader, standbys] = configuration;
    if (epoch == 0)
        return leader == Member{} && standbys.empty();
    const auto is_named = [&leader](const Member& standby)
    { return is_name(standby.name) && standby.name != leader.name; };
    const auto rises = [](const Member& a, const Member& b) { return a.name < b.name; };
    return is_name(leader.name) && standbys.size() <= most_standbys && std::ranges::all_of(standbys, is_named) &&
           std::ranges::adjacent_find(standbys, std::not_fn(rises)) == standbys.end();
}

std::string to_string(const Configuration& configuration)
{
    if (configuration.epoch == 0)
        return "nobody (epoch 0)";
    auto text = configuration.leader.name + " (epoch " + std::to_string(configuration.epoch) + "), ";
    if (configuration.standbys.empty())
        return text + "no standbys";
    text += "standbys";
    for (const auto& standby : configuration.standbys)
        text += (&standby == &configuration.standbys.front() ? " " : ", ") + standby.name;
    return text;
}

void put(Bytes& output, const Member& member)
{
    feed::put_text(output, member.name, longest_name);
    feed::put_number(output, member.incarnation);
}

void put(Bytes& output, const Configuration& configuration)
{
    feed::put_number(output, configuration.epoch);
    if (configuration.epoch == 0)
        return;
    put(output, configuration.leader);
    feed::put_number(output, configuration.standbys.size());
    for (const auto& standby : configuration.standbys)
        put(output, standby);
}

Member read_member(feed::Fields& fields)
{
    Member member;
    member.name = fields.text(longest_name);
    member.incarnation = fields.number();
    fields.require(is_name(member.name));
    return member;
}

Configuration read_configuration(feed::Fields& fields)
{
    Configuration configuration;
    configuration.epoch = fields.number();
    if (configuration.epoch == 0 || fields.is_bad())
        return configuration;
    configuration.leader = read_member(fields);
    for (auto count = fields.number(most_standbys); count != 0; --count)
        configuration.standbys.push_back(read_member(fields));
    fields.require(is_valid(configuration));
    return configuration;
}
}  // namespace jiffy::consensus
