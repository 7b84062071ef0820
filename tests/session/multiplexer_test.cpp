// SPDX-License-Identifier: BSL-1.0
// The multiplexer by tables: what each event does to a request in each state.
#include <session/multiplexer_by_id.hpp>
#include <support/catch.hpp>

#include <chrono>
#include <cstddef>
#include <limits>
#include <optional>
#include <ostream>
#include <string>
#include <type_traits>
#include <vector>

using namespace std::chrono_literals;
using lcm::Delivery;
using lcm::Duplicates;
using lcm::Errc;
using lcm::Limits;
using lcm::detail::MatchKey;
using lcm::detail::RequestId;
using lcm::tests::Ending;
using lcm::tests::Match;
using lcm::tests::Multiplexer;
using lcm::tests::Submission;
using State = Multiplexer::State;

namespace lcm::tests {

std::ostream& operator<<(std::ostream& out, const Ending& ending) {
    return out << ending.id << ' ' << to_string(ending.code) << ' ' << to_string(ending.delivery);
}
std::ostream& operator<<(std::ostream& out, const Match& match) {
    return out << match.id << (match.late ? " late" : "");
}

} // namespace lcm::tests

namespace {

const lcm::detail::TimePoint start{1h};
const lcm::detail::TimePoint deadline = start + 10s;
constexpr std::size_t all = (std::numeric_limits<std::size_t>::max)();

Submission request(RequestId id, const std::string& callid = "call") {
    return {id, MatchKey("SetResult", callid), callid, deadline};
}

Submission read_only(RequestId id, const std::string& callid = "call") {
    Submission submission = request(id, callid);
    submission.is_read_only = true;
    return submission;
}

MatchKey reply_for(const std::string& callid = "call") { return {"SetResult", callid}; }

Multiplexer make(Limits limits = {}, Duplicates duplicates = Duplicates::hold_back) { return {limits, duplicates}; }

// A multiplexer with request 1 brought into `state`; held back, it stands behind request 99.
Multiplexer with_request_in(State state) {
    Multiplexer mux = make();
    if (state == State::held_back) REQUIRE_FALSE(mux.submit(request(99)));
    REQUIRE_FALSE(mux.submit(request(1)));
    if (state == State::queued || state == State::held_back) return mux;
    REQUIRE(mux.take_batch(start, all) == std::vector<RequestId>{1});
    if (state == State::writing) return mux;
    CHECK(mux.written().empty());
    if (state == State::awaiting) return mux;
    REQUIRE(mux.cancel(1) == Ending{1, Errc::cancelled, Delivery::unknown});
    return mux;
}

using Endings = std::vector<Ending>;

static_assert(!std::is_copy_constructible_v<Multiplexer>); // a copy's requests would be in the lists of the original

Endings only_first(const Endings& endings) {
    Endings mine;
    for (const Ending& ending : endings)
        if (ending.id == 1) mine.push_back(ending);
    return mine;
}

} // namespace

TEST_CASE("A request that is given up is not sent before it is handed over, unknown afterwards, and ends once") {
    struct Row {
        State state;
        Delivery delivery;
        bool ends; // a tombstone has ended already
        std::optional<State> afterwards;
    };
    const std::vector<Row> rows{
        {State::queued, Delivery::not_sent, true, std::nullopt},
        {State::held_back, Delivery::not_sent, true, std::nullopt},
        {State::writing, Delivery::unknown, true, State::tombstone},
        {State::awaiting, Delivery::unknown, true, State::tombstone},
        {State::tombstone, Delivery::unknown, false, State::tombstone},
    };
    for (const Row& row : rows) {
        CAPTURE(static_cast<int>(row.state));
        const auto expected = [&](Errc code) { return row.ends ? Endings{{1, code, row.delivery}} : Endings{}; };

        SECTION("time-out in state " + std::to_string(static_cast<int>(row.state))) {
            Multiplexer mux = with_request_in(row.state);
            CHECK(mux.expire(deadline - 1ns).empty());
            CHECK(only_first(mux.expire(deadline)) == expected(Errc::timed_out));
            CHECK(mux.expire(deadline + 1h).empty());
            CHECK(mux.state(1) == row.afterwards);
        }
        SECTION("cancellation in state " + std::to_string(static_cast<int>(row.state))) {
            Multiplexer mux = with_request_in(row.state);
            const auto ending = mux.cancel(1);
            CHECK((ending ? Endings{*ending} : Endings{}) == expected(Errc::cancelled));
            CHECK_FALSE(mux.cancel(1));
            CHECK(mux.state(1) == row.afterwards);
        }
    }
}

TEST_CASE("A lost link ends as unknown what was handed over, and keeps what was not") {
    struct Row {
        State state;
        Endings endings;
        std::optional<State> afterwards;
    };
    const Ending unknown{1, Errc::connection_lost, Delivery::unknown};
    const std::vector<Row> rows{
        {State::queued, {}, State::queued},        {State::held_back, {}, State::held_back},
        {State::writing, {unknown}, std::nullopt}, {State::awaiting, {unknown}, std::nullopt},
        {State::tombstone, {}, std::nullopt},
    };
    for (const Row& row : rows) {
        CAPTURE(static_cast<int>(row.state));
        Multiplexer mux = with_request_in(row.state);
        CHECK(only_first(mux.link_lost(Errc::connection_lost)) == row.endings);
        CHECK(mux.state(1) == row.afterwards);
        CHECK(mux.in_flight() == 0);
        CHECK(mux.tombstones() == 0);
        CHECK_FALSE(mux.reply(reply_for()));
    }
}

TEST_CASE("Ending the unsent ends what was not handed over, as not sent, and nothing else") {
    struct Row {
        State state;
        Endings endings;
    };
    const Ending not_sent{1, Errc::connect_failed, Delivery::not_sent};
    const std::vector<Row> rows{
        {State::queued, {not_sent}}, {State::held_back, {not_sent}}, {State::writing, {}},
        {State::awaiting, {}},       {State::tombstone, {}},
    };
    for (const Row& row : rows) {
        CAPTURE(static_cast<int>(row.state));
        Multiplexer mux = with_request_in(row.state);
        CHECK(only_first(mux.end_unsent(Errc::connect_failed)) == row.endings);
        CHECK(mux.queued() == 0);
    }
}

