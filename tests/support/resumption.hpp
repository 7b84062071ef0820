// SPDX-License-Identifier: BSL-1.0
// A server and clients of which both sides say whether they have resumed a TLS session.
#ifndef LCM_CLIENT_TESTS_SUPPORT_RESUMPTION_HPP
#define LCM_CLIENT_TESTS_SUPPORT_RESUMPTION_HPP

#include <support/tls_server.hpp>

#include <openssl/ssl.h>

#include <cstddef>
#include <set>
#include <utility>

namespace lcm::tests {

/// What the handshakes of the clients say, whether they have resumed a session; OpenSSL tells it more than once.
inline std::set<bool>& client_side() {
    static std::set<bool> said;
    return said;
}

inline void note_handshake(const SSL* tls, int where, int) {
    if ((where & SSL_CB_HANDSHAKE_DONE) != 0) client_side().insert(SSL_session_reused(tls) == 1);
}

/// A server, and a factory of clients that trust its authority.
struct ResumingLink {
    explicit ResumingLink(ServerOptions given = {})
        : server(loop, prepare(std::move(given))), factory(make_factory()) {}

    [[nodiscard]] ServerOptions prepare(ServerOptions given) const {
        given.identity = root.issue();
        if (given.answer.empty()) given.answer = not_found;
        return given;
    }

    [[nodiscard]] lcm::WebSocketOptions options() const {
        lcm::WebSocketOptions made{.url = server.url(), .tls = {.ca_pem = root.pem()}};
        made.tls.configure = [](boost::asio::ssl::context& context) {
            SSL_CTX_set_info_callback(context.native_handle(), note_handshake);
        };
        return made;
    }

    [[nodiscard]] lcm::TransportFactory<lcm::WebSocketTransport> make_factory() const {
        return lcm::websocket(options());
    }

    /// Whether the next connection resumes a session, which both sides have to say.
    bool resumes() {
        client_side().clear();
        const std::size_t before = server.resumed().size();
        const Opening opening = open(loop, factory);
        CAPTURE(opening.failure.detail);
        REQUIRE(has(opening, "404"));
        REQUIRE(server.resumed().size() == before + 1);
        const bool is_resumed = server.resumed().back();
        CHECK(client_side() == std::set<bool>{is_resumed});
        return is_resumed;
    }

    boost::asio::io_context loop;
    testing::CertificateAuthority root;
    TlsServer server;
    lcm::TransportFactory<lcm::WebSocketTransport> factory;
};

} // namespace lcm::tests

#endif
