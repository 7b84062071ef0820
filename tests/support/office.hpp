// SPDX-License-Identifier: BSL-1.0
// A name with several addresses on loopback, behind each of which is another kind of server, or none.
#ifndef LCM_CLIENT_TESTS_SUPPORT_OFFICE_HPP
#define LCM_CLIENT_TESTS_SUPPORT_OFFICE_HPP

#include <support/names.hpp>
#include <support/socket_client.hpp>

#include <lcm_client/testing/certificates.hpp>
#include <lcm_client/testing/impl/simulator_stream.hpp>
#include <lcm_client/websocket/impl/addresses/own_socket.hpp>
#include <lcm_client/websocket/impl/http/upgrade_answer.hpp>
#include <lcm_client/websocket/options.hpp>

#include <boost/asio/buffer.hpp>
#include <boost/asio/detail/socket_types.hpp> // the system's functions
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/socket_base.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/write.hpp>
#include <boost/system/system_error.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace lcm::tests {

/// What is behind an address.
enum class Node {
    good,
    silent,     ///< no answer to TCP, as if a firewall dropped all
    refusing,   ///< nobody listens
    mute,       ///< TCP connects, and nothing is ever said
    breaking,   ///< TCP connects, and is reset at once
    ill,        ///< the upgrade is answered with 503
    busy,       ///< that, and Retry-After: 7
    elsewhere,  ///< the upgrade is answered with 404
    leaving,    ///< agrees to the upgrade, and closes the connection in the same moment
    suspicious, ///< the upgrade is answered with 401
};

/// One server; on the test's own loop, but for the system's part.
class OfficeNode {
public:
    using Endpoint = boost::asio::ip::tcp::endpoint;

    OfficeNode(boost::asio::io_context& loop, Node kind, const Endpoint& at, boost::asio::ssl::context* tls)
        : kind_(kind), tls_(tls), acceptor_(loop, at.protocol()) {
        error_code problem;
        detail::take_over_port(acceptor_, problem);
        if (problem) throw boost::system::system_error(problem);
        acceptor_.bind(at);
        address_ = acceptor_.local_endpoint();
        if (kind == Node::refusing) return;
        acceptor_.listen(kind == Node::silent ? 0 : 1024);
        if (kind == Node::silent) fill(loop);
        else accept();
    }

    [[nodiscard]] const Endpoint& address() const noexcept { return address_; }
    /// How many connections there have been.
    [[nodiscard]] std::size_t connections() const noexcept { return connections_; }
    /// How many of them have asked for the upgrade.
    [[nodiscard]] std::size_t requests() const noexcept { return requests_; }
    /// How many have ended.
    [[nodiscard]] std::size_t ended() const noexcept { return ended_; }

private:
    struct Visitor {
        explicit Visitor(boost::asio::ip::tcp::socket socket, boost::asio::ssl::context* tls)
            : stream(std::move(socket), tls) {}
        testing::detail::SimulatorStream stream;
        std::string received;
        std::string answer;
    };
    using Shared = std::shared_ptr<Visitor>;

    // The queue for those who have not been accepted is full, so the system drops what more of them say.
    void fill(boost::asio::io_context& loop) {
        for (int i = 0; i < 4; ++i) {
            boost::asio::ip::tcp::socket& socket = fill_.emplace_back(loop, address_.protocol());
            socket.non_blocking(true);
            static_cast<void>(::connect(socket.native_handle(), address_.data(), // Asio's waits
                                        static_cast<socklen_t>(address_.size())));
        }
    }

    void accept() {
        acceptor_.async_accept([this](error_code ec, boost::asio::ip::tcp::socket socket) {
            if (ec) return;
            ++connections_;
            if (kind_ == Node::breaking) socket.set_option(boost::asio::socket_base::linger(true, 0));
            else serve(std::make_shared<Visitor>(std::move(socket), kind_ == Node::mute ? nullptr : tls_));
            accept();
        });
    }

    void serve(const Shared& visitor) {
        if (!visitor->stream.is_tls()) return read(visitor);
        visitor->stream.async_tls_handshake([this, visitor](error_code ec) {
            if (!ec) read(visitor);
        });
    }

    void read(const Shared& visitor) {
        boost::asio::async_read_until(visitor->stream, boost::asio::dynamic_buffer(visitor->received), "\r\n\r\n",
                                      [this, visitor](error_code ec, std::size_t) {
                                          if (ec) ++ended_;
                                          else answer(visitor);
                                      });
    }

    void answer(const Shared& visitor) {
        ++requests_;
        const std::string request = std::exchange(visitor->received, {});
        visitor->answer = answer_to(request);
        if (kind_ == Node::mute) return read(visitor);
        boost::asio::async_write(visitor->stream, boost::asio::buffer(visitor->answer),
                                 [this, visitor](error_code, std::size_t) { read(visitor); });
    }

