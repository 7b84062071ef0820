// SPDX-License-Identifier: BSL-1.0
// A game as a value: what happens when to whom, and its script, one line for each action. Pure.
#ifndef LCM_CLIENT_TESTS_SIMULATED_OFFICE_GAME_HPP
#define LCM_CLIENT_TESTS_SIMULATED_OFFICE_GAME_HPP

#include <simulated_office/agenda.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <iomanip>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace lcm::tests::simulated {

/// What can happen. All times in the values are milliseconds.
enum class Verb {
    post,              ///< the agent gives a request to the outbox
    call,              ///< the agent sends one past the outbox, and asks about it if it ends as unknown
    withdraw,          ///< the agent drops the newest entry that has not ended
    cut,               ///< the link breaks
    offline,           ///< the same, and there is no network for a time
    swallow_up,        ///< nothing reaches the server for a time, but it reaches the desktop
    swallow_down,      ///< the other way round
    crash,             ///< the process ends, or the computer's power goes
    crash_in_handlers, ///< the same, after so many handlers
    crash_at_write,    ///< the same, before the disk has done the operation that follows so many others
    disk_full,         ///< writes fail for a time
    disk_fails,        ///< writes fail otherwise
    sync_fails,        ///< syncs fail for a time
    sleep,             ///< the computer sleeps
    set_clock,         ///< the system's clock is set forward, or back
    close,             ///< the agent closes the application, and starts it again
    slow,              ///< a server takes longer for a time
    server_crash,      ///< a server ends, and is back after a time
    forget,            ///< the servers' store is empty
};

struct VerbInfo {
    std::string_view name;
    bool is_of_server;
    std::array<std::string_view, 6> values; ///< their names, up to the first empty one
};

/// In the order of the enum.
inline constexpr std::array verb_table{
    VerbInfo{"post", false, {"kind", "contact", "call", "fault", "expires"}},
    VerbInfo{"call", false, {"kind", "contact", "fault", "deadline", "cancel", "inquire"}},
    VerbInfo{"withdraw", false, {}},
    VerbInfo{"cut", false, {}},
    VerbInfo{"offline", false, {"time"}},
    VerbInfo{"swallow_up", false, {"time"}},
    VerbInfo{"swallow_down", false, {"time"}},
    VerbInfo{"crash", false, {"power", "restart"}},
    VerbInfo{"crash_in_handlers", false, {"count", "power", "restart"}},
    VerbInfo{"crash_at_write", false, {"count", "power", "restart"}},
    VerbInfo{"disk_full", false, {"time"}},
    VerbInfo{"disk_fails", false, {"time"}},
    VerbInfo{"sync_fails", false, {"time"}},
    VerbInfo{"sleep", false, {"time"}},
    VerbInfo{"set_clock", false, {"by"}},
    VerbInfo{"close", false, {"restart"}},
    VerbInfo{"slow", true, {"by", "time"}},
    VerbInfo{"server_crash", true, {"time"}},
    VerbInfo{"forget", true, {}},
};

[[nodiscard]] constexpr const VerbInfo& info(Verb verb) noexcept { return verb_table[static_cast<std::size_t>(verb)]; }

struct Action {
    std::uint64_t number =
        0; ///< names its request, so that what the dice show for that stays when others are taken out
    Time at{};
    Verb verb{};
    std::size_t who = 0;
    std::array<std::int64_t, 6> values{};

    friend bool operator==(const Action&, const Action&) = default;
};

struct Game {
    std::uint64_t seed = 0; ///< of all that the actions leave to chance
    std::size_t desktops = 1;
    std::size_t days = 1;
    bool shows_all = true;     ///< the servers show all fields of a request that they have stored
    bool keeps_refused = true; ///< the servers' store has what was refused as well
    /// For so long after the end of a connection something of it may come. The library assumes less than the settle time.
    std::chrono::seconds late_most{270};
    bool syncs_lie = false; ///< a sync does nothing, which the library assumes not to be
    std::vector<Action> actions{};

    [[nodiscard]] std::size_t desktop_days() const noexcept { return desktops * days; }

