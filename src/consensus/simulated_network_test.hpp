// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/bytes.hpp"

#include <deque>
#include <functional>
#include <map>
#include <queue>
#include <random>

namespace jiffy::consensus
{
/// Time and chance of a simulation: events in the order of their times.
class Simulation
{
public:
    explicit Simulation(std::uint64_t seed)
      : random_{seed}
    {
    }

    [[nodiscard]] std::uint64_t now() const noexcept { return now_; }

    /// From `least` to `most`.
    std::uint64_t number(std::uint64_t least, std::uint64_t most) { return least + random_() % (most - least + 1); }
    /// One time in so many.
    bool one_in(std::uint64_t times) { return random_() % times == 0; }

    void at(std::uint64_t time, std::function<void()> event)
    {
        events_.push({std::max(time, now_), order_++, std::move(event)});
    }

    void run_until(std::uint64_t time)
    {
        while (!events_.empty() && events_.top().time <= time)
        {
            auto event = std::move(const_cast<Event&>(events_.top()));
            events_.pop();
            now_ = event.time;
            event.action();
        }
        now_ = time;
    }

private:
    struct Event
    {
        std::uint64_t time;
        std::uint64_t order;
        std::function<void()> action;

        bool operator<(const Event& other) const noexcept
        {
            return std::pair{time, order} > std::pair{other.time, other.order};
        }
    };

    std::mt19937_64 random_;
    std::uint64_t now_ = 1'000'000;
    std::uint64_t order_ = 0;
    std::priority_queue<Event> events_;
};

/// Connections between places, each of which keeps the order of what is sent on it. What is sent into a direction that
/// is cut comes when it is not cut any more.
class SimulatedNetwork
{
public:
    using Place = std::size_t;
    using Connection = std::uint64_t;

    /// What happens at a place. Each returns false if the place cannot look at it now: it comes again later.
    struct Events
    {
        /// Somebody connects; true in `is_accepted` if somebody listens.
        std::function<bool(Place at, Connection connection, bool& is_accepted)> on_connection;
        /// The place's own connection is there, or is refused.
        std::function<bool(Place at, Connection connection, bool is_accepted)> on_outcome;
        std::function<bool(Place at, Connection connection, const Bytes& message)> on_message;
        std::function<bool(Place at, Connection connection)> on_close;
    };

    SimulatedNetwork(Simulation& simulation, Events events)
      : simulation_{simulation}
      , events_{std::move(events)}
    {
    }

    void cut(Place from, Place to, bool is_cut) { cuts_[{from, to}] = is_cut; }
    [[nodiscard]] bool is_cut(Place from, Place to) const
    {
        const auto found = cuts_.find({from, to});
        return found != cuts_.end() && found->second;
    }
    void heal() { cuts_.clear(); }

    /// What is on its way comes later from now on, as on a long wire.
    void slow_down(std::uint64_t longest) { longest_ = longest; }

    /// What is on its way from a place is lost, and whoever waits for it is not told.
    void lose_from(Place place)
    {
        for (auto& [end, way] : ways_)
            if (way.from == place)
                way.items.clear();
    }

    [[nodiscard]] std::uint64_t delay()
    {
        return simulation_.one_in(50) ? simulation_.number(1000, 60'000) : simulation_.number(20, longest_);
    }

    Connection connect(Place from, Place to)
    {
        const auto connection = next_++;
        ways_[{connection, from}] = {from, to, {}, 0};
        ways_[{connection, to}] = {to, from, {}, 0};
        put(connection, from, {Kind::request, {}});
        return connection;
    }

    /// `from` is one of its ends.
    void send(Connection connection, Place from, Bytes message)
    {
        put(connection, from, {Kind::message, std::move(message)});
    }

    /// Nothing comes on it any more at this end, and the other one is told.
    void close(Connection connection, Place from)
    {
        const auto found = ways_.find({connection, from});
        if (found == ways_.end())
            return;
        const auto to = found->second.to;
        if (const auto back = ways_.find({connection, to}); back != ways_.end())
            back->second.items.clear();
        put(connection, from, {Kind::close, {}});
    }

private:
    enum class Kind : std::uint8_t
    {
        request,
        accepted,
        refused,
        message,
        close,
    };

    struct Item
    {
        Kind kind;
        Bytes message;
        std::uint64_t time = 0;
    };

    struct Way
    {
        Place from = 0;
        Place to = 0;
        std::deque<Item> items;
        std::uint64_t last = 0;
    };

    void put(Connection connection, Place from, Item item)
    {
        auto& way = ways_.at({connection, from});
        way.last = item.time = std::max(way.last, simulation_.now() + delay());
        way.items.push_back(std::move(item));
        simulation_.at(way.last, [this, connection, from] { deliver(connection, from); });
    }

    void deliver(Connection connection, Place from)
    {
        const auto found = ways_.find({connection, from});
        if (found == ways_.end() || found->second.items.empty() || found->second.items.front().time > simulation_.now())
            return;
        const auto to = found->second.to;
        const auto again = [this, connection, from]
        { simulation_.at(simulation_.now() + 5000, [this, connection, from] { deliver(connection, from); }); };
        if (is_cut(from, to))
            return again();
        const auto item = std::move(found->second.items.front());
        found->second.items.pop_front();
        if (!give(connection, to, item))
        {
            if (const auto still = ways_.find({connection, from}); still != ways_.end())
                still->second.items.push_front(item);
            return again();
        }
        if (item.kind == Kind::close)
        {
            ways_.erase({connection, from});
            ways_.erase({connection, to});
            return;
        }
        // What was held back comes after what held it back.
        if (const auto still = ways_.find({connection, from}); still != ways_.end() && !still->second.items.empty())
            simulation_.at(still->second.items.front().time, [this, connection, from] { deliver(connection, from); });
    }

    bool give(Connection connection, Place to, const Item& item)
    {
        switch (item.kind)
        {
            case Kind::request:
            {
                bool is_accepted = false;
                if (!events_.on_connection(to, connection, is_accepted))
                    return false;
                put(connection, to, {is_accepted ? Kind::accepted : Kind::refused, {}});
                return true;
            }
            case Kind::accepted:
            case Kind::refused:
                return events_.on_outcome(to, connection, item.kind == Kind::accepted);
            case Kind::message:
                return events_.on_message(to, connection, item.message);
            case Kind::close:
                return events_.on_close(to, connection);
        }
        std::unreachable();
    }

    Simulation& simulation_;
    Events events_;
    std::map<std::pair<Place, Place>, bool> cuts_;
    std::map<std::pair<Connection, Place>, Way> ways_;
    Connection next_ = 1;
    std::uint64_t longest_ = 400;
};
}  // namespace jiffy::consensus
