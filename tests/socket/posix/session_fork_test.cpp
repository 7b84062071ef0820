// SPDX-License-Identifier: BSL-1.0
// TLS sessions in a fork.
#include <support/fork.hpp>
#include <support/resumption.hpp>

#include <lcm_client/websocket/impl/tls/tls_sessions.hpp>

#include <openssl/ssl.h>

#include <chrono>

using namespace lcm::tests;

TEST_CASE("In a fork, a factory makes full handshakes, and its sessions stay the parent's") {
    ResumingLink link;
    CHECK_FALSE(link.resumes());
    const lcm::detail::TlsSessions::TimePoint now = std::chrono::system_clock::now();
    lcm::detail::TlsSessions sessions;
    sessions.keep("a", {lcm::detail::Openssl<SSL_SESSION>(SSL_SESSION_new()), now}, now);
    CHECK(exit_status_of_fork([&] { return sessions.take("a", now) ? 1 : 0; }) == 0);
    CHECK(sessions.take("a", now));
    CHECK(link.resumes());
}
