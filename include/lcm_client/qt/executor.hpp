// SPDX-License-Identifier: BSL-1.0
// Qt's event loop as an executor. Qt 5.15 or 6, needed only where this is included.
#ifndef LCM_CLIENT_QT_EXECUTOR_HPP
#define LCM_CLIENT_QT_EXECUTOR_HPP

#include <lcm_client/ui_loop.hpp>

#include <QCoreApplication>
#include <QEvent>
#include <QObject>
#include <QString>
#include <QThread>

#include <functional>
#include <utility>

namespace lcm::inline LCM_CLIENT_ABI::qt {

namespace detail {

/// A function that Qt's loop brings to a `LoopOfObject`.
class FunctionEvent final : public QEvent {
public:
    explicit FunctionEvent(std::function<void()> called) : QEvent(QEvent::User), function(std::move(called)) {}
    const std::function<void()> function;
};

/// The loop of one object's thread, which ends with the object: it is a child of it.
class LoopOfObject final : public QObject {
public:
    explicit LoopOfObject(QObject* parent) : QObject(parent) { setObjectName(name()); }

    /// That of `parent`, which is made if there is none.
    [[nodiscard]] static LoopOfObject& of(QObject* parent) {
        // By its name, since without Qt's compiler for such classes it has no type of its own there.
        QObject* const found = parent->findChild<QObject*>(name(), Qt::FindDirectChildrenOnly);
        return found != nullptr ? *static_cast<LoopOfObject*>(found) : *new LoopOfObject(parent);
    }

    [[nodiscard]] UiExecutor get_executor() const noexcept { return loop_.get_executor(); }

    bool event(QEvent* event) override {
        auto* const ours = dynamic_cast<FunctionEvent*>(event);
        if (ours == nullptr) return QObject::event(event);
        ours->function();
        return true;
    }

private:
    static QString name() { return QStringLiteral("lcm::qt::LoopOfObject"); }

    UiLoop loop_{[this](std::function<void()> function) {
                     QCoreApplication::postEvent(this, new FunctionEvent(std::move(function)));
                 },
                 [thread = QThread::currentThread()] { return QThread::currentThread() == thread; }};
};

} // namespace detail

/// Runs functions on the thread of `context`, for as long as there is that object: for handlers
/// (`boost::asio::bind_executor`), for `ClientConfig::hooks_executor`, and for a client as a whole. What waits when the
/// object is destroyed is dropped, so a handler may use an object that is its context, as in `QObject::connect`. For a
/// client it is the end of its loop: give one a context that lives longer, as `qApp`. Executors of one object are
/// equal.
///
/// Functions run one at a time and in the order in which they were given, none inside the call that gives it, and may
/// run dialogs. They must not throw: Qt cannot pass an exception on.
///
/// @par Thread safety
/// To be called on the thread of `context`, to which that stays; the executor may be used from any thread.
///
/// @par Exceptions
/// `std::bad_alloc` without memory.
[[nodiscard]] inline UiExecutor executor(QObject* context) {
    Q_ASSERT(context != nullptr && context->thread() == QThread::currentThread());
    return detail::LoopOfObject::of(context).get_executor();
}

} // namespace lcm::qt

#endif
