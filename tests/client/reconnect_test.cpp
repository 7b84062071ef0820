// SPDX-License-Identifier: BSL-1.0
// The link breaks: when the client connects again, what it tells of that, and what becomes of the requests.
#include <support/bench.hpp>
#include <support/catch.hpp>
#include <support/read_only.hpp>

#include <lcm_client/advice.hpp>
#include <lcm_client/json.hpp>

#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <chrono>
#include <future>
#include <memory>
#include <optional>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <vector>

using namespace std::chrono_literals;
using namespace lcm::tests;
using lcm::Errc;
using lcm::LinkState;
using lcm::testing::reply;

namespace {

constexpr auto longest_first_wait = 500ms;

std::vector<LinkState> states_of(const Bench& bench) {
    std::vector<LinkState> states;
    for (const lcm::LinkStatus& status : bench.states) states.push_back(status.state);
    return states;
}

// A client whose link has been lost and whose server does not come back.
struct OfflineBench : Bench {
    explicit OfflineBench(lcm::ClientConfig config = {}) : Bench(std::move(config)) {
        run();
        script.fail_open(boost::asio::error::connection_refused);
        script.drop();
        advance(longest_first_wait);
    }

    void come_back() {
        script.fail_open({});
        client->reconnect_now();
        run();
    }
};

} // namespace

TEST_CASE(
    "When the link is lost, what was written ends as unknown, and the rest leaves after the reconnect, in order") {
    Bench bench;
    auto awaiting = bench.client->call(sample("1"));
    bench.run();
    bench.script.hold_send();
    auto writing = bench.client->call(sample("2"));
    bench.run();
    auto queued = bench.client->call(sample("3"));
    auto held_back = bench.client->call(sample("1"));
    bench.run();
    bench.script.drop(boost::asio::error::connection_reset);
    bench.script.hold_open(); // the wait can be none at all
    bench.script.finish_send();
    bench.run();
    for (auto* future : {&awaiting, &writing}) {
        const auto result = result_of(*future);
        CHECK(ending_of(result) == "connection_lost (unknown)");
        CHECK(result.error().cause == boost::asio::error::connection_reset);
    }
    auto later = bench.client->call(sample("4"));
    bench.run();
    CHECK(bench.script.sent().size() == 2);

    bench.advance(longest_first_wait);
    REQUIRE(bench.script.connections() == 2);
    bench.script.finish_open();
    bench.run();
    const auto sent = bench.script.sent();
    REQUIRE(sent.size() == 5); // none of them twice
    CHECK(sent[2].find(R"("callid":"3")") != std::string::npos);
    CHECK(sent[3].find(R"("callid":"1")") != std::string::npos);
    CHECK(sent[4].find(R"("callid":"4")") != std::string::npos);
    for (const char* call : {"3", "1", "4"}) bench.receive(reply<SetOutcome>(call));
    for (auto* future : {&queued, &held_back, &later}) CHECK(ending_of(*future) == "accepted");
    CHECK(bench.client->stats().reconnects == 1);
}

TEST_CASE("What is read-only is sent again after the reconnect, before all others, which wait for its reply") {
    Bench bench;
    auto look = bench.client->call(look_at("1"));
    bench.run();
    auto set = bench.client->call(sample("2"));
    bench.run();
    bench.script.drop();
    bench.run();
    CHECK(ending_of(set) == "connection_lost (unknown)");
    REQUIRE(ending_of(look) == "pending");
    auto later = bench.client->call(sample("3"));
    bench.advance(longest_first_wait);
    REQUIRE(bench.script.sent().size() == 3);
    CHECK(bench.script.sent()[2] == bench.script.sent()[0]);
    bench.receive(reply<LookAt>("1"));
    CHECK(ending_of(look) == "accepted");
    CHECK(bench.script.sent().size() == 4);
}

