// SPDX-License-Identifier: BSL-1.0
// A line at the bottom of a terminal that says how far a command has come.
#ifndef LCM_COMMAND_PROGRESS_HPP
#define LCM_COMMAND_PROGRESS_HPP

#include "totals.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <iostream>
#include <optional>
#include <string>

namespace lcm_command {

/// Writes to standard error if that is a terminal, else nothing.
class Progress {
public:
    /// `share` is how much of the work is done, from 0 to 1; nothing if nobody knows.
    void show(std::optional<double> share, const Totals& totals) {
        if (!is_terminal_) return;
        std::cerr << "\r\x1b[K";
        if (share) std::cerr << bar(std::clamp(*share, 0.0, 1.0)) << ' ';
        std::cerr << totals.to_string() << std::flush;
        is_shown_ = true;
    }

    /// To be called before anything else is written to the terminal.
    void hide() {
        if (is_shown_) std::cerr << "\r\x1b[K" << std::flush;
        is_shown_ = false;
    }

private:
    // As "[##########          ]  50 %".
    static std::string bar(double share) {
        static constexpr std::size_t width = 20;
        std::string marks(static_cast<std::size_t>(share * width), '#');
        marks.resize(width, ' ');
        std::string percent = std::to_string(static_cast<int>(share * 100));
        percent.insert(0, 3 - (std::min<std::size_t>)(3, percent.size()), ' ');
        return '[' + marks + "] " + percent + " %";
    }

    const bool is_terminal_ = ::isatty(STDERR_FILENO) == 1;
    bool is_shown_ = false;
};

} // namespace lcm_command

#endif
