// SPDX-License-Identifier: BSL-1.0
// A later outcome does not take back a Do Not Call that may not have arrived, seen through the client.
#include <support/bench.hpp>
#include <support/catch.hpp>

#include <lcm_client/advice.hpp>
#include <lcm_client/json.hpp>
#include <lcm_client/operations/compliance.hpp>
#include <lcm_client/operations/manual_dial.hpp>
#include <lcm_client/raw_request.hpp>

#include <chrono>
#include <future>
#include <optional>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>

using namespace std::chrono_literals;
using namespace lcm::tests;
using lcm::Delivery;
using lcm::testing::reply;

namespace {

lcm::ClientConfig guarded(lcm::DoNotCallGuard guard = {}) { return {.do_not_call_guard = std::move(guard)}; }

/// The telephony outcome Do Not Call, for a call; its LCM key is that of every other sample.
SetOutcome do_not_call(std::string callid = "1") {
    SetOutcome request = sample(std::move(callid));
    request.call_outcome = lcm::TelephonyOutcome::dnc;
    return request;
}

/// A bench on which such a request has left, and ends in the way that a row wants.
struct Desk : Bench {
    explicit Desk(lcm::ClientConfig config = guarded()) : Bench(std::move(config)) {
        mark = client->call(do_not_call(), {.deadline = 5s});
        run();
    }

    /// How a later outcome for the same contact ends, while nothing answers it.
    std::string later(lcm::CallOptions options = {}) {
        auto future = client->call(sample("2"), std::move(options));
        run();
        return ending_of(future);
    }

    std::future<lcm::OutcomeResponse> mark;
};

constexpr const char* refused = "do_not_call_open (not_sent)";

} // namespace

TEST_CASE("Without a guard a later outcome leaves while a Do Not Call is pending") {
    Desk desk(lcm::ClientConfig{});
    CHECK(desk.later() == "pending");
    CHECK(desk.script.sent().size() == 2);
    CHECK(desk.client->resolve_do_not_call(subjects_of(do_not_call())) == 0);
}

TEST_CASE(
    "A later outcome is refused at once while a Do Not Call for its contact is pending, and nothing of it leaves") {
    Desk desk;
    auto future = desk.client->call(sample("2"), {.tag = 17});
    const Outcome result = result_of(future); // without the loop
    CHECK(ending_of(result) == refused);
    CHECK(result.error().tag == 17);
    CHECK(result.error().detail.starts_with("SetBusinessOutcomeWithCallOutcome for the same lcm_key is pending"));
    CHECK(result.error().message().find("5|3|1") == std::string::npos);
    CHECK(advice(result.error()) == lcm::Advice::look_up_do_not_call);
    desk.run();
    CHECK(desk.script.sent().size() == 1);
    CHECK(desk.client->stats().not_sent == 1);
}

TEST_CASE("A later outcome leaves once the Do Not Call was accepted, refused, or did not leave") {
    {
        Desk desk;
        desk.receive(reply<SetOutcome>("1"));
        REQUIRE(ending_of(desk.mark) == "accepted");
        CHECK(desk.later() == "pending");
    }
    {
        Desk desk;
        desk.receive(reply<SetOutcome>("1", false));
        REQUIRE(ending_of(desk.mark) == "server_error (refused)");
        CHECK(desk.later() == "pending");
    }
    {
        Desk desk;
        std::stop_source stop;
        auto second = desk.client->call(do_not_call(), {.stop = stop.get_token()}); // held back behind the first
        desk.run();
        desk.receive(reply<SetOutcome>("1", false));
        CHECK(desk.later() == refused);
        desk.receive(reply<SetOutcome>("1", false));
        REQUIRE(ending_of(second) == "server_error (refused)");
        auto third = desk.client->call(do_not_call(), {.stop = stop.get_token()});
        stop.request_stop();
        desk.run();
        REQUIRE(ending_of(third) == "cancelled (not_sent)");
        CHECK(desk.later() == "pending");
    }
}

