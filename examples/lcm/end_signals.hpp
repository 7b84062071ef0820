// SPDX-License-Identifier: BSL-1.0
// The signals by which a person or the system wants a command to end.
#ifndef LCM_COMMAND_END_SIGNALS_HPP
#define LCM_COMMAND_END_SIGNALS_HPP

#include <csignal>

namespace lcm_command {

inline constexpr int end_signals[] = {
    SIGINT, SIGTERM,
#if defined(SIGBREAK)
    SIGBREAK, // Ctrl-Break and the end of a console on Windows
#endif
};

} // namespace lcm_command

#endif
