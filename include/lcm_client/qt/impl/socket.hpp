// SPDX-License-Identifier: BSL-1.0
// Internal: one QWebSocket as a socket that pushes. It lives on the application's main thread, whatever thread the
// client runs on.
#ifndef LCM_CLIENT_QT_IMPL_SOCKET_HPP
#define LCM_CLIENT_QT_IMPL_SOCKET_HPP

#include <lcm_client/push_socket.hpp>
#include <lcm_client/qt/impl/explain.hpp>

#include <QAbstractSocket>
#include <QByteArray>
#include <QCoreApplication>
#include <QList>
#include <QMetaObject>
#include <QNetworkRequest>
#include <QObject>
#include <QSslConfiguration>
#include <QSslError>
#include <QString>
#include <QThread>
#include <QWebSocket>
#include <QtGlobal>

#include <cstddef>
#include <functional>
#include <string_view>
#include <utility>

namespace lcm::inline LCM_CLIENT_ABI::qt::detail {

struct SocketPlan {
    std::function<QNetworkRequest()> request;
    QSslConfiguration tls;
    std::size_t max_message = 0;
};

/// Calls `function` on the socket's thread: now, if this is it.
template <class Function> void on_thread_of(QWebSocket* socket, Function function) {
    if (socket->thread() == QThread::currentThread()) function();
    else QMetaObject::invokeMethod(socket, std::move(function), Qt::QueuedConnection);
}

inline void report(const PushEvents& events, const Explanation& why) { events.failed(why.code, why.failure); }

/// Has the events told what the socket does. On its thread.
inline void connect_events(QWebSocket* socket, std::size_t max_message, const PushEvents& events) {
    QObject::connect(socket, &QWebSocket::connected, socket, [=] { events.opened(); });
    QObject::connect(socket, &QWebSocket::textMessageReceived, socket,
                     [=](const QString& text) { events.received(text.toStdString()); });
    // A binary message is delivered like a text, as over the library's own WebSocket.
    QObject::connect(socket, &QWebSocket::binaryMessageReceived, socket,
                     [=](const QByteArray& bytes) { events.received(bytes.toStdString()); });
    QObject::connect(socket, &QWebSocket::pong, socket, [=] { events.pong(); });
    QObject::connect(socket, &QWebSocket::sslErrors, socket,
                     [=](const QList<QSslError>& errors) { report(events, explain_tls(errors)); });
#if QT_VERSION >= QT_VERSION_CHECK(6, 5, 0)
    const auto failed = &QWebSocket::errorOccurred;
#else
    const auto failed = QOverload<QAbstractSocket::SocketError>::of(&QWebSocket::error);
#endif
    QObject::connect(socket, failed, socket, [=](QAbstractSocket::SocketError error) {
        report(events, explain_error(error, socket->peerPort() != 0, socket->errorString()));
    });
    // Later, since Qt tells of an error, which says more, partly before and partly after it.
    const auto report_end = [=] {
        report(events, explain_close(static_cast<unsigned>(socket->closeCode()), socket->closeReason(), max_message));
    };
    QObject::connect(socket, &QWebSocket::disconnected, socket, report_end, Qt::QueuedConnection);
}

/// On the socket's thread.
inline void open_socket(QWebSocket* socket, const SocketPlan& plan, const PushEvents& events) {
    socket->setParent(QCoreApplication::instance()); // and goes with it, if nobody comes to delete it
    connect_events(socket, plan.max_message, events);
    socket->setSslConfiguration(plan.tls);
    socket->setMaxAllowedIncomingFrameSize(plan.max_message);
    socket->setMaxAllowedIncomingMessageSize(plan.max_message);
    try {
        socket->open(plan.request());
    } catch (...) {
        events.failed(Errc::unauthorized, TransportFailure{.detail = "the application's request threw an exception",
                                                           .block = BlockReason::credentials});
    }
}

/// A close frame leaves if the connection is open. What Qt has taken is still sent.
inline void close_socket(QWebSocket* socket) {
    if (socket->state() == QAbstractSocket::ConnectedState) socket->close();
    else socket->abort();
    socket->deleteLater();
}

[[nodiscard]] inline PushSocket push_socket(SocketPlan plan) {
    auto* const socket = new QWebSocket;
    socket->moveToThread(QCoreApplication::instance()->thread());
    return {.open = [socket, plan = std::move(plan)](
                        PushEvents events) { on_thread_of(socket, [=] { open_socket(socket, plan, events); }); },
            .send =
                [=](std::string_view text) {
                    const QString kept = QString::fromUtf8(text.data(), static_cast<int>(text.size()));
                    on_thread_of(socket, [=] { socket->sendTextMessage(kept); });
                },
            .close = [=] { on_thread_of(socket, [=] { close_socket(socket); }); },
            .ping = [=] { on_thread_of(socket, [=] { socket->ping(); }); }};
}

} // namespace lcm::qt::detail

#endif
