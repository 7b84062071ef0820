// SPDX-License-Identifier: BSL-1.0
// A user interface's loop as an executor: what is called where and in which order, alone, under handlers and hooks, and
// under a whole client; and what its end does.
#include <support/catch.hpp>
#include <support/expect.hpp>
#include <support/hand_made_loop.hpp>
#include <support/sample.hpp>

#include <lcm_client/client.hpp>
#include <lcm_client/testing/manual_clock.hpp>
#include <lcm_client/testing/messages.hpp>
#include <lcm_client/testing/scripted_transport.hpp>
#include <lcm_client/ui_loop.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/defer.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>

#include <chrono>
#include <concepts>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

using namespace std::chrono_literals;
using namespace lcm::tests;
using lcm::testing::reply;
using ScriptedClient = lcm::LcmClient<lcm::testing::ScriptedTransport>;
using Answer = lcm::Result<lcm::OutcomeResponse>;

namespace {

struct Ui {
    HandMadeLoop loop;
    std::optional<lcm::UiLoop> ui{std::in_place, [this](std::function<void()> f) { loop.post(std::move(f)); },
                                  [this] { return loop.is_here(); }};

    lcm::UiExecutor executor() const { return ui->get_executor(); }
};

// Runs `action` in another thread, to its end.
void elsewhere(std::function<void()> action) { std::thread(std::move(action)).join(); }

std::vector<std::string> answers(std::string_view) { return {reply<SetOutcome>("12345")}; }

} // namespace

// --- the executor --------------------------------------------------------------------------------------------------

TEST_CASE("It goes wherever Asio's executors go") {
    STATIC_REQUIRE(std::convertible_to<lcm::UiExecutor, boost::asio::any_io_executor>);
    STATIC_REQUIRE(std::convertible_to<lcm::UiExecutor, lcm::LoopExecutor>);
    STATIC_REQUIRE(boost::asio::is_executor<lcm::UiExecutor>::value ||
                   boost::asio::execution::is_executor_v<lcm::UiExecutor>);
    Ui ui;
    Ui other;
    const boost::asio::any_io_executor erased = ui.executor();
    CHECK(erased == boost::asio::any_io_executor(ui.executor()));
    CHECK(erased != boost::asio::any_io_executor(other.executor()));
    CHECK(ui.executor() == ui.executor());
    CHECK(ui.executor() != other.executor());
    CHECK(boost::asio::query(ui.executor(), boost::asio::execution::blocking) ==
          boost::asio::execution::blocking.never);
    CHECK(lcm::LoopExecutor(ui.executor()).is_running_here());
    CHECK_FALSE(lcm::LoopExecutor(ui.executor()).is_single_threaded());
    bool is_there = true;
    elsewhere([&] { is_there = lcm::LoopExecutor(ui.executor()).is_running_here(); });
    CHECK_FALSE(is_there);
}

TEST_CASE("A function is called later, on the interface's thread, in the order in which it was given") {
    Ui ui;
    std::vector<int> called;
    const auto note = [&](int i) { return [&, i] { called.push_back(ui.loop.is_here() ? i : -i); }; };
    const boost::asio::any_io_executor erased = ui.executor();
    boost::asio::post(ui.executor(), note(1));
    boost::asio::post(erased, note(2));
    boost::asio::defer(ui.executor(), note(3));
    elsewhere([&] {
        boost::asio::post(ui.executor(), note(4));
        boost::asio::dispatch(erased, note(5)); // which is not its thread
    });
    CHECK(called.empty());
    CHECK(ui.loop.poll() == 5);
    CHECK(called == std::vector{1, 2, 3, 4, 5});
}

TEST_CASE("Nothing is called at once, also by a dispatch on the interface's thread") {
    Ui ui;
    std::vector<std::string> called;
    const auto note = [&](const char* name) { return [&called, name] { called.emplace_back(name); }; };
    const boost::asio::any_io_executor erased = ui.executor();
    boost::asio::dispatch(ui.executor(), note("dispatch"));
    boost::asio::dispatch(erased, note("dispatch, erased"));
    boost::asio::dispatch(boost::asio::prefer(erased, boost::asio::execution::blocking.possibly), note("preferred"));
    ui.executor().execute(note("execute"));
    CHECK(called.empty());
    ui.loop.poll();
    CHECK(called == std::vector<std::string>{"dispatch", "dispatch, erased", "preferred", "execute"});
}

