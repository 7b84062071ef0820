// SPDX-License-Identifier: BSL-1.0
// What is to happen in the simulated world, by its time: pure, without a thread and without a real clock.
#ifndef LCM_CLIENT_TESTS_SIMULATED_OFFICE_AGENDA_HPP
#define LCM_CLIENT_TESTS_SIMULATED_OFFICE_AGENDA_HPP

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <utility>

namespace lcm::tests::simulated {

/// Since the midnight at which the game begins.
using Time = std::chrono::nanoseconds;

class Agenda {
public:
    [[nodiscard]] Time now() const noexcept { return now_; }

    /// `what` happens at `time`, or now if that is over. Of two with the same time the older one happens first.
    void at(Time time, std::function<void()> what) {
        events_.emplace(Key{time < now_ ? now_ : time, ++last_}, std::move(what));
    }
    void in(Time time, std::function<void()> what) { at(now_ + time, std::move(what)); }

    /// When the next one happens; `Time::max()` if there is none.
    [[nodiscard]] Time next() const { return events_.empty() ? Time::max() : events_.begin()->first.first; }

    void move_to(Time time) noexcept { now_ = time; }

    /// Has the next one happen if its time has come. False if there is none.
    bool run_next() {
        if (events_.empty() || events_.begin()->first.first > now_) return false;
        const auto what = std::move(events_.begin()->second);
        events_.erase(events_.begin());
        what();
        return true;
    }

private:
    using Key = std::pair<Time, std::uint64_t>;

    Time now_{};
    std::uint64_t last_ = 0;
    std::map<Key, std::function<void()>> events_;
};

} // namespace lcm::tests::simulated

#endif
