// SPDX-License-Identifier: BSL-1.0
// Makes the client of the command.
#include "client.hpp"

#include "status.hpp"

#include <cstddef>
#include <utility>

namespace lcm_command {

std::shared_ptr<CommandClient> make_client(lcm::ClientConfig config, const ConnectionFlags& flags) {
    // Lists of outcomes and contacts can be long.
    static constexpr std::size_t longest_reply = 1024 * 1024;
    config.source = flags.source;
    config.deadline = flags.deadline;
    config.limits.inbound_message = longest_reply;
    if (!flags.response_url.empty())
        config.packet = lcm::Packet{.response_url = flags.response_url, .subscriber_id = flags.subscriber_id};
    try {
        return std::make_shared<CommandClient>(lcm::Client(std::move(config), make_transport(flags)));
    } catch (const lcm::LcmError& problem) {
        throw UsageError(problem.error().detail);
    }
}

} // namespace lcm_command
