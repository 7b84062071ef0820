// SPDX-License-Identifier: BSL-1.0
// What TCP alone takes: the same bytes in batches of the same size, without WebSocket and JSON, by blocking calls. With
// `--mode epoll` it waits for the replies as an event loop does: what a client on such a loop cannot go below.
#include "../server/wire_size.hpp"
#include "budget.hpp"
#include "options.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
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

// How to wait until there is something to receive: in the call itself, or in epoll.
class RequestEntry {
public:
    RequestEntry(int socket, bool has_loop) : flags_(has_loop ? MSG_DONTWAIT : 0) {
        if (!has_loop) return;
        epoll_ = ::epoll_create1(0);
        epoll_event event{};
        event.events = EPOLLIN | EPOLLET;
        if (::epoll_ctl(epoll_, EPOLL_CTL_ADD, socket, &event) != 0) throw std::runtime_error("epoll does not work");
    }

    /// As `recv`, and waits for at least a byte.
    ssize_t receive(int socket, char* to, std::size_t size) const {
        for (;;) {
            const ssize_t count = ::recv(socket, to, size, flags_);
            if (count >= 0 || errno != EAGAIN) return count;
            epoll_event event{};
            ::epoll_wait(epoll_, &event, 1, -1);
        }
    }

private:
    int flags_;
    int epoll_ = -1;
};

void exchange(int socket, const RequestEntry& request, const std::string& requests, std::string& replies) {
    for (std::size_t done = 0; done < requests.size();) {
        const ssize_t count = ::send(socket, requests.data() + done, requests.size() - done, MSG_NOSIGNAL);
        if (count <= 0) throw std::runtime_error("the link was lost");
        done += static_cast<std::size_t>(count);
    }
    for (std::size_t done = 0; done < replies.size();) {
        const ssize_t count = request.receive(socket, replies.data() + done, replies.size() - done);
        if (count <= 0) throw std::runtime_error("the link was lost");
        done += static_cast<std::size_t>(count);
    }
}

} // namespace

int main(int argc, char** argv) {
    try {
        const Options options = read_options(argc, argv);
        const int socket = connect_to(options.port);
        const RequestEntry request(socket, options.mode == "epoll");
        const std::string requests(options.depth * request_frame_size, 'q');
        std::string replies(options.depth * reply_frame_size, ' ');
        Budget budget(options);
        while (budget.take(options.depth)) {
            exchange(socket, request, requests, replies);
            if (budget.answered(options.depth)) budget.print();
        }
    } catch (const std::exception& problem) {
        std::fprintf(stderr, "tcp_floor: %s\n", problem.what());
        return 1;
    }
}
