// SPDX-License-Identifier: BSL-1.0
// The client of the command. Few sources include this: the library's client is dear to compile. Those that only hand it
// on include connect.hpp.
#ifndef LCM_COMMAND_CLIENT_HPP
#define LCM_COMMAND_CLIENT_HPP

#include "connect.hpp"

#include <lcm_client.hpp>

namespace lcm_command {

/// The library's client, under a name that can be declared without it.
struct CommandClient {
    lcm::Client client;
};

} // namespace lcm_command

#endif
