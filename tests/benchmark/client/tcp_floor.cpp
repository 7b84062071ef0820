// SPDX-License-Identifier: BSL-1.0
// What TCP alone takes: the same bytes in batches of the same size, without WebSocket and JSON, by blocking calls.
#include "../server/wire_size.hpp"
#include "budget.hpp"
#include "options.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <stdexcept>
#include <string>

namespace {

using namespace lcm::bench;

int connect_to(const std::string& port) {
    const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
    const int on = 1;
    ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<in_port_t>(std::stoul(port)));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        throw std::runtime_error("no connection");
    return socket;
}

void exchange(int socket, const std::string& requests, std::string& replies) {
    for (std::size_t done = 0; done < requests.size();) {
        const ssize_t count = ::send(socket, requests.data() + done, requests.size() - done, MSG_NOSIGNAL);
        if (count <= 0) throw std::runtime_error("the link was lost");
        done += static_cast<std::size_t>(count);
    }
    for (std::size_t done = 0; done < replies.size();) {
        const ssize_t count = ::recv(socket, replies.data(), replies.size() - done, 0);
        if (count <= 0) throw std::runtime_error("the link was lost");
        done += static_cast<std::size_t>(count);
    }
}

} // namespace

int main(int argc, char** argv) {
    try {
        const Options options = read_options(argc, argv);
        const int socket = connect_to(options.port);
        const std::string requests(options.depth * request_frame_size, 'q');
        std::string replies(options.depth * reply_frame_size, ' ');
        Budget budget(options);
        while (budget.take(options.depth)) {
            exchange(socket, requests, replies);
            if (budget.answered(options.depth)) budget.print();
        }
    } catch (const std::exception& problem) {
        std::fprintf(stderr, "tcp_floor: %s\n", problem.what());
        return 1;
    }
}
