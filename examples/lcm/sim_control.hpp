// SPDX-License-Identifier: BSL-1.0
// The lines that `lcm sim` reads while it runs.
#ifndef LCM_COMMAND_SIM_CONTROL_HPP
#define LCM_COMMAND_SIM_CONTROL_HPP

#include <lcm_client/testing/simulator.hpp>

#include <functional>
#include <string>

namespace lcm_command {

/// For the help of the command.
inline constexpr auto explain_sim_lines =
    "Lines on standard input, while it runs:\n"
    "  fault NAME [--operation OPERATION] [--callid ID] [--nth N]   from now on; none ends it\n"
    "  late SECONDS                  how long late-answer holds answers back [15]\n"
    "  drop                          reset all connections\n"
    "  quit                          end\n";

/// Does what the line says, and returns the answer, one line for the log: what is new, or "not understood: " and the
/// reason if the line is wrong, which changes nothing. Empty for an empty line. `quit` is called for "quit".
[[nodiscard]] std::string obey(const std::string& line, lcm::testing::Simulator& simulator,
                               const std::function<void()>& quit);

} // namespace lcm_command

#endif
