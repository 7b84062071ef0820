// SPDX-License-Identifier: BSL-1.0
// A client asks for evidence of requests that ended as unknown: when the application wants it, and by itself.
#include <support/bench.hpp>
#include <support/catch.hpp>

#include <lcm_client/inquiry.hpp>
#include <lcm_client/json.hpp>
#include <lcm_client/operations/callbacks.hpp>
#include <lcm_client/operations/compliance.hpp>
#include <lcm_client/operations/state.hpp>
#include <lcm_client/raw_request.hpp>
#include <lcm_client/testing/simulated_server.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <future>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

using namespace std::chrono_literals;
using namespace lcm::tests;
using lcm::Delivery;
using lcm::Doubt;
using lcm::Error;
using lcm::Evidence;
using lcm::Finding;
using lcm::testing::StoredFields;

namespace {

constexpr lcm::InquiryOptions declared{.store = lcm::SynchronousStore{.settle_time = 60s}};
constexpr lcm::InquiryOptions by_itself{.store = lcm::SynchronousStore{.settle_time = 60s}, .after_reconnect = true};

lcm::ClientConfig with(lcm::InquiryOptions inquiry) {
    lcm::ClientConfig config;
    config.inquiry = inquiry;
    return config;
}

// A client and a server, between which a request can be lost, or its answer.
struct Desk : Bench {
    lcm::testing::SimulatedServer server;
    bool loses_requests = false;
    bool loses_answers = false;

    explicit Desk(lcm::ClientConfig config = with(declared),
                  lcm::testing::StoreOptions store = {.shows = StoredFields::all})
        : Bench(std::move(config)), server({}, store) {
        script.name_server("wss://a:443");
        script.answer([this](std::string_view text) {
            const bool is_question = text.find("GetStoredData") != std::string_view::npos;
            if (loses_requests && !is_question) return std::vector<std::string>();
            auto replies = server.handle(text).replies;
            if (loses_answers && !is_question) replies.clear();
            return replies;
        });
        run();
    }

    template <class R> void accept(const R& request) {
        auto future = client->call(request);
        run();
        static_cast<void>(future.get());
    }

    /// The link is lost under a request, which has come to the server or not, and there is a new link.
    template <class R> Error lose(const R& request, bool comes_to_server) {
        loses_requests = !comes_to_server;
        loses_answers = true;
        auto future = client->call(request);
        run();
        script.drop();
        run();
        loses_requests = loses_answers = false;
        advance(500ms);
        try {
            static_cast<void>(future.get());
        } catch (const lcm::LcmError& problem) {
            return problem.error();
        }
        throw std::logic_error("the request was answered");
    }

    lcm::Result<Evidence> ask(const lcm::UnknownRequest& ended) {
        std::optional<lcm::Result<Evidence>> told;
        client->async_inquire(ended, [&](lcm::Result<Evidence> result) { told.emplace(std::move(result)); });
        run();
        if (!told) throw std::logic_error("there is no answer");
        return *std::move(told);
    }

    [[nodiscard]] std::size_t questions() const {
        return static_cast<std::size_t>(std::count_if(script.sent().begin(), script.sent().end(), [](const auto& text) {
            return text.find("GetStoredData") != std::string::npos;
        }));
    }
};

SetOutcome outcome(int telephony, std::string callid = "12345") {
    SetOutcome request = sample(std::move(callid));
    request.call_outcome = telephony;
    return request;
}

} // namespace

TEST_CASE("A request that the server shows with all its fields has reached it, and stays unknown") {
    Desk desk;
    desk.accept(outcome(9));
    const Error error = desk.lose(outcome(5), true);
    CHECK(error.delivery == Delivery::unknown);
    CHECK(*desk.ask(error) == Evidence{.finding = Finding::reached, .doubt = Doubt::none});
    CHECK(desk.settled.empty());
    CHECK(desk.client->stats().unknown == 1);
}

TEST_CASE("A server that shows what the interface's page has leaves a doubt about a telephony outcome") {
    Desk desk(with(declared), {});
    const Error error = desk.lose(outcome(5), true);
    CHECK(*desk.ask(error) ==
          Evidence{.finding = Finding::undecided, .doubt = Doubt::not_echoed, .not_echoed = {"CallOutcome"}});
}

TEST_CASE("A request that was lost on the way has not reached the server, once the settle time has passed") {
    Desk desk;
    desk.accept(outcome(9));
    const Error error = desk.lose(outcome(5), false);
    CHECK(desk.ask(error)->doubt == Doubt::not_settled);
    desk.advance(60s);
    CHECK(*desk.ask(error) == Evidence{.finding = Finding::not_reached, .doubt = Doubt::none});
}

TEST_CASE("Without a declaration nothing has not reached the server") {
    Desk desk(with({}));
    desk.accept(outcome(9));
    const Error error = desk.lose(outcome(5), false);
    desk.advance(60s);
    CHECK(desk.ask(error)->doubt == Doubt::store_not_declared);
}