    [[nodiscard]] std::string answer_to(const std::string& request) const {
        if (kind_ == Node::ill) return "HTTP/1.1 503 x\r\nContent-Length: 0\r\n\r\n";
        if (kind_ == Node::suspicious) return "HTTP/1.1 401 x\r\nContent-Length: 0\r\n\r\n";
        if (kind_ == Node::busy) return "HTTP/1.1 503 x\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n";
        if (kind_ == Node::elsewhere) return "HTTP/1.1 404 x\r\nContent-Length: 0\r\n\r\n";
        const std::string name = "Sec-WebSocket-Key: ";
        const std::size_t at = request.find(name) + name.size();
        return "HTTP/1.1 101 x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " +
               detail::accept_for(request.substr(at, request.find('\r', at) - at)) + "\r\n\r\n" +
               (kind_ == Node::leaving ? "\x88\x02\x03\xf5" : ""); // a close frame with 1013, try again later
    }

    Node kind_;
    boost::asio::ssl::context* tls_;
    boost::asio::ip::tcp::acceptor acceptor_;
    Endpoint address_;
    std::vector<boost::asio::ip::tcp::socket> fill_;
    std::size_t connections_ = 0;
    std::size_t requests_ = 0;
    std::size_t ended_ = 0;
};

/// The servers have one port, and the addresses 127.0.0.1, 127.0.0.2 and so on, or ::1.
class Office {
public:
    /// `name` means the addresses of `nodes`, in this order. The last one has the address ::1 if `ends_with_ipv6`.
    Office(std::string name, const std::vector<Node>& nodes, bool tls = false, bool ends_with_ipv6 = false)
        : name_(std::move(name)), tls_(tls) {
        context_.use_certificate_chain(boost::asio::buffer(identity_.certificate_pem));
        context_.use_private_key(boost::asio::buffer(identity_.key_pem), boost::asio::ssl::context::pem);
        for (int tries = 0; !listen(nodes, ends_with_ipv6); ++tries) // another program may have the port
            if (tries == 20) throw std::runtime_error("no port can be had at all addresses");
        std::vector<std::string> addresses;
        for (const auto& each : nodes_) addresses.push_back(each->address().address().to_string());
        names().set(name_, addresses);
    }

    [[nodiscard]] WebSocketOptions options() const { return options(name_); }
    /// For another name of the same servers.
    [[nodiscard]] WebSocketOptions options(const std::string& name) const {
        WebSocketOptions options{.url = (tls_ ? "wss://" : "ws://") + name + ':' + std::to_string(port())};
        options.allow_plaintext_to_remote_hosts = true;
        if (tls_) options.tls.ca_file = certificate_.path();
        return options;
    }

    [[nodiscard]] std::uint16_t port() const { return nodes_.front()->address().port(); }
    [[nodiscard]] const OfficeNode& operator[](std::size_t index) const { return *nodes_.at(index); }

    boost::asio::io_context loop;

private:
    bool listen(const std::vector<Node>& nodes, bool ends_with_ipv6) {
        nodes_.clear();
        std::uint16_t port = 0;
        try {
            for (const Node kind : nodes) {
                const bool is_ipv6 = ends_with_ipv6 && nodes_.size() + 1 == nodes.size();
                const std::string address = is_ipv6 ? "::1" : "127.0.0." + std::to_string(nodes_.size() + 1);
                nodes_.push_back(std::make_unique<OfficeNode>(
                    loop, kind, OfficeNode::Endpoint(boost::asio::ip::make_address(address), port),
                    tls_ ? &context_ : nullptr));
                port = nodes_.front()->address().port();
            }
        } catch (const boost::system::system_error&) {
            return false;
        }
        return true;
    }

    std::string name_;
    bool tls_;
    testing::Identity identity_ = testing::make_self_signed({.names = {name_}});
    TemporaryFile certificate_{identity_.certificate_pem};
    boost::asio::ssl::context context_{boost::asio::ssl::context::tls_server};
    std::vector<std::unique_ptr<OfficeNode>> nodes_;
};

/// One attempt after the other, as a client makes them with its factory, on the loop of the servers.
class Attempts {
public:
    Attempts(boost::asio::io_context& shared, WebSocketOptions options)
        : loop(shared), factory_(websocket(std::move(options))) {}

    void begin() {
        loop.restart();
        opened.reset();
        transport = factory_(loop.get_executor(), 65'536);
        transport->async_open([this](error_code ec) { opened = ec; });
    }

    void wait() {
        while (!opened)
            if (loop.run_one_for(patience) == 0) throw std::logic_error("async_open did not complete");
    }

    /// What comes of the next one.
    error_code open() {
        begin();
        wait();
        return *opened;
    }

    [[nodiscard]] std::string detail() const { return transport->last_failure().detail; }

    boost::asio::io_context& loop;
    std::unique_ptr<WebSocketTransport> transport;
    std::optional<error_code> opened;

private:
    TransportFactory<WebSocketTransport> factory_;
};

} // namespace lcm::tests

#endif
