// SPDX-License-Identifier: BSL-1.0
// The server's end of one connection: bytes over a socket, plain or through OpenSSL.
#ifndef LCM_CLIENT_BENCHMARK_SERVER_STREAM_HPP
#define LCM_CLIENT_BENCHMARK_SERVER_STREAM_HPP

#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <string_view>

namespace lcm::bench {

/// Owns a non-blocking socket and, if there is a `context`, the TLS session over it.
class Stream {
public:
    Stream(int socket, SSL_CTX* context) : socket_(socket) {
        if (context == nullptr) return;
        tls_ = SSL_new(context);
        SSL_set_fd(tls_, socket);
        SSL_set_accept_state(tls_);
    }
    Stream(const Stream&) = delete;
    Stream& operator=(const Stream&) = delete;
    ~Stream() {
        SSL_free(tls_);
        ::close(socket_);
    }

    enum class State { open, waiting, ended };

    /// What is there, up to `size` bytes; `count` says how many. `waiting` if there is nothing yet.
    State read(char* data, std::size_t size, std::size_t& count) {
        count = 0;
        if (tls_ != nullptr) return read_tls(data, size, count);
        const ssize_t got = ::recv(socket_, data, size, 0);
        if (got < 0) return errno == EAGAIN ? State::waiting : State::ended;
        count = static_cast<std::size_t>(got);
        return got == 0 ? State::ended : State::open;
    }

    /// Writes everything, waiting for the peer if need be. False if the connection has ended.
    bool write(std::string_view bytes) {
        while (!bytes.empty()) {
            const std::size_t written = write_some(bytes);
            if (written == 0 && !wait_until_writable()) return false;
            bytes.remove_prefix(written);
        }
        return true;
    }

private:
    // A record holds 16 KiB at the most; many of them make one read.
    State read_tls(char* data, std::size_t size, std::size_t& count) {
        while (count < size) {
            std::size_t got = 0;
            if (SSL_read_ex(tls_, data + count, size - count, &got) == 1) {
                count += got;
                continue;
            }
            if (SSL_get_error(tls_, 0) != SSL_ERROR_WANT_READ) return State::ended;
            return count == 0 ? State::waiting : State::open;
        }
        return State::open;
    }

    std::size_t write_some(std::string_view bytes) {
        if (tls_ != nullptr) {
            std::size_t written = 0;
            if (SSL_write_ex(tls_, bytes.data(), bytes.size(), &written) == 1) return written;
            failed_ = SSL_get_error(tls_, 0) != SSL_ERROR_WANT_WRITE;
            return 0;
        }
        const ssize_t written = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (written >= 0) return static_cast<std::size_t>(written);
        failed_ = errno != EAGAIN;
        return 0;
    }

    bool wait_until_writable() {
        if (failed_) return false;
        pollfd entry{socket_, POLLOUT, 0};
        return ::poll(&entry, 1, -1) == 1;
    }

    int socket_;
    SSL* tls_ = nullptr;
    bool failed_ = false;
};

} // namespace lcm::bench

#endif
