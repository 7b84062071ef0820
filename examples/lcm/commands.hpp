// SPDX-License-Identifier: BSL-1.0
// The commands below `lcm`. Each function adds one; parsing the command line then runs it and sets `status`.
#ifndef LCM_COMMAND_COMMANDS_HPP
#define LCM_COMMAND_COMMANDS_HPP

#include "status.hpp"

namespace CLI {
class App;
}

namespace lcm_command {

void add_demo(CLI::App& lcm, Status& status);
void add_list(CLI::App& lcm, Status& status);
void add_help(CLI::App& lcm, Status& status);
void add_call(CLI::App& lcm, Status& status);
void add_batch(CLI::App& lcm, Status& status);
void add_watch(CLI::App& lcm, Status& status);
/// Only there if SQLite is.
void add_outbox(CLI::App& lcm, Status& status);
void add_sim(CLI::App& lcm, Status& status);
/// To be called last: it tells the shell of those that are there.
void add_completion(CLI::App& lcm, Status& status);

} // namespace lcm_command

#endif
