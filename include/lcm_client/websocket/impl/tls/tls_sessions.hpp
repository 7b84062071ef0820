// SPDX-License-Identifier: BSL-1.0
// Internal: TLS sessions are kept and resumed, so that coming back to a server costs neither side a full handshake.
#ifndef LCM_CLIENT_WEBSOCKET_IMPL_TLS_TLS_SESSIONS_HPP
#define LCM_CLIENT_WEBSOCKET_IMPL_TLS_TLS_SESSIONS_HPP

#include <lcm_client/impl/compilation.hpp>
#include <lcm_client/impl/home_process.hpp>
#include <lcm_client/websocket/impl/tls/openssl_pointer.hpp>
#include <lcm_client/websocket/impl/tls/session_cache.hpp>

#include <openssl/ssl.h>

#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace lcm::inline LCM_CLIENT_ABI::detail {

/// The sessions of one context, which the clients of a factory share. Thread-safe. In a fork there are none: the mutex
/// may be locked by a thread that is not there, and what the parent has kept is the parent's.
class TlsSessions {
public:
    using Cache = SessionCache<Openssl<SSL_SESSION>>;
    using TimePoint = Cache::TimePoint;

    LCM_CLIENT_DECL void keep(std::string_view server, Cache::Known known, TimePoint now);
    [[nodiscard]] LCM_CLIENT_DECL std::optional<Cache::Known> take(std::string_view server, TimePoint now);
    LCM_CLIENT_DECL void drop(std::string_view server);
    LCM_CLIENT_DECL void give_up(std::string_view server);

private:
    HomeProcess home_;
    std::mutex mutex_;
    Cache cache_;
};

/// Lets the context give its connections' sessions to whom `resume_session` has named.
LCM_CLIENT_DECL void keep_sessions(SSL_CTX* context);

/// Offers the server a session from before, if there is one, and keeps those that it gives. `server` tells it apart
/// from all others for which the context is used: a session proves the server's name without its certificate. Before
/// the handshake. Without memory the handshake is a full one.
LCM_CLIENT_DECL void resume_session(SSL* tls, const std::shared_ptr<TlsSessions>& sessions, const std::string& server);

/// After a handshake that has succeeded: keeps a session for another time that is not for one time only.
LCM_CLIENT_DECL void keep_resumed_session(SSL* tls);

/// After TLS has failed, at any time: drops what is kept of the server. `is_alert` is true if the server broke it off.
LCM_CLIENT_DECL void drop_sessions(SSL* tls, bool is_alert);

/// Whether the handshake has failed in which a session was offered, so that a full one may succeed.
[[nodiscard]] LCM_CLIENT_DECL bool has_failed_to_resume(const SSL* tls) noexcept;

} // namespace lcm::detail

#endif