TEST_CASE("A reply belongs to the request with its key that was handed over, once, and late to one that was given up") {
    struct Row {
        State state;
        std::optional<Match> match;
    };
    const std::vector<Row> rows{
        {State::queued, std::nullopt},      {State::held_back, std::nullopt},   {State::writing, Match{1, false}},
        {State::awaiting, Match{1, false}}, {State::tombstone, Match{1, true}},
    };
    for (const Row& row : rows) {
        CAPTURE(static_cast<int>(row.state));
        {
            Multiplexer mux = with_request_in(row.state);
            CHECK(mux.reply(reply_for()) == row.match);
            CHECK_FALSE(mux.reply(reply_for()));
            CHECK_FALSE(mux.cancel(row.match ? 1 : 2));
        }
        { // An error that names the call is a reply to all that was handed over for it.
            Multiplexer mux = with_request_in(row.state);
            const auto matches = mux.error_for_call("call");
            CHECK(matches == (row.match ? std::vector<Match>{*row.match} : std::vector<Match>{}));
            CHECK(mux.error_for_call("call").empty());
        }
    }
}

TEST_CASE("A reply needs the subtopic without regard to case and outer space, and the call id exactly") {
    struct Row {
        MatchKey key;
        bool matches;
    };
    const std::vector<Row> rows{
        {{"SetResult", "call"}, true},        {{"setresult", "call"}, true},   {{" SETRESULT ", "call"}, true},
        {{"SetResult", "Call"}, false},       {{"SetResult", "call "}, false}, {{"SetResult", std::nullopt}, false},
        {{"SetResultResult", "call"}, false}, {{"", "call"}, false},
    };
    for (const Row& row : rows) {
        Multiplexer mux = with_request_in(State::awaiting);
        CHECK(mux.reply(row.key).has_value() == row.matches);
    }
}

TEST_CASE("A reply that overtakes the report of its write completes the request, and the report changes nothing") {
    Multiplexer mux = with_request_in(State::writing);
    CHECK(mux.reply(reply_for()) == Match{1, false});
    CHECK(mux.written().empty());
    CHECK_FALSE(mux.state(1));
    CHECK(mux.in_flight() == 0);
}

TEST_CASE("A request given up while it is being written is a tombstone also after the write") {
    Multiplexer mux = with_request_in(State::writing);
    CHECK(mux.cancel(1) == Ending{1, Errc::cancelled, Delivery::unknown});
    CHECK(mux.written().empty());
    CHECK(mux.state(1) == State::tombstone);
}

TEST_CASE("Requests with one key leave one after the other, in order") {
    Multiplexer mux = make();
    for (const RequestId id : {1U, 2U, 3U}) REQUIRE_FALSE(mux.submit(request(id)));
    REQUIRE_FALSE(mux.submit(request(4, "other")));

    CHECK(mux.take_batch(start, all) == std::vector<RequestId>{1, 4});
    CHECK(mux.written().empty());
    CHECK(mux.take_batch(start, all).empty());
    CHECK(mux.reply(reply_for()) == Match{1, false});
    CHECK(mux.take_batch(start, all) == std::vector<RequestId>{2});
    CHECK(mux.reply(reply_for()) == Match{2, false});
    CHECK(mux.take_batch(start, all) == std::vector<RequestId>{3});
}

TEST_CASE("A request waits behind a tombstone with its key until the late reply has come") {
    Multiplexer mux = with_request_in(State::tombstone);
    REQUIRE_FALSE(mux.submit(request(2)));
    CHECK(mux.take_batch(start, all).empty());
    CHECK(mux.reply(reply_for()) == Match{1, true});
    CHECK(mux.take_batch(start, all) == std::vector<RequestId>{2});
    CHECK(mux.reply(reply_for()) == Match{2, false});
}

TEST_CASE("A request behind a tombstone may leave on the next link") {
    Multiplexer mux = with_request_in(State::tombstone);
    REQUIRE_FALSE(mux.submit(request(2)));
    CHECK(mux.link_lost(Errc::connection_lost).empty());
    CHECK(mux.take_batch(start, all) == std::vector<RequestId>{2});
}

TEST_CASE("When the first of two with one key is given up before it left, the second takes its place") {
    Multiplexer mux = make();
    REQUIRE_FALSE(mux.submit(request(1)));
    REQUIRE_FALSE(mux.submit(request(2)));
    CHECK(mux.state(2) == State::held_back);
    CHECK(mux.cancel(1) == Ending{1, Errc::cancelled, Delivery::not_sent});
    CHECK(mux.take_batch(start, all) == std::vector<RequestId>{2});
}

TEST_CASE("A duplicate is refused, by option, while one with its key is unanswered or may still be answered") {
    for (const State state : {State::queued, State::writing, State::awaiting, State::tombstone}) {
        CAPTURE(static_cast<int>(state));
        Multiplexer mux = make({}, Duplicates::refuse);
        REQUIRE_FALSE(mux.submit(request(1)));
        if (state != State::queued) REQUIRE(mux.take_batch(start, all).size() == 1);
        if (state == State::awaiting || state == State::tombstone) CHECK(mux.written().empty());
        if (state == State::tombstone) REQUIRE(mux.cancel(1));
        CHECK(mux.submit(request(2)) == Ending{2, Errc::duplicate_in_flight, Delivery::not_sent});
        CHECK_FALSE(mux.submit(request(3, "other")));
    }
}

TEST_CASE("An error that names no call is meant for a request only if just one can be meant") {
    SECTION("one in flight") {
        Multiplexer mux = with_request_in(State::awaiting);
        CHECK(mux.error_without_call() == Match{1, false});
        CHECK_FALSE(mux.error_without_call());
    }
    SECTION("none in flight") {
        CHECK_FALSE(with_request_in(State::queued).error_without_call());
        CHECK_FALSE(with_request_in(State::tombstone).error_without_call());
    }
    SECTION("two in flight") {
        Multiplexer mux = make();
        REQUIRE_FALSE(mux.submit(request(1)));
        REQUIRE_FALSE(mux.submit(request(2, "other")));
        REQUIRE(mux.take_batch(start, all).size() == 2);
        CHECK_FALSE(mux.error_without_call());
        CHECK(mux.in_flight() == 2);
    }
    SECTION("one in flight beside one that was given up") {
        Multiplexer mux = with_request_in(State::tombstone);
        REQUIRE_FALSE(mux.submit(request(2, "other")));
        REQUIRE(mux.take_batch(start, all).size() == 1);
        CHECK_FALSE(mux.error_without_call());
    }
}

