// SPDX-License-Identifier: BSL-1.0
// The client that `lcm call` uses, made from the flags of the connection.
#ifndef LCM_COMMAND_CLIENT_HPP
#define LCM_COMMAND_CLIENT_HPP

#include "connection.hpp"
#include "status.hpp"

#include <lcm_client.hpp>

#include <utility>

namespace lcm_command {

/// A client by `config`, with the name and the deadline that `flags` say. Throws `UsageError` if there can be none.
inline lcm::Client make_client(lcm::ClientConfig config, const ConnectionFlags& flags) {
    config.source = flags.source;
    config.deadline = flags.deadline;
    try {
        return {std::move(config), make_transport(flags)};
    } catch (const lcm::LcmError& problem) {
        throw UsageError(problem.error().detail);
    }
}

} // namespace lcm_command

#endif
