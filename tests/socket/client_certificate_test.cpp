// SPDX-License-Identifier: BSL-1.0
// The client's certificate: how it is given, what servers make of it, and that its secrets stay secret.
#include <support/tls_server.hpp>

#include <lcm_client/testing/simulator.hpp>

#include <stdexcept>
#include <string>
#include <vector>

using namespace lcm::tests;
using lcm::testing::CertificateAuthority;
using lcm::testing::Identity;
using lcm::testing::Simulator;

namespace {

const std::string canary = "canary-4711-password";

lcm::TlsOptions shown(const Identity& client) {
    return {.insecure_skip_certificate_verification = true,
            .certificate_pem = client.certificate_pem,
            .key_pem = client.key_pem};
}

// A chain is asked for in its whole: the server knows the root alone.
Identity issue_under_issuing_authority(const CertificateAuthority& root) {
    const CertificateAuthority issuing = root.issue_authority();
    const Identity leaf = issuing.issue_client();
    return {leaf.certificate_pem + issuing.pem(), leaf.key_pem};
}

} // namespace

TEST_CASE("A client certificate is taken from files and from memory, with its chain, under TLS 1.2 and 1.3") {
    const CertificateAuthority root;
    const Identity client = issue_under_issuing_authority(root);
    const TemporaryFile certificate("\xef\xbb\xbf" + client.certificate_pem);
    const TemporaryFile key("\xef\xbb\xbf" + client.key_pem);
    const TemporaryFile both(client.key_pem + client.certificate_pem);
    std::vector<lcm::TlsOptions> ways(4);
    ways[0].certificate_file = certificate.path(), ways[0].key_file = key.path();
    ways[1].certificate_pem = client.certificate_pem, ways[1].key_pem = client.key_pem;
    ways[2].certificate_file = certificate.path(), ways[2].key_pem = client.key_pem;
    ways[3].certificate_file = both.path(), ways[3].key_file = both.path();
    for (lcm::TlsOptions& way : ways)
        for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
            CAPTURE(&way - ways.data(), version);
            way.insecure_skip_certificate_verification = true;
            const Opening opening = open_to(
                {.version = version, .demands_certificate = true, .answer = not_found, .client_authority = root.pem()},
                way);
            CAPTURE(opening.failure.detail);
            CHECK(has(opening, "404"));
        }
}

TEST_CASE("The simulator demands a client certificate of a given authority") {
    const CertificateAuthority root;
    const Simulator simulator({.tls = true, .client_authority_pem = root.pem()});
    CHECK_FALSE(open({.url = simulator.url(), .tls = shown(root.issue_client())}).ec);
    check_certificate_refusal(open({.url = simulator.url(), .tls = {.ca_pem = simulator.authority_pem()}}),
                              "demands a client certificate; give it in tls.certificate_file");
    check_certificate_refusal(open({.url = simulator.url(), .tls = shown(CertificateAuthority().issue_client())}),
                              "the server refused the client certificate");
    CHECK_THROWS_AS(Simulator({.client_authority_pem = root.pem()}), std::invalid_argument);
    const std::string broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    for (const std::string& pem : {std::string("no certificate"), broken, root.pem() + broken}) {
        CAPTURE(pem);
        CHECK_THROWS_AS(Simulator({.tls = true, .client_authority_pem = pem}), std::invalid_argument);
    }
}

TEST_CASE("A client certificate that the server refuses is named as the reason, under TLS 1.2 and 1.3") {
    const CertificateAuthority root;
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION})
        for (const Identity& refused : {CertificateAuthority().issue_client(), root.issue()}) {
            CAPTURE(version);
            const Opening opening = open_to(
                {.version = version, .demands_certificate = true, .client_authority = root.pem()}, shown(refused));
            check_certificate_refusal(opening, "the server refused the client certificate");
            CHECK(has(opening, "with the alert "));
        }
}

TEST_CASE("The password of an encrypted key is asked for once, when the factory is made") {
    const CertificateAuthority root;
    const Identity client = root.issue_client();
    int questions = 0;
    lcm::TlsOptions tls = shown({client.certificate_pem, lcm::testing::encrypt_key(client.key_pem, canary)});
    tls.key_password = [&questions] {
        ++questions;
        return canary;
    };
    boost::asio::io_context loop;
    TlsServer server(loop, {.demands_certificate = true, .answer = not_found, .client_authority = root.pem()});
    const auto factory = lcm::websocket({.url = server.url(), .tls = tls});
    CHECK(questions == 1);
    for (int i = 0; i < 2; ++i) CHECK(has(open(loop, factory), "404"));
    CHECK(questions == 1);
    tls.key_pem = client.key_pem; // not encrypted: nobody is asked
    static_cast<void>(lcm::websocket({.url = server.url(), .tls = tls}));
    CHECK(questions == 1);
}

TEST_CASE("A client certificate that cannot be used is refused at once, with the member and without its secrets") {
    const Identity client = CertificateAuthority().issue_client();
    const std::string encrypted = lcm::testing::encrypt_key(client.key_pem, canary);
    const auto answers = [](std::string text) { return [text] { return text; }; };
    struct Row {
        lcm::TlsOptions tls;
        std::string words;
    };
    const std::vector<Row> rows{
        {{.certificate_pem = client.certificate_pem}, "tls.key_file: the key of the client's certificate is missing"},
        {{.key_pem = client.key_pem}, "tls.certificate_file: the certificate of the client's key is missing"},
        {{.certificate_file = "x", .certificate_pem = "x", .key_pem = "x"}, "tls.certificate_pem: given beside"},
        {{.certificate_pem = "x", .key_file = "x", .key_pem = "x"}, "tls.key_pem: given beside"},
        {{.certificate_file = "/nowhere/at/all", .key_pem = client.key_pem}, "tls.certificate_file: the file cannot"},
        {{.certificate_pem = client.certificate_pem, .key_file = "/nowhere/at/all"}, "tls.key_file: the file cannot"},
        {{.certificate_pem = canary, .key_pem = client.key_pem}, "tls.certificate_pem: it holds no certificate"},
        {{.certificate_pem = client.certificate_pem.substr(0, 200), .key_pem = client.key_pem},
         "tls.certificate_pem: a certificate is damaged"},
        {{.certificate_pem = client.certificate_pem, .key_pem = canary}, "tls.key_pem: it holds no private key"},
        {{.certificate_pem = client.certificate_pem, .key_pem = CertificateAuthority().issue_client().key_pem},
         "tls.key_pem: the key is not that of the client's certificate"},
        {{.certificate_pem = client.certificate_pem, .key_pem = encrypted}, "tls.key_password: the key is encrypted"},
        {{.certificate_pem = client.certificate_pem, .key_pem = encrypted, .key_password = answers(canary + "x")},
         "tls.key_password: the key cannot be decrypted"},
        {{.certificate_pem = client.certificate_pem, .key_pem = encrypted, .key_password = answers("")},
         "tls.key_password: the key cannot be decrypted"},
        {{.certificate_pem = client.certificate_pem,
          .key_pem = encrypted,
          .key_password = answers(canary + std::string(100'000, 'x'))},
         "tls.key_password: the key cannot be decrypted"},
        {{.certificate_pem = client.certificate_pem,
          .key_pem = encrypted,
          .key_password = []() -> std::string { throw std::runtime_error(canary); }},
         "tls.key_password: the function threw an exception"},
    };
    for (const Row& row : rows) {
        const std::string refusal = refusal_of(row.tls);
        CAPTURE(refusal, row.words);
        CHECK(refusal.starts_with(row.words));
        CHECK(refusal.find("canary") == std::string::npos);
    }
}