TEST_CASE(
    "What is read-only and was sent once ends as unknown when its time runs out, or its patience, or the client") {
    OfflineBench bench;
    bench.come_back();
    auto expires = bench.client->call(look_at("1"), {.deadline = 1s});
    std::stop_source stop;
    auto cancelled = bench.client->call(look_at("2"), {.stop = stop.get_token()});
    auto closed = bench.client->call(look_at("3"));
    bench.run();
    bench.script.fail_open(boost::asio::error::connection_refused);
    bench.script.drop();
    stop.request_stop();
    bench.advance(1s);
    bench.client.reset();
    CHECK(ending_of(expires) == "timed_out (unknown)");
    CHECK(ending_of(cancelled) == "cancelled (unknown)");
    CHECK(ending_of(closed) == "client_closed (unknown)");
}

TEST_CASE("The states of the link are told in order, with attempt, wait and error") {
    Bench bench;
    bench.run();
    CHECK(states_of(bench) == std::vector{LinkState::connecting, LinkState::ready});
    bench.states.clear();

    bench.script.fail_open(boost::asio::error::connection_refused);
    bench.script.drop();
    bench.run();
    REQUIRE(bench.states.at(0).state == LinkState::waiting);
    CHECK(bench.states[0].attempt == 2);
    CHECK(bench.states[0].next_wait <= longest_first_wait + longest_first_wait);
    REQUIRE(bench.states[0].error);
    CHECK(bench.states[0].error->code == Errc::connection_lost);

    bench.advance(bench.states[0].next_wait);
    REQUIRE(bench.states.size() >= 3); // more, if the next wait is none at all
    CHECK(bench.states[1].state == LinkState::connecting);
    CHECK(bench.states[1].attempt == 2);
    CHECK(bench.states[2].state == LinkState::waiting);
    CHECK(bench.states[2].attempt == 3);
    CHECK(bench.states[2].error->code == Errc::connect_failed);
    CHECK(bench.states[2].error->cause == boost::asio::error::connection_refused);

    bench.script.fail_open({});
    bench.advance(1s);
    CHECK(bench.states.back().state == LinkState::ready);
    CHECK_FALSE(bench.states.back().error);
    boost::asio::post(bench.loop, [&] { bench.client->close(); });
    bench.run();
    CHECK(bench.states.back().state == LinkState::closed);
}

TEST_CASE("The destructor tells no state") {
    Bench bench;
    bench.run();
    const auto before = bench.states.size();
    bench.client.reset();
    bench.run();
    CHECK(bench.states.size() == before);
}

TEST_CASE("No attempt is made before its wait is over, nor while another one is under way") {
    Bench bench;
    bench.run();
    bench.script.hold_open();
    bench.states.clear();
    bench.script.drop();
    bench.run();
    const auto wait = bench.states.at(0).next_wait;
    if (wait > 1ms) {
        bench.advance(wait - 1ms);
        CHECK(bench.script.connections() == 1);
    }
    bench.advance(1ms);
    REQUIRE(bench.script.connections() == 2);
    bench.client->reconnect_now();
    bench.advance(60s);
    CHECK(bench.script.connections() == 2);
    bench.script.finish_open();
    bench.run();
    CHECK(bench.states.back().state == LinkState::ready);
}

TEST_CASE("A fault that waiting does not cure is shown as blocked, retried slowly, and at once on request") {
    struct Row {
        lcm::error_code code;
        lcm::TransportFailure why;
        LinkState state;
    };
    const std::vector<Row> rows{
        {Errc::unauthorized, {}, LinkState::blocked},
        {Errc::tls_failed, {.is_permanent = true}, LinkState::blocked},
        {Errc::upgrade_rejected, {.is_permanent = true}, LinkState::blocked},
        {Errc::upgrade_rejected, {}, LinkState::waiting},
        {Errc::resolve_failed, {}, LinkState::waiting},
        {boost::asio::error::timed_out, {}, LinkState::waiting},
    };
    for (const Row& row : rows) {
        CAPTURE(row.code.message(), row.why.is_permanent);
        Bench bench;
        bench.script.fail_open(row.code, row.why);
        bench.run();
        REQUIRE(bench.states.back().state == row.state);
        if (row.state != LinkState::blocked) continue;
        CHECK(bench.states.back().next_wait >= 30s);
        CHECK(bench.states.back().next_wait <= 60s);
        bench.advance(29s);
        CHECK(bench.script.connections() == 1);
        bench.script.fail_open({});
        bench.client->reconnect_now();
        bench.run();
        CHECK(bench.states.back().state == LinkState::ready);
    }
}

