// SPDX-License-Identifier: BSL-1.0
// The outbox of the command. Few sources include this: the library's client is dear to compile.
#ifndef LCM_COMMAND_COMMAND_OUTBOX_HPP
#define LCM_COMMAND_COMMAND_OUTBOX_HPP

#include <lcm_client/outbox.hpp>

namespace lcm_command {

/// The library's outbox, under a name that can be declared without it.
struct CommandOutbox {
    lcm::Outbox outbox;
};

} // namespace lcm_command

#endif
