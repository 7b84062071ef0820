// SPDX-License-Identifier: BSL-1.0
// Draws a game from a seed: the shifts of some agents, and what goes wrong in them. Pure.
#ifndef LCM_CLIENT_TESTS_SIMULATED_OFFICE_DRAW_HPP
#define LCM_CLIENT_TESTS_SIMULATED_OFFICE_DRAW_HPP

#include <simulated_office/game.hpp>
#include <simulated_office/requests.hpp>
#include <simulated_office/servers.hpp>

#include <session/random.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace lcm::tests::simulated {

/// A shift is from 8:00 to 16:50; then the desktop is closed, sleeps or loses its power until the next morning. In each
/// shift an agent makes about 50 requests and meets about ten faults, with some requests around each of them.
class Draw {
public:
    explicit Draw(std::uint64_t seed) : random_(seed) {
        game_.seed = seed;
        game_.desktops = 2 + random_.below(4);
        game_.days = 1 + random_.below(2);
        game_.shows_all = !random_.one_in(4);
        game_.keeps_refused = !random_.one_in(4);
    }

    [[nodiscard]] Game game() {
        for (day_ = 0; day_ != game_.days; ++day_) {
            for (std::size_t desktop = 0; desktop != game_.desktops; ++desktop) draw_shift(desktop);
            draw_servers();
        }
        std::stable_sort(game_.actions.begin(), game_.actions.end(),
                         [](const Action& a, const Action& b) { return a.at < b.at; });
        for (Action& action : game_.actions) action.number = ++last_number_;
        return game_;
    }

private:
    static constexpr std::int64_t second = 1000, minute = 60 * second, hour = 60 * minute;

    [[nodiscard]] std::int64_t between(std::int64_t least, std::int64_t most) {
        return least + static_cast<std::int64_t>(random_.below(static_cast<std::size_t>(most - least + 1)));
    }
    [[nodiscard]] std::int64_t in_shift() { return between(8 * hour + minute, 16 * hour + 50 * minute); }

    void add(std::int64_t at, Verb verb, std::size_t who, std::array<std::int64_t, 6> values = {}) {
        const auto midnight = static_cast<std::int64_t>(day_) * 24 * hour;
        game_.actions.push_back({0, std::chrono::milliseconds(midnight + at), verb, who, values});
    }

    void draw_shift(std::size_t desktop) {
        for (std::int64_t i = between(20, 32); i != 0; --i) draw_request(desktop, in_shift());
        for (std::int64_t i = between(6, 12); i != 0; --i) draw_trouble(desktop, in_shift());
        if (day_ + 1 != game_.days) draw_night(desktop);
    }

    void draw_request(std::size_t desktop, std::int64_t at) {
        if (random_.one_in(4)) return draw_call(desktop, at);
        const std::int64_t fault = random_.one_in(4) ? between(0, unknown_call) : 0;
        const std::int64_t expires = random_.one_in(5) ? between(1, 30) * minute : 24 * hour;
        add(at, Verb::post, desktop, {between(0, kind_count - 1), between(1, 4), between(1, 2), fault, expires});
    }
    void draw_call(std::size_t desktop, std::int64_t at) {
        const std::int64_t fault = random_.one_in(4) ? between(0, unknown_call) : 0;
        const std::int64_t deadline = random_.one_in(3) ? between(1, 60) * second : 10 * second;
        const std::int64_t cancel = random_.one_in(8) ? between(1, 5000) : 0;
        const std::int64_t inquire = random_.one_in(2) ? between(1, 60) * second : between(1, 8) * minute;
        add(at, Verb::call, desktop,
            {between(0, direct_kind_count - 1), between(1, 3), fault, deadline, cancel, inquire});
    }

    // With requests around it.
    void draw_trouble(std::size_t desktop, std::int64_t at) {
        for (std::int64_t i = between(0, 4); i != 0; --i)
            draw_request(desktop, at + (random_.one_in(2) ? between(-2000, 200) : between(-60, 60)));
        if (random_.one_in(3)) // a quarrel with one contact
            for (std::int64_t i = between(1, 3), contact = between(1, 3); i != 0; --i)
                add(at - between(0, 500), Verb::call, desktop,
                    {between(0, 1), contact, 0, 10 * second, 0, between(2, 600) * second});
        draw_fault(desktop, at);
    }

