// SPDX-License-Identifier: BSL-1.0
// What a program shall do that connects again and again, as its command line says.
#ifndef LCM_CLIENT_BENCHMARK_READY_OPTIONS_HPP
#define LCM_CLIENT_BENCHMARK_READY_OPTIONS_HPP

#include <cstddef>
#include <stdexcept>
#include <string>

namespace lcm::bench {

struct ReadyOptions {
    std::string host = "127.0.0.1";
    std::string port{};
    std::string ca_file{};         ///< whom to trust over wss; empty: ws
    std::string proxy{};           ///< "host:port"; empty: none
    std::string user{};            ///< "user:password" for the proxy
    bool resumes = false;          ///< the TLS sessions
    std::size_t connections = 500; ///< one after the other
    std::size_t warm_up = 20;      ///< connections before those, which are not measured

    [[nodiscard]] bool is_tls() const noexcept { return !ca_file.empty(); }
    [[nodiscard]] std::string authority() const { return host + ':' + port; }
};

inline ReadyOptions read_ready_options(int argc, char** argv) {
    ReadyOptions options;
    for (int i = 1; i < argc; i += 2) {
        if (i + 1 == argc) throw std::invalid_argument("each option has a value");
        const std::string name = argv[i];
        const std::string value = argv[i + 1];
        if (name == "--host") options.host = value;
        else if (name == "--port") options.port = value;
        else if (name == "--ca-file") options.ca_file = value;
        else if (name == "--proxy") options.proxy = value;
        else if (name == "--user") options.user = value;
        else if (name == "--resumes") options.resumes = value == "1";
        else if (name == "--connections") options.connections = std::stoul(value);
        else if (name == "--warm-up") options.warm_up = std::stoul(value);
        else throw std::invalid_argument("unknown option " + name);
    }
    return options;
}

} // namespace lcm::bench

#endif
