// SPDX-License-Identifier: BSL-1.0
// A TLS server that does what the simulator does not, and what an attempt to connect to it came to.
#ifndef LCM_CLIENT_TESTS_SUPPORT_TLS_SERVER_HPP
#define LCM_CLIENT_TESTS_SUPPORT_TLS_SERVER_HPP

#include <support/catch.hpp>
#include <support/socket_client.hpp>

#include <lcm_client/testing/certificates.hpp>

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/ssl/verify_mode.hpp>
#include <boost/asio/write.hpp>

#include <openssl/rand.h>
#include <openssl/ssl.h>

#include <array>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace lcm::tests {

/// What became of an attempt.
struct Opening {
    error_code ec;
    TransportFailure failure;
};

inline bool has(const Opening& opening, const std::string& words) {
    return opening.failure.detail.find(words) != std::string::npos;
}

inline Opening open(boost::asio::io_context& loop, const TransportFactory<WebSocketTransport>& factory) {
    const auto transport = factory(loop.get_executor(), 65536);
    std::optional<error_code> opened;
    transport->async_open([&](error_code ec) { opened = ec; });
    while (!opened)
        if (loop.run_one_for(patience) == 0) throw std::logic_error("async_open did not complete");
    return {*opened, transport->last_failure()};
}

inline Opening open(boost::asio::io_context& loop, const WebSocketOptions& options) {
    return open(loop, websocket(options));
}

inline Opening open(const WebSocketOptions& options) {
    boost::asio::io_context loop;
    return open(loop, options);
}

inline void check_refusal(const Opening& opening, const std::string& words) {
    CAPTURE(opening.ec.message(), opening.failure.cause.message(), opening.failure.detail, words);
    CHECK(opening.ec == Errc::tls_failed);
    CHECK(opening.failure.cause);
    CHECK(opening.failure.is_permanent);
    CHECK(has(opening, words));
}

/// A refusal that has to do with a certificate.
inline void check_certificate_refusal(const Opening& opening, const std::string& words) {
    check_refusal(opening, words);
    CHECK(opening.failure.block == BlockReason::certificate);
}

struct ServerOptions {
    testing::Identity identity = testing::make_self_signed();
    int version = TLS1_3_VERSION; // this one only
    bool demands_certificate = false;
    std::string host = "127.0.0.1";            // by which it is called
    std::string answer{};                      // to the request for the upgrade; then TCP is closed, and TLS is not
    std::string client_authority{};            // whose certificates it takes, if it demands one
    std::function<void(SSL_CTX*)> configure{}; // last of all
};

inline const std::string not_found = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";

/// Serves one connection after the other, on the test's loop.
class TlsServer {
public:
    TlsServer(boost::asio::io_context& loop, const ServerOptions& options)
        : acceptor_(loop, tcp::endpoint(boost::asio::ip::address_v4::loopback(), 0)), host_(options.host),
          answer_(options.answer) {
        namespace ssl = boost::asio::ssl;
        SSL_CTX* const native = context_.native_handle();
        SSL_CTX_set_security_level(native, 0); // for TLS 1.0 and 1.1
        SSL_CTX_set_min_proto_version(native, options.version);
        SSL_CTX_set_max_proto_version(native, options.version);
        if (options.demands_certificate) context_.set_verify_mode(ssl::verify_peer | ssl::verify_fail_if_no_peer_cert);
        if (!options.client_authority.empty())
            context_.add_certificate_authority(boost::asio::buffer(options.client_authority));
        context_.use_certificate_chain(boost::asio::buffer(options.identity.certificate_pem));
        context_.use_private_key(boost::asio::buffer(options.identity.key_pem), ssl::context::pem);
        const std::array<unsigned char, 4> name{'t', 'e', 's',
                                                't'}; // without it sessions with certificates are refused
        SSL_CTX_set_session_id_context(native, name.data(), static_cast<unsigned>(name.size()));
        if (options.configure) options.configure(native);
        accept();
    }

