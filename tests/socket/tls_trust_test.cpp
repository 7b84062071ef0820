// SPDX-License-Identifier: BSL-1.0
// Certificates from memory and beside the system's store, the hook for the context, and who is said to be unknown.
#include <support/system_store.hpp>
#include <support/tls_server.hpp>

#include <lcm_client/websocket/impl/tls/openssl_pointer.hpp>
#include <lcm_client/websocket/impl/tls/pem.hpp>
#include <lcm_client/websocket/impl/tls/tls_trust.hpp>

#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/verify_context.hpp>

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <cstddef>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

using namespace lcm::tests;
using lcm::testing::CertificateAuthority;
using lcm::testing::Identity;

namespace {

using Key = lcm::detail::Openssl<EVP_PKEY>;
using Certificate = lcm::detail::Openssl<X509>;
using RevocationList = std::unique_ptr<X509_CRL, decltype(&X509_CRL_free)>;
using Time = std::unique_ptr<ASN1_TIME, decltype(&ASN1_TIME_free)>;

Key key_of(const Identity& identity) {
    return Key(PEM_read_bio_PrivateKey(lcm::detail::pem_source(identity.key_pem).get(), nullptr, nullptr, nullptr));
}

Certificate certificate_of(const Identity& identity) {
    return std::move(lcm::detail::read_certificates(identity.certificate_pem).value().front());
}

// Has signed itself, and may sign a list of what it revokes.
Identity make_self_revoking() {
    Identity identity = lcm::testing::make_self_signed();
    const Certificate certificate = certificate_of(identity);
    X509_EXTENSION_free(X509_delete_ext(certificate.get(), X509_get_ext_by_NID(certificate.get(), NID_key_usage, -1)));
    REQUIRE(X509_sign(certificate.get(), key_of(identity).get(), EVP_sha256()) > 0);
    const lcm::detail::Openssl<BIO> text(BIO_new(BIO_s_mem()));
    REQUIRE(PEM_write_bio_X509(text.get(), certificate.get()) == 1);
    char* begin = nullptr;
    const long size = BIO_get_mem_data(text.get(), &begin);
    identity.certificate_pem.assign(begin, static_cast<std::size_t>(size));
    return identity;
}

RevocationList make_list(const Identity& identity) {
    const Certificate certificate = certificate_of(identity);
    const Time yesterday(X509_gmtime_adj(nullptr, -86'400), ASN1_TIME_free);
    const Time tomorrow(X509_gmtime_adj(nullptr, 86'400), ASN1_TIME_free);
    X509_REVOKED* const entry = X509_REVOKED_new(); // the list's
    X509_REVOKED_set_serialNumber(entry, X509_get_serialNumber(certificate.get()));
    X509_REVOKED_set_revocationDate(entry, yesterday.get());
    RevocationList list(X509_CRL_new(), X509_CRL_free);
    X509_CRL_set_version(list.get(), X509_CRL_VERSION_2);
    X509_CRL_set_issuer_name(list.get(), X509_get_subject_name(certificate.get()));
    X509_CRL_set1_lastUpdate(list.get(), yesterday.get());
    X509_CRL_set1_nextUpdate(list.get(), tomorrow.get());
    X509_CRL_add0_revoked(list.get(), entry);
    REQUIRE(X509_CRL_sign(list.get(), key_of(identity).get(), EVP_sha256()) > 0);
    return list;
}

// Lets the context refuse the certificate.
void revoke(SSL_CTX* context, const Identity& identity) {
    X509_STORE* const store = SSL_CTX_get_cert_store(context);
    REQUIRE(X509_STORE_add_crl(store, make_list(identity).get()) == 1);
    X509_STORE_set_flags(store, X509_V_FLAG_CRL_CHECK);
}

} // namespace

TEST_CASE("Trusted certificates from memory count like those of a file, and beside them") {
    const CertificateAuthority first;
    const CertificateAuthority second;
    const TemporaryFile file(first.pem());
    const std::string mark = "\xef\xbb\xbf";
    for (const CertificateAuthority& root : {first, second}) {
        const ServerOptions server{.identity = root.issue(), .answer = not_found};
        CHECK(has(open_to(server, {.ca_pem = root.pem()}), "404"));
        CHECK(has(open_to(server, {.ca_pem = mark + root.pem()}), "404"));
        CHECK(has(open_to(server, {.ca_file = file.path(), .ca_pem = second.pem()}), "404"));
    }
    check_certificate_refusal(open_to({.identity = second.issue()}, {.ca_pem = first.pem()}), "unknown issuer");
}

TEST_CASE("A text of trusted certificates that cannot be used is refused at once, and named") {
    const std::string pem = CertificateAuthority().pem();
    CHECK(refusal_of({.ca_pem = "words"}) ==
          "tls.ca_pem: the trusted certificates cannot be read: it holds no certificate in PEM form");
    CHECK(refusal_of({.ca_pem = pem + pem.substr(0, pem.size() / 2)}) ==
          "tls.ca_pem: the trusted certificates cannot be read: one of them is damaged");
}

TEST_CASE("The system's store is trusted in place of a named certificate, or beside it, and in it only roots count") {
    const CertificateAuthority system_root;
    const CertificateAuthority system_issuing = system_root.issue_authority();
    const CertificateAuthority hidden_root;
    const CertificateAuthority hidden_issuing =
        hidden_root.issue_authority(); // in the system's store, without its root
    const CertificateAuthority office_root;
    const CertificateAuthority office_issuing = office_root.issue_authority();
    const SystemStore store(system_root.pem(), hidden_issuing.pem());
    const auto under = [](const CertificateAuthority& issuer) {
        const Identity leaf = issuer.issue();
        return Identity{leaf.certificate_pem + issuer.pem(), leaf.key_pem};
    };
    const Identity by_system = under(system_issuing);
    const Identity by_hidden = under(hidden_issuing);
    const Identity by_office = under(office_issuing);
    const lcm::TlsOptions system_alone;
    const lcm::TlsOptions system_said_so{.with_system_store = true};
    const lcm::TlsOptions office_alone{.ca_pem = office_issuing.pem()};
    const lcm::TlsOptions both{.ca_pem = office_issuing.pem(), .with_system_store = true};
    const lcm::TlsOptions both_by_leaf{.ca_pem = by_office.certificate_pem, .with_system_store = true};
    struct Row {
        const Identity& shown;
        const lcm::TlsOptions& trusted;
        bool is_accepted;
    };
    const std::vector<Row> rows{
        {by_system, system_alone, true},   {by_hidden, system_alone, false}, {by_office, system_alone, false},
        {by_system, office_alone, false},  {by_hidden, office_alone, false}, {by_office, office_alone, true},
        {by_system, both, true},           {by_hidden, both, false},         {by_office, both, true},
        {by_system, both_by_leaf, true},   {by_hidden, both_by_leaf, false}, {by_office, both_by_leaf, true},
        {by_system, system_said_so, true},
    };
    for (const Row& row : rows) {
        CAPTURE(&row - rows.data());
        const Opening opening = open_to({.identity = row.shown, .answer = not_found}, row.trusted);
        CAPTURE(opening.failure.detail);
        if (row.is_accepted) CHECK(has(opening, "404"));
        else check_certificate_refusal(opening, "unknown issuer");
    }
}

TEST_CASE("Beside the system's store, a certificate is refused for its own fault, whoever has issued it") {
    using std::chrono::hours;
    const CertificateAuthority system_root;
    const CertificateAuthority office_root;
    const SystemStore store(system_root.pem());
    const lcm::TlsOptions both{.ca_pem = office_root.pem(), .with_system_store = true};
    for (const CertificateAuthority& root : {system_root, office_root}) {
        const Identity expired = root.issue({.not_before = hours(-48), .not_after = hours(-24)});
        check_certificate_refusal(open_to({.identity = expired}, both), "it has expired");
        const Identity other = root.issue({.names = {"other.example"}});
        check_certificate_refusal(open_to({.identity = other}, both), "IP address mismatch");
        const Identity nobody = root.issue({.names = {}});
        check_certificate_refusal(open_to({.identity = nobody}, both), "it names no host");
    }
}

TEST_CASE("What the hook has listed as revoked is refused, though the system's store knows nothing of that") {
    const Identity identity = make_self_revoking();
    const SystemStore store(identity.certificate_pem);
    for (const bool with_system_store : {false, true}) {
        CAPTURE(with_system_store);
        lcm::TlsOptions tls{.ca_pem = identity.certificate_pem, .with_system_store = with_system_store};
        CHECK(has(open_to({.identity = identity, .answer = not_found}, tls), "404"));
        tls.configure = [&identity](boost::asio::ssl::context& context) { revoke(context.native_handle(), identity); };
        check_certificate_refusal(open_to({.identity = identity}, tls), "certificate revoked");
    }
}

TEST_CASE("A function of the hook that is asked about each certificate hears of both stores") {
    const CertificateAuthority system_root;
    const CertificateAuthority office_root;
    const SystemStore store(system_root.pem());
    for (const bool agrees : {true, false}) {
        CAPTURE(agrees);
        lcm::TlsOptions both{.ca_pem = office_root.pem(), .with_system_store = true};
        both.configure = [agrees](boost::asio::ssl::context& context) {
            context.set_verify_callback(
                [agrees](bool is_good, boost::asio::ssl::verify_context&) { return is_good && agrees; });
        };
        for (const CertificateAuthority& root : {system_root, office_root}) {
            const Opening opening = open_to({.identity = root.issue(), .answer = not_found}, both);
            CAPTURE(opening.failure.detail);
            CHECK(has(opening, "404") == agrees);
        }
    }
}

TEST_CASE("A refusal names the issuer that is not trusted and asks for an inspecting proxy") {
    const CertificateAuthority root;
    const CertificateAuthority issuing = root.issue_authority();
    const Identity leaf = issuing.issue();
    const Identity other = lcm::testing::make_self_signed();
    struct Row {
        std::string shown;
        std::string words;
    };
    for (const Row& row :
         {Row{leaf.certificate_pem, R"(unknown issuer "lcm_client issuing authority")"},
          {leaf.certificate_pem + issuing.pem(), R"(unknown issuer "lcm_client test authority")"},
          {leaf.certificate_pem + issuing.pem() + root.pem(), R"(unknown issuer "lcm_client test authority")"}})
        for (const bool with_system_store : {false, true}) {
            CAPTURE(row.words, with_system_store);
            const Opening opening = open_to({.identity = {row.shown, leaf.key_pem}},
                                            {.ca_pem = other.certificate_pem, .with_system_store = with_system_store});
            check_certificate_refusal(opening, row.words);
            CHECK(has(opening, "is there a proxy between that inspects TLS?"));
        }
}

TEST_CASE("The hook gets the context once, when the factory is made, and what it changes holds for every connection") {
    int calls = 0;
    boost::asio::io_context loop;
    TlsServer server(loop, {.version = TLS1_2_VERSION, .answer = not_found});
    lcm::WebSocketOptions options{.url = server.url(), .tls = {.insecure_skip_certificate_verification = true}};
    options.tls.configure = [&calls](boost::asio::ssl::context& context) {
        ++calls;
        SSL_CTX_set_min_proto_version(context.native_handle(), TLS1_3_VERSION);
    };
    const auto factory = lcm::websocket(options);
    CHECK(calls == 1);
    for (int i = 0; i < 2; ++i) CHECK(open(loop, factory).ec == lcm::Errc::tls_failed);
    CHECK(calls == 1);
    options.tls.configure = nullptr;
    CHECK(has(open(loop, options), "404"));
}

TEST_CASE("What the hook throws leaves the making of the factory, and without TLS it is not called") {
    lcm::WebSocketOptions options{.url = "wss://127.0.0.1/"};
    options.tls.configure = [](boost::asio::ssl::context&) { throw std::runtime_error("no such engine"); };
    CHECK_THROWS_WITH(lcm::websocket(options), "no such engine");
    options.url = "ws://127.0.0.1/";
    CHECK_NOTHROW(lcm::websocket(options));
}