TEST_CASE("A blocked link says whom it waits for, and only while it is blocked") {
    using lcm::BlockReason;
    struct Row {
        lcm::error_code code;
        lcm::TransportFailure why;
        BlockReason block;
    };
    const std::vector<Row> rows{
        {Errc::unauthorized, {}, BlockReason::credentials}, // a transport that does not say more
        {Errc::unauthorized, {.is_permanent = true, .block = BlockReason::proxy}, BlockReason::proxy},
        {Errc::tls_failed, {.is_permanent = true, .block = BlockReason::certificate}, BlockReason::certificate},
        {Errc::upgrade_rejected, {.is_permanent = true, .block = BlockReason::path}, BlockReason::path},
        {Errc::upgrade_rejected, {.is_permanent = true}, BlockReason::other},
        {Errc::upgrade_rejected, {.block = BlockReason::path}, BlockReason::none},
    };
    for (const Row& row : rows) {
        Bench bench;
        bench.script.fail_open(row.code, row.why);
        bench.run();
        CHECK(bench.states.back().block == row.block);
        bench.script.fail_open({});
        bench.advance(60s);
        REQUIRE(bench.states.back().state == LinkState::ready);
        for (const lcm::LinkStatus& each : bench.states)
            if (each.state != LinkState::blocked) CHECK(each.block == BlockReason::none);
    }
}

TEST_CASE(
    "A request that ended for want of a link says whom the link waits for, also while the next attempt is under way") {
    using lcm::Advice;
    using lcm::BlockReason;
    struct Row {
        lcm::error_code code;
        lcm::TransportFailure why;
        BlockReason block;
        Advice advice;
    };
    const std::vector<Row> rows{
        {Errc::unauthorized, {}, BlockReason::credentials, Advice::sign_in},
        {Errc::tls_failed,
         {.is_permanent = true, .block = BlockReason::certificate},
         BlockReason::certificate,
         Advice::call_support},
        {Errc::connect_failed, {}, BlockReason::none, Advice::wait_for_link},
    };
    for (const auto policy : {lcm::WhileOffline::wait, lcm::WhileOffline::fail}) {
        for (const Row& row : rows) {
            Bench bench({.while_offline = policy});
            bench.script.fail_open(row.code, row.why);
            bench.run();
            auto blocked = bench.client->call(sample("1"), {.deadline = 1ms});
            bench.advance(1ms);
            const auto ended = result_of(blocked);
            CHECK(ended.error().delivery == lcm::Delivery::not_sent);
            CHECK(ended.error().block == row.block);
            CHECK(advice(ended.error()) == row.advice);

            bench.script.hold_open();
            bench.client->reconnect_now();
            auto trying = bench.client->call(sample("2"), {.deadline = 1ms});
            bench.advance(1ms);
            CHECK(result_of(trying).error().block == row.block);
        }
    }
}

TEST_CASE("A request that was handed to a link ends without a word of whom the next link waits for") {
    Bench bench;
    auto future = bench.client->call(sample());
    bench.run();
    bench.script.drop(Errc::unauthorized, {.is_permanent = true, .block = lcm::BlockReason::credentials});
    bench.run();
    const auto ended = result_of(future);
    CHECK(ended.error().delivery == lcm::Delivery::unknown);
    CHECK(ended.error().block == lcm::BlockReason::none);
    CHECK(advice(ended.error()) == lcm::Advice::look_up_first);
}