TEST_CASE("An error for a call ends every request for that call and no other") {
    Multiplexer mux = make();
    REQUIRE_FALSE(mux.submit({1, MatchKey("AResult", "call"), "call", deadline}));
    REQUIRE_FALSE(mux.submit({2, MatchKey("BResult", std::nullopt), "call", deadline}));
    REQUIRE_FALSE(mux.submit({3, MatchKey("AResult", "other"), "other", deadline}));
    REQUIRE(mux.take_batch(start, all).size() == 3);
    CHECK(mux.error_for_call("call") == std::vector<Match>{{1, false}, {2, false}});
    CHECK(mux.in_flight() == 1);
}

TEST_CASE("Nothing is handed over at or after its deadline") {
    Multiplexer mux = with_request_in(State::queued);
    CHECK(mux.take_batch(deadline, all).empty());
    CHECK(mux.expire(deadline) == Endings{{1, Errc::timed_out, Delivery::not_sent}});
}

TEST_CASE("A request dropped after its text could not be had frees its key and its place") {
    Multiplexer mux = with_request_in(State::writing);
    mux.drop(1);
    CHECK_FALSE(mux.state(1));
    CHECK(mux.in_flight() == 0);
    CHECK_FALSE(mux.next_deadline());
    mux.drop(1);
}

TEST_CASE("The next deadline is that of the earliest request that has not ended") {
    Multiplexer mux = make();
    CHECK_FALSE(mux.next_deadline());
    REQUIRE_FALSE(mux.submit({1, reply_for("a"), "a", start + 3s}));
    REQUIRE_FALSE(mux.submit({2, reply_for("b"), "b", start + 1s}));
    CHECK(mux.next_deadline() == start + 1s);
    REQUIRE(mux.take_batch(start, all).size() == 2);
    CHECK(mux.reply(reply_for("b")));
    CHECK(mux.next_deadline() == start + 3s);
    CHECK(mux.expire(start + 3s) == Endings{{1, Errc::timed_out, Delivery::unknown}});
    CHECK_FALSE(mux.next_deadline());
}

TEST_CASE("Beyond the limit of requests in flight the others wait") {
    Multiplexer mux = make({.in_flight = 2});
    for (const RequestId id : {1U, 2U, 3U}) REQUIRE_FALSE(mux.submit(request(id, std::to_string(id))));
    CHECK(mux.take_batch(start, all) == std::vector<RequestId>{1, 2});
    CHECK(mux.written().empty());
    CHECK(mux.take_batch(start, all).empty());
    CHECK(mux.reply(reply_for("2")));
    CHECK(mux.take_batch(start, all) == std::vector<RequestId>{3});
}

TEST_CASE("One tombstone beyond the limit says that the link has to be ended") {
    Multiplexer mux = make({.tombstones = 2});
    for (const RequestId id : {1U, 2U, 3U}) {
        REQUIRE_FALSE(mux.submit(request(id, std::to_string(id))));
        CHECK_FALSE(mux.has_too_many_tombstones());
        REQUIRE(mux.take_batch(start, all).size() == 1);
        REQUIRE(mux.cancel(id));
    }
    CHECK(mux.has_too_many_tombstones());
    CHECK(mux.link_lost(Errc::connection_lost).empty());
    CHECK_FALSE(mux.has_too_many_tombstones());
}

TEST_CASE("However many are given up one after the other, each late reply finds its own") {
    Multiplexer mux = make();
    constexpr RequestId count = 200;
    for (RequestId id = 1; id <= count; ++id) {
        REQUIRE_FALSE(mux.submit(request(id, std::to_string(id))));
        REQUIRE(mux.take_batch(start, all) == std::vector<RequestId>{id});
        REQUIRE(mux.written().empty());
        REQUIRE(mux.cancel(id) == Ending{id, Errc::cancelled, Delivery::unknown});
    }
    for (RequestId id = 1; id <= count; ++id) CHECK(mux.reply(reply_for(std::to_string(id))) == Match{id, true});
}

TEST_CASE("A batch holds no more than was asked for, the first ones first") {
    Multiplexer mux = make();
    for (const RequestId id : {1U, 2U, 3U}) REQUIRE_FALSE(mux.submit(request(id, std::to_string(id))));
    CHECK(mux.take_batch(start, 0).empty());
    CHECK(mux.in_flight() == 0);
    CHECK(mux.take_batch(start, 2) == std::vector<RequestId>{1, 2});
    CHECK(mux.queued() == 1);
    CHECK(mux.take_batch(start, 2) == std::vector<RequestId>{3});
}

TEST_CASE("There is a backlog as long as something could be handed over; what is held back could not") {
    Multiplexer mux = make();
    CHECK_FALSE(mux.has_backlog());
    REQUIRE_FALSE(mux.submit(request(1)));
    REQUIRE_FALSE(mux.submit(request(2)));
    CHECK(mux.has_backlog());
    REQUIRE(mux.take_batch(start, all).size() == 1);
    CHECK_FALSE(mux.has_backlog());
    CHECK(mux.queued() == 1);
    CHECK(mux.reply(reply_for()));
    CHECK(mux.has_backlog());
}

