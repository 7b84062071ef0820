// SPDX-License-Identifier: BSL-1.0
// Who is accepted as a TLS server and who is refused, against real servers, and what is said about it.
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

#include <openssl/ssl.h>

#include <array>
#include <cstddef>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

using namespace lcm::tests;
using lcm::testing::Fault;
using lcm::testing::Simulator;
namespace ssl = boost::asio::ssl;
using tcp = boost::asio::ip::tcp;

namespace {

struct Opening {
    lcm::error_code ec;
    lcm::TransportFailure failure;
};

bool has(const Opening& opening, const std::string& words) {
    return opening.failure.detail.find(words) != std::string::npos;
}

Opening open(boost::asio::io_context& loop, const lcm::WebSocketOptions& options) {
    const auto transport = lcm::websocket(options)(loop.get_executor(), 65536);
    std::optional<lcm::error_code> opened;
    transport->async_open([&](lcm::error_code ec) { opened = ec; });
    while (!opened)
        if (loop.run_one_for(patience) == 0) throw std::logic_error("async_open did not complete");
    return {*opened, transport->last_failure()};
}

Opening open(const lcm::WebSocketOptions& options) {
    boost::asio::io_context loop;
    return open(loop, options);
}

void check_refusal(const Opening& opening, const std::string& words) {
    CAPTURE(opening.ec.message(), opening.failure.cause.message(), opening.failure.detail, words);
    CHECK(opening.ec == lcm::Errc::tls_failed);
    CHECK(opening.failure.cause);
    CHECK(opening.failure.is_permanent);
    CHECK(has(opening, words));
}

// What a server of one connection does that the simulator does not.
struct ServerOptions {
    lcm::testing::Identity identity = lcm::testing::make_self_signed();
    int version = TLS1_3_VERSION; // this one only
    bool demands_certificate = false;
    std::string answer{}; // to the request for the upgrade; then TCP is closed, and TLS is not
};

class TlsServer {
public:
    TlsServer(boost::asio::io_context& loop, const ServerOptions& options)
        : acceptor_(loop, tcp::endpoint(boost::asio::ip::address_v4::loopback(), 0)), answer_(options.answer) {
        SSL_CTX* const native = context_.native_handle();
        SSL_CTX_set_security_level(native, 0); // for TLS 1.0 and 1.1
        SSL_CTX_set_min_proto_version(native, options.version);
        SSL_CTX_set_max_proto_version(native, options.version);
        if (options.demands_certificate) context_.set_verify_mode(ssl::verify_peer | ssl::verify_fail_if_no_peer_cert);
        context_.use_certificate_chain(boost::asio::buffer(options.identity.certificate_pem));
        context_.use_private_key(boost::asio::buffer(options.identity.key_pem), ssl::context::pem);
        acceptor_.async_accept([this](lcm::error_code ec, tcp::socket socket) {
            if (!ec) handshake(std::move(socket));
        });
    }

    [[nodiscard]] std::string url() const {
        return "wss://127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port()) + "/";
    }

private:
    void handshake(tcp::socket socket) {
        stream_.emplace(std::move(socket), context_);
        stream_->async_handshake(ssl::stream_base::server, [this](lcm::error_code ec) {
            if (ec) return hang_up();
            boost::asio::async_read_until(
                *stream_, boost::asio::dynamic_buffer(request_), "\r\n\r\n", [this](lcm::error_code, std::size_t) {
                    boost::asio::async_write(*stream_, boost::asio::buffer(answer_),
                                             [this](lcm::error_code, std::size_t) { hang_up(); });
                });
        });
    }

    void hang_up() {
        lcm::error_code ignored;
        stream_->lowest_layer().close(ignored);
    }