TEST_CASE(
    "A transport hears that a person has asked for an attempt, and not that time has passed or the computer woken") {
    Bench bench;
    bench.script.fail_open(Errc::unauthorized);
    bench.advance(60s);
    bench.advance(24h); // as after a night's sleep
    CHECK(bench.script.connections() == 3);
    CHECK(bench.script.connections_on_demand() == 0);
    bench.client->reconnect_now();
    bench.run();
    CHECK(bench.script.connections() == 4);
    CHECK(bench.script.connections_on_demand() == 1);
    bench.advance(60s);
    CHECK(bench.script.connections() == 5);
    CHECK(bench.script.connections_on_demand() == 1);
}

TEST_CASE("A factory that throws or makes nothing is a blocked link, and is asked again") {
    boost::asio::io_context loop;
    lcm::testing::ManualClock clock;
    std::vector<lcm::LinkStatus> states;
    int asked = 0;
    const lcm::TransportFactory<lcm::testing::ScriptedTransport> factory =
        [&](const boost::asio::any_io_executor&, std::size_t) -> std::unique_ptr<lcm::testing::ScriptedTransport> {
        ++asked;
        throw std::runtime_error("the secret is 4711");
    };
    ScriptedClient client({.source = "test", .on_state = [&](const lcm::LinkStatus& s) { states.push_back(s); }},
                          factory, loop.get_executor(), clock);
    loop.poll();
    REQUIRE(states.back().state == LinkState::blocked);
    CHECK(states.back().error->message().find("4711") == std::string::npos);
    clock.advance(60s);
    loop.poll();
    CHECK(asked == 2);
}

TEST_CASE("A server that asks to be left alone is left alone for that time") {
    Bench bench;
    bench.script.fail_open(Errc::upgrade_rejected, {.retry_after = 120s});
    bench.run();
    CHECK(bench.states.back().state == LinkState::waiting);
    CHECK(bench.states.back().next_wait >= 120s);
    bench.advance(119s);
    CHECK(bench.script.connections() == 1);
    bench.advance(21s); // and some more, so that not all come at that moment
    CHECK(bench.script.connections() == 2);
}

TEST_CASE("A request whose time runs out while there is no link learns why there is none") {
    OfflineBench bench;
    auto future = bench.client->call(sample(), {.deadline = 1s});
    std::stop_source stop;
    auto cancelled = bench.client->call(sample("2"), {.stop = stop.get_token()});
    bench.advance(1s);
    stop.request_stop();
    bench.run();
    for (auto* given_up : {&future, &cancelled}) {
        const auto result = result_of(*given_up);
        CHECK(ending_of(result) == (given_up == &future ? "timed_out (not_sent)" : "cancelled (not_sent)"));
        CHECK(result.error().link == Errc::connect_failed);
        CHECK(result.error().cause == boost::asio::error::connection_refused);
        CHECK(result.error().message().find("no connection to the server could be made") != std::string::npos);
    }
    CHECK(bench.script.sent().empty());
}

TEST_CASE("What ends for another reason while there is no link is not explained by that") {
    OfflineBench bench({.duplicates = lcm::Duplicates::refuse});
    auto first = bench.client->call(sample("1"));
    auto second = bench.client->call(sample("1"));
    bench.run();
    const auto result = result_of(second);
    CHECK(ending_of(result) == "duplicate_in_flight (not_sent)");
    CHECK_FALSE(result.error().link);
    CHECK(result.error().detail.empty());
}

TEST_CASE("Before the first attempt has ended, there is no error of the link to tell") {
    Bench bench;
    bench.script.hold_open();
    auto future = bench.client->call(sample(), {.deadline = 1s});
    bench.advance(1s);
    const auto result = result_of(future);
    CHECK(ending_of(result) == "timed_out (not_sent)");
    CHECK_FALSE(result.error().link);
    CHECK(result.error().detail == "the connection was not open yet");
}