TEST_CASE("After a lost link the read-only requests leave again, alone and in their order, in turn with the others") {
    Multiplexer mux = make();
    for (const RequestId id : {1U, 2U, 3U}) REQUIRE_FALSE(mux.submit(read_only(id, std::to_string(id))));
    REQUIRE_FALSE(mux.submit(request(4, "4")));
    REQUIRE(mux.take_batch(start, all).size() == 4);
    REQUIRE_FALSE(mux.submit(request(5, "5")));
    REQUIRE_FALSE(mux.submit(request(6, "6")));
    CHECK(mux.link_lost(Errc::connection_lost) == Endings{{4, Errc::connection_lost, Delivery::unknown}});
    CHECK(mux.in_flight() == 0);
    CHECK(mux.queued() == 5);

    const auto nothing_leaves = [&] { CHECK(mux.take_batch(start, all).empty()); };
    CHECK(mux.take_batch(start, all) == std::vector<RequestId>{1});
    nothing_leaves();
    CHECK(mux.written().empty());
    nothing_leaves();
    CHECK(mux.reply(reply_for("1")) == Match{1, false});
    CHECK(mux.take_batch(start, all) == std::vector<RequestId>{5, 6});
    nothing_leaves(); // 2 has to be alone
    CHECK(mux.reply(reply_for("5")) == Match{5, false});
    REQUIRE_FALSE(mux.submit(request(7, "7")));
    nothing_leaves(); // nor would 2 ever be alone if others went on leaving
    CHECK(mux.reply(reply_for("6")) == Match{6, false});
    CHECK(mux.take_batch(start, all) == std::vector<RequestId>{2});
    CHECK(mux.cancel(2)); // no longer under way
    CHECK(mux.take_batch(start, all) == std::vector<RequestId>{7});
    CHECK(mux.reply(reply_for("7")) == Match{7, false});
    CHECK(mux.take_batch(start, all) == std::vector<RequestId>{3});
    CHECK_FALSE(mux.has_backlog());
}

TEST_CASE("A request that has to be alone holds the others up for two seconds, and is still alone when it leaves") {
    Multiplexer mux = make();
    for (const RequestId id : {1U, 2U}) REQUIRE_FALSE(mux.submit(read_only(id, std::to_string(id))));
    REQUIRE(mux.take_batch(start, all).size() == 2);
    for (const RequestId id : {3U, 4U}) REQUIRE_FALSE(mux.submit(request(id, std::to_string(id))));
    REQUIRE(mux.link_lost(Errc::connection_lost).empty());
    REQUIRE(mux.take_batch(start, all) == std::vector<RequestId>{1});
    REQUIRE(mux.reply(reply_for("1")));
    REQUIRE(mux.take_batch(start, all) == std::vector<RequestId>{3, 4});

    REQUIRE_FALSE(mux.submit(request(5, "5")));
    CHECK_FALSE(mux.next_turn_of_others(start));
    CHECK(mux.take_batch(start + 1s, all).empty());
    CHECK(mux.next_turn_of_others(start + 1s) == start + 3s);
    CHECK(mux.take_batch(start + 3s - 1ns, all).empty());
    CHECK(mux.take_batch(start + 3s, all) == std::vector<RequestId>{5});
    CHECK_FALSE(mux.next_turn_of_others(start + 3s));
    CHECK(mux.reply(reply_for("4"))); // 3 is in the way
    REQUIRE_FALSE(mux.submit(request(6, "6")));
    CHECK(mux.take_batch(start + 4s, all) == std::vector<RequestId>{6});

    CHECK(mux.reply(reply_for("3")));
    REQUIRE_FALSE(mux.submit(request(7, "7")));
    CHECK(mux.take_batch(start + 5s, all).empty());
    CHECK(mux.reply(reply_for("5")));
    CHECK(mux.take_batch(start + 5s, all).empty());
    CHECK(mux.reply(reply_for("6")));
    CHECK(mux.take_batch(start + 5s, all) == std::vector<RequestId>{2});
    CHECK(mux.take_batch(start + 8s, all).empty()); // while it is under way, nothing else is
    CHECK(mux.reply(reply_for("2")));
    CHECK(mux.take_batch(start + 8s, all) == std::vector<RequestId>{7});
}

TEST_CASE("A read-only request that loses a second link ends as unknown, and one that had not left again does not") {
    Multiplexer mux = make();
    REQUIRE_FALSE(mux.submit(read_only(1, "1")));
    REQUIRE_FALSE(mux.submit(read_only(2, "2")));
    REQUIRE(mux.take_batch(start, all).size() == 2);
    CHECK(mux.link_lost(Errc::connection_lost).empty());
    REQUIRE_FALSE(mux.submit(request(3, "3")));
    REQUIRE(mux.take_batch(start, all) == std::vector<RequestId>{1});
    CHECK(mux.link_lost(Errc::idle_timeout) == Endings{{1, Errc::idle_timeout, Delivery::unknown}});
    CHECK(mux.take_batch(start, all) == std::vector<RequestId>{3}); // not lost in turn with each of many such reads
    CHECK(mux.reply(reply_for("3")) == Match{3, false});
    CHECK(mux.take_batch(start, all) == std::vector<RequestId>{2});
    CHECK(mux.reply(reply_for("2")) == Match{2, false});
}

TEST_CASE("A message that was too large ends the read whose reply it was, and nothing else") {
    struct Row {
        std::string about;
        std::vector<Submission> under_way;
        std::vector<RequestId> given_up;
        std::optional<MatchKey> key; // what was read of the message
        RequestId ended;             // 0 for none
    };
    const auto named = [](const std::string& callid) { return MatchKey("SetResult", callid); };
    const MatchKey without_call("SetResult", std::nullopt);
    const std::vector<Row> rows{
        {"the only read", {read_only(1, "1"), request(2, "2")}, {}, std::nullopt, 1},
        {"two reads", {read_only(1, "1"), read_only(2, "2")}, {}, std::nullopt, 0},
        {"one of two reads, given up", {read_only(1, "1"), read_only(2, "2")}, {1}, std::nullopt, 0},
        {"no read", {request(1, "1")}, {}, std::nullopt, 0},
        {"by name", {read_only(1, "1"), read_only(2, "2")}, {}, named("2"), 2},
        {"by name, given up", {read_only(1, "1"), read_only(2, "2")}, {2}, named("2"), 0},
        {"by name, one that sets something", {read_only(1, "1"), request(2, "2")}, {}, named("2"), 0},
        {"somebody else's call", {read_only(1, "1")}, {}, named("2"), 0},
        {"somebody else's subtopic", {read_only(1, "1")}, {}, MatchKey("Other", "1"), 0},
        {"by subtopic alone", {read_only(1, "1")}, {}, without_call, 1},
        {"by subtopic alone, two", {read_only(1, "1"), request(2, "2")}, {}, without_call, 0},
        {"by subtopic alone, one given up", {read_only(1, "1"), request(2, "2")}, {2}, without_call, 0},
    };
    for (const Row& row : rows) {
        CAPTURE(row.about);
        Multiplexer mux = make();
        for (const Submission& submission : row.under_way) REQUIRE_FALSE(mux.submit(submission));
        REQUIRE(mux.take_batch(start, all).size() == row.under_way.size());
        for (const RequestId id : row.given_up) REQUIRE(mux.cancel(id));
        const auto ending = mux.end_oversized(row.key);
        CHECK((ending ? ending->id : 0) == row.ended);
        if (ending) CHECK(*ending == Ending{row.ended, Errc::bad_reply, Delivery::unknown});
        static_cast<void>(mux.link_lost(Errc::connection_lost));
        if (row.ended != 0) CHECK_FALSE(mux.state(row.ended));
    }
}

