// SPDX-License-Identifier: BSL-1.0
// What was cancelled before it left never leaves, from whichever side the cancellation comes.
#include <support/bench.hpp>
#include <support/catch.hpp>
#include <support/read_only.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <exception>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

using namespace std::chrono_literals;
using namespace lcm::tests;
using lcm::testing::reply;

namespace {

struct Cancellable {
    boost::asio::cancellation_signal signal;
    std::string ending = "pending";

    void call(Bench& bench, const SetOutcome& request) {
        bench.client->async_call(
            request, boost::asio::bind_cancellation_slot(signal.slot(),
                                                         [this](const auto& result) { ending = ending_of(result); }));
    }
    void cancel() { signal.emit(boost::asio::cancellation_type::total); }
};

} // namespace

TEST_CASE("A request that is cancelled by its slot right after the call never leaves") {
    Bench bench;
    bench.run(); // the link is ready, and idle
    Cancellable one;
    one.call(bench, sample("1"));
    one.cancel();
    bench.run();
    CHECK(one.ending == "cancelled (not_sent)");
    CHECK(bench.script.sent().empty());
}

TEST_CASE("So does one that is cancelled in the handler that submits it") {
    Bench bench;
    bench.run();
    Cancellable one;
    Cancellable other;
    boost::asio::post(bench.loop, [&] {
        one.call(bench, sample("1"));
        other.call(bench, sample("2"));
        one.cancel();
    });
    bench.run();
    CHECK(one.ending == "cancelled (not_sent)");
    REQUIRE(bench.script.sent().size() == 1);
    CHECK(bench.script.sent()[0].find(R"("callid":"2")") != std::string::npos);
}

TEST_CASE("Of several that come together only those leave that were not cancelled, however that was done") {
    Bench bench;
    bench.run();
    std::vector<Cancellable> slots(4);
    std::stop_source stop;
    for (std::size_t i = 0; i < slots.size(); ++i) slots[i].call(bench, sample("slot" + std::to_string(i)));
    auto stopped = bench.client->call(sample("token"), {.stop = stop.get_token()});
    auto kept = bench.client->call(sample("kept"));
    slots[0].cancel();
    slots[2].cancel();
    stop.request_stop();
    bench.run();
    CHECK(slots[0].ending == "cancelled (not_sent)");
    CHECK(slots[1].ending == "pending");
    CHECK(slots[2].ending == "cancelled (not_sent)");
    CHECK(slots[3].ending == "pending");
    CHECK(ending_of(stopped) == "cancelled (not_sent)");
    CHECK(ending_of(kept) == "pending");
    CHECK(bench.script.sent().size() == 3);
    CHECK(bench.client->stats().queued == 0);
}

TEST_CASE("One that waits offline, in the queue or behind another one never leaves once it is cancelled") {
    Bench bench({.limits = {.in_flight = 1}});
    bench.script.hold_open();
    bench.run();
    Cancellable offline;
    Cancellable in_front;
    Cancellable behind;
    Cancellable queued;
    offline.call(bench, sample("offline"));
    in_front.call(bench, sample("1"));
    behind.call(bench, sample("1"));
    queued.call(bench, sample("2"));
    bench.run();
    offline.cancel();
    bench.script.finish_open(); // in the same step of the loop
    bench.run();
    CHECK(offline.ending == "cancelled (not_sent)");
    REQUIRE(bench.script.sent().size() == 1); // the one in front

    bench.script.receive(reply<SetOutcome>("1"));
    queued.cancel(); // before the client hears that it is its turn
    behind.cancel();
    bench.run();
    CHECK(in_front.ending == "accepted");
    CHECK(queued.ending == "cancelled (not_sent)");
    CHECK(behind.ending == "cancelled (not_sent)");
    CHECK(bench.script.sent().size() == 1);
}

TEST_CASE("A read that waits to leave again and is cancelled does not, and ends as unknown") {
    Bench bench;
    bench.run();
    boost::asio::cancellation_signal signal;
    std::string ending = "pending";
    bench.client->async_call(look_at("1"), boost::asio::bind_cancellation_slot(signal.slot(), [&](const auto& result) {
                                 ending = result ? "accepted" : to_string(result.error().delivery);
                             }));
    bench.run();
    REQUIRE(bench.script.sent().size() == 1);
    bench.script.hold_open();
    bench.script.drop();
    bench.advance(1s);
    signal.emit(boost::asio::cancellation_type::total);
    bench.script.finish_open();
    bench.run();
    CHECK(ending == "unknown");
    CHECK(bench.script.sent().size() == 1);
}

TEST_CASE("A cancellation between the take-over and the writing of a batch is seen, also by the transport's own code") {
    Bench bench;
    bench.run();
    Cancellable first;
    Cancellable second;
    bench.script.answer([&](std::string_view) { // while the first batch is handed over
        second.cancel();
        return std::vector<std::string>();
    });
    first.call(bench, sample("1"));
    second.call(bench, sample("1")); // held back
    bench.run();
    bench.receive(reply<SetOutcome>("1"));
    CHECK(first.ending == "accepted");
    CHECK(second.ending == "cancelled (not_sent)");
    CHECK(bench.script.sent().size() == 1);
}

TEST_CASE("A coroutine that is cancelled right after its call has sent nothing") {
    Bench bench;
    bench.run();
    boost::asio::cancellation_signal signal;
    std::string ending = "pending";
    boost::asio::co_spawn(
        bench.loop,
        [&]() -> boost::asio::awaitable<void> {
            const auto result = co_await bench.client->async_call(sample("1"), boost::asio::use_awaitable);
            ending = ending_of(result);
        },
        boost::asio::bind_cancellation_slot(signal.slot(), [](const std::exception_ptr&) {}));
    boost::asio::post(bench.loop, [&] { signal.emit(boost::asio::cancellation_type::terminal); });
    bench.run();
    CHECK(ending == "cancelled (not_sent)");
    CHECK(bench.script.sent().empty());
}