TEST_CASE("A function need not be copied, is called once, and is gone when the call is over") {
    Ui ui;
    auto owned = std::make_unique<int>(7);
    std::weak_ptr<int> seen;
    int sum = 0;
    auto shared = std::make_shared<int>(8);
    seen = shared;
    boost::asio::post(ui.executor(), [&sum, owned = std::move(owned), shared = std::move(shared)] { sum += *owned; });
    std::function<void()> kept;
    {
        lcm::UiLoop loop([&](std::function<void()> f) { kept = std::move(f); }, [] { return false; });
        boost::asio::post(loop.get_executor(), [&sum] { sum += 100; });
        kept();
        kept(); // once too often
        CHECK(sum == 100);
    }
    kept();
    CHECK(sum == 100);
    ui.loop.poll();
    CHECK(sum == 107);
    CHECK(seen.expired());
}

TEST_CASE("A function that runs a loop of its own, as a modal dialog does, keeps no other one waiting") {
    Ui ui;
    std::vector<int> called;
    boost::asio::post(ui.executor(), [&] {
        called.push_back(1);
        CHECK(ui.loop.poll() == 2);
        called.push_back(4);
    });
    for (int i : {2, 3}) boost::asio::post(ui.executor(), [&, i] { called.push_back(i); });
    ui.loop.poll();
    CHECK(called == std::vector{1, 2, 3, 4});
}

TEST_CASE("When post throws, whoever gave the function is told, and the others are called in their order") {
    Ui ui;
    std::vector<int> called;
    const auto note = [&](int i) { return [&, i] { called.push_back(i); }; };
    boost::asio::post(ui.executor(), note(1));
    ui.loop.poll();
    ui.loop.refuse(true);
    CHECK_THROWS_AS(boost::asio::post(ui.executor(), note(2)), std::runtime_error);
    ui.loop.refuse(false);
    boost::asio::post(ui.executor(), note(3));
    ui.loop.poll();
    CHECK(called == std::vector{1, 3});
}

TEST_CASE("What waits while the interface begins to refuse is called all the same") {
    Ui ui;
    std::vector<int> called;
    for (int i : {1, 2, 3}) boost::asio::post(ui.executor(), [&, i] { called.push_back(i); });
    ui.loop.refuse(true);
    CHECK(ui.loop.poll() == 1);
    CHECK(called == std::vector{1, 2, 3});
}

TEST_CASE("A function that throws keeps none of the others from being called") {
    Ui ui;
    std::vector<int> called;
    boost::asio::post(ui.executor(), [] { throw std::runtime_error("a bug"); });
    for (int i : {1, 2}) boost::asio::post(ui.executor(), [&, i] { called.push_back(i); });
    CHECK_THROWS_AS(ui.loop.poll(), std::runtime_error);
    ui.loop.poll();
    CHECK(called == std::vector{1, 2});
}

TEST_CASE("A post that calls its function itself is told what is wrong") {
    lcm::UiLoop ui([](const std::function<void()>& f) { f(); }, [] { return true; });
    CHECK_THROWS_WITH(boost::asio::post(ui.get_executor(), [] { FAIL("it was called"); }),
                      "lcm::UiLoop: post called its function; it must have the loop call it later");
}

TEST_CASE("Neither function may be missing") {
    const auto problem_of = [](std::function<void(std::function<void()>)> post, std::function<bool()> is_here) {
        try {
            const lcm::UiLoop ui(std::move(post), std::move(is_here));
            return std::string();
        } catch (const lcm::LcmError& problem) {
            CHECK(problem.error().code == lcm::Errc::invalid_argument);
            return problem.error().detail;
        }
    };
    const auto post = [](const std::function<void()>&) {};
    CHECK(problem_of(nullptr, [] { return true; }) == "post: must be set");
    CHECK(problem_of(post, nullptr) == "is_this_thread: must be set");
    CHECK(problem_of(post, [] { return true; }).empty());
}