TEST_CASE("A read that has not left is not ended by a message that was too large") {
    Multiplexer mux = make();
    REQUIRE_FALSE(mux.submit(read_only(1)));
    CHECK_FALSE(mux.end_oversized(std::nullopt));
    CHECK_FALSE(mux.end_oversized(reply_for()));
    CHECK(mux.take_batch(start, all) == std::vector<RequestId>{1});
}

TEST_CASE("A request that is queued again keeps its key, and is not completed before it has left again") {
    Multiplexer mux = make();
    REQUIRE_FALSE(mux.submit(read_only(1)));
    REQUIRE_FALSE(mux.submit(read_only(2)));
    REQUIRE(mux.take_batch(start, all) == std::vector<RequestId>{1});
    CHECK(mux.link_lost(Errc::connection_lost).empty());
    CHECK(mux.state(1) == State::queued);
    CHECK(mux.state(2) == State::held_back);
    CHECK_FALSE(mux.reply(reply_for()));
    CHECK(mux.error_for_call("call").empty());
    CHECK_FALSE(mux.error_without_call());
    CHECK(mux.take_batch(start, all) == std::vector<RequestId>{1});
    CHECK(mux.reply(reply_for()) == Match{1, false});
    CHECK(mux.take_batch(start, all) == std::vector<RequestId>{2});
}

TEST_CASE("A request that is queued again and then ends is unknown, since it has left once") {
    const auto again = [] {
        Multiplexer mux = make();
        REQUIRE_FALSE(mux.submit(read_only(1)));
        REQUIRE(mux.take_batch(start, all).size() == 1);
        CHECK(mux.written().empty());
        REQUIRE(mux.link_lost(Errc::connection_lost).empty());
        return mux;
    };
    Multiplexer expired = again();
    CHECK(expired.expire(deadline) == Endings{{1, Errc::timed_out, Delivery::unknown}});
    CHECK(expired.tombstones() == 0); // no reply can come on the next link
    Multiplexer cancelled = again();
    CHECK(cancelled.cancel(1) == Ending{1, Errc::cancelled, Delivery::unknown});
    Multiplexer ended = again();
    CHECK(ended.end_unsent(Errc::connect_failed) == Endings{{1, Errc::connect_failed, Delivery::unknown}});
    for (const Multiplexer* mux : {&expired, &cancelled, &ended}) {
        CHECK_FALSE(mux->state(1));
        CHECK(mux->queued() == 0);
        CHECK_FALSE(mux->has_backlog());
        CHECK_FALSE(mux->next_deadline());
    }
}

TEST_CASE("A read-only request that was given up does not leave again") {
    Multiplexer mux = make();
    REQUIRE_FALSE(mux.submit(read_only(1)));
    REQUIRE(mux.take_batch(start, all).size() == 1);
    REQUIRE(mux.cancel(1));
    CHECK(mux.link_lost(Errc::connection_lost).empty());
    CHECK_FALSE(mux.state(1));
    CHECK(mux.take_batch(start, all).empty());
}

TEST_CASE("The report of a write on a lost link does not touch what is written on the next one") {
    Multiplexer mux = make();
    REQUIRE_FALSE(mux.submit(read_only(1)));
    REQUIRE(mux.take_batch(start, all).size() == 1);
    REQUIRE(mux.link_lost(Errc::connection_lost).empty());
    CHECK(mux.written().empty());
    CHECK(mux.state(1) == State::queued);
}

TEST_CASE("Doubt ends what was handed over as unknown and waits for its late reply, and leaves all else alone") {
    struct Row {
        State state;
        Endings endings;
        State afterwards;
    };
    const Ending unknown{1, Errc::connection_lost, Delivery::unknown};
    const std::vector<Row> rows{
        {State::queued, {}, State::queued},
        {State::held_back, {}, State::held_back},
        {State::writing, {unknown}, State::tombstone},
        {State::awaiting, {unknown}, State::tombstone},
        {State::tombstone, {}, State::tombstone},
    };
    for (const Row& row : rows) {
        CAPTURE(static_cast<int>(row.state));
        Multiplexer mux = with_request_in(row.state);
        CHECK(only_first(mux.expire_written(Errc::connection_lost)) == row.endings);
        CHECK(mux.expire_written(Errc::connection_lost).empty());
        CHECK(mux.state(1) == row.afterwards);
        CHECK(mux.in_flight() == 0);
    }
    Multiplexer mux = make();
    REQUIRE_FALSE(mux.submit(read_only(1)));
    REQUIRE(mux.take_batch(start, all).size() == 1);
    CHECK(mux.expire_written(Errc::connection_lost).empty());
    CHECK(mux.state(1) == State::writing);
    CHECK(mux.reply(reply_for()) == Match{1, false});
}

// --- subtopics that several operations share, and replies of other forms -------------------------------------------

namespace {

// Its reply names no call.
Submission exclusive(RequestId id) { return {id, MatchKey("SetResult", std::nullopt), "call", deadline}; }

const MatchKey reply_without_call("SetResult", std::nullopt);

} // namespace

TEST_CASE("A request whose reply names no call is alone in its subtopic") {
    Multiplexer mux = make();
    REQUIRE_FALSE(mux.submit(request(1, "a")));
    REQUIRE_FALSE(mux.submit(request(2, "b")));
    REQUIRE_FALSE(mux.submit(exclusive(3)));
    REQUIRE_FALSE(mux.submit(request(4, "c")));
    REQUIRE_FALSE(mux.submit({5, MatchKey("OtherResult", "a"), "a", deadline}));
    CHECK(mux.take_batch(start, all) == std::vector<RequestId>{1, 2, 5});
    CHECK_FALSE(mux.reply(reply_without_call)); // somebody else's
    CHECK(mux.reply(reply_for("a")) == Match{1, false});
    CHECK(mux.take_batch(start, all).empty());
    CHECK(mux.reply(reply_for("b")) == Match{2, false});
    CHECK(mux.take_batch(start, all) == std::vector<RequestId>{3}); // and 4, which came later, does not overtake it
    CHECK_FALSE(mux.reply(reply_for("c")));
    CHECK(mux.reply(reply_without_call) == Match{3, false});
    CHECK(mux.take_batch(start, all) == std::vector<RequestId>{4});
}