    tcp::acceptor acceptor_;
    ssl::context context_{ssl::context::tls_server};
    std::optional<ssl::stream<tcp::socket>> stream_;
    std::string request_;
    std::string answer_;
};

Opening open_to(const ServerOptions& options) {
    const TemporaryFile trusted(options.identity.certificate_pem);
    boost::asio::io_context loop;
    TlsServer server(loop, options);
    return open(loop, {.url = server.url(), .tls = {.ca_file = trusted.path()}});
}

// Answers the first bytes with others, without TLS.
Opening open_to_bytes(const std::string& answer) {
    boost::asio::io_context loop;
    tcp::acceptor acceptor(loop, tcp::endpoint(boost::asio::ip::address_v4::loopback(), 0));
    tcp::socket socket(loop);
    std::array<char, 4096> received{};
    acceptor.async_accept(socket, [&](lcm::error_code) {
        socket.async_read_some(boost::asio::buffer(received), [&](lcm::error_code, std::size_t) {
            boost::asio::async_write(socket, boost::asio::buffer(answer), [&](lcm::error_code, std::size_t) {
                lcm::error_code ignored;
                socket.shutdown(tcp::socket::shutdown_send, ignored);
            });
        });
    });
    return open(loop, {.url = "wss://127.0.0.1:" + std::to_string(acceptor.local_endpoint().port()) + "/"});
}

struct CertificateFault {
    Fault fault;
    std::string words;
};

const std::vector<CertificateFault>& certificate_faults() {
    static const std::vector<CertificateFault> rows{
        {Fault::expired, "it has expired"},         {Fault::not_yet_valid, "it is not yet valid"},
        {Fault::wrong_host, "IP address mismatch"}, {Fault::no_address, "IP address mismatch"},
        {Fault::self_signed, "it is self-signed"},  {Fault::unknown_authority, "unknown issuer"},
    };
    return rows;
}

} // namespace

TEST_CASE("The right certificate is accepted, by IP address and by host name") {
    Simulator simulator({.tls = true});
    const TemporaryFile authority(simulator.authority_pem());
    const std::string by_name = "wss://localhost:" + std::to_string(simulator.port()) + "/";
    for (const std::string& url : {simulator.url(), by_name}) {
        CAPTURE(url);
        CHECK_FALSE(open({.url = url, .tls = {.ca_file = authority.path()}}).ec);
    }
    simulator.set_fault(Fault::no_address); // it names localhost nevertheless
    CHECK_FALSE(open({.url = by_name, .tls = {.ca_file = authority.path()}}).ec);
}

TEST_CASE("Every wrong certificate is refused for good, with the reason in words") {
    Simulator simulator({.tls = true});
    const TemporaryFile authority(simulator.authority_pem());
    for (const CertificateFault& row : certificate_faults()) {
        CAPTURE(lcm::testing::info(row.fault).name);
        simulator.set_fault(row.fault);
        const Opening opening = open({.url = simulator.url(), .tls = {.ca_file = authority.path()}});
        check_refusal(opening, row.words);
        CHECK(has(opening, "the server's certificate was refused"));
    }
    simulator.set_fault(Fault::wrong_host);
    const std::string by_name = "wss://localhost:" + std::to_string(simulator.port()) + "/";
    check_refusal(open({.url = by_name, .tls = {.ca_file = authority.path()}}), "host name mismatch");
    CHECK(simulator.connections() == 0);
}

TEST_CASE("Without a file of trusted certificates the system's store decides, which does not know a test's authority") {
    Simulator simulator({.tls = true});
    check_refusal(open({.url = simulator.url()}), "unknown issuer");
}