    friend bool operator==(const Game&, const Game&) = default;
};

// --- the script ------------------------------------------------------------------------------------------------------

[[nodiscard]] inline std::string write_time(Time time) {
    const auto all = std::chrono::duration_cast<std::chrono::milliseconds>(time).count();
    std::ostringstream out;
    out << std::setfill('0') << std::setw(2) << all / 3'600'000 << ':' << std::setw(2) << all / 60'000 % 60 << ':'
        << std::setw(2) << all / 1000 % 60 << '.' << std::setw(3) << all % 1000;
    return out.str();
}

[[nodiscard]] inline std::string write_action(const Action& action) {
    const VerbInfo& verb = info(action.verb);
    std::ostringstream out;
    out << action.number << ". " << write_time(action.at) << (verb.is_of_server ? " server " : " desktop ")
        << action.who << ' ' << verb.name;
    for (std::size_t i = 0; i != verb.values.size() && !verb.values[i].empty(); ++i)
        out << ' ' << verb.values[i] << '=' << action.values[i];
    return out.str();
}

[[nodiscard]] inline std::string write_script(const Game& game) {
    std::ostringstream out;
    out << "office seed=" << game.seed << " desktops=" << game.desktops << " days=" << game.days
        << " shows_all=" << game.shows_all << " keeps_refused=" << game.keeps_refused
        << " late_most=" << game.late_most.count() << " syncs_lie=" << game.syncs_lie << '\n';
    for (const Action& action : game.actions) out << write_action(action) << '\n';
    return out.str();
}

/// The number behind the sign of equality.
template <class Number> [[nodiscard]] Number read_value(std::istream& in) {
    std::string word;
    in >> word;
    const auto sign = word.find('=');
    if (sign == std::string::npos) throw std::invalid_argument("NAME=NUMBER is expected, not " + word);
    std::istringstream text(word.substr(sign + 1));
    Number number{};
    if (!(text >> number)) throw std::invalid_argument("no number: " + word);
    return number;
}

[[nodiscard]] inline Time read_time(const std::string& text) {
    int hours = 0, minutes = 0, seconds = 0, milliseconds = 0;
    char sign = 0;
    std::istringstream in(text);
    if (!(in >> hours >> sign >> minutes >> sign >> seconds >> sign >> milliseconds))
        throw std::invalid_argument("no time: " + text);
    return std::chrono::hours(hours) + std::chrono::minutes(minutes) + std::chrono::seconds(seconds) +
           std::chrono::milliseconds(milliseconds);
}

[[nodiscard]] inline Action read_action(const std::string& line) {
    std::istringstream in(line);
    std::string time, actor, name;
    Action action;
    char dot = 0;
    in >> action.number >> dot >> time >> actor >> action.who >> name;
    for (std::size_t i = 0; i != verb_table.size(); ++i) {
        if (verb_table[i].name != name) continue;
        action.at = read_time(time);
        action.verb = static_cast<Verb>(i);
        for (std::size_t v = 0; v != verb_table[i].values.size() && !verb_table[i].values[v].empty(); ++v)
            action.values[v] = read_value<std::int64_t>(in);
        return action;
    }
    throw std::invalid_argument("no action: " + line);
}

/// Throws `std::invalid_argument`.
[[nodiscard]] inline Game read_script(std::istream& in) {
    Game game;
    std::string word;
    if (!(in >> word) || word != "office") throw std::invalid_argument("a script begins with the word office");
    game.seed = read_value<std::uint64_t>(in);
    game.desktops = read_value<std::size_t>(in);
    game.days = read_value<std::size_t>(in);
    game.shows_all = read_value<int>(in) != 0;
    game.keeps_refused = read_value<int>(in) != 0;
    game.late_most = std::chrono::seconds(read_value<int>(in));
    game.syncs_lie = read_value<int>(in) != 0;
    std::string line;
    while (std::getline(in, line))
        if (line.find_first_not_of(" \t\r") != std::string::npos) game.actions.push_back(read_action(line));
    return game;
}

} // namespace lcm::tests::simulated

#endif