TEST_CASE("In the handler of a Do Not Call its ending counts already") {
    Bench bench(guarded());
    std::optional<std::future<lcm::OutcomeResponse>> later;
    bench.client->async_call(do_not_call(), [&](const Outcome&) { later = bench.client->call(sample("2")); });
    bench.run();
    bench.receive(reply<SetOutcome>("1"));
    REQUIRE(later);
    CHECK(ending_of(*later) == "pending");
}

TEST_CASE("An unknown Do Not Call keeps later outcomes back until its truth comes to light, by reply or event") {
    struct Row {
        std::string message;
        std::string later;
    };
    for (const Row& row : {Row{reply<SetOutcome>("1"), "pending"}, Row{reply<SetOutcome>("1", false), "pending"},
                           Row{R"({"subtopic":"OutcomeSetForCall","message":"5|3|1|0|0|44|1"})", "pending"},
                           Row{R"({"subtopic":"OutcomeSetForCall","message":"5|3|1|0|0|44|2"})", refused}}) {
        CAPTURE(row.message);
        Desk desk;
        desk.advance(5s);
        REQUIRE(ending_of(desk.mark) == "timed_out (unknown)");
        CHECK(desk.later() == refused);
        desk.receive(row.message);
        CHECK(desk.later() == row.later);
    }
}

TEST_CASE("An unknown Do Not Call keeps later outcomes back longer than its truth is waited for") {
    Desk desk;
    desk.advance(5s);
    desk.advance(1h);
    CHECK(desk.later() == refused);
}

TEST_CASE("An unknown Do Not Call keeps later outcomes back over a lost link, until it was looked up") {
    Desk desk;
    desk.script.drop();
    desk.run();
    REQUIRE(ending_of(desk.mark) == "connection_lost (unknown)");
    desk.advance(30s);
    CHECK(desk.later() == refused);
    CHECK(desk.client->resolve_do_not_call(subjects_of(sample("unlike"))) == 1); // the LCM key is the same
    CHECK(desk.client->resolve_do_not_call(subjects_of(do_not_call())) == 0);
    CHECK(desk.later() == "pending");
}

TEST_CASE("A pending Do Not Call cannot be looked up yet") {
    Desk desk;
    CHECK(desk.client->resolve_do_not_call(subjects_of(do_not_call())) == 0);
    CHECK(desk.later() == refused);
}

TEST_CASE("By name of its call a later outcome leaves all the same") {
    Desk desk;
    CHECK(desk.later({.despite_do_not_call = true}) == "pending");
    CHECK(desk.script.sent().size() == 2);
    CHECK(desk.later() == refused);
}

TEST_CASE("Reads, other contacts, and what marks Do Not Call itself are not kept back") {
    Desk desk;
    desk.client->async_call(lcm::GetCallOutCome{.callid = "1"}, [](const auto&) {});
    desk.client->async_call(lcm::ManualDialCall{.phone_number = "5550100"}, [](const auto&) {});
    desk.client->async_call(lcm::AddCompliance{.cvalue = "5550100"}, [](const auto&) {});
    desk.client->async_call(do_not_call("3"), [](const auto&) {});
    SetOutcome other = sample("4");
    other.account_number = "5|3|1|0|0|44|2";
    desk.client->async_call(other, [](const auto&) {});
    desk.run();
    CHECK(desk.script.sent().size() == 6);
    CHECK(desk.client->stats().not_sent == 0);
}

TEST_CASE("Who has looked up one contact has looked up no other, though both were blocked by the same kind of value") {
    Bench bench(guarded());
    const auto set_dnc = [](const char* account_number) {
        return lcm::SetDNC{
            .account_number = account_number, .outcome_id = 5, .blocked_by = "PhoneNumber", .business_outcome = 101};
    };
    const lcm::SetDNC mark = set_dnc("5|3|1|0|0|44|1");
    auto unknown = bench.client->call(mark, {.deadline = 5s});
    bench.run();
    bench.advance(5s);
    REQUIRE(unknown.wait_for(0s) == std::future_status::ready);
    CHECK(bench.client->resolve_do_not_call(subjects_of(set_dnc("7|7"))) == 0);
    CHECK(bench.client->resolve_do_not_call(subjects_of(mark)) == 1);
}

