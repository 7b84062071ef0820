// SPDX-License-Identifier: BSL-1.0
// The flags that say how to reach the server, the same for every operation.
#ifndef LCM_COMMAND_CONNECTION_HPP
#define LCM_COMMAND_CONNECTION_HPP

#include <lcm_client/websocket/transport.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace lcm_command {

struct ConnectionFlags {
    std::vector<std::string> urls{}; ///< of the servers, in order of preference
    std::string source = "lcm";
    std::chrono::milliseconds deadline{10'000};
    std::optional<std::chrono::milliseconds> idle_timeout{}; ///< if not the library's own
    std::string ca_file{};
    std::string add_ca_file{}; ///< beside the system's store
    std::string certificate_file{};
    std::string key_file{};
    std::string key_password_env{}; ///< the name of the environment variable, not the password
    std::vector<lcm::Header> headers{};
    std::string token_env{}; ///< the name of the environment variable, not the token
    std::string proxy{};     ///< its URL, "env" for that of the environment, or empty
    bool allow_plaintext = false;
    std::string response_url{};  ///< of the outer packet, with `subscriber_id`; both are empty if messages are plain
    std::string subscriber_id{}; ///< of the outer packet
};

/// Adds the flags to `command`. `flags` must live as long as `command`.
void add_connection_flags(CLI::App& command, ConnectionFlags& flags);

/// The transport that the flags describe. Throws `UsageError` if there can be none.
lcm::TransportFactory<lcm::WebSocketTransport> make_transport(const ConnectionFlags& flags);

} // namespace lcm_command

#endif
