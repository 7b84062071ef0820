// SPDX-License-Identifier: BSL-1.0
// Whether the computer has slept: then the link is most likely gone, and nobody has told.
#ifndef LCM_CLIENT_SESSION_SLEEP_WATCH_HPP
#define LCM_CLIENT_SESSION_SLEEP_WATCH_HPP

#include <lcm_client/impl/abi.hpp>

#include <chrono>
#include <optional>

namespace lcm::inline LCM_CLIENT_ABI::detail {

/// Compares two clocks: one that stands still while the computer sleeps, and the system's, which does not. A system clock
/// that is set forward by hand looks the same as sleep. Not thread-safe.
class SleepWatch {
public:
    using Awake = std::chrono::steady_clock::time_point;
    using System = std::chrono::system_clock::time_point;

    static constexpr std::chrono::seconds shortest_sleep{
        5};                                            ///< a shorter one is not told from a clock that was corrected
    static constexpr std::chrono::seconds interval{5}; ///< look at least so often

    /// Whether the computer has slept since the last look.
    [[nodiscard]] bool look(Awake awake, System system) noexcept {
        const auto offset =
            system.time_since_epoch() - std::chrono::duration_cast<System::duration>(awake.time_since_epoch());
        const bool has_slept = last_offset_ && offset - *last_offset_ >= shortest_sleep;
        last_offset_ = offset;
        return has_slept;
    }

private:
    std::optional<System::duration> last_offset_;
};

} // namespace lcm::detail

#endif
