// SPDX-License-Identifier: BSL-1.0
// Qt's loop as an executor: what runs where, and what the end of the context object does.
#include "run_loop.hpp"

#include <support/catch.hpp>
#include <support/sample.hpp>

#include <lcm_client.hpp>
#include <lcm_client/qt/executor.hpp>
#include <lcm_client/testing/simulator.hpp>

#include <boost/asio/bind_executor.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>

#include <QCoreApplication>
#include <QEventLoop>
#include <QObject>
#include <QThread>

#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

using namespace std::chrono_literals;
using namespace lcm::tests;
using Answer = lcm::Result<lcm::OutcomeResponse>;

namespace {

[[nodiscard]] bool is_main_thread() { return QThread::currentThread() == QCoreApplication::instance()->thread(); }

} // namespace

TEST_CASE("A function is called on Qt's thread, later, in the order in which it was given") {
    QObject context;
    std::vector<int> called;
    const auto note = [&](int i) { return [&, i] { called.push_back(is_main_thread() ? i : -i); }; };
    const auto executor = lcm::qt::executor(&context);
    CHECK(executor == lcm::qt::executor(&context));
    CHECK(executor.running_in_this_thread());
    boost::asio::post(executor, note(1));
    std::thread([&] {
        CHECK_FALSE(executor.running_in_this_thread());
        boost::asio::dispatch(executor, note(2));
    }).join();
    boost::asio::dispatch(executor, note(3));
    CHECK(called.empty());
    REQUIRE(run_until([&] { return called.size() == 3; }));
    CHECK(called == std::vector{1, 2, 3});
    CHECK(context.children().size() == 1); // one for the object, however often it is asked for
}

TEST_CASE("A function that runs a dialog does not keep those waiting that were given before") {
    QObject context;
    bool was_called = false;
    std::optional<bool> seen_in_dialog;
    boost::asio::post(lcm::qt::executor(&context), [&] { seen_in_dialog = run_until([&] { return was_called; }); });
    boost::asio::post(lcm::qt::executor(&context), [&] { was_called = true; });
    REQUIRE(run_until([&] { return seen_in_dialog.has_value(); }));
    CHECK(*seen_in_dialog);
}

TEST_CASE("What waits for an object that is destroyed is dropped, as for a slot") {
    const auto token = std::make_shared<int>();
    auto context = std::make_unique<QObject>();
    const auto executor = lcm::qt::executor(context.get());
    boost::asio::post(executor, [token] { FAIL("it was called"); });
    context.reset();
    CHECK(token.use_count() == 1);
    boost::asio::post(executor, [token] { FAIL("it was called"); });
    CHECK(token.use_count() == 1);
    QCoreApplication::processEvents();
}

TEST_CASE("Functions may be given in another thread while the object is destroyed") {
    for (int round = 0; round < 100; ++round) {
        auto context = std::make_unique<QObject>();
        const auto executor = lcm::qt::executor(context.get());
        std::thread giver([&executor] {
            for (int i = 0; i < 50; ++i) boost::asio::post(executor, [] {});
        });
        context.reset();
        giver.join();
    }
    QCoreApplication::processEvents();
}

TEST_CASE("A client of its own thread brings results and states to Qt's thread") {
    const lcm::testing::Simulator simulator;
    QObject form;
    const auto executor = lcm::qt::executor(&form);
    std::vector<std::string> told;
    const auto note = [&](std::string what) { told.push_back(is_main_thread() ? std::move(what) : "elsewhere"); };
    lcm::Client client({.source = "test",
                        .hooks_executor = executor,
                        .on_state = [&](const lcm::LinkStatus& status) { note(to_string(status.state)); }},
                       lcm::websocket({.url = simulator.url()}));
    REQUIRE(run_until([&] { return told.size() == 2; }));
    client.async_call(sample(), boost::asio::bind_executor(executor, [&](const Answer& answer) {
                          note(answer ? "accepted" : answer.error().message());
                      }));
    REQUIRE(run_until([&] { return told.size() == 3; }));
    CHECK(told == std::vector<std::string>{"connecting", "ready", "accepted"});
}

TEST_CASE("A client runs on Qt's loop as a whole, also while a handler that is bound to it runs a dialog") {
    const lcm::testing::Simulator simulator;
    lcm::Client client({.source = "test"}, lcm::websocket({.url = simulator.url()}), lcm::qt::executor(qApp));
    std::vector<std::string> told;
    const auto note = [&](std::string what) { told.push_back(is_main_thread() ? std::move(what) : "elsewhere"); };
    client.async_call(sample(), boost::asio::bind_executor(lcm::qt::executor(qApp), [&](const Answer& answer) {
                          note(answer ? "accepted" : answer.error().message());
                          QEventLoop dialog;
                          client.async_call(sample("67890"), [&](const Answer& second) {
                              note(second ? "accepted in the dialog" : second.error().message());
                              dialog.quit();
                          });
                          dialog.exec();
                          note("the dialog is closed");
                      }));
    REQUIRE(run_until([&] { return told.size() == 3; }));
    CHECK(told == std::vector<std::string>{"accepted", "accepted in the dialog", "the dialog is closed"});
    const auto waited = client.call_and_wait(sample());
    REQUIRE(waited.has_error());
    CHECK(waited.error().code == lcm::Errc::would_deadlock);
}
