// SPDX-License-Identifier: BSL-1.0
// A whole number on the command line.
#ifndef LCM_COMMAND_WHOLE_NUMBER_HPP
#define LCM_COMMAND_WHOLE_NUMBER_HPP

#include "status.hpp"

#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>
#include <system_error>

namespace lcm_command {

/// The number that `text` is, given to `flag`; from `least` to `most`.
inline std::uint64_t read_whole_number(const std::string& flag, std::string_view text, std::uint64_t least,
                                       std::uint64_t most) {
    std::uint64_t value = 0;
    const char* const end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, value);
    if (read.ec != std::errc() || read.ptr != end || value < least || value > most)
        throw UsageError(flag + ": must be a whole number from " + std::to_string(least) + " to " +
                         std::to_string(most));
    return value;
}

} // namespace lcm_command

#endif
