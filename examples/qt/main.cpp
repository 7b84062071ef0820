// SPDX-License-Identifier: BSL-1.0
// The wrap-up form over the library's own WebSocket, on Qt's loop.
// Usage: example_qt6 [URL]; without a URL it starts a simulated server.
#include "wrap_up_form.hpp"

#include <lcm_client/qt/executor.hpp>
#include <lcm_client/testing/simulator.hpp>

#include <QApplication>
#include <QPointer>

#include <optional>
#include <string>

int main(int argc, char** argv) {
    QApplication application(argc, argv);
    std::optional<lcm::testing::Simulator> simulator;
    const std::string url = argc > 1 ? argv[1] : simulator.emplace().url();

    QPointer<WrapUpForm> form; // the hooks may come before it is there, and after it has gone
    lcm::Client client({.source = "example-qt",
                        .do_not_call_guard = lcm::DoNotCallGuard(),
                        .hooks_executor = lcm::qt::executor(&application),
                        .on_state =
                            [&](const lcm::LinkStatus& status) {
                                if (form) form->wrap_up().on_link(status);
                            },
                        .on_settled =
                            [&](const lcm::Settled& truth) {
                                if (form) form->wrap_up().on_settled(truth);
                            }},
                       lcm::websocket({.url = url}));

    form = new WrapUpForm(client, {.callid = "12345", .account_number = "5|3|1|0|0|44|1", .agent = "1234"});
    form->setWindowTitle("Wrap up");
    form->show();
    const int code = QApplication::exec();
    delete form;
    return code;
}