TEST_CASE("Those behind a request that has to be alone leave when it ends before it could leave") {
    Multiplexer mux = make();
    REQUIRE_FALSE(mux.submit(request(1, "a")));
    REQUIRE_FALSE(mux.submit(exclusive(2)));
    REQUIRE_FALSE(mux.submit(request(3, "b")));
    CHECK(mux.take_batch(start, all) == std::vector<RequestId>{1});
    CHECK(mux.cancel(2) == Ending{2, Errc::cancelled, Delivery::not_sent});
    CHECK(mux.take_batch(start, all) == std::vector<RequestId>{3});
}

TEST_CASE("A request that has to be alone is refused beside another one, if duplicates are") {
    Multiplexer mux = make({}, Duplicates::refuse);
    REQUIRE_FALSE(mux.submit(request(1, "a")));
    REQUIRE_FALSE(mux.submit(request(2, "b")));
    CHECK(mux.submit(exclusive(3)) == Ending{3, Errc::duplicate_in_flight, Delivery::not_sent});
}

TEST_CASE("A reply that names a call is that of a request whose reply may or may not name it, for the same call") {
    struct Row {
        std::string callid; // of the request
        bool may_name_call;
        MatchKey reply;
        bool matches;
    };
    const Row rows[] = {
        {"call", true, reply_for("call"), true},  {"call", true, reply_for("another"), false},
        {"call", true, reply_without_call, true}, {"call", false, reply_for("call"), false},
        {"", true, reply_for("any"), true}, // such a request names no call that could differ
    };
    for (const Row& row : rows) {
        Multiplexer mux = make();
        Submission submission = exclusive(1);
        submission.callid = row.callid;
        submission.reply_may_name_call = row.may_name_call;
        REQUIRE_FALSE(mux.submit(submission));
        CHECK_FALSE(mux.reply(row.reply)); // it has not left yet
        REQUIRE(mux.take_batch(start, all).size() == 1);
        CHECK(mux.reply(row.reply).has_value() == row.matches);
    }
}

TEST_CASE("A request without a reply ends when it has been written") {
    const auto silent = [](RequestId id) {
        Submission submission{id, MatchKey::of_no_reply(id), "call", deadline};
        submission.has_reply = false;
        return submission;
    };
    Multiplexer mux = make();
    REQUIRE_FALSE(mux.submit(silent(1)));
    REQUIRE_FALSE(mux.submit(silent(2))); // beside the first: there is nothing to confuse
    REQUIRE_FALSE(mux.submit(silent(3)));
    REQUIRE(mux.take_batch(start, all) == std::vector<RequestId>{1, 2, 3});
    CHECK_FALSE(mux.reply(MatchKey("", "1")));
    CHECK(mux.cancel(2) == Ending{2, Errc::cancelled, Delivery::unknown});
    CHECK(mux.tombstones() == 1);
    CHECK(mux.written() == std::vector<RequestId>{1, 3});
    CHECK(mux.tombstones() == 0); // nothing will ever come for it
    CHECK(mux.in_flight() == 0);

    REQUIRE_FALSE(mux.submit(silent(4)));
    REQUIRE(mux.take_batch(start, all).size() == 1);
    CHECK(mux.link_lost(Errc::connection_lost) == Endings{{4, Errc::connection_lost, Delivery::unknown}});
}

TEST_CASE("An echo of the request is not its reply where both have one subtopic, and a reply has the form of one") {
    for (const bool same_name : {true, false}) {
        Multiplexer mux = make();
        Submission submission = request(1);
        submission.reply_repeats_name = same_name;
        REQUIRE_FALSE(mux.submit(submission));
        REQUIRE(mux.take_batch(start, all).size() == 1);
        CHECK(mux.reply({reply_for(), true}).has_value() != same_name);
        CHECK(mux.reply(reply_for()).has_value() == same_name);
    }
}

TEST_CASE("A reply under its other name is found, but for what may be an echo") {
    Multiplexer mux = make();
    Submission submission = request(1);
    submission.reply_also = "Set";
    REQUIRE_FALSE(mux.submit(submission));
    REQUIRE(mux.take_batch(start, all).size() == 1);
    CHECK_FALSE(mux.reply({MatchKey("Set", "call"), true}));
    CHECK_FALSE(mux.reply(MatchKey("Set", "another")));
    CHECK(mux.reply(MatchKey("SET", "call")) == Match{1, false});
    CHECK_FALSE(mux.reply(MatchKey("Set", "call")));
}

// --- what a request that was given up may cost -----------------------------------------------------------------------

TEST_CASE(
    "The link is stuck when a request has waited in vain behind one that was given up, and nothing else suffers") {
    Multiplexer mux = make();
    REQUIRE_FALSE(mux.submit(exclusive(1)));
    REQUIRE(mux.take_batch(start, all).size() == 1);
    REQUIRE(mux.cancel(1));
    CHECK_FALSE(mux.is_stuck()); // its reply may come
    Submission waiting = request(2);
    REQUIRE_FALSE(mux.submit(waiting));
    REQUIRE_FALSE(mux.submit({3, MatchKey("OtherResult", "a"), "a", deadline + 10s}));
    REQUIRE(mux.take_batch(start, all) == std::vector<RequestId>{3});
    CHECK(mux.expire(deadline) == Endings{{2, Errc::timed_out, Delivery::not_sent}});
    CHECK_FALSE(mux.is_stuck()); // 3 would become unknown
    REQUIRE(mux.reply(MatchKey("OtherResult", "a")));
    CHECK(mux.is_stuck());
    CHECK(mux.link_lost(Errc::connection_lost).empty());
    CHECK_FALSE(mux.is_stuck());
}

