// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "feed/fields.hpp"

#include <algorithm>

namespace jiffy::consensus
{
/// Bytes of a member's name.
inline constexpr std::size_t longest_name = 32;
/// In one configuration.
inline constexpr std::size_t most_standbys = 8;

/// A process that leads or stands by.
struct Member
{
    /// Of the node: 1 to 32 of a-z, 0-9 and '-'.
    std::string name;
    /// Chosen at random by each process: one that has begun again has lost its memory, and is somebody else.
    std::uint64_t incarnation = 0;

    friend bool operator==(const Member&, const Member&) = default;
};

/// Who leads, and whose acknowledgements everything that it releases needs: those of all standbys.
struct Configuration
{
    /// Number of the leader's term; 0 if nobody has led the chain yet.
    std::uint64_t epoch = 0;
    Member leader;
    /// In the order of their names, no two of the same name, none of the leader's.
    std::vector<Member> standbys;

    [[nodiscard]] bool has_standby(const Member& member) const
    {
        return std::ranges::find(standbys, member) != standbys.end();
    }

    friend bool operator==(const Configuration&, const Configuration&) = default;
};

[[nodiscard]] bool is_name(std::string_view name) noexcept;

/// That the names, their order and number are as they must be; at epoch 0 there is nobody.
[[nodiscard]] bool is_valid(const Configuration& configuration) noexcept;

/// `leader (epoch 7), standbys a, b`, for people.
std::string to_string(const Configuration& configuration);

/// Encode and decode as fields of messages and files; what is not valid is a fault of the fields.
void put(Bytes& output, const Member& member);
void put(Bytes& output, const Configuration& configuration);
Member read_member(feed::Fields& fields);
Configuration read_configuration(feed::Fields& fields);
}  // namespace jiffy::consensus