TEST_CASE("A self-signed certificate is accepted when it is named as trusted") {
    const Opening opening = open_to({.answer = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"});
    CAPTURE(opening.failure.detail);
    CHECK(opening.ec == lcm::Errc::upgrade_rejected); // TLS is over
    CHECK(has(opening, "404"));
}

TEST_CASE("With verification switched off, every certificate is accepted") {
    Simulator simulator({.tls = true});
    for (const CertificateFault& row : certificate_faults()) {
        CAPTURE(lcm::testing::info(row.fault).name);
        simulator.set_fault(row.fault);
        const Opening opening = open({.url = simulator.url(), .tls = {.insecure_skip_certificate_verification = true}});
        CHECK_FALSE(opening.ec);
    }
}

TEST_CASE("With verification switched off, what else fails is not blamed on the certificate") {
    Simulator simulator({.tls = true, .fault = Fault::client_certificate});
    const Opening opening = open({.url = simulator.url(), .tls = {.insecure_skip_certificate_verification = true}});
    check_refusal(opening, "client certificate");
}

TEST_CASE("TLS 1.0 and 1.1 are refused for good, with the reason in words; 1.2 and 1.3 are accepted") {
    const std::string words = "no TLS version that is 1.2 or newer";
    check_refusal(open_to({.version = TLS1_VERSION}), words);
    check_refusal(open_to({.version = TLS1_1_VERSION}), words);
    const std::string answer = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";
    CHECK(has(open_to({.version = TLS1_2_VERSION, .answer = answer}), "404"));
    CHECK(has(open_to({.version = TLS1_3_VERSION, .answer = answer}), "404"));

    Simulator simulator({.tls = true, .fault = Fault::old_tls});
    const TemporaryFile authority(simulator.authority_pem());
    check_refusal(open({.url = simulator.url(), .tls = {.ca_file = authority.path()}}), words);
}

TEST_CASE("A server that knows nothing newer than TLS 1.0 is told from one that does not speak TLS") {
    std::string hello("\x16\x03\x01\x00\x2a"      // a record of 42 bytes
                      "\x02\x00\x00\x26\x03\x01", // ServerHello, TLS 1.0
                      11);
    hello.append(32, 'r').append("\x00\x00\x2f\x00", 4); // random, no session, AES128-SHA, no compression
    check_refusal(open_to_bytes(hello), "no TLS version that is 1.2 or newer");
    check_refusal(open_to_bytes("HTTP/1.1 400 Bad Request\r\n\r\n"), "does not speak TLS");
    check_refusal(open_to_bytes(std::string("\x15\x03\x03\x00\x02\x02\x28", 7)), "alert 40 (handshake failure)");
}

TEST_CASE("A server's internal error in the TLS handshake is not for good") {
    const Opening opening = open_to_bytes(std::string("\x15\x03\x03\x00\x02\x02\x50", 7));
    CHECK(opening.ec == lcm::Errc::tls_failed);
    CHECK_FALSE(opening.failure.is_permanent);
    CHECK(has(opening, "alert 80 (internal error)"));
}

TEST_CASE("A demand for a client certificate is refused for good, with the reason in words") {
    const std::string words = "demands a client certificate, which this library does not support";
    SECTION("under TLS 1.2, in the handshake") {
        check_refusal(open_to({.version = TLS1_2_VERSION, .demands_certificate = true}), words);
    }
    SECTION("under TLS 1.3, after the handshake") {
        check_refusal(open_to({.version = TLS1_3_VERSION, .demands_certificate = true}), words);
    }
    SECTION("by the simulator") {
        Simulator simulator({.tls = true, .fault = Fault::client_certificate});
        const TemporaryFile authority(simulator.authority_pem());
        check_refusal(open({.url = simulator.url(), .tls = {.ca_file = authority.path()}}), words);
    }
}

TEST_CASE("A refused handshake in which no certificate was demanded is not called a demand") {
    const Opening opening = open_to_bytes(std::string("\x15\x03\x03\x00\x02\x02\x28", 7)); // the alert that is used
    check_refusal(opening, "alert 40 (handshake failure)");
    CHECK_FALSE(has(opening, "client certificate"));
}

TEST_CASE("A connection that breaks during the TLS handshake is worth another try") {
    const Opening opening = open_to_bytes("");
    CHECK(opening.ec == lcm::Errc::tls_failed);
    CHECK_FALSE(opening.failure.is_permanent);
    CHECK(has(opening, "closed the connection during the TLS handshake"));
}

TEST_CASE("A refusal of the upgrade is understood, though the server ends TCP without ending TLS") {
    const Opening opening = open_to({.answer = "HTTP/1.1 401 Unauthorized\r\n\r\n"}); // its body ends with the stream
    CAPTURE(opening.failure.cause.message(), opening.failure.detail);
    CHECK(opening.ec == lcm::Errc::unauthorized);
    CHECK(opening.failure.is_permanent);
    CHECK(has(opening, "401"));
}
