// SPDX-License-Identifier: BSL-1.0
// A time on the command line: seconds, also decimal, or with the suffix s or ms.
#ifndef LCM_COMMAND_DURATION_HPP
#define LCM_COMMAND_DURATION_HPP

#include "status.hpp"

#include <lcm_client/protocol/number.hpp>

#include <chrono>
#include <cmath>
#include <cstdint>
#include <string>
#include <string_view>

namespace lcm_command {

/// The time that `text` is, given to `flag`: "10", "2.5", "10s" or "500ms"; from 1 ms to one day.
inline std::chrono::milliseconds read_duration(const std::string& flag, std::string_view text) {
    static constexpr double day = 24 * 60 * 60 * 1000;
    double unit = 1000;
    if (text.ends_with("ms")) {
        unit = 1;
        text.remove_suffix(2);
    } else if (text.ends_with('s')) {
        text.remove_suffix(1);
    }
    const auto number = lcm::Number::parse(text);
    const double ms = number ? std::round(number->to_double() * unit) : 0;
    if (ms < 1 || ms > day) throw UsageError(flag + ": must be seconds such as 10, 2.5 or 500ms, from 1ms to one day");
    return std::chrono::milliseconds(static_cast<std::int64_t>(ms));
}

} // namespace lcm_command

#endif