// --- sockets and timers over it ------------------------------------------------------------------------------------

TEST_CASE("Asio's timers and strands complete on the interface's thread") {
    Ui ui;
    boost::asio::steady_timer timer(ui.executor(), 1ms);
    const auto strand = boost::asio::make_strand(ui.executor());
    std::vector<bool> was_here;
    timer.async_wait([&](auto) { was_here.push_back(ui.loop.is_here()); });
    elsewhere([&] { boost::asio::dispatch(strand, [&] { was_here.push_back(ui.loop.is_here()); }); });
    REQUIRE(ui.loop.run_until([&] { return was_here.size() == 2; }));
    CHECK(was_here == std::vector{true, true});
}

TEST_CASE("Its end drops what waits, before what that needs is gone, and whatever is given later") {
    const auto token = std::make_shared<int>();
    HandMadeLoop loop;
    std::optional<lcm::UiLoop> ui(
        std::in_place, [&](std::function<void()> f) { loop.post(std::move(f)); }, [&] { return loop.is_here(); });
    const auto executor = ui->get_executor();
    auto timer = std::make_unique<boost::asio::steady_timer>(executor, 1h);
    timer->async_wait([token](auto) { FAIL("the wait is over"); });
    boost::asio::post(executor, [token, timer = std::move(timer)] { FAIL("it was called"); });
    CHECK(token.use_count() == 3);
    SECTION("before the interface drops its own queue") {
        ui.reset();
        CHECK(token.use_count() == 1);
        CHECK(loop.poll() == 1); // which does nothing
    }
    SECTION("after it") {
        loop.drop();
        ui.reset();
        CHECK(token.use_count() == 1);
    }
    CHECK_FALSE(executor.running_in_this_thread());
    boost::asio::post(executor, [token] { FAIL("it was called"); });
    boost::asio::dispatch(executor, [token] { FAIL("it was called"); });
    CHECK(token.use_count() == 1);
    CHECK(loop.size() == 0);
    CHECK_THROWS_AS(boost::asio::steady_timer(executor), lcm::LcmError);
}

TEST_CASE("It may end inside a function of its own") {
    Ui ui;
    bool was_called = false;
    boost::asio::post(ui.executor(), [&] {
        ui.ui.reset();
        was_called = true;
    });
    boost::asio::post(ui.executor(), [] { FAIL("it was called"); });
    ui.loop.poll();
    CHECK(was_called);
}

TEST_CASE("Functions may be given while it ends") {
    for (int round = 0; round < 100; ++round) {
        Ui ui;
        const auto executor = ui.executor();
        std::promise<void> begun;
        std::thread giver([&] {
            for (int i = 0; i < 50; ++i) {
                boost::asio::post(executor, [] {});
                if (i == 10) begun.set_value();
            }
        });
        begun.get_future().wait();
        ui.ui.reset();
        giver.join();
        ui.loop.poll();
        CHECK(ui.loop.size() == 0);
    }
}

// --- handlers, hooks and clients -----------------------------------------------------------------------------------

TEST_CASE("A client of its own thread brings results, states and events to the interface's thread") {
    Ui ui;
    lcm::testing::Script script;
    script.answer(answers);
    std::vector<std::string> told;
    const auto note = [&](std::string what) { told.push_back(ui.loop.is_here() ? std::move(what) : "elsewhere"); };
    ScriptedClient client({.source = "test",
                           .hooks_executor = ui.executor(),
                           .on_state = [&](const lcm::LinkStatus& status) { note(to_string(status.state)); }},
                          lcm::testing::scripted(script));
    REQUIRE(ui.loop.run_until([&] { return told.size() == 2; }));
    client.async_call(sample(), boost::asio::bind_executor(ui.executor(), [&](const Answer& answer) {
                          note(answer ? "accepted" : answer.error().message());
                      }));
    REQUIRE(ui.loop.run_until([&] { return told.size() == 3; }));
    CHECK(told == std::vector<std::string>{"connecting", "ready", "accepted"});
}

