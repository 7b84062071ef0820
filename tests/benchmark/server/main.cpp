// SPDX-License-Identifier: BSL-1.0
// A server so fast that the client is what is measured: one thread, epoll, own framing, no JSON. Prints its port, and
// ends with the process that started it.
#include "connection.hpp"
#include "options.hpp"

#include <lcm_client/testing/certificates.hpp>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <exception>
#include <fstream>
#include <map>
#include <sstream>
#include <stdexcept>
#include <string>

namespace {

using namespace lcm::bench;

void require(bool condition, const char* step) {
    if (!condition) throw std::runtime_error(std::string(step) + " failed");
}

// The certificate and key that the server shows. Whom a client has to trust goes to the file `ca_file`.
lcm::testing::Identity make_identity(const ServerOptions& options) {
    if (options.identity.empty()) {
        const lcm::testing::CertificateAuthority authority;
        std::ofstream(options.ca_file) << authority.pem();
        return authority.issue();
    }
    std::ostringstream pem;
    pem << std::ifstream(options.identity).rdbuf();
    std::ofstream(options.ca_file) << pem.str();
    return {pem.str(), pem.str()};
}

SSL_CTX* make_context(const ServerOptions& options) {
    const lcm::testing::Identity identity = make_identity(options);
    BIO* const certificate = BIO_new_mem_buf(identity.certificate_pem.data(), -1);
    BIO* const key = BIO_new_mem_buf(identity.key_pem.data(), -1);
    SSL_CTX* const context = SSL_CTX_new(TLS_server_method());
    require(SSL_CTX_use_certificate(context, PEM_read_bio_X509(certificate, nullptr, nullptr, nullptr)) == 1 &&
                SSL_CTX_use_PrivateKey(context, PEM_read_bio_PrivateKey(key, nullptr, nullptr, nullptr)) == 1,
            "the server's certificate");
    // A write that waits for room is repeated with the same bytes at the same place.
    SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE);
    return context; // until the process ends, as all that was made on the way
}

int listen_on_loopback() {
    const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const name = reinterpret_cast<sockaddr*>(&address);
    require(::bind(listener, name, size) == 0 && ::listen(listener, 64) == 0, "listening");
    require(::getsockname(listener, name, &size) == 0, "the listener's port");
    std::printf("port %d\n", ntohs(address.sin_port));
    std::fflush(stdout);
    return listener;
}

class Server {
public:
    explicit Server(ServerOptions options)
        : options_(std::move(options)), context_(options_.ca_file.empty() ? nullptr : make_context(options_)),
          poll_(::epoll_create1(0)), listener_(listen_on_loopback()) {
        watch(listener_);
    }

    [[noreturn]] void run() {
        std::array<epoll_event, 64> events{};
        while (true) {
            const int count = ::epoll_wait(poll_, events.data(), events.size(), -1);
            for (int i = 0; i < count; ++i) on_ready(events[static_cast<std::size_t>(i)].data.fd);
        }
    }

private:
    void on_ready(int socket) {
        if (socket == listener_) return accept();
        if (!connections_.at(socket).serve()) connections_.erase(socket);
    }

    void accept() {
        const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK);
        if (socket < 0) return;
        const int on = 1;
        ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        connections_.try_emplace(socket, socket, context_, options_);
        watch(socket);
    }

    void watch(int socket) {
        epoll_event event{};
        event.events = EPOLLIN;
        event.data.fd = socket;
        require(::epoll_ctl(poll_, EPOLL_CTL_ADD, socket, &event) == 0, "epoll");
    }

    ServerOptions options_;
    SSL_CTX* context_;
    int poll_;
    int listener_;
    std::map<int, Connection> connections_;
};

} // namespace

int main(int argc, char** argv) {
    const pid_t parent = ::getppid();
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent) return 1; // it had gone before that
    ::signal(SIGPIPE, SIG_IGN);          // OpenSSL writes without MSG_NOSIGNAL
    try {
        Server(read_server_options(argc, argv)).run();
    } catch (const std::exception& problem) {
        std::fprintf(stderr, "server: %s\n", problem.what());
        return 1;
    }
}