TEST_CASE("If it shall not wait while offline, a request fails between two attempts and is sent after the reconnect") {
    OfflineBench bench({.while_offline = lcm::WhileOffline::fail});
    auto failed = bench.client->call(sample("1"));
    bench.run();
    CHECK(ending_of(failed) == "connect_failed (not_sent)");
    bench.come_back();
    auto future = bench.client->call(sample("2"));
    bench.run();
    bench.receive(reply<SetOutcome>("2"));
    CHECK(ending_of(future) == "accepted");
}

TEST_CASE("The backlog leaves at its pace after a reconnect, and the pace ends with it") {
    OfflineBench bench({.limits = {.backlog_per_second = 100}});
    std::vector<std::future<lcm::OutcomeResponse>> futures;
    const auto call = [&] { futures.push_back(bench.client->call(sample(std::to_string(futures.size())))); };
    for (int i = 0; i < 35; ++i) call();
    bench.come_back();
    CHECK(bench.script.sent().size() == 10);
    call(); // behind the backlog
    bench.run();
    CHECK(bench.script.sent().size() == 10);
    bench.advance(99ms);
    CHECK(bench.script.sent().size() == 10);
    bench.advance(1ms);
    CHECK(bench.script.sent().size() == 20);
    bench.advance(5s); // what was not used is not saved up
    CHECK(bench.script.sent().size() == 30);
    CHECK(bench.client->stats().queued == 6);
    bench.advance(100ms);
    CHECK(bench.script.sent().size() == 36);
    for (int i = 0; i < 50; ++i) call();
    bench.run();
    CHECK(bench.script.sent().size() == 86);
}

TEST_CASE("A steady load that never lets the queue run empty is held up only until the backlog has left") {
    OfflineBench bench({.limits = {.in_flight = 20, .backlog_per_second = 100}});
    int calls = 0;
    const auto call = [&] { static_cast<void>(bench.client->call(sample(std::to_string(calls++)), {.deadline = 1h})); };
    for (int i = 0; i < 40; ++i) call();
    bench.script.answer([&](std::string_view message) {
        call(); // another one for each that leaves
        const auto callid = lcm::Json::parse(message).at("data").at("callid").get<std::string>();
        return std::vector<std::string>{reply<SetOutcome>(callid)};
    });
    bench.script.hold_send(); // one batch at a time
    bench.come_back();
    for (int i = 0; i < 4; ++i) {
        CHECK(bench.script.sent().size() == static_cast<std::size_t>(10 * (i + 1)));
        bench.script.finish_send();
        bench.script.hold_send();
        bench.advance(100ms);
    }
    CHECK(bench.script.sent().size() == 60); // as many as may be in flight
    CHECK(bench.client->stats().queued == 40);
}

TEST_CASE("What waited for a server that was not there at the start is a backlog too") {
    Bench bench({.limits = {.backlog_per_second = 100}});
    bench.script.fail_open(boost::asio::error::connection_refused);
    for (int i = 0; i < 30; ++i) static_cast<void>(bench.client->call(sample(std::to_string(i))));
    bench.run();
    bench.script.fail_open({});
    bench.client->reconnect_now();
    bench.run();
    CHECK(bench.script.sent().size() == 10);
}

TEST_CASE("At a first connection that succeeds there is no backlog, whatever waits") {
    Bench bench;
    bench.script.hold_open();
    for (int i = 0; i < 100; ++i) static_cast<void>(bench.client->call(sample(std::to_string(i))));
    bench.run();
    bench.script.finish_open();
    bench.run();
    CHECK(bench.script.sent().size() == 100);
}

