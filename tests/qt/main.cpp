// SPDX-License-Identifier: BSL-1.0
// The main function of the tests with Qt: they run inside an application, without a screen unless the caller says so.
#define CATCH_CONFIG_RUNNER
#include <support/catch.hpp>

#include <QApplication>
#include <QByteArray>

int main(int argc, char** argv) {
    if (qEnvironmentVariableIsEmpty("QT_QPA_PLATFORM")) qputenv("QT_QPA_PLATFORM", "offscreen");
    const QApplication application(argc, argv);
    return Catch::Session().run(argc, argv);
}
