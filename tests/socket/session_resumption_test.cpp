// SPDX-License-Identifier: BSL-1.0
// Which connections resume a TLS session of one before, with real sockets and on both sides.
#include <support/resumption.hpp>

#include <lcm_client/websocket/impl/tls/tls.hpp>
#include <lcm_client/websocket/impl/tls/tls_sessions.hpp>
#include <lcm_client/websocket/url.hpp>

#include <openssl/ssl.h>

#include <memory>
#include <string>
#include <thread>
#include <vector>

using namespace lcm::tests;
using lcm::testing::CertificateAuthority;

namespace {

using Link = ResumingLink;

constexpr int versions[] = {TLS1_2_VERSION, TLS1_3_VERSION};

} // namespace

TEST_CASE("A connection after the first one resumes its session, again and again") {
    for (const int version : versions) {
        CAPTURE(version);
        Link link({.version = version});
        CHECK_FALSE(link.resumes());
        for (int i = 0; i < 6; ++i) CHECK(link.resumes());
    }
}

TEST_CASE("TLS 1.2 resumes sessions by their id as well, without tickets") {
    Link link({.version = TLS1_2_VERSION,
               .configure = [](SSL_CTX* context) { SSL_CTX_set_options(context, SSL_OP_NO_TICKET); }});
    CHECK_FALSE(link.resumes());
    for (int i = 0; i < 3; ++i) CHECK(link.resumes());
}

TEST_CASE("A session belongs to the factory, and its clients share it") {
    for (const int version : versions) {
        CAPTURE(version);
        Link link({.version = version});
        CHECK_FALSE(link.resumes());
        const auto copy = link.factory;
        link.factory = link.make_factory();
        CHECK_FALSE(link.resumes());
        link.factory = copy;
        CHECK(link.resumes());
    }
}

TEST_CASE("A session is not offered under another name or to another port") {
    for (const int version : versions) {
        CAPTURE(version);
        const auto sessions = std::make_shared<lcm::detail::TlsSessions>();
        const auto context = lcm::detail::make_tls_context({.insecure_skip_certificate_verification = true});
        boost::asio::io_context loop;
        TlsServer server(loop, {.version = version, .answer = not_found});
        const auto connects_as = [&](const std::string& name) {
            using tcp = boost::asio::ip::tcp;
            const lcm::Url url = lcm::parse_url(server.url());
            boost::asio::ssl::stream<tcp::socket> stream(loop, *context);
            SSL* const tls = stream.native_handle();
            lcm::detail::resume_session(tls, sessions, name);
            std::string answer;
            stream.lowest_layer().connect(
                {boost::asio::ip::make_address(url.host), static_cast<unsigned short>(std::stoul(url.port))});
            bool is_over = false;
            stream.async_handshake(boost::asio::ssl::stream_base::client, [&](lcm::error_code ec) {
                if (ec) throw std::logic_error("no handshake: " + ec.message());
                lcm::detail::keep_resumed_session(tls);
                boost::asio::async_write(stream, boost::asio::buffer(std::string_view("GET\r\n\r\n")),
                                         [](lcm::error_code, std::size_t) {});
                boost::asio::async_read_until(stream, boost::asio::dynamic_buffer(answer), "\r\n\r\n",
                                              [&](lcm::error_code, std::size_t) { is_over = true; });
            });
            while (!is_over)
                if (loop.run_one_for(patience) == 0) throw std::logic_error("no answer comes");
            return SSL_session_reused(tls) == 1;
        };
        CHECK_FALSE(connects_as("one:443"));
        CHECK(connects_as("one:443"));
        CHECK_FALSE(connects_as("two:443"));
        CHECK_FALSE(connects_as("one:444"));
        CHECK(connects_as("one:443"));
        CHECK(connects_as("two:443"));
    }
}

TEST_CASE("After TLS has failed, the next handshake is a full one") {
    for (const int version : versions) {
        CAPTURE(version);
        Link link({.version = version});
        CHECK_FALSE(link.resumes());
        CHECK(link.resumes());
        // The server forgets its tickets and shows a certificate that is not trusted.
        link.server.show(lcm::testing::make_self_signed());
        link.server.forget_sessions();
        check_certificate_refusal(open(link.loop, link.factory), "it is self-signed");
        link.server.show(link.root.issue());
        CHECK_FALSE(link.resumes());
        CHECK(link.resumes());
    }
}

