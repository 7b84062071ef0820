// SPDX-License-Identifier: BSL-1.0
// What the server shall do, as its command line says.
#ifndef LCM_CLIENT_BENCHMARK_SERVER_OPTIONS_HPP
#define LCM_CLIENT_BENCHMARK_SERVER_OPTIONS_HPP

#include <cstddef>
#include <stdexcept>
#include <string>

namespace lcm::bench {

struct ServerOptions {
    std::string ca_file{};     ///< serves wss, and writes its authority's certificate there; empty: ws
    std::string identity{};    ///< over wss: the PEM file of its certificate, which is its own authority, and key
    std::size_t window = 0;    ///< answers when it has so many requests; 0: when it has read some
    unsigned delay_us = 0;     ///< waits so long before each answer, so that the client has nothing left to do
    std::size_t raw_batch = 0; ///< no WebSocket: so many requests' bytes are answered by as many replies' bytes
    std::size_t swallow = 0;   ///< answers nothing, and ends the connection when it has read so many requests
};

inline ServerOptions read_server_options(int argc, char** argv) {
    ServerOptions options;
    for (int i = 1; i < argc; i += 2) {
        if (i + 1 == argc) throw std::invalid_argument("each option has a value");
        const std::string name = argv[i];
        const std::string value = argv[i + 1];
        if (name == "--ca-file") options.ca_file = value;
        else if (name == "--identity") options.identity = value;
        else if (name == "--window") options.window = std::stoul(value);
        else if (name == "--delay-us") options.delay_us = static_cast<unsigned>(std::stoul(value));
        else if (name == "--raw") options.raw_batch = std::stoul(value);
        else if (name == "--swallow") options.swallow = std::stoul(value);
        else throw std::invalid_argument("unknown option " + name);
    }
    return options;
}

} // namespace lcm::bench

#endif