TEST_CASE("After the computer has slept, what was written before counts as unknown, and the link is tested") {
    Bench bench;
    auto before = bench.client->call(sample("1"));
    auto look = bench.client->call(look_at("2"));
    bench.run();
    bench.clock.sleep(1h);
    auto after = bench.client->call(sample("3"));
    bench.run();
    const auto result = result_of(before);
    CHECK(ending_of(result) == "connection_lost (unknown)");
    CHECK(result.error().detail ==
          "the computer has slept, or its clock was set forward, while the request was under way");
    CHECK(bench.script.probes() == 1);
    REQUIRE(bench.script.sent().size() == 3);

    // The link turns out to be good.
    bench.receive(reply<SetOutcome>("1"));
    REQUIRE(bench.settled.size() == 1);
    CHECK(bench.settled[0].delivery == lcm::Delivery::accepted);
    bench.receive(reply<LookAt>("2"));
    bench.receive(reply<SetOutcome>("3"));
    CHECK(ending_of(look) == "accepted");
    CHECK(ending_of(after) == "accepted");
    CHECK(bench.script.connections() == 1);
}

TEST_CASE("An idle client notices within five seconds that the computer has slept") {
    Bench bench;
    bench.run();
    bench.clock.sleep(1h);
    bench.advance(5s);
    CHECK(bench.script.probes() == 1);
    bench.advance(60s);
    CHECK(bench.script.probes() == 1);
}

TEST_CASE("Where the client's time goes on through sleep, another one tells of it") {
    // As on Windows.
    struct ThroughSleep : lcm::testing::ManualClock {
        std::shared_ptr<std::chrono::nanoseconds> asleep = std::make_shared<std::chrono::nanoseconds>();
        [[nodiscard]] TimePoint awake_now() const { return now() - *asleep; }
    };
    for (const bool is_asleep : {false, true}) {
        CAPTURE(is_asleep);
        boost::asio::io_context loop;
        lcm::testing::Script script;
        ThroughSleep clock;
        const lcm::LcmClient<lcm::testing::ScriptedTransport, ThroughSleep> client(
            lcm::ClientConfig{.source = "test"}, lcm::testing::scripted(script), loop.get_executor(), clock);
        loop.poll();
        clock.advance(10s);
        if (is_asleep) *clock.asleep = 10s;
        loop.poll();
        CHECK(script.probes() == (is_asleep ? 1 : 0));
    }
}

TEST_CASE("A computer that wakes without a link connects at once") {
    Bench bench;
    bench.script.fail_open(Errc::upgrade_rejected, {.retry_after = 600s});
    bench.run();
    bench.script.fail_open({});
    bench.clock.sleep(1h);
    bench.advance(5s);
    CHECK(bench.states.back().state == LinkState::ready);
}

TEST_CASE("On request a link that seems good is tested, and is lost when its peer is silent") {
    Bench bench;
    auto future = bench.client->call(sample());
    bench.run();
    bench.client->reconnect_now();
    bench.run();
    CHECK(bench.script.probes() == 1);
    CHECK(bench.script.connections() == 1);
    CHECK(ending_of(future) == "pending");
    bench.script.drop(Errc::idle_timeout);
    bench.run();
    CHECK(ending_of(future) == "idle_timeout (unknown)");
}

TEST_CASE("A hook may close or destroy the client, or ask for a reconnect") {
    enum class Deed { close, destroy, reconnect };
    for (const Deed deed : {Deed::close, Deed::destroy, Deed::reconnect}) {
        for (const LinkState when : {LinkState::connecting, LinkState::ready, LinkState::waiting, LinkState::closed}) {
            CAPTURE(static_cast<int>(deed), to_string(when));
            boost::asio::io_context loop;
            lcm::testing::ManualClock clock;
            lcm::testing::Script script;
            std::optional<ScriptedClient> client;
            const auto hook = [&](const lcm::LinkStatus& status) {
                if (status.state != when || !client) return;
                if (deed == Deed::close) client->close();
                if (deed == Deed::destroy) client.reset();
                if (deed == Deed::reconnect) client->reconnect_now();
            };
            client.emplace(lcm::ClientConfig{.source = "test", .on_state = hook}, lcm::testing::scripted(script),
                           loop.get_executor(), clock);
            auto future = client->call(sample());
            loop.poll();
            script.drop();
            loop.poll();
            if (client) client->close(0ms);
            loop.restart();
            loop.poll();
            CHECK(is_ready(future));
        }
    }
}