TEST_CASE("A server that has forgotten its sessions, or has none, does a full handshake, which is no failure") {
    for (const int version : versions) {
        CAPTURE(version);
        Link link({.version = version});
        CHECK_FALSE(link.resumes());
        CHECK(link.resumes());
        link.server.forget_sessions();
        CHECK_FALSE(link.resumes());
        CHECK(link.resumes());

        Link without({.version = version, .configure = [](SSL_CTX* context) {
                          SSL_CTX_set_options(context, SSL_OP_NO_TICKET);
                          SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
                      }});
        for (int i = 0; i < 3; ++i) CHECK_FALSE(without.resumes());
    }
}

TEST_CASE("A server that refuses a handshake because of a session is left in peace with sessions") {
    // Without a name for its sessions, OpenSSL refuses to resume one with a client's certificate.
    const CertificateAuthority root;
    const lcm::testing::Identity client = root.issue_client();
    for (const int version : versions) {
        CAPTURE(version);
        Link link({.version = version,
                   .demands_certificate = true,
                   .client_authority = root.pem(),
                   .configure = [](SSL_CTX* context) { SSL_CTX_set_session_id_context(context, nullptr, 0); }});
        lcm::WebSocketOptions options = link.options();
        options.tls.certificate_pem = client.certificate_pem;
        options.tls.key_pem = client.key_pem;
        link.factory = lcm::websocket(options);
        CHECK_FALSE(link.resumes());
        const Opening refused = open(link.loop, link.factory);
        CHECK(refused.ec == lcm::Errc::tls_failed);
        CHECK_FALSE(refused.failure.is_permanent);
        for (int i = 0; i < 3; ++i) CHECK_FALSE(link.resumes());
    }
}

TEST_CASE("Sessions with a client certificate are resumed") {
    const CertificateAuthority root;
    const lcm::testing::Identity client = root.issue_client();
    for (const int version : versions) {
        CAPTURE(version);
        Link link({.version = version, .demands_certificate = true, .client_authority = root.pem()});
        lcm::WebSocketOptions options = link.options();
        options.tls.certificate_pem = client.certificate_pem;
        options.tls.key_pem = client.key_pem;
        link.factory = lcm::websocket(options);
        CHECK_FALSE(link.resumes());
        for (int i = 0; i < 3; ++i) CHECK(link.resumes());
    }
}

TEST_CASE("The hook for the context can switch the resumption off") {
    for (const int version : versions) {
        CAPTURE(version);
        Link link({.version = version});
        lcm::WebSocketOptions options = link.options();
        options.tls.configure = [](boost::asio::ssl::context& context) {
            SSL_CTX_set_info_callback(context.native_handle(), note_handshake);
            SSL_CTX_set_session_cache_mode(context.native_handle(), SSL_SESS_CACHE_OFF);
        };
        link.factory = lcm::websocket(options);
        for (int i = 0; i < 3; ++i) CHECK_FALSE(link.resumes());
    }
}

TEST_CASE("The simulator's connections resume sessions, until it shows another certificate") {
    const CertificateAuthority company;
    const lcm::testing::Identity desk = company.issue_client();
    lcm::testing::Simulator simulator({.tls = true, .client_authority_pem = company.pem()});
    lcm::WebSocketOptions options{.url = simulator.url(), .tls = {.ca_pem = simulator.authority_pem()}};
    options.tls.certificate_pem = desk.certificate_pem;
    options.tls.key_pem = desk.key_pem;
    const auto factory = lcm::websocket(options);
    const auto attempt = [&factory] {
        boost::asio::io_context loop;
        return open(loop, factory);
    };
    simulator.set_fault(lcm::testing::Fault::forbidden); // an HTTP answer, before which the tickets are read
    for (std::size_t i = 0; i < 3; ++i) {
        CHECK(has(attempt(), "403"));
        CHECK(simulator.resumed_sessions() == i);
    }
    simulator.set_fault(lcm::testing::Fault::wrong_host);
    check_certificate_refusal(attempt(), "mismatch");
    simulator.set_fault(lcm::testing::Fault::forbidden);
    CHECK(has(attempt(), "403"));
    CHECK(simulator.resumed_sessions() == 2);
}

TEST_CASE("Sessions are kept and taken by many threads at once") {
    lcm::detail::TlsSessions sessions;
    const auto now = std::chrono::system_clock::now();
    const auto work = [&](const std::string& server) {
        for (int i = 0; i < 2'000; ++i) {
            sessions.keep(server, {lcm::detail::Openssl<SSL_SESSION>(SSL_SESSION_new()), now}, now);
            static_cast<void>(sessions.take(server, now));
            if (i % 100 == 0) sessions.drop(server);
        }
    };
    std::thread first(work, "a");
    std::thread second(work, "b");
    std::thread third(work, "a");
    first.join(), second.join(), third.join();
    CHECK_FALSE(sessions.take("c", now));
}