TEST_CASE("Another server's store, or one over the same link, does not tell what has not come") {
    Desk desk;
    desk.accept(outcome(9));
    desk.loses_requests = true;
    auto future = desk.client->call(outcome(5), {.deadline = 1s});
    desk.advance(1s);
    desk.loses_requests = false;
    const Error error = result_of(future).error();
    CHECK(desk.ask(error)->doubt == Doubt::link_lives);
    desk.script.name_server("wss://b:443");
    desk.script.drop();
    desk.advance(60s);
    CHECK(desk.ask(error)->doubt == Doubt::other_server);
}

TEST_CASE("A request for the call that has left since may have taken the place of the one that is asked about") {
    Desk desk;
    const Error error = desk.lose(outcome(5), true);
    desk.accept(outcome(9));
    CHECK(desk.ask(error)->doubt == Doubt::later_request);
    CHECK(desk.ask(error)->doubt == Doubt::later_request); // what was seen is no request
}

TEST_CASE("An equal request that went before cannot be told from the one that is asked about") {
    Desk desk;
    desk.accept(outcome(5));
    CHECK(desk.ask(desk.lose(outcome(5), false))->doubt == Doubt::equal_request);
}

TEST_CASE("What was seen in the store before a request left counts as what was there") {
    Desk desk;
    const Error first = desk.lose(outcome(9), true);
    CHECK(desk.ask(first)->finding == Finding::reached);
    desk.advance(60s); // the first link can deliver nothing more
    const Error second = desk.lose(outcome(5), false);
    desk.advance(60s);
    CHECK(desk.ask(second)->finding == Finding::not_reached);
}

TEST_CASE("A request that names no call, or only reads, leaves no trace, and the server is not asked") {
    Desk desk;
    const Error no_call = desk.lose(
        lcm::SetDNC{.account_number = "5|3", .outcome_id = 5, .business_outcome = 101, .lead_score = 0}, true);
    REQUIRE(no_call.delivery == Delivery::unknown);
    CHECK(*desk.ask(no_call) == Evidence{.finding = Finding::undecided, .doubt = Doubt::no_trace});
    CHECK(desk.ask(Error{.delivery = Delivery::unknown, .callid = "1", .is_read_only = true})->doubt ==
          Doubt::no_trace);
    CHECK(desk.questions() == 0);
}

TEST_CASE("A raw request is compared as any other") {
    Desk desk;
    desk.accept(outcome(9));
    lcm::RawRequest raw{.subtopic = std::string(SetOutcome::operation.subtopic),
                        .data = lcm::parse_json(lcm::encode(outcome(5), "test"), 64).value.at("data"),
                        .reply = {.subtopic = std::string(SetOutcome::operation.reply_subtopic)}};
    for (const bool comes : {true, false}) {
        raw.data["BusinessOutcome"] = comes ? 101 : 102;
        desk.loses_requests = !comes;
        desk.loses_answers = true;
        auto future = desk.client->call_raw(raw);
        desk.run();
        desk.script.drop();
        desk.advance(500ms);
        desk.loses_requests = desk.loses_answers = false;
        desk.advance(60s);
        try {
            static_cast<void>(future.get());
        } catch (const lcm::LcmError& problem) {
            CHECK(desk.ask(problem.error())->finding == (comes ? Finding::reached : Finding::not_reached));
        }
    }
}

TEST_CASE("An error of another client, or one that is forgotten, is not remembered") {
    lcm::ClientConfig config = with(declared);
    config.limits.remembered = 2;
    Desk desk(config);
    Desk other;
    const Error error = desk.lose(outcome(5), true);
    CHECK(other.lose(outcome(5), true).request_id != error.request_id);
    CHECK(other.ask(error)->doubt == Doubt::not_remembered);
    CHECK(desk.ask(error)->finding == Finding::reached);
    for (const char* callid : {"1", "2", "3"}) desk.accept(outcome(5, callid));
    CHECK(desk.ask(error)->doubt == Doubt::not_remembered);
}

TEST_CASE("What is no unknown ending, or a client that remembers nothing, is told in the error") {
    Desk desk;
    const auto refused = desk.ask(Error{.delivery = Delivery::refused, .callid = "1"});
    REQUIRE(refused.has_error());
    CHECK(refused.error().code == lcm::Errc::invalid_argument);
    CHECK(refused.error().detail.find("ended: must have ended as unknown") == 0);
    Error unknown = desk.lose(outcome(5), true);
    CHECK(desk.ask(lcm::Settled{unknown, Delivery::accepted, lcm::SettledBy::event}).has_error());
    CHECK(desk.ask(lcm::Settled{unknown, Delivery::unknown, lcm::SettledBy::inquiry})->finding == Finding::reached);

    Bench plain;
    auto future = plain.client->inquire(unknown);
    REQUIRE(future.wait_for(0s) == std::future_status::ready);
    CHECK_THROWS_WITH(future.get(), contains_substring("ClientConfig::inquiry: must be set"));
}