    [[nodiscard]] std::string url() const {
        return "wss://" + host_ + ":" + std::to_string(acceptor_.local_endpoint().port()) + "/";
    }

    /// What the client has asked for last; empty until then.
    [[nodiscard]] const std::string& request() const noexcept { return request_; }

    /// The name by which it has asked for a certificate; empty if by none.
    [[nodiscard]] std::string sni() {
        const char* const name = SSL_get_servername(stream_->native_handle(), TLSEXT_NAMETYPE_host_name);
        return name == nullptr ? "" : name;
    }

    /// Of each handshake that has succeeded, whether it has resumed a session.
    [[nodiscard]] const std::vector<bool>& resumed() const noexcept { return resumed_; }

    /// What was given to clients before cannot be resumed any more: it was given under another name.
    void forget_sessions() {
        std::array<unsigned char, 16> name{};
        if (RAND_bytes(name.data(), static_cast<int>(name.size())) != 1 ||
            SSL_CTX_set_session_id_context(context_.native_handle(), name.data(), static_cast<unsigned>(name.size())) !=
                1)
            throw std::logic_error("the server cannot forget its sessions");
    }

    /// The identity that is shown from now on.
    void show(const testing::Identity& identity) {
        context_.use_certificate_chain(boost::asio::buffer(identity.certificate_pem));
        context_.use_private_key(boost::asio::buffer(identity.key_pem), boost::asio::ssl::context::pem);
    }

private:
    using tcp = boost::asio::ip::tcp;

    void accept() {
        acceptor_.async_accept([this](error_code ec, tcp::socket socket) {
            if (!ec) handshake(std::move(socket));
        });
    }

    void handshake(tcp::socket socket) {
        stream_ = std::make_shared<boost::asio::ssl::stream<tcp::socket>>(std::move(socket), context_);
        request_.clear();
        accept();
        stream_->async_handshake(boost::asio::ssl::stream_base::server, [this, stream = stream_](error_code ec) {
            if (ec) return hang_up(*stream);
            resumed_.push_back(SSL_session_reused(stream->native_handle()) == 1);
            boost::asio::async_read_until(
                *stream, boost::asio::dynamic_buffer(request_), "\r\n\r\n", [this, stream](error_code, std::size_t) {
                    boost::asio::async_write(*stream, boost::asio::buffer(answer_),
                                             [stream](error_code, std::size_t) { hang_up(*stream); });
                });
        });
    }

    static void hang_up(boost::asio::ssl::stream<tcp::socket>& stream) {
        // Else OpenSSL would not resume the session of a connection that ends like this.
        SSL_set_shutdown(stream.native_handle(), SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
        error_code ignored;
        stream.lowest_layer().close(ignored);
    }

    tcp::acceptor acceptor_;
    boost::asio::ssl::context context_{boost::asio::ssl::context::tls_server};
    std::shared_ptr<boost::asio::ssl::stream<tcp::socket>> stream_;
    std::string host_;
    std::string request_;
    std::string answer_;
    std::vector<bool> resumed_;
};

inline Opening open_to(const ServerOptions& options, const TlsOptions& tls) {
    boost::asio::io_context loop;
    TlsServer server(loop, options);
    return open(loop, {.url = server.url(), .tls = tls});
}

inline Opening open_trusting(const std::string& ca_file, const ServerOptions& options) {
    return open_to(options, TlsOptions{.ca_file = ca_file});
}

/// The server's own certificate is trusted.
inline Opening open_to(const ServerOptions& options) {
    return open_to(options, TlsOptions{.ca_pem = options.identity.certificate_pem});
}

/// What `websocket()` says to options for TLS that cannot be used; "accepted" if nothing.
inline std::string refusal_of(const TlsOptions& tls) {
    try {
        static_cast<void>(websocket({.url = "wss://127.0.0.1/", .tls = tls}));
    } catch (const LcmError& problem) {
        if (problem.error().code != Errc::invalid_argument) return "another code";
        return problem.error().detail;
    }
    return "accepted";
}

} // namespace lcm::tests

#endif
