// SPDX-License-Identifier: BSL-1.0
// `lcm call --outbox FILE`: keeps the request on disk before it is sent.
#ifndef LCM_COMMAND_OUTBOX_CALL_HPP
#define LCM_COMMAND_OUTBOX_CALL_HPP

#include "connection.hpp"
#include "operation.hpp"
#include "outbox_flags.hpp"
#include "status.hpp"

namespace CLI {
class App;
}

namespace lcm_command {

/// Adds `--outbox` and what belongs to it. `flags` must live as long as `command`.
void add_outbox_flags(CLI::App& command, OutboxFlags& flags);

/// Puts the request into the outbox, and waits until it has ended, or until the deadline: then it stays there. Throws
/// `UsageError`.
Status call_through_outbox(const AnyRequest& request, const ConnectionFlags& connection, const OutboxFlags& flags);

} // namespace lcm_command

#endif
