// SPDX-License-Identifier: BSL-1.0
// What is remembered of the requests for a call, and that what was forgotten is known to be.
#include <session/evidence_parts.hpp>
#include <support/catch.hpp>

#include <lcm_client/session/call_history.hpp>

#include <chrono>
#include <string>
#include <vector>

using namespace std::chrono_literals;
using lcm::detail::CallHistory;
using lcm::detail::CallRecord;
using lcm::detail::Remembered;
using lcm::detail::RequestId;
using lcm::tests::leaving;
using lcm::tests::request;

namespace {

const lcm::detail::TimePoint start = lcm::tests::start_of_evidence;

void send(CallHistory& history, RequestId id, const std::string& callid) {
    history.send(leaving(id, callid, request("Set", {})), start + std::chrono::seconds(id));
}

std::vector<RequestId> ids_of(const std::vector<const Remembered*>& all) {
    std::vector<RequestId> ids;
    for (const Remembered* const each : all) ids.push_back(each->id);
    return ids;
}

} // namespace

TEST_CASE("The requests for a call stand in the order in which they left, over all links, and no other call's") {
    CallHistory history(10, 1);
    history.open_link("wss://a:443", start);
    send(history, 1, "7");
    send(history, 2, "8");
    history.lose_link(start + 3s);
    history.open_link("wss://b:443", start + 4s);
    send(history, 3, "7");
    history.show("7", lcm::tests::stored("Set", {}), start + 4s);
    send(history, 5, "7");

    const CallRecord record = history.find(3, "7");
    REQUIRE(record.ours != nullptr);
    CHECK(record.is_complete);
    CHECK(record.ours->when == start + 3s);
    CHECK(record.ours->link.get() == history.link());
    CHECK(ids_of(record.before) == std::vector<RequestId>{1});
    CHECK(ids_of(record.since) == std::vector<RequestId>{0, 5});
    CHECK(record.before.front()->link->server == "wss://a:443");
    CHECK(record.before.front()->link->given_up == start + 3s);
    CHECK(history.link_of(1) == record.before.front()->link.get());
    CHECK(history.link_of(3) == history.link());
    CHECK(history.link_of(99) == nullptr);
}

TEST_CASE("What is not remembered is not found, nor is what a server has shown taken for a request") {
    CallHistory history(10, 1);
    history.show("7", lcm::tests::stored("Set", {}), start);
    send(history, 1, "8");
    CHECK(history.find(1, "7").ours == nullptr);
    CHECK(history.find(0, "7").ours == nullptr);
    CHECK(ids_of(history.find(0, "7").before) == std::vector<RequestId>{0});
    CHECK(history.find(1, "9").before.empty());
}

TEST_CASE("Of what was sent over no known link, the link is not known") {
    CallHistory history(10, 1);
    send(history, 1, "7");
    CHECK(history.find(1, "7").ours->link == nullptr);
    CHECK(history.link_of(1) == nullptr);
    history.lose_link(start); // harmless
}

TEST_CASE("A link that has ended is none, and what is shown or sent before the next one is of no link") {
    CallHistory history(10, 1);
    history.open_link("wss://a:443", start);
    REQUIRE(history.link() != nullptr);
    history.lose_link(start + 1s);
    CHECK(history.link() == nullptr);
    send(history, 2, "7");
    CHECK(history.find(2, "7").ours->link == nullptr);
}

TEST_CASE("An answer is remembered with its time, for the request that has this id") {
    CallHistory history(10, 1);
    send(history, 1, "7");
    send(history, 2, "7");
    history.answer(1, start + 9s);
    history.answer(3, start + 9s);
    CHECK(history.find(1, "7").ours->answered == start + 9s);
    CHECK_FALSE(history.find(2, "7").ours->answered);
}

TEST_CASE("Beyond the bound the oldest is forgotten, and from then on its call is known not to be complete") {
    CallHistory history(3, 1);
    send(history, 1, "7");
    send(history, 2, "8");
    send(history, 3, "7");
    CHECK(history.find(3, "7").is_complete);
    send(history, 4, "9");
    CHECK_FALSE(history.find(3, "7").is_complete);
    CHECK(history.find(3, "7").before.empty());
    CHECK(history.find(2, "8").is_complete);
    for (RequestId id = 5; id != 8; ++id) send(history, id, "9");
    send(history, 8, "7"); // it seems to be the first one
    CHECK_FALSE(history.find(8, "7").is_complete);
    CHECK_FALSE(history.find(8, "8").is_complete);
}

TEST_CASE("Of 5000 forgotten calls all are known to be, and no more than a few others are taken for them") {
    lcm::detail::ForgottenCalls forgotten(1);
    for (int call = 0; call != 5000; ++call) forgotten.add(std::to_string(call));
    int wrong = 0;
    for (int call = 0; call != 5000; ++call) {
        REQUIRE(forgotten.may_contain(std::to_string(call)));
        if (forgotten.may_contain("other" + std::to_string(call))) ++wrong;
    }
    CHECK(wrong < 150); // one in fifty is expected, which is a hundred
}
