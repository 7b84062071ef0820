// SPDX-License-Identifier: BSL-1.0
// Whom Windows trusts: roots, authorities that complete a chain, and what it forbids.
#ifdef _WIN32
#include <support/tls_server.hpp>
#include <support/windows_store.hpp>

#include <string>

using namespace lcm::tests;
using lcm::testing::CertificateAuthority;
using lcm::testing::Identity;

namespace {

// Whether a server with this identity is reached by who trusts the system alone.
bool is_trusted(const Identity& identity) {
    const Opening opening = open_to({.identity = identity, .answer = not_found}, {});
    if (has(opening, "404")) return true;
    check_certificate_refusal(opening, "unknown issuer");
    return false;
}

void check_forbidden(const Identity& identity) {
    check_certificate_refusal(open_to({.identity = identity}, {}), "the system forbids it");
}

Identity with_issuer(const Identity& leaf, const CertificateAuthority& issuer) {
    return {leaf.certificate_pem + issuer.pem(), leaf.key_pem};
}

} // namespace

TEST_CASE("A certificate among the roots of Windows is trusted as long as it is there") {
    const CertificateAuthority root;
    const Identity leaf = root.issue();
    CHECK_FALSE(is_trusted(leaf));
    {
        const StoredCertificate stored(L"ROOT", root.pem());
        CHECK(is_trusted(leaf));
    }
    CHECK_FALSE(is_trusted(leaf));
}

TEST_CASE("An authority of Windows that is no root completes a chain, and is no anchor, also if it has signed itself") {
    const CertificateAuthority root;
    const CertificateAuthority issuing = root.issue_authority();
    const Identity alone = issuing.issue(); // the server does not send its issuer
    const StoredCertificate known(L"CA", issuing.pem());
    const StoredCertificate by_user(L"CA", root.pem());
    CHECK_FALSE(is_trusted(alone));
    CHECK_FALSE(is_trusted(root.issue()));
    const StoredCertificate stored(L"ROOT", root.pem());
    CHECK(is_trusted(alone));
}

TEST_CASE("A root of Windows that is not for servers is no anchor") {
    const CertificateAuthority root;
    StoredCertificate stored(L"ROOT", root.pem());
    stored.restrict_to(szOID_PKIX_KP_EMAIL_PROTECTION);
    CHECK_FALSE(is_trusted(root.issue()));
    stored.restrict_to(szOID_PKIX_KP_SERVER_AUTH);
    CHECK(is_trusted(root.issue()));
}

TEST_CASE("What Windows forbids is refused wherever it is in a chain, also beside an authority of the options") {
    const CertificateAuthority root;
    const CertificateAuthority issuing = root.issue_authority();
    const Identity leaf = with_issuer(issuing.issue(), issuing);
    const StoredCertificate stored(L"ROOT", root.pem());
    REQUIRE(is_trusted(leaf));
    {
        const StoredCertificate forbidden(L"Disallowed", issuing.pem());
        check_forbidden(leaf);
        const CertificateAuthority other;
        const lcm::TlsOptions beside{.ca_pem = other.pem(), .with_system_store = true};
        check_certificate_refusal(open_to({.identity = leaf}, beside), "the system forbids it");
    }
    {
        const StoredCertificate forbidden(
            L"Disallowed", leaf.certificate_pem.substr(0, leaf.certificate_pem.find("-----END CERTIFICATE-----") + 26));
        check_forbidden(leaf);
    }
    CHECK(is_trusted(leaf));
}

#endif
