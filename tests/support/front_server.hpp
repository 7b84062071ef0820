// SPDX-License-Identifier: BSL-1.0
// An HTTP front that answers each request for an upgrade as a test says, for any number of connections.
#ifndef LCM_CLIENT_TESTS_SUPPORT_FRONT_SERVER_HPP
#define LCM_CLIENT_TESTS_SUPPORT_FRONT_SERVER_HPP

#include <support/raw_server.hpp>

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>

#include <openssl/sha.h>

#include <array>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace lcm::tests {

/// The values of a header in a request, in order.
inline std::vector<std::string> values_of(const std::string& name, const std::string& request) {
    std::vector<std::string> values;
    for (std::size_t at = 0; (at = request.find("\r\n" + name + ": ", at)) != std::string::npos;) {
        at += name.size() + 4;
        values.push_back(request.substr(at, request.find('\r', at) - at));
    }
    return values;
}

/// What the front does with a request.
struct FrontAnswer {
    std::string bytes{};
    bool goes = false; ///< closes the connection behind them
};

/// Agrees to the upgrade, with more lines in the header and with frames right behind it.
inline FrontAnswer agree(const std::string& request, const std::string& more_headers = {},
                         const std::string& frames = {}) {
    const std::string text = values_of("Sec-WebSocket-Key", request).at(0) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    std::array<unsigned char, SHA_DIGEST_LENGTH> hash{};
    SHA1(reinterpret_cast<const unsigned char*>(text.data()), text.size(), hash.data());
    return {"HTTP/1.1 101 x\r\nUpgrade: websocket\r\nConnection: upgrade\r\n" + more_headers +
            "Sec-WebSocket-Accept: " + detail::base64(std::string(hash.begin(), hash.end())) + "\r\n\r\n" + frames};
}

/// Runs on the test's own loop, over TCP without TLS.
class FrontServer {
public:
    using Answer = std::function<FrontAnswer(const std::string& request)>;

    FrontServer(boost::asio::io_context& loop, Answer answer)
        : answer_(std::move(answer)), acceptor_(loop, {boost::asio::ip::address_v4::loopback(), 0}) {
        accept();
    }

    [[nodiscard]] std::string authority() const {
        return "127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port());
    }
    [[nodiscard]] std::string url() const { return "ws://" + authority() + "/"; }
    /// What came over each connection, up to the end of its header.
    [[nodiscard]] const std::vector<std::string>& requests() const noexcept { return requests_; }
    /// How many connections there were.
    [[nodiscard]] std::size_t connections() const noexcept { return connections_; }
    /// Ends all connections without a word.
    void hang_up() { open_.clear(); }

private:
    struct Connection {
        explicit Connection(boost::asio::ip::tcp::socket from) : socket(std::move(from)) {}
        boost::asio::ip::tcp::socket socket;
        std::string received;
        std::string sent;
    };

    void accept() {
        acceptor_.async_accept([this](error_code ec, boost::asio::ip::tcp::socket socket) {
            if (ec) return;
            ++connections_;
            read(std::make_shared<Connection>(std::move(socket)));
            accept();
        });
    }

    void read(const std::shared_ptr<Connection>& one) {
        open_.push_back(one);
        const std::weak_ptr<Connection> weak = one;
        boost::asio::async_read_until(one->socket, boost::asio::dynamic_buffer(one->received), "\r\n\r\n",
                                      [this, weak](error_code ec, std::size_t) {
                                          if (const auto found = weak.lock(); found && !ec) answer(found);
                                      });
    }

    void answer(const std::shared_ptr<Connection>& one) {
        requests_.push_back(one->received);
        FrontAnswer answer = answer_(one->received);
        one->sent = std::move(answer.bytes);
        boost::asio::async_write(one->socket, boost::asio::buffer(one->sent),
                                 [one, goes = answer.goes](error_code, std::size_t) {
                                     error_code ignored;
                                     if (goes) one->socket.close(ignored);
                                 });
    }

    Answer answer_;
    boost::asio::ip::tcp::acceptor acceptor_;
    std::vector<std::string> requests_;
    std::size_t connections_ = 0;
    std::vector<std::shared_ptr<Connection>> open_;
};

} // namespace lcm::tests

#endif