TEST_CASE("A number that was put on the list keeps back that it is dialled") {
    Bench bench(guarded());
    bench.client->async_call(lcm::AddCompliance{.cvalue = "+1 555-0100"}, [](const auto&) {});
    std::string ending;
    bench.client->async_call(lcm::ManualDialCall{.phone_number = "15550100"}, [&](const auto& result) {
        ending = result ? "accepted" : to_string(result.error().code);
    });
    bench.run();
    CHECK(ending == "do_not_call_open");
}

TEST_CASE("Raw requests are kept back, and keep others back") {
    const auto raw = [](const char* subtopic, int outcome) {
        return lcm::RawRequest{.subtopic = subtopic,
                               .data = {{"AccountNumber", "5|3|1|0|0|44|1"}, {"OutcomeId", outcome}},
                               .reply = {std::string(subtopic) + "Result"}};
    };
    Bench bench(guarded());
    auto mark = bench.client->call_raw(raw("SetA", 5));
    auto change = bench.client->call_raw(raw("SetB", 1));
    auto insisted = bench.client->call_raw(raw("SetC", 1), {.despite_do_not_call = true});
    lcm::RawRequest read = raw("GetD", 1);
    read.is_read_only = true;
    auto readers = bench.client->call_raw(read);
    auto typed = bench.client->call(sample());
    bench.run();
    CHECK(bench.script.sent().size() == 3);
    CHECK(ending_of(typed) == refused);
    REQUIRE(change.wait_for(0s) == std::future_status::ready);
    CHECK_THROWS_AS(change.get(), lcm::LcmError);
}

TEST_CASE("What the application's rule says marks Do Not Call as well") {
    Bench bench(guarded({.also_marks = [](std::string_view, lcm::JsonView data) {
        lcm::LenientReader reader;
        return reader.find(data, "BusinessOutcome").text() == "130";
    }}));
    SetOutcome mark = sample("1");
    mark.business_outcome = 130;
    auto pending = bench.client->call(mark);
    auto later = bench.client->call(sample("2"));
    CHECK(ending_of(later) == refused);
}

TEST_CASE("What the application's rule throws leaves the call, and nothing was submitted") {
    bool throws = true;
    Bench bench(guarded({.also_marks = [&](std::string_view, lcm::JsonView) -> bool {
        if (throws) throw std::runtime_error("rule");
        return false;
    }}));
    CHECK_THROWS_AS(bench.client->call(sample()), std::runtime_error);
    CHECK(bench.client->stats().pending == 0);
    throws = false;
    auto next = bench.client->call(sample());
    CHECK(ending_of(next) == "pending");
}

TEST_CASE("A Do Not Call for which there is no room in the queue is not open") {
    lcm::ClientConfig config = guarded();
    config.limits.queued = 1;
    Bench bench(std::move(config));
    auto first = bench.client->call(sample("1")); // the loop does not run: it takes the only place
    auto mark = bench.client->call(do_not_call("2"));
    REQUIRE(ending_of(mark) == "queue_full (not_sent)");
    bench.run();
    auto later = bench.client->call(sample("3"));
    bench.run();
    CHECK(ending_of(later) == "pending");
}

TEST_CASE("Over the limit of open ones a Do Not Call is refused and says so") {
    lcm::ClientConfig config = guarded();
    config.limits.do_not_calls = 1;
    Desk desk(std::move(config));
    auto second = desk.client->call(do_not_call("3"));
    const Outcome result = result_of(second);
    CHECK(ending_of(result) == "queue_full (not_sent)");
    CHECK(result.error().detail.find("limits.do_not_calls") != std::string::npos);
    desk.receive(reply<SetOutcome>("1"));
    auto third = desk.client->call(do_not_call("3"));
    CHECK(ending_of(third) == "pending");
}

TEST_CASE("An invalid Do Not Call is not open") {
    Bench bench(guarded());
    SetOutcome invalid = do_not_call();
    invalid.user_id = "";
    auto mark = bench.client->call(invalid);
    REQUIRE(ending_of(mark) == "invalid_argument (not_sent)");
    auto later = bench.client->call(sample("2"));
    CHECK(ending_of(later) == "pending");
}
