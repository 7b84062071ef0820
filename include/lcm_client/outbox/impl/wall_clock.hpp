// SPDX-License-Identifier: BSL-1.0
// Internal: the time of day as entries expire by it, which survives a restart and never goes back.
#ifndef LCM_CLIENT_OUTBOX_IMPL_WALL_CLOCK_HPP
#define LCM_CLIENT_OUTBOX_IMPL_WALL_CLOCK_HPP

#include <lcm_client/impl/abi.hpp>

#include <algorithm>
#include <chrono>
#include <utility>

namespace lcm::inline LCM_CLIENT_ABI::detail {

/// The time of day, in the units of the file.
using WallTime = std::chrono::time_point<std::chrono::system_clock, std::chrono::milliseconds>;

/// What a look at the clocks has shown.
enum class ClockJump {
    none,
    back,    ///< the system's clock shows less than it has shown before: somebody has set it back
    forward, ///< it has gained on the steady one: somebody has set it forward, or the computer has slept
};

/// While the system's clock shows less than before, time goes on as the steady clock does: so an entry lives no longer
/// for it. A clock that gains is believed, since a computer that has slept looks the same. Not thread-safe.
class WallClock {
public:
    using Steady = std::chrono::steady_clock::time_point;
    using System = std::chrono::system_clock::time_point;

    /// A correction of less is none that anybody has to be told of.
    static constexpr std::chrono::seconds tolerance{60};

    /// `last_seen` is the time that the file was last written at; the epoch, if it is new.
    WallClock(WallTime last_seen, Steady steady) : now_(last_seen), steady_(steady) {}

    /// Looks at the clocks. A jump is told once.
    [[nodiscard]] ClockJump look(System system, Steady steady) {
        const auto shown = std::chrono::floor<std::chrono::milliseconds>(system);
        const auto passed = (std::max)(std::chrono::floor<std::chrono::milliseconds>(steady - steady_),
                                       std::chrono::milliseconds::zero());
        const WallTime expected = now_ + passed;
        const bool is_first = std::exchange(is_first_, false);
        steady_ += passed; // what is less than a millisecond counts the next time
        if (shown < expected) {
            now_ = expected;
            const bool was_behind = std::exchange(is_behind_, expected - shown > tolerance);
            return is_behind_ && !was_behind ? ClockJump::back : ClockJump::none;
        }
        now_ = shown;
        is_behind_ = false;
        return !is_first && shown - expected > tolerance ? ClockJump::forward : ClockJump::none;
    }

    /// The time of the last look.
    [[nodiscard]] WallTime now() const noexcept { return now_; }

private:
    WallTime now_;
    Steady steady_;
    bool is_first_ = true;   // while the program did not run, time has passed unseen
    bool is_behind_ = false; // the system's clock, which was told
};

} // namespace lcm::detail

#endif
