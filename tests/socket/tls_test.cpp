// SPDX-License-Identifier: BSL-1.0
// Who is accepted as a TLS server and who is refused, against real servers, and what is said about it.
#include <support/catch.hpp>
#include <support/socket_client.hpp>
#include <support/tls_server.hpp>

#include <lcm_client/testing/certificates.hpp>
#include <lcm_client/websocket/impl/tls/tls.hpp>
#include <lcm_client/websocket/impl/tls/tls_trust.hpp>
#include <lcm_client/websocket/url.hpp>

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>

#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <array>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

using namespace lcm::tests;
using lcm::testing::CertificateAuthority;
using lcm::testing::Fault;
using lcm::testing::Identity;
using lcm::testing::Simulator;
using tcp = boost::asio::ip::tcp;

namespace {

unsigned long flags_of(const lcm::TlsOptions& options) {
    const auto context = lcm::detail::make_tls_context(options);
    X509_STORE* const store = SSL_CTX_get_cert_store(context->native_handle());
    const unsigned long flags = X509_VERIFY_PARAM_get_flags(X509_STORE_get0_param(store)) |
                                X509_VERIFY_PARAM_get_flags(SSL_CTX_get0_param(context->native_handle()));
    return flags & X509_V_FLAG_PARTIAL_CHAIN;
}

// Whether a certificate with this name is one for `host`, by the rules that a connection sets.
bool is_for(const std::string& name, const std::string& host) {
    const std::string pem = lcm::testing::make_self_signed({.names = {name}}).certificate_pem;
    const std::unique_ptr<BIO, int (*)(BIO*)> text(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), BIO_free);
    const std::unique_ptr<X509, void (*)(X509*)> certificate(PEM_read_bio_X509(text.get(), nullptr, nullptr, nullptr),
                                                             X509_free);
    const auto context = lcm::detail::make_tls_context({});
    const std::unique_ptr<SSL, void (*)(SSL*)> tls(SSL_new(context->native_handle()), SSL_free);
    if (!lcm::detail::expect_host(tls.get(), lcm::parse_url("wss://" + host + "/")))
        throw std::logic_error("no memory");
    X509_VERIFY_PARAM* const expected = SSL_get0_param(tls.get());
    const char* const wanted = X509_VERIFY_PARAM_get0_host(expected, 0);
    return X509_check_host(certificate.get(), wanted, 0, X509_VERIFY_PARAM_get_hostflags(expected), nullptr) == 1;
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
        check_certificate_refusal(opening, row.words);
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

TEST_CASE("Whoever is named as trusted is, whether it is a root, an issuing authority or the server itself") {
    const CertificateAuthority root;
    const CertificateAuthority issuing = root.issue_authority();
    const CertificateAuthority other = root.issue_authority();
    const Identity leaf = issuing.issue();
    const Identity chain{leaf.certificate_pem + issuing.pem(), leaf.key_pem};
    struct Row {
        Identity shown;
        std::string trusted;
        std::string words; // empty: accepted
    };
    const std::string unknown = "unknown issuer";
    const std::vector<Row> rows{
        {chain, root.pem(), ""},
        {chain, issuing.pem(), ""},
        {chain, leaf.certificate_pem, ""},
        {leaf, issuing.pem(), ""},
        {leaf, leaf.certificate_pem, ""},
        {leaf, root.pem() + issuing.pem(), ""},
        {chain, other.pem() + root.pem(), ""},
        {leaf, root.pem(), unknown}, // the server does not show who has issued it
        {chain, other.pem(), unknown},
        {chain, CertificateAuthority().pem(), unknown},
        {chain, other.issue().certificate_pem, unknown},
    };
    for (const Row& row : rows) {
        CAPTURE(row.words, &row - rows.data());
        const TemporaryFile trusted(row.trusted);
        const Opening opening = open_trusting(trusted.path(), {.identity = row.shown, .answer = not_found});
        CAPTURE(opening.failure.detail);
        if (row.words.empty()) CHECK(has(opening, "404")); // TLS is over
        else check_refusal(opening, row.words);
    }
}

TEST_CASE("An issuing authority that the system's store holds is no anchor") {
    CHECK(flags_of({}) == 0);
    const TemporaryFile trusted(CertificateAuthority().pem());
    CHECK(flags_of({.ca_file = trusted.path()}) == X509_V_FLAG_PARTIAL_CHAIN);
}

TEST_CASE("A file of trusted certificates is read as editors and tools leave it") {
    const CertificateAuthority root;
    const std::string pem = root.pem();
    std::string with_returns;
    for (const char c : pem) with_returns += c == '\n' ? "\r\n" : std::string(1, c);
    const std::string other = CertificateAuthority().pem();
    for (const std::string& text :
         {pem, with_returns, "\xef\xbb\xbf" + pem, "\xef\xbb\xbf" + pem + other, "subject=x\n" + pem + "words\n",
          other + "\n\n" + pem, pem + pem, root.issue().key_pem + pem}) {
        CAPTURE(text);
        const TemporaryFile trusted(text);
        CHECK(has(open_trusting(trusted.path(), {.identity = root.issue(), .answer = not_found}), "404"));
    }
}

TEST_CASE("A file of trusted certificates that cannot be used is refused at once, with the reason in words") {
    const std::string pem = CertificateAuthority().pem();
    const auto refusal_of_text = [&](const std::string& text) {
        return refusal_of({.ca_file = TemporaryFile(text).path()});
    };
    CHECK(refusal_of({.ca_file = "/nowhere/at/all.pem"}) ==
          "tls.ca_file: the trusted certificates cannot be read: the file cannot be opened");
    for (const std::string& text : {std::string(), std::string("no certificate\n"), pem.substr(0, 20)})
        CHECK(refusal_of_text(text).find("holds no certificate in PEM form") != std::string::npos);
    for (const std::string& text : {pem.substr(0, pem.size() / 2), pem + pem.substr(0, 200) + "!!\n"})
        CHECK(refusal_of_text(text).find("one of them is damaged") != std::string::npos);
    CHECK(refusal_of({.ca_file = std::filesystem::temp_directory_path().string()}).starts_with("tls.ca_file"));
}

TEST_CASE("Only the names of a certificate count, not its common name, and an asterisk stands for a whole label") {
    const CertificateAuthority root;
    const TemporaryFile trusted(root.pem());
    struct Row {
        std::vector<std::string> names;
        std::string common_name;
        std::string host;
        std::string words; // empty: accepted
    };
    const std::string nobody = "it names no host; the common name alone does not count";
    const std::string others = "it is for other hosts";
    const std::vector<Row> rows{
        {{}, "localhost", "localhost", nobody},
        {{}, "127.0.0.1", "127.0.0.1", nobody},
        {{"other.example"}, "localhost", "localhost", others},
        {{"127.0.0.1"}, "localhost", "localhost", others},
        {{"localhost"}, "127.0.0.1", "127.0.0.1", "IP address mismatch"},
        {{"localhost"}, "x", "localhost", ""},
        {{"LocalHost"}, "x", "localhost", ""},
        {{"localhost"}, "x", "LOCALHOST", ""},
        {{"*"}, "x", "localhost", others},
        {{"local*"}, "x", "localhost", others},
        {{"l*t"}, "x", "localhost", others},
    };
    for (const Row& row : rows) {
        CAPTURE(row.names, row.common_name, row.host);
        const Identity identity = root.issue({.names = row.names, .common_name = row.common_name});
        const Opening opening =
            open_trusting(trusted.path(), {.identity = identity, .host = row.host, .answer = not_found});
        CAPTURE(opening.failure.detail);
        if (row.words.empty()) CHECK(has(opening, "404"));
        else check_refusal(opening, row.words);
    }
}

TEST_CASE("A host with a dot at its end is the one without it, for SNI and the certificate, and itself for HTTP") {
    const CertificateAuthority root;
    const TemporaryFile trusted(root.pem());
    struct Row {
        std::string host;
        std::string sni;
    };
    for (const Row& row : {Row{"localhost.", "localhost"}, {"localhost", "localhost"}, {"127.0.0.1", ""}}) {
        CAPTURE(row.host);
        boost::asio::io_context loop;
        TlsServer server(loop, {.identity = root.issue(), .host = row.host, .answer = not_found});
        const Opening opening = open(loop, {.url = server.url(), .tls = {.ca_file = trusted.path()}});
        CAPTURE(opening.failure.detail);
        REQUIRE(has(opening, "404"));
        CHECK(server.sni() == row.sni);
        CHECK(server.request().find("\r\nHost: " + row.host + ":") != std::string::npos);
    }
}

TEST_CASE("Wildcards stand for one whole label on the left") {
    struct Row {
        std::string name;
        std::string host;
        bool is_for_it;
    };
    for (const Row& row : {Row{"*.example.com", "lcm.example.com", true},
                           {"*.example.com", "lcm.example.com.", true},
                           {"*.example.com", "a.b.example.com", false},
                           {"*.example.com", "example.com", false},
                           {"l*.example.com", "lcm.example.com", false},
                           {"*m.example.com", "lcm.example.com", false},
                           {"lcm.*.com", "lcm.example.com", false},
                           {"*.com", "example.com", false},
                           {"*.*.com", "lcm.example.com", false},
                           {"lcm.example.com", "lcm.example.com", true}}) {
        CAPTURE(row.name, row.host);
        CHECK(is_for(row.name, row.host) == row.is_for_it);
    }
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
    const Opening opening = open({.url = simulator.url(), .tls = {.ca_file = authority.path()}});
    check_refusal(opening, words);
    CHECK(opening.failure.block == lcm::BlockReason::other);
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
    const std::string words = "demands a client certificate; give it in tls.certificate_file";
    SECTION("under TLS 1.2, in the handshake") {
        check_certificate_refusal(open_to({.version = TLS1_2_VERSION, .demands_certificate = true}), words);
    }
    SECTION("under TLS 1.3, after the handshake") {
        check_certificate_refusal(open_to({.version = TLS1_3_VERSION, .demands_certificate = true}), words);
    }
    SECTION("by the simulator") {
        Simulator simulator({.tls = true, .fault = Fault::client_certificate});
        const TemporaryFile authority(simulator.authority_pem());
        check_certificate_refusal(open({.url = simulator.url(), .tls = {.ca_file = authority.path()}}), words);
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
