// SPDX-License-Identifier: BSL-1.0
// An HTTP proxy that answers CONNECT as a test wants, and shows what it was asked.
#ifndef LCM_CLIENT_TESTS_SUPPORT_SCRIPTED_PROXY_HPP
#define LCM_CLIENT_TESTS_SUPPORT_SCRIPTED_PROXY_HPP

#include <support/socket_client.hpp>

#include <lcm_client/testing/certificates.hpp>
#include <lcm_client/testing/impl/simulator_stream.hpp>

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/write.hpp>

#include <array>
#include <cstddef>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace lcm::tests {

/// Runs on the test's own loop. Each request gets the next answer of the script; behind the script the answer is a
/// tunnel to the one server that the proxy knows, whatever the request names.
class ScriptedProxy {
public:
    using tcp = boost::asio::ip::tcp;

    enum class Then {
        stay,   // and wait for the next request
        go,     // close the connection
        tunnel, // pass on what comes
    };

    struct Answer {
        std::string text; // of the whole answer; nothing is sent if it is empty
        Then then = Then::stay;
    };

    struct Options {
        bool tls = false;
        std::deque<Answer> script{};
        bool hears = true; // whether a connection is read from at all
    };

    ScriptedProxy(boost::asio::io_context& loop, unsigned short server_port, Options options)
        : options_(std::move(options)), server_(boost::asio::ip::address_v4::loopback(), server_port),
          acceptor_(loop, {boost::asio::ip::address_v4::loopback(), 0}) {
        context_.use_certificate_chain(boost::asio::buffer(identity_.certificate_pem));
        context_.use_private_key(boost::asio::buffer(identity_.key_pem), boost::asio::ssl::context::pem);
        accept();
    }

    [[nodiscard]] unsigned short port() const { return acceptor_.local_endpoint().port(); }
    [[nodiscard]] std::string address() const { return "127.0.0.1:" + std::to_string(port()); }
    /// `user` ends with an '@' if it is not empty.
    [[nodiscard]] std::string url(const std::string& user = {}) const {
        return (options_.tls ? "https://" : "http://") + user + address();
    }
    /// Of the certificate that it shows.
    [[nodiscard]] const std::string& certificate_file() const noexcept { return certificate_.path(); }

    /// All that came, in order, each up to its blank line.
    [[nodiscard]] const std::vector<std::string>& requests() const noexcept { return requests_; }
    [[nodiscard]] int connections() const noexcept { return connections_; }

private:
    struct Connection {
        Connection(boost::asio::io_context::executor_type executor, tcp::socket own, boost::asio::ssl::context* tls)
            : client(std::move(own), tls), server(executor) {}
        testing::detail::SimulatorStream client;
        tcp::socket server;
        std::string received{};
        std::string answer{};
        std::array<char, 16'384> up{};
        std::array<char, 16'384> down{};
    };
    using Shared = std::shared_ptr<Connection>;

    void accept() {
        acceptor_.async_accept([this](error_code ec, tcp::socket socket) {
            if (ec) return;
            ++connections_;
            socket.set_option(tcp::no_delay(true));
            begin(std::make_shared<Connection>(
                static_cast<boost::asio::io_context&>(acceptor_.get_executor().context()).get_executor(),
                std::move(socket), options_.tls ? &context_ : nullptr));
            accept();
        });
    }

    void begin(const Shared& each) {
        kept_.push_back(each);
        if (!options_.hears) return;
        if (!options_.tls) return read_request(each);
        each->client.async_tls_handshake([this, each](error_code ec) {
            if (!ec) read_request(each);
        });
    }

    void read_request(const Shared& each) {
        boost::asio::async_read_until(each->client, boost::asio::dynamic_buffer(each->received), "\r\n\r\n",
                                      [this, each](error_code ec, std::size_t size) {
                                          if (ec) return;
                                          requests_.push_back(each->received.substr(0, size));
                                          each->received.erase(0, size);
                                          answer(each);
                                      });
    }

    void answer(const Shared& each) {
        Answer next{"HTTP/1.1 200 Connection established\r\n\r\n", Then::tunnel};
        if (!options_.script.empty()) {
            next = options_.script.front();
            options_.script.pop_front();
        }
        each->answer = next.text;
        boost::asio::async_write(each->client, boost::asio::buffer(each->answer),
                                 [this, each, then = next.then](error_code ec, std::size_t) {
                                     if (ec) return;
                                     if (then == Then::stay) read_request(each);
                                     else if (then == Then::go) end(*each);
                                     else tunnel(each);
                                 });
    }

    static void end(Connection& each) {
        error_code ignored;
        each.client.socket().shutdown(tcp::socket::shutdown_both, ignored);
        each.server.close(ignored);
    }

    void tunnel(const Shared& each) {
        each->server.async_connect(server_, [each](error_code ec) {
            if (ec) return end(*each);
            each->server.set_option(tcp::no_delay(true));
            pass_up(each);
            pass_down(each);
        });
    }

    static void pass_up(const Shared& each) {
        each->client.async_read_some(boost::asio::buffer(each->up), [each](error_code ec, std::size_t size) {
            if (ec) return end(*each);
            boost::asio::async_write(each->server, boost::asio::buffer(each->up, size),
                                     [each](error_code problem, std::size_t) {
                                         if (!problem) pass_up(each);
                                     });
        });
    }

    static void pass_down(const Shared& each) {
        each->server.async_read_some(boost::asio::buffer(each->down), [each](error_code ec, std::size_t size) {
            if (ec) return end(*each);
            boost::asio::async_write(each->client, boost::asio::buffer(each->down, size),
                                     [each](error_code problem, std::size_t) {
                                         if (!problem) pass_down(each);
                                     });
        });
    }

    Options options_;
    testing::Identity identity_ = testing::make_self_signed();
    TemporaryFile certificate_{identity_.certificate_pem};
    boost::asio::ssl::context context_{boost::asio::ssl::context::tls_server};
    tcp::endpoint server_;
    tcp::acceptor acceptor_;
    std::vector<std::string> requests_;
    std::vector<Shared> kept_; // a connection that says nothing stays open
    int connections_ = 0;
};

} // namespace lcm::tests

#endif
