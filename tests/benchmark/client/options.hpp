// SPDX-License-Identifier: BSL-1.0
// What a client of the benchmark shall do, as its command line says.
#ifndef LCM_CLIENT_BENCHMARK_CLIENT_OPTIONS_HPP
#define LCM_CLIENT_BENCHMARK_CLIENT_OPTIONS_HPP

#include <cstddef>
#include <stdexcept>
#include <string>

namespace lcm::bench {

struct Options {
    std::string mode{};    ///< which of the program's clients
    std::string port{};    ///< of the server, on 127.0.0.1
    std::string ca_file{}; ///< whom to trust over wss; empty: ws
    std::size_t depth = 1; ///< requests in flight
    std::size_t requests = 10'000;
    std::size_t warm_up = 1'000; ///< requests before those, which are not measured

    [[nodiscard]] bool is_tls() const noexcept { return !ca_file.empty(); }
    [[nodiscard]] std::string url() const { return (is_tls() ? "wss://127.0.0.1:" : "ws://127.0.0.1:") + port + "/"; }
};

inline Options read_options(int argc, char** argv) {
    Options options;
    for (int i = 1; i < argc; i += 2) {
        if (i + 1 == argc) throw std::invalid_argument("each option has a value");
        const std::string name = argv[i];
        const std::string value = argv[i + 1];
        if (name == "--mode") options.mode = value;
        else if (name == "--port") options.port = value;
        else if (name == "--ca-file") options.ca_file = value;
        else if (name == "--depth") options.depth = std::stoul(value);
        else if (name == "--requests") options.requests = std::stoul(value);
        else if (name == "--warm-up") options.warm_up = std::stoul(value);
        else throw std::invalid_argument("unknown option " + name);
    }
    return options;
}

} // namespace lcm::bench

#endif
