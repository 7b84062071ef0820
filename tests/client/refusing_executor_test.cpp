// SPDX-License-Identifier: BSL-1.0
// Executors that throw instead of taking a handler: it runs elsewhere, and what waits behind it is not lost.
#include <support/bench.hpp>
#include <support/catch.hpp>

#include <boost/asio/bind_executor.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

using namespace std::chrono_literals;
using namespace lcm::tests;
using lcm::testing::reply;

namespace {

// An executor that takes nothing while `is_closed` is set.
class Door {
public:
    Door(boost::asio::io_context& loop, const bool& is_closed) : inner_(loop.get_executor()), is_closed_(&is_closed) {}

    template <class Function> void execute(Function function) const {
        if (*is_closed_) throw std::runtime_error("the window is gone");
        boost::asio::post(inner_, std::move(function));
    }
    [[nodiscard]] boost::asio::execution_context& query(boost::asio::execution::context_t) const noexcept {
        return inner_.context();
    }
    [[nodiscard]] static constexpr boost::asio::execution::blocking_t
    query(boost::asio::execution::blocking_t) noexcept {
        return boost::asio::execution::blocking.never;
    }
    [[nodiscard]] Door require(boost::asio::execution::blocking_t::never_t) const { return *this; }
    friend bool operator==(const Door&, const Door&) = default;

private:
    boost::asio::io_context::executor_type inner_;
    const bool* is_closed_;
};

} // namespace

TEST_CASE("A handler whose executor throws runs on the client's executor, counted, once") {
    Bench bench;
    boost::asio::io_context window;
    bool is_closed = false;
    std::vector<std::string> endings;
    for (const char* const callid : {"1", "2"})
        bench.client->async_call(sample(callid),
                                 boost::asio::bind_executor(Door(window, is_closed), [&](const Outcome& result) {
                                     endings.push_back(ending_of(result));
                                 }));
    auto future = bench.client->call(sample("3"));
    bench.run();
    is_closed = true;
    for (const char* const callid : {"1", "2", "3"}) bench.receive(reply<SetOutcome>(callid));
    CHECK(endings == std::vector<std::string>{"accepted", "accepted"});
    CHECK(ending_of(future) == "accepted");
    CHECK(bench.client->stats().executors_failed == 2);
    window.poll();
    CHECK(endings.size() == 2);
}

TEST_CASE("So does the handler of a request that fails at once, and of one that ends with the client") {
    Bench bench;
    boost::asio::io_context window;
    const bool is_closed = true;
    std::vector<std::string> endings;
    const auto handler = [&] {
        return boost::asio::bind_executor(Door(window, is_closed),
                                          [&](const Outcome& result) { endings.push_back(ending_of(result)); });
    };
    bench.client->async_call(sample(""), handler()); // no call
    CHECK(endings.empty());                          // not inside the call
    bench.run();
    CHECK(endings == std::vector<std::string>{"invalid_argument (not_sent)"});
    bench.client->async_call(sample("1"), handler());
    bench.run();
    bench.client.reset();
    bench.run();
    CHECK(endings == std::vector<std::string>{"invalid_argument (not_sent)", "client_closed (unknown)"});
}

TEST_CASE("Hooks are told again when their executor takes something again") {
    bool is_closed = false;
    boost::asio::io_context window;
    boost::asio::io_context loop;
    lcm::testing::Script script;
    lcm::testing::ManualClock clock;
    std::vector<std::string> events;
    lcm::ClientConfig config{.source = "test", .hooks_executor = Door(window, is_closed)};
    config.on_event = [&](std::string_view text) { events.emplace_back(text); };
    ScriptedClient client(std::move(config), lcm::testing::scripted(script), loop.get_executor(), clock);
    loop.poll();
    is_closed = true;
    script.receive(R"({"first":1})");
    loop.poll();
    is_closed = false;
    window.poll();
    CHECK(events.empty());
    clock.advance(6s); // the next step at the latest
    loop.poll();
    window.restart();
    window.poll();
    CHECK(events == std::vector<std::string>{R"({"first":1})"});
}
