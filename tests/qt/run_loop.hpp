// SPDX-License-Identifier: BSL-1.0
// Runs Qt's loop until something has happened.
#ifndef LCM_CLIENT_TESTS_QT_RUN_LOOP_HPP
#define LCM_CLIENT_TESTS_QT_RUN_LOOP_HPP

#include <QCoreApplication>
#include <QEventLoop>
#include <QTimer>

#include <chrono>

namespace lcm::tests {

/// False if it takes longer than ten seconds.
template <class Done> [[nodiscard]] bool run_until(Done done) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    QTimer waker; // so that the time is looked at
    waker.start(20);
    while (!done()) {
        if (std::chrono::steady_clock::now() > end) return false;
        QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
    }
    return true;
}

} // namespace lcm::tests

#endif