TEST_CASE("A client that runs on it does everything on the interface's thread") {
    Ui ui;
    lcm::testing::Script script; // which is for one thread, and would tell the thread sanitizer
    script.answer(answers);
    std::vector<std::string> told;
    const auto note = [&](std::string what) { told.push_back(ui.loop.is_here() ? std::move(what) : "elsewhere"); };
    ScriptedClient client(
        {.source = "test", .on_state = [&](const lcm::LinkStatus& status) { note(to_string(status.state)); }},
        lcm::testing::scripted(script), ui.executor());
    client.async_call(sample(), [&](const Answer& answer) { note(answer ? "accepted" : answer.error().message()); });
    CHECK(told.empty());
    ui.loop.poll();
    CHECK(told == std::vector<std::string>{"connecting", "ready", "accepted"});
    const auto result = client.call_and_wait(sample());
    REQUIRE(result.has_error());
    CHECK(result.error().code == lcm::Errc::would_deadlock);
    auto pending = client.call(sample());
    client.close(1h); // which does not wait here
    CHECK(pending.wait_for(0s) == std::future_status::ready);
}

TEST_CASE("The deadline of a client that runs on it passes on a clock of the test's") {
    Ui ui;
    lcm::testing::Script script;
    lcm::testing::ManualClock clock;
    lcm::LcmClient<lcm::testing::ScriptedTransport, lcm::testing::ManualClock> client(
        {.source = "test"}, lcm::testing::scripted(script), ui.executor(), clock);
    std::optional<Answer> ending;
    client.async_call(sample(), [&](Answer answer) { ending = std::move(answer); });
    ui.loop.poll();
    CHECK_FALSE(ending.has_value());
    clock.advance(11s);
    ui.loop.poll();
    REQUIRE(ending.has_value());
    CHECK(ending->error().code == lcm::Errc::timed_out);
    CHECK(ending->error().delivery == lcm::Delivery::unknown);
}

TEST_CASE("A dialog in a handler that is bound to it does not keep the client from working") {
    Ui ui;
    lcm::testing::Script script;
    script.answer(answers);
    ScriptedClient client({.source = "test"}, lcm::testing::scripted(script), ui.executor());
    std::vector<std::string> told;
    client.async_call(
        sample(), boost::asio::bind_executor(ui.executor(), [&](const Answer&) {
            told.emplace_back("dialog");
            client.async_call(sample("67890"), {.deadline = 5s},
                              [&](const Answer& answer) { told.emplace_back(answer ? "accepted" : "?"); });
            script.answer([](std::string_view) { return std::vector<std::string>{reply<SetOutcome>("67890")}; });
            ui.loop.poll();
            told.emplace_back("closed");
        }));
    ui.loop.poll();
    CHECK(told == std::vector<std::string>{"dialog", "accepted", "closed"});
}

TEST_CASE("A client that outlives it ends its requests as over every loop that is destroyed") {
    Ui ui;
    lcm::testing::Script script;
    ScriptedClient client({.source = "test"}, lcm::testing::scripted(script), ui.executor());
    auto sent = client.call(sample());
    ui.loop.poll();
    ui.ui.reset();
    REQUIRE(sent.wait_for(0s) == std::future_status::ready);
    CHECK_THROWS_AS(sent.get(), lcm::LcmError);
    CHECK(script.is_closed_by_client());
    auto late = client.call(sample());
    REQUIRE(late.wait_for(0s) == std::future_status::ready);
    CHECK_THROWS_AS(late.get(), lcm::LcmError);
    client.close();
    ui.loop.poll();
}

TEST_CASE("A result whose interface has gone reaches nobody, and harms nobody") {
    Ui ui;
    lcm::testing::Script script;
    script.answer(answers);
    const auto token = std::make_shared<int>();
    ScriptedClient client({.source = "test"}, lcm::testing::scripted(script));
    client.async_call(sample(), boost::asio::bind_executor(ui.executor(), [token](const Answer&) { FAIL("called"); }));
    ui.ui.reset();
    client.close();
    CHECK(token.use_count() == 1);
    CHECK(client.stats().executors_failed == 0);
}
