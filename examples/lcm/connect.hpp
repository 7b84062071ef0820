// SPDX-License-Identifier: BSL-1.0
// From the flags of the connection to a client, for sources that do not have to know the client.
#ifndef LCM_COMMAND_CONNECT_HPP
#define LCM_COMMAND_CONNECT_HPP

#include "connection.hpp"

#include <lcm_client/config.hpp>

#include <memory>

namespace lcm_command {

struct CommandClient;

/// A client by `config`, with the name, the deadline and the packet that `flags` say. Throws `UsageError` if there can be
/// none.
[[nodiscard]] std::shared_ptr<CommandClient> make_client(lcm::ClientConfig config, const ConnectionFlags& flags);

} // namespace lcm_command

#endif