TEST_CASE("The link is not stuck any more when the late reply has come") {
    Multiplexer mux = make();
    REQUIRE_FALSE(mux.submit(exclusive(1)));
    REQUIRE(mux.take_batch(start, all).size() == 1);
    REQUIRE(mux.cancel(1));
    REQUIRE_FALSE(mux.submit(request(2)));
    REQUIRE(mux.expire(deadline).size() == 1);
    CHECK(mux.is_stuck());
    CHECK(mux.reply(reply_without_call) == Match{1, true});
    CHECK_FALSE(mux.is_stuck());
}

TEST_CASE("Who has to be alone waits in vain behind any that was given up") {
    Multiplexer mux = make();
    REQUIRE_FALSE(mux.submit(request(1)));
    REQUIRE(mux.take_batch(start, all).size() == 1);
    REQUIRE(mux.cancel(1));
    REQUIRE_FALSE(mux.submit(exclusive(2)));
    REQUIRE(mux.expire(deadline).size() == 1);
    CHECK(mux.is_stuck());
}

TEST_CASE("A request that runs out of time behind one that is still under way is no reason to give up the link") {
    Multiplexer mux = make();
    Submission patient = request(1);
    patient.deadline = deadline + 10s;
    REQUIRE_FALSE(mux.submit(patient));
    REQUIRE(mux.take_batch(start, all).size() == 1);
    REQUIRE_FALSE(mux.submit(request(2)));
    REQUIRE(mux.expire(deadline).size() == 1);
    REQUIRE(mux.reply(reply_for()));
    CHECK_FALSE(mux.is_stuck());
}

TEST_CASE("An error that names no call refuses nobody after a request without a reply, which it may be about") {
    Multiplexer mux = make();
    Submission silent{1, MatchKey::of_no_reply(1), "", deadline};
    silent.has_reply = false;
    REQUIRE_FALSE(mux.submit(silent));
    REQUIRE_FALSE(mux.submit(request(2)));
    REQUIRE(mux.take_batch(start, all).size() == 2);
    REQUIRE(mux.written() == std::vector<RequestId>{1});
    CHECK_FALSE(mux.error_without_call());
    REQUIRE(mux.link_lost(Errc::connection_lost).size() == 1);
    REQUIRE_FALSE(mux.submit(request(3)));
    REQUIRE(mux.take_batch(start, all).size() == 1);
    CHECK(mux.error_without_call() == Match{3, false}); // over the new link
}

TEST_CASE("A reply's other name keeps requests apart as its first one does") {
    Multiplexer mux = make();
    Submission first = exclusive(1);
    first.reply_also = "Other";
    REQUIRE_FALSE(mux.submit(first));
    REQUIRE_FALSE(mux.submit({2, MatchKey("other", std::nullopt), "", deadline}));
    CHECK(mux.take_batch(start, all) == std::vector<RequestId>{1});
    CHECK(mux.reply(MatchKey("Other", std::nullopt)) == Match{1, false});
    CHECK(mux.take_batch(start, all) == std::vector<RequestId>{2});
    CHECK(mux.reply(MatchKey("SetResult", std::nullopt)) == Match{2, false});
}

TEST_CASE("Replies of more kinds than are kept in mind find their requests") {
    Multiplexer mux = make();
    const auto name = [](RequestId id) { return "Made up " + std::to_string(id % 700); };
    for (RequestId id = 1; id <= 1500; ++id) {
        REQUIRE_FALSE(mux.submit({id, MatchKey(name(id), "call"), "call", deadline}));
        REQUIRE(mux.take_batch(start, all) == std::vector<RequestId>{id});
        REQUIRE_FALSE(mux.reply(MatchKey(name(id + 1), "call")));
        REQUIRE(mux.reply(MatchKey(' ' + name(id), "call")) == Match{id, false});
    }
    CHECK(mux.in_flight() == 0);
}

TEST_CASE("Of the kinds of replies that nobody waits for any more, not all are kept in mind") {
    Multiplexer mux = make();
    const auto name = [](RequestId id) { return "Made up " + std::to_string(id); };
    constexpr RequestId kinds = 700;
    for (RequestId id = 1; id <= kinds; ++id) {
        REQUIRE_FALSE(mux.submit({id, MatchKey(name(id), "call"), "call", deadline}));
        REQUIRE(mux.take_batch(start, all) == std::vector<RequestId>{id});
        REQUIRE(mux.known_name(name(id)) == name(id));
        REQUIRE(mux.reply(MatchKey(name(id), "call")) == Match{id, false});
    }
    RequestId known = 0;
    for (RequestId id = 1; id <= kinds; ++id)
        if (!mux.known_name(name(id)).empty()) ++known;
    CHECK(known < kinds / 2);
}

TEST_CASE("What is due at once ends in the order of submission, whatever else has ended before") {
    Multiplexer mux = make();
    const auto at = [](RequestId id) { return start + std::chrono::seconds(1 + id * 7 % 5); };
    for (RequestId id = 1; id <= 50; ++id)
        REQUIRE_FALSE(mux.submit({id, MatchKey("Result", std::to_string(id)), std::to_string(id), at(id)}));
    for (RequestId id = 3; id <= 50; id += 3) REQUIRE(mux.cancel(id));
    std::vector<RequestId> expected;
    for (RequestId second = 1; second <= 5; ++second)
        for (RequestId id = 1; id <= 50; ++id)
            if (id % 3 != 0 && at(id) == start + std::chrono::seconds(second)) expected.push_back(id);

    std::vector<RequestId> ended;
    for (const Ending& ending : mux.expire(start + 10s)) ended.push_back(ending.id);
    CHECK(ended == expected);
    CHECK_FALSE(mux.next_deadline());
}

TEST_CASE("The other name of a reply belongs to whoever used it first, and one request at a time") {
    Multiplexer mux = make();
    REQUIRE_FALSE(mux.submit({1, MatchKey("Overlap", "call"), "call", deadline})); // made up by an application
    REQUIRE(mux.take_batch(start, all) == std::vector<RequestId>{1});
    Submission second{2, MatchKey("OverlapResult", "call"), "call", deadline};
    second.reply_also = "Overlap";
    REQUIRE_FALSE(mux.submit(second));
    CHECK(mux.take_batch(start, all).empty()); // their replies could be confused
    CHECK(mux.reply(MatchKey("Overlap", "call")) == Match{1, false});
    REQUIRE(mux.take_batch(start, all) == std::vector<RequestId>{2});
    CHECK_FALSE(mux.reply({MatchKey("Overlap", "call"), true})); // an echo
    CHECK(mux.reply(MatchKey("OverlapResult", "call")) == Match{2, false});
}

