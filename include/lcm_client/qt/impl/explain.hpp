// SPDX-License-Identifier: BSL-1.0
// Internal: why a QWebSocket failed, as far as it tells: by the kind of its error, and by its text where nothing else
// says it. The words hold nothing that the server wrote, other than numbers.
#ifndef LCM_CLIENT_QT_IMPL_EXPLAIN_HPP
#define LCM_CLIENT_QT_IMPL_EXPLAIN_HPP

#include <lcm_client/errc.hpp>
#include <lcm_client/transport.hpp>
#include <lcm_client/websocket/impl/frames/close_frame.hpp>
#include <lcm_client/websocket/impl/http/explain.hpp>

#include <boost/asio/error.hpp>

#include <QAbstractSocket>
#include <QCoreApplication>
#include <QList>
#include <QRegularExpression>
#include <QSslError>
#include <QString>

#include <cstddef>
#include <string>
#include <utility>

namespace lcm::inline LCM_CLIENT_ABI::qt::detail {

using lcm::detail::Explanation;

/// The status in the text of a QWebSocket whose upgrade was declined, as "Unhandled http status code: 401
/// (Unauthorized)."; 0 if there is none. Its words may be translated, so only their form counts.
[[nodiscard]] inline unsigned status_in(const QString& text) {
    static const QRegularExpression form(QStringLiteral(":\\s*([1-5][0-9][0-9])\\s*\\("));
    const QRegularExpressionMatch found = form.match(text);
    return found.hasMatch() ? found.captured(1).toUInt() : 0;
}

/// What Qt refuses of the server's certificate.
[[nodiscard]] inline Explanation explain_tls(const QList<QSslError>& errors) {
    std::string detail = "Qt refused the server's certificate";
    for (const QSslError& error : errors) detail += ": " + error.errorString().toStdString();
    return {Errc::tls_failed, {.detail = std::move(detail), .is_permanent = true, .block = BlockReason::certificate}};
}

/// The handshake failed for another reason than the certificate, such as a version of TLS that is too old: at each
/// attempt, as long as nobody changes something, unless the server says that it is ill itself. A connection that broke
/// meanwhile is not told as this.
[[nodiscard]] inline Explanation explain_handshake(const QString& text) {
    TransportFailure failure{.detail = "Qt's TLS: " + text.toStdString()};
    failure.is_permanent = !text.contains(QLatin1String("alert internal error"));
    return {Errc::tls_failed, std::move(failure)};
}

/// The upgrade was declined, or what answered is no WebSocket server.
[[nodiscard]] inline Explanation explain_answer(const QString& text) {
    const unsigned status = status_in(text);
    if (status == 0)
        return {Errc::upgrade_rejected,
                {.detail = "the answer to the upgrade is not that of a WebSocket server, or its status is 400",
                 .is_permanent = true,
                 .block = BlockReason::path}};
    return lcm::detail::explain_status(status, {}, {});
}

/// `is_connected` says whether there was TCP, `text` is that of the socket.
[[nodiscard]] inline Explanation explain_error(QAbstractSocket::SocketError error, bool is_connected,
                                               const QString& text) {
    switch (error) {
    case QAbstractSocket::HostNotFoundError: return {Errc::resolve_failed, {boost::asio::error::host_not_found}};
    case QAbstractSocket::SslHandshakeFailedError:
    case QAbstractSocket::SslInternalError:
    case QAbstractSocket::SslInvalidUserDataError: return explain_handshake(text);
    case QAbstractSocket::ProxyAuthenticationRequiredError:
        return {Errc::unauthorized,
                {.detail = "the proxy wants other credentials", .is_permanent = true, .block = BlockReason::proxy}};
    case QAbstractSocket::RemoteHostClosedError:
        return {Errc::connection_lost,
                {boost::asio::error::eof, "the server dropped the connection without closing it"}};
    case QAbstractSocket::SocketTimeoutError: return {Errc::connect_failed, {boost::asio::error::timed_out}};
    default: break;
    }
    // QWebSocket says "connection refused" of an upgrade that was declined as well.
    if (error == QAbstractSocket::ConnectionRefusedError && is_connected) return explain_answer(text);
    if (error == QAbstractSocket::ConnectionRefusedError)
        return {Errc::connect_failed, {boost::asio::error::connection_refused}};
    return {Errc::connect_failed, {.detail = "Qt's socket error " + std::to_string(error)}};
}

/// Whether Qt itself has closed the connection, for a message over its limit: its close code is one that a server may
/// send, too, but the words are its own.
[[nodiscard]] inline bool is_own_limit(unsigned code, const QString& reason) {
    if (code != static_cast<unsigned>(lcm::detail::CloseCode::message_too_big)) return false;
    return reason == QCoreApplication::translate("QWebSocketFrame", "Maximum framesize exceeded.") ||
           reason == QCoreApplication::translate("QWebSocketDataProcessor", "Received message is too big.");
}

/// The connection was closed with a code, by the server or by Qt. `limit` is that of a message.
[[nodiscard]] inline Explanation explain_close(unsigned code, const QString& reason, std::size_t limit) {
    if (!is_own_limit(code, reason)) return lcm::detail::explain_close(static_cast<lcm::detail::CloseCode>(code));
    return {Errc::connection_lost,
            {.detail = "the server sent a message larger than the limit of " + std::to_string(limit) + " bytes",
             .message_too_large = true}};
}

} // namespace lcm::qt::detail

#endif