    void draw_fault(std::size_t desktop, std::int64_t at) {
        const std::int64_t power = random_.one_in(2) ? 1 : 0;
        const std::int64_t restart = between(5, 900) * second;
        switch (random_.below(16)) {
        case 0:
        case 1: return add(at, Verb::cut, desktop);
        case 2: return add(at, Verb::offline, desktop, {between(5, 2400) * second});
        case 3: return add(at, Verb::swallow_up, desktop, {between(1, 400) * second});
        case 4: return add(at, Verb::swallow_down, desktop, {between(1, 400) * second});
        case 5: return add(at, Verb::crash, desktop, {power, restart});
        case 6:
        case 7: return add(at, Verb::crash_in_handlers, desktop, {between(0, 60), power, restart});
        case 8:
        case 9: return add(at, Verb::crash_at_write, desktop, {between(0, 40), power, restart});
        case 10: return draw_disk_fault(desktop, at);
        case 11: return add(at, Verb::sleep, desktop, {between(3, 3600) * second});
        case 12: return add(at, Verb::close, desktop, {restart});
        case 13: return add(at, Verb::withdraw, desktop);
        case 14:
            if (random_.one_in(4)) add(at, Verb::set_clock, desktop, {between(-60, 60) * minute});
            return;
        default: return add(at, Verb::server_crash, random_.below(server_count), {between(1, 300) * second});
        }
    }
    void draw_disk_fault(std::size_t desktop, std::int64_t at) {
        const std::array verbs{Verb::disk_full, Verb::disk_fails, Verb::sync_fails};
        add(at, random_.one_of(verbs), desktop, {between(1, 300) * second});
    }

    void draw_night(std::size_t desktop) {
        const std::int64_t at = 16 * hour + between(51, 59) * minute;
        const std::int64_t night = 15 * hour + between(0, 30) * minute;
        switch (random_.below(3)) {
        case 0: return add(at, Verb::close, desktop, {night});
        case 1: return add(at, Verb::sleep, desktop, {night});
        default: return add(at, Verb::crash, desktop, {1, night});
        }
    }

    void draw_servers() {
        for (std::int64_t i = between(0, 3); i != 0; --i)
            add(in_shift(), Verb::slow, one_server(), {between(1, 40) * second, between(1, 20) * minute});
        for (std::int64_t i = between(0, 2); i != 0; --i) draw_long_slowness(in_shift());
        if (random_.one_in(3)) add(in_shift(), Verb::server_crash, 0, {between(5, 60) * minute});
        if (random_.one_in(3)) add(in_shift(), Verb::forget, 0);
    }

    // The first one, mostly, since that has all links.
    [[nodiscard]] std::size_t one_server() { return random_.one_in(3) ? 1 : 0; }

    // Half of it on the way there, so that a link which lives delivers within the settle time: what a person decides is done
    // at once. Some desktops have two entries of one contact under way, and lose the link under them.
    void draw_long_slowness(std::int64_t at) {
        add(at, Verb::slow, one_server(), {between(1, 9) * minute, between(2, 20) * minute});
        for (std::size_t desktop = 0; desktop != game_.desktops; ++desktop) {
            if (random_.one_in(2)) continue;
            const std::int64_t contact = between(1, 4);
            const std::int64_t begin = at + between(1, 100) * second;
            for (std::int64_t post : {begin, begin + between(0, 20) * second})
                add(post, Verb::post, desktop, {between(0, kind_count - 1), contact, between(1, 2), 0, 24 * hour});
            if (!random_.one_in(3)) add(begin + between(1, 290) * second, Verb::cut, desktop);
        }
    }

    Random random_;
    Game game_;
    std::size_t day_ = 0;
    std::uint64_t last_number_ = 0;
};

[[nodiscard]] inline Game draw(std::uint64_t seed) { return Draw(seed).game(); }

} // namespace lcm::tests::simulated

#endif