TEST_CASE(
    "An error for a call is meant for whatever was handed over for it: in any channel, alone there, without a reply") {
    Multiplexer mux = make();
    Submission alone{3, {"ListResult", std::nullopt}, "call", deadline};
    Submission silent{4, MatchKey::of_no_reply(4), "call", deadline};
    silent.has_reply = false;
    REQUIRE_FALSE(mux.submit(request(1)));
    REQUIRE_FALSE(mux.submit({2, {"GetResult", "call"}, "call", deadline}));
    REQUIRE_FALSE(mux.submit(alone));
    REQUIRE_FALSE(mux.submit(silent));
    REQUIRE_FALSE(mux.submit(request(5, "another")));
    REQUIRE_FALSE(mux.submit(request(6))); // behind 1
    REQUIRE(mux.take_batch(start, all).size() == 5);

    SECTION("while they are being written") {
        CHECK(mux.error_for_call("call") == std::vector<Match>{{1, false}, {2, false}, {3, false}, {4, false}});
    }
    SECTION("when they have been given up") {
        for (RequestId id = 1; id <= 4; ++id) REQUIRE(mux.cancel(id));
        CHECK(mux.error_for_call("call") == std::vector<Match>{{1, true}, {2, true}, {3, true}, {4, true}});
    }
    SECTION("when they have been written") {
        CHECK(mux.written() == std::vector<RequestId>{4});
        CHECK(mux.error_for_call("call") == std::vector<Match>{{1, false}, {2, false}, {3, false}});
    }
    CHECK(mux.take_batch(start, all) == std::vector<RequestId>{6});
    CHECK(mux.error_for_call("another") == std::vector<Match>{{5, false}});
}

TEST_CASE("The requests for a call are those that were handed over and have not ended, whatever their replies") {
    for (const State state : {State::queued, State::held_back, State::writing, State::awaiting, State::tombstone}) {
        Multiplexer mux = with_request_in(state);
        const bool is_under_way = state == State::writing || state == State::awaiting;
        CHECK(mux.of_call("call") == (is_under_way ? std::vector<RequestId>{1} : std::vector<RequestId>{}));
        CHECK(mux.of_call("other").empty());
        CHECK(mux.of_call("").empty());
    }

    Multiplexer mux = make();
    REQUIRE_FALSE(mux.submit(request(1)));
    REQUIRE_FALSE(mux.submit({2, MatchKey("Other", "call"), "call", deadline}));
    REQUIRE_FALSE(mux.submit({3, MatchKey("Alone", std::nullopt), "call", deadline})); // its reply names no call
    REQUIRE_FALSE(mux.submit(request(4, "other")));
    REQUIRE(mux.take_batch(start, all).size() == 4);
    CHECK(mux.of_call("call") == std::vector<RequestId>{1, 2, 3});
    CHECK(mux.of_call("other") == std::vector<RequestId>{4});
    REQUIRE(mux.reply(reply_for()) == Match{1, false});
    CHECK(mux.of_call("call") == std::vector<RequestId>{2, 3});
}

TEST_CASE("What a reply has to name is known for those that wait for it") {
    using lcm::detail::Awaited;
    Multiplexer mux = make();
    Submission alone{2, MatchKey("Alone", std::nullopt), "", deadline};
    Submission any{3, MatchKey("Any", std::nullopt), "call", deadline};
    any.reply_may_name_call = true;
    REQUIRE_FALSE(mux.submit(request(1)));
    REQUIRE_FALSE(mux.submit(alone));
    REQUIRE_FALSE(mux.submit(any));
    CHECK(mux.awaited("Alone") == Awaited::nothing); // it has not left
    REQUIRE(mux.take_batch(start, all).size() == 3);
    CHECK(mux.awaited(" setresult ") == Awaited::with_call);
    CHECK(mux.awaited("Alone") == Awaited::without_call);
    CHECK(mux.awaited("Any") == Awaited::any);
    CHECK(mux.awaited("") == Awaited::nothing);
    CHECK(mux.awaited("Result") == Awaited::nothing);
    CHECK(mux.known_name(" SETRESULT") == "SetResult"); // as the request spells it
    CHECK(mux.known_name("Result").empty());

    REQUIRE(mux.cancel(2));
    CHECK(mux.awaited("Alone") == Awaited::nothing);
    REQUIRE(mux.reply(reply_for()) == Match{1, false});
    CHECK(mux.awaited("SetResult") == Awaited::nothing);
    CHECK(mux.known_name("SetResult") == "SetResult");
}

TEST_CASE("A request that is withdrawn from its batch ends by what had left of it before, and leaves no tombstone") {
    for (const bool has_left : {false, true}) {
        Multiplexer mux = make();
        Submission first = request(1);
        first.is_read_only = true;
        REQUIRE_FALSE(mux.submit(first));
        if (has_left) {
            REQUIRE(mux.take_batch(start, all) == std::vector<RequestId>{1});
            REQUIRE(mux.link_lost(Errc::connection_lost).empty()); // it is to leave again
        }
        REQUIRE_FALSE(mux.submit(request(2))); // behind it
        const Delivery delivery = has_left ? Delivery::unknown : Delivery::not_sent;
        CHECK(mux.take_and_withdraw(start, Errc::cancelled) == Ending{1, Errc::cancelled, delivery});
        CHECK(mux.tombstones() == 0);
        CHECK(mux.in_flight() == 0);
        CHECK(mux.take_batch(start, all) == std::vector<RequestId>{2});
    }
}

TEST_CASE("A batch that could not be handed over waits in front, in its order, as if it had never been taken") {
    Multiplexer mux = make();
    for (RequestId id = 1; id <= 4; ++id) REQUIRE_FALSE(mux.submit(request(id, std::to_string(id))));
    mux.take_and_return_batch(start, 3);
    CHECK(mux.queued() == 4);
    CHECK(mux.in_flight() == 0);
    CHECK(mux.cancel(2) == Ending{2, Errc::cancelled, Delivery::not_sent});
    CHECK(mux.take_batch(start, all) == std::vector<RequestId>{1, 3, 4});
}