TEST_CASE("Evidence comes as a future and in a coroutine, and a question without an answer ends as any request") {
    Desk desk;
    const Error error = desk.lose(outcome(5), true);
    auto future = desk.client->inquire(error);
    desk.run();
    REQUIRE(future.wait_for(0s) == std::future_status::ready);
    CHECK(future.get().finding == Finding::reached);

    std::optional<Finding> found;
    boost::asio::co_spawn(
        desk.loop,
        [&]() -> boost::asio::awaitable<void> {
            const auto result = co_await desk.client->async_inquire(error, boost::asio::use_awaitable);
            found = result->finding;
        },
        boost::asio::detached);
    desk.run();
    CHECK(found == Finding::reached);

    desk.script.answer([](std::string_view) { return std::vector<std::string>(); });
    auto unanswered = desk.client->inquire(error, {.deadline = 1s, .tag = 17});
    desk.advance(1s);
    try {
        static_cast<void>(unanswered.get());
        FAIL("there was an answer");
    } catch (const lcm::LcmError& problem) {
        CHECK(problem.error().code == lcm::Errc::timed_out);
        CHECK(problem.error().operation == "GetStoredData");
        CHECK(problem.error().tag == 17);
    }
}

// --- by itself -------------------------------------------------------------------------------------------------------

TEST_CASE("By itself the client asks after the reconnect and the settle time, once, and tells the evidence alone") {
    Desk desk(with(by_itself));
    desk.accept(outcome(9));
    const Error error = desk.lose(outcome(5), false);
    desk.advance(59s);
    CHECK(desk.questions() == 0);
    desk.advance(1s);
    CHECK(desk.questions() == 1);
    REQUIRE(desk.settled.size() == 1);
    CHECK(desk.settled[0].reported.request_id == error.request_id);
    CHECK(desk.settled[0].delivery == Delivery::unknown);
    CHECK(desk.settled[0].by == lcm::SettledBy::inquiry);
    CHECK(desk.settled[0].evidence == Evidence{.finding = Finding::not_reached, .doubt = Doubt::none});
    desk.script.drop();
    desk.advance(100s);
    CHECK(desk.questions() == 1);
    CHECK(desk.settled.size() == 1);
    CHECK(desk.client->stats().settled == 0);
}

TEST_CASE("By itself the client asks at once if nothing is declared, and not about what is settled before") {
    Desk desk(with({.after_reconnect = true}));
    static_cast<void>(desk.lose(outcome(5), true));
    CHECK(desk.questions() == 1);
    REQUIRE(desk.settled.size() == 1);
    CHECK(desk.settled[0].evidence->finding == Finding::reached);
    desk.receive(lcm::testing::reply<SetOutcome>("12345")); // its late reply
    REQUIRE(desk.settled.size() == 2);
    CHECK(desk.settled[1].delivery == Delivery::accepted);
    CHECK_FALSE(desk.settled[1].evidence);

    Desk settled(with(by_itself));
    static_cast<void>(settled.lose(outcome(5), true));
    settled.receive(lcm::testing::reply<SetOutcome>("12345"));
    settled.advance(100s);
    CHECK(settled.questions() == 0);
    CHECK(settled.settled.size() == 1);
}

TEST_CASE(
    "By itself the client does not ask over the link that a request left over, nor for reads, nor without a call") {
    Desk desk(with({.after_reconnect = true}));
    desk.loses_requests = true;
    auto future = desk.client->call(outcome(5), {.deadline = 1s});
    desk.advance(1s);
    desk.loses_requests = false;
    REQUIRE(ending_of(future) == "timed_out (unknown)");
    desk.advance(10s);
    CHECK(desk.questions() == 0);
    desk.script.drop();
    desk.advance(500ms);
    CHECK(desk.questions() == 1);
    static_cast<void>(desk.lose(
        lcm::SetDNC{.account_number = "5|3", .outcome_id = 5, .business_outcome = 101, .lead_score = 0}, true));
    desk.advance(10s);
    CHECK(desk.questions() == 1);
}

TEST_CASE("A question of the client's own without an answer leaves a doubt, which is told") {
    Desk desk(with({.after_reconnect = true}));
    desk.script.answer([](std::string_view) { return std::vector<std::string>(); });
    auto future = desk.client->call(outcome(5));
    desk.run();
    desk.script.drop();
    desk.advance(500ms);
    CHECK(desk.questions() == 1);
    CHECK(desk.settled.empty());
    desk.advance(10s);
    REQUIRE(desk.settled.size() == 1);
    CHECK(desk.settled[0].evidence->doubt == Doubt::unanswered);
}

TEST_CASE("The client's own questions leave at the pace of a backlog") {
    lcm::ClientConfig config = with({.after_reconnect = true});
    config.limits.backlog_per_second = 20;
    Desk desk(config);
    desk.loses_answers = true;
    std::vector<std::future<lcm::OutcomeResponse>> futures;
    for (int call = 0; call != 10; ++call) futures.push_back(desk.client->call(outcome(5, std::to_string(call))));
    desk.run();
    desk.script.drop();
    desk.advance(500ms);
    CHECK(desk.questions() == 2);
    desk.advance(100ms);
    CHECK(desk.questions() == 4);
    desk.advance(300ms);
    CHECK(desk.questions() < 10);
    for (int slice = 0; slice != 5; ++slice) desk.advance(100ms);
    CHECK(desk.questions() == 10);
    CHECK(desk.settled.size() == 10);
}
