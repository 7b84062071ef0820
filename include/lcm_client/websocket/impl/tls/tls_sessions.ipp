// SPDX-License-Identifier: BSL-1.0
// The bodies of tls_sessions.hpp.
#ifndef LCM_CLIENT_WEBSOCKET_IMPL_TLS_TLS_SESSIONS_IPP
#define LCM_CLIENT_WEBSOCKET_IMPL_TLS_TLS_SESSIONS_IPP

#include <lcm_client/websocket/impl/tls/tls_sessions.hpp>

#include <openssl/x509_vfy.h>

#include <chrono>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace lcm::inline LCM_CLIENT_ABI::detail {

LCM_CLIENT_DECL void TlsSessions::keep(std::string_view server, Cache::Known known, TimePoint now) {
    if (home_.is_elsewhere()) return;
    const std::lock_guard lock(mutex_);
    cache_.keep(server, std::move(known), now);
}

LCM_CLIENT_DECL std::optional<TlsSessions::Cache::Known> TlsSessions::take(std::string_view server, TimePoint now) {
    if (home_.is_elsewhere()) return std::nullopt;
    const std::lock_guard lock(mutex_);
    return cache_.take(server, now);
}

LCM_CLIENT_DECL void TlsSessions::drop(std::string_view server) {
    if (home_.is_elsewhere()) return;
    const std::lock_guard lock(mutex_);
    cache_.drop(server);
}

LCM_CLIENT_DECL void TlsSessions::give_up(std::string_view server) {
    if (home_.is_elsewhere()) return;
    const std::lock_guard lock(mutex_);
    cache_.give_up(server);
}

// What a connection knows of its sessions. OpenSSL's object of the connection owns it.
struct SessionOfConnection {
    std::shared_ptr<TlsSessions> sessions;
    std::string server;
    TlsSessions::TimePoint began;                     // when its own handshake did
    std::optional<TlsSessions::TimePoint> verified{}; // of the session that it has offered

    // When the certificate was verified of a session that this connection has got.
    [[nodiscard]] TlsSessions::TimePoint verified_at(const SSL* tls) const {
        return verified && SSL_session_reused(tls) == 1 ? *verified : began;
    }
};

LCM_CLIENT_DECL void free_session_of_connection(void*, void* known, CRYPTO_EX_DATA*, int, long, void*) {
    delete static_cast<SessionOfConnection*>(known);
}

LCM_CLIENT_DECL int session_index() {
    static const int index = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, free_session_of_connection);
    return index;
}

LCM_CLIENT_DECL SessionOfConnection* session_of(const SSL* tls) noexcept {
    return static_cast<SessionOfConnection*>(SSL_get_ex_data(tls, session_index()));
}

// A copy, because OpenSSL spoils the session of a connection that ends without TLS's own end.
LCM_CLIENT_DECL void keep_copy(SSL* tls, SSL_SESSION* session) {
    const SessionOfConnection* const known = session_of(tls);
    if (known == nullptr || session == nullptr) return;
    Openssl<SSL_SESSION> copy(SSL_SESSION_dup(session));
    if (!copy || SSL_SESSION_is_resumable(copy.get()) != 1) return;
    known->sessions->keep(known->server, {std::move(copy), known->verified_at(tls)}, std::chrono::system_clock::now());
}

// Called by OpenSSL for each session that a server gives, with TLS 1.3 at any time after the handshake.
LCM_CLIENT_DECL int on_new_session(SSL* tls, SSL_SESSION* session) {
    try {
        keep_copy(tls, session);
    } catch (...) { // without memory there is one session less
    }
    return 0; // what was given stays OpenSSL's
}

LCM_CLIENT_DECL void keep_sessions(SSL_CTX* context) {
    SSL_CTX_sess_set_new_cb(context, on_new_session);
    // Of SSL_CTX_set_session_cache_mode, whose null pointer each source that includes this would be warned of.
    SSL_CTX_ctrl(context, SSL_CTRL_SET_SESS_CACHE_MODE, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL, nullptr);
}

LCM_CLIENT_DECL void resume_session(SSL* tls, const std::shared_ptr<TlsSessions>& sessions, const std::string& server) {
    const auto now = std::chrono::system_clock::now();
    try {
        auto mine = std::make_unique<SessionOfConnection>(SessionOfConnection{sessions, server, now});
        const auto known = sessions->take(server, now);
        if (SSL_set_ex_data(tls, session_index(), mine.get()) != 1) return;
        SessionOfConnection& kept = *mine.release();
        if (known && SSL_set_session(tls, known->session.get()) == 1) kept.verified = known->verified;
    } catch (const std::bad_alloc&) {}
}

// Of TLS 1.2: a ticket of TLS 1.3 is for one connection, and the server gives another one.
LCM_CLIENT_DECL void keep_resumed_session(SSL* tls) {
    if (SSL_version(tls) < TLS1_3_VERSION && SSL_session_reused(tls) == 1) on_new_session(tls, SSL_get_session(tls));
}

LCM_CLIENT_DECL bool has_failed_to_resume(const SSL* tls) noexcept {
    const SessionOfConnection* const known = session_of(tls);
    // A certificate that is refused has been shown in a full handshake.
    return known != nullptr && known->verified && SSL_is_init_finished(tls) != 1 &&
           SSL_get_verify_result(tls) == X509_V_OK;
}

LCM_CLIENT_DECL void drop_sessions(SSL* tls, bool is_alert) {
    const SessionOfConnection* const known = session_of(tls);
    if (known == nullptr) return;
    try {
        if (is_alert && has_failed_to_resume(tls)) known->sessions->give_up(known->server);
        else known->sessions->drop(known->server);
    } catch (const std::bad_alloc&) { // they are dropped, and what the server refuses is tried again
    }
}

} // namespace lcm::detail

#endif
