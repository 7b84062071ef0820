// SPDX-License-Identifier: BSL-1.0
// An outbox has the server asked about an entry that is unknown, before it asks anybody else.
#include <outbox/outbox_bench.hpp>
#include <support/catch.hpp>

#include <lcm_client/evidence.hpp>
#include <lcm_client/inquiry.hpp>
#include <lcm_client/testing/simulated_server.hpp>

#include <algorithm>
#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace std::chrono_literals;
using namespace lcm::tests;
using lcm::Delivery;
using lcm::Doubt;
using lcm::DoubtDecision;
using lcm::EntryId;
using lcm::Evidence;
using lcm::Finding;
using lcm::testing::StoredFields;

namespace {

bool is_question(std::string_view text) { return text.find("GetStoredData") != std::string_view::npos; }

// A desktop whose server shows what it has stored, and whose answers to all else can be lost, or the requests themselves.
struct AskingBench : OutboxBench {
    lcm::testing::SimulatedServer server{{}, {.shows = StoredFields::all}};
    bool loses_requests = false;
    bool loses_answers = true;
    bool loses_questions = false;

    void start_desktop(lcm::InquiryOptions inquiry = {.store = lcm::SynchronousStore{.settle_time = 1min}}) {
        lcm::ClientConfig client;
        client.inquiry = inquiry;
        box.reset();
        desktop.emplace(std::move(client));
        desktop->script.name_server("wss://a:443");
        desktop->script.answer([this](std::string_view text) -> std::vector<std::string> {
            if (is_question(text) ? loses_questions : loses_requests) return {};
            auto replies = server.handle(text).replies;
            if (loses_answers && !is_question(text)) replies.clear();
            return replies;
        });
        open();
    }

    // The link is lost under the entry, and there is a new one.
    void lose(const SetOutcome& request) {
        post(request, 77);
        desktop->script.drop();
        desktop->run();
        desktop->advance(500ms);
    }

    [[nodiscard]] auto questions() const { return std::count_if(sent().begin(), sent().end(), is_question); }
};

} // namespace

TEST_CASE("Who is asked about an unknown entry is told what the server shows of it, and it stays unknown") {
    AskingBench bench;
    bench.config.settle_time = 2min;
    SECTION("it has come to the server") { bench.loses_requests = false; }
    SECTION("it was lost on the way") { bench.loses_requests = true; }
    bench.start_desktop();
    bench.loses_answers = false;
    const bool is_lost = std::exchange(bench.loses_requests, false);
    SetOutcome before = sample("1"); // so that the store has one for the call
    before.call_outcome = 9;
    bench.post(before);
    REQUIRE(bench.endings.size() == 1);
    bench.loses_answers = true;
    bench.loses_requests = is_lost;
    bench.lose(sample("1"));
    CHECK(bench.questions() == 0);
    bench.desktop->advance(2min);
    REQUIRE(bench.questions() == 1);
    REQUIRE(bench.doubts.size() == 1);
    const Finding finding = is_lost ? Finding::not_reached : Finding::reached;
    CHECK(bench.doubts[0].evidence == Evidence{.finding = finding, .doubt = Doubt::none});
    CHECK(bench.doubts[0].error->tag == 77);
    CHECK(bench.stats().unknown == 1);
    CHECK(bench.endings.size() == 1);
}

TEST_CASE("An entry that ends as unknown is told with its evidence, and one that was accepted after all is not") {
    AskingBench bench;
    bench.start_desktop({});
    SECTION("it is dropped") {
        bench.rule = DoubtDecision::drop;
        bench.lose(sample("1"));
        REQUIRE(bench.endings.size() == 1);
        CHECK(bench.endings[0].delivery == Delivery::unknown);
        CHECK(bench.endings[0].evidence->finding == Finding::reached);
    }
    SECTION("it is sent again") {
        bench.rule = DoubtDecision::resend;
        bench.post(sample("1"));
        bench.loses_answers = false;
        bench.desktop->script.drop();
        bench.desktop->run();
        bench.desktop->advance(500ms);
        REQUIRE(bench.endings.size() == 1);
        CHECK(bench.endings[0].delivery == Delivery::accepted);
        CHECK_FALSE(bench.endings[0].evidence);
    }
}

TEST_CASE("A question without an answer leaves the decision to the rule, and says so") {
    AskingBench bench;
    bench.loses_questions = true;
    bench.start_desktop();
    bench.lose(sample("1"));
    CHECK(bench.doubts.empty());
    bench.desktop->advance(11s); // the question's deadline
    REQUIRE(bench.doubts.size() == 1);
    CHECK(bench.doubts[0].evidence == Evidence{.doubt = Doubt::unanswered});
}

TEST_CASE("Nothing is concluded about an entry of an earlier process, and nobody asks") {
    AskingBench bench;
    bench.start_desktop();
    bench.post(sample("1"));
    bench.start_desktop();
    REQUIRE(bench.doubts.size() == 1);
    CHECK(bench.doubts[0].evidence == Evidence{.doubt = Doubt::not_remembered});
    CHECK(bench.questions() == 0);
}

TEST_CASE("Nothing is concluded about an entry that was sent again, if an earlier process has sent it before") {
    AskingBench bench;
    bench.start_desktop();
    const EntryId id = bench.post(sample("1")); // the server shows this one
    bench.start_desktop();
    bench.box->resend(id, [](bool is_done) { CHECK(is_done); });
    bench.loses_requests = true;
    bench.desktop->run();
    bench.desktop->advance(11s);
    REQUIRE(bench.doubts.size() == 2);
    CHECK(bench.doubts[1].evidence == Evidence{.doubt = Doubt::not_remembered});
    CHECK(bench.questions() == 0);
}

TEST_CASE("Without an inquiry of the client's there is no evidence, and nobody asks") {
    OutboxBench bench;
    bench.open();
    bench.post(sample("1"));
    bench.desktop->advance(11s);
    REQUIRE(bench.doubts.size() == 1);
    CHECK_FALSE(bench.doubts[0].evidence);
    CHECK(bench.sent().size() == 1);
}

TEST_CASE("A late answer that comes while the server is asked ends the entry, and nobody is asked about it") {
    AskingBench bench;
    bench.loses_questions = true;
    bench.start_desktop();
    bench.post(sample("1"));
    bench.desktop->advance(11s);
    CHECK(bench.questions() == 1);
    bench.answer("1");
    CHECK(bench.endings.size() == 1);
    bench.desktop->advance(11s);
    CHECK(bench.doubts.empty());
    CHECK(bench.endings.size() == 1);
}
