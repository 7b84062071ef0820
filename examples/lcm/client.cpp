// SPDX-License-Identifier: BSL-1.0
// Makes the client of the command.
#include "client.hpp"

#include "status.hpp"

#include <utility>

namespace lcm_command {

std::shared_ptr<CommandClient> make_client(lcm::ClientConfig config, const ConnectionFlags& flags) {
    config.source = flags.source;
    config.deadline = flags.deadline;
    if (!flags.response_url.empty())
        config.packet = lcm::Packet{.response_url = flags.response_url, .subscriber_id = flags.subscriber_id};
    try {
        return std::make_shared<CommandClient>(CommandClient{{std::move(config), make_transport(flags)}});
    } catch (const lcm::LcmError& problem) {
        throw UsageError(problem.error().detail);
    }
}

} // namespace lcm_command
