// SPDX-License-Identifier: BSL-1.0
// What a client decides about its link and its requests: events and the time in, decisions out, without a loop.
#include <lcm_client/inquiry.hpp>
#include <lcm_client/json_document.hpp>
#include <lcm_client/protocol/decode.hpp>
#include <lcm_client/session/session.hpp>
#include <lcm_client/stats.hpp>

#include <session/evidence_parts.hpp>
#include <session/owned_request.hpp>
#include <support/catch.hpp>

#include <chrono>
#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace std::chrono_literals;
using lcm::ClientConfig;
using lcm::Delivery;
using lcm::Errc;
using lcm::detail::Decision;
using lcm::detail::EndedBy;
using lcm::detail::Endings;
using lcm::detail::LinkAbilities;
using lcm::detail::LinkFailure;
using lcm::detail::RequestEntry;
using lcm::detail::RequestId;
using lcm::detail::Session;
using lcm::detail::TimePoint;
using lcm::tests::OwnedRequest;

namespace {

constexpr lcm::Operation set_outcome{.subtopic = "Set", .reply_subtopic = "SetResult"};
constexpr lcm::Operation read_data{.subtopic = "Get", .reply_subtopic = "GetResult", .is_read_only = true};
constexpr lcm::Operation booking{
    .subtopic = "Book", .reply_subtopic = "BookResult", .reply_callid = lcm::ReplyCallid::absent};
constexpr lcm::Operation announce{.subtopic = "Tell", .reply_subtopic = ""};
constexpr lcm::Operation call_out{.subtopic = "Call out", .reply_subtopic = "", .is_read_only = true};

constexpr LinkAbilities all_abilities{.probes = true, .tells_signs_of_life = true, .confirms_delivery = true};

LinkFailure broken() { return {.error = {.code = Errc::connection_lost, .detail = "it broke"}}; }

// A session, its requests, and what it has decided, as text: one word for each thing to be done, in its order.
class Desk {
public:
    explicit Desk(LinkAbilities abilities = all_abilities, ClientConfig config = {})
        : config_(std::move(config)), session_(config_, counters_, abilities, 1) {}

    Session& operator*() noexcept { return session_; }
    Session* operator->() noexcept { return &session_; }

    void advance(std::chrono::nanoseconds time) { now += time; }

    void submit(RequestId id, const lcm::Operation& operation = set_outcome, std::chrono::seconds time = 10s) {
        auto request = std::make_unique<OwnedRequest>(id, operation, now, time);
        OwnedRequest& added = *requests_.emplace(id, std::move(request)).first->second;
        static_cast<void>(session_.submit(added, false, now));
    }

    // One that has not ended.
    RequestEntry& request(RequestId id) { return *requests_.at(id); }

    // As a turn asks it.
    std::string ask() {
        std::string done = told(session_.take_endings());
        done += told(session_.expire(now));
        return done + told(session_.next(now));
    }

    std::string told(Decision decision) {
        std::string done;
        if (decision.leaves_link) done += "leave ";
        if (decision.aborts_link) done += "abort ";
        done += told(decision.ended);
        if (decision.probes) done += "probe ";
        if (decision.connects) {
            done += "connect ";
            session_.connecting();
        }
        std::size_t size = 0;
        decision.batch.for_each([&](RequestEntry& request) {
            request.leave();
            done += "send:" + std::to_string(request.id) + ' ';
            ++size;
        });
        if (size != 0) session_.sent(size);
        return done;
    }

    // Each with its ending, and what its error says.
    std::string told(Endings ended) {
        std::string done;
        for (const EndedBy cause : Endings::causes)
            while (RequestEntry* const request = ended.by(cause).pop_front()) {
                lcm::Error error{
                    .code = request->code(), .delivery = request->delivery(), .cause = session_.cause_of(cause)};
                error.request_id = request->id;
                error.callid = request->callid;
                session_.explain(error, *request, cause);
                const Delivery delivery = error.delivery;
                details.push_back(error.detail);
                done += std::to_string(request->id) + '=' + to_string(error.code) + '(' + to_string(delivery) + ") ";
                session_.note_ending(*request, delivery, &error, nullptr, now);
                requests_.erase(RequestId{request->id});
            }
        return done;
    }

    // A link, whose peer has shown itself.
    void open() {
        session_.opened({}, now);
        session_.see_peer(true);
    }

    // The first link.
    void connect() {
        REQUIRE(ask() == "connect ");
        open();
    }

    // A request that is under way over the link, and has been written.
    void send(RequestId id, const lcm::Operation& operation = set_outcome, std::chrono::seconds time = 10s) {
        submit(id, operation, time);
        REQUIRE(ask() == "send:" + std::to_string(id) + ' ');
        REQUIRE(session_.written().empty());
    }

    std::string receive(std::string_view text) {
        auto decision = session_.on_message(text, now);
        std::string done;
        while (RequestEntry* const request = decision.ended.pop_front()) {
            done += std::to_string(request->id) + (decision.refusal ? "=refused " : "=answered ");
            session_.note_ending(*request, decision.refusal ? Delivery::refused : Delivery::accepted, nullptr, nullptr,
                                 now);
            requests_.erase(RequestId{request->id});
        }
        for (const auto& truth : decision.truths) done += std::string("truth:") + to_string(truth.told.delivery) + ' ';
        if (decision.is_event) done += "event ";
        session_.finish_message(decision);
        return done;
    }

    // The same if each request that it ends turns out to have ended elsewhere, as unknown.
    std::string receive_for_ended(std::string_view text) {
        auto decision = session_.on_message(text, now);
        while (RequestEntry* const request = decision.ended.pop_front()) {
            const lcm::Error error{.code = Errc::timed_out, .delivery = Delivery::unknown};
            const auto verdict = [](lcm::JsonView payload, lcm::LenientReader&) {
                return payload ? Delivery::accepted : Delivery::unknown;
            };
            session_.note_ending(*request, Delivery::unknown, &error, verdict, now);
            session_.see_late_answer(request->id, decision, now);
            requests_.erase(RequestId{request->id});
        }
        std::string done;
        for (const auto& truth : decision.truths)
            done += std::to_string(truth.id) + '=' + to_string(truth.told.delivery) + ' ';
        session_.finish_message(decision);
        const lcm::Stats stats = counters_.snapshot();
        return done + "late:" + std::to_string(stats.late_replies) + " settled:" + std::to_string(stats.settled);
    }

    std::string state() {
        if (!session_.has_news_of_link()) return "nothing new";
        session_.told();
        return to_string(session_.status().state);
    }

    TimePoint now{1h};
    std::vector<std::string> details;

private:
    ClientConfig config_;
    lcm::detail::Counters counters_;
    std::map<RequestId, std::unique_ptr<OwnedRequest>> requests_;
    Session session_;
};

std::string reply_to(RequestId id, std::string_view name = "SetResult") {
    return R"({"channel":"LCM","topic":"Web","subtopic":")" + std::string(name) + R"(","message":{"callid":")" +
           std::to_string(id) + R"(","response":{"success":true}}})";
}

std::string refusal_of(RequestId id, const std::string& more = "") {
    return R"({"topic":"Error","data":{"errorType":"WS_Error","errorMessage":"Invalid Call ID:)" + std::to_string(id) +
           "\"}" + more + "}";
}

// It stands there twice that it is an error.
std::string doubtful_refusal_of(RequestId id) { return refusal_of(id, R"(,"topic":"Error")"); }

} // namespace

TEST_CASE("A session connects first, then sends what waits, and does nothing more than once") {
    Desk desk;
    desk.submit(1);
    CHECK(desk.ask() == "connect ");
    CHECK(desk.state() == "connecting");
    CHECK(desk.ask().empty());
    desk.open();
    CHECK(desk.state() == "ready");
    CHECK(desk.ask() == "send:1 ");
    desk.submit(2);
    CHECK(desk.ask().empty()); // until the first batch has been written
    CHECK(desk->written().empty());
    CHECK(desk.ask() == "send:2 ");
    CHECK(desk.receive(reply_to(1)) == "1=answered ");
    CHECK(desk.receive(reply_to(1)) == "event ");
    CHECK(desk.state() == "nothing new");
}

TEST_CASE("A lost link ends what had left as unknown, keeps what had not, and plans the next attempt before that") {
    Desk desk;
    desk.submit(1);
    desk.submit(2, read_data);
    desk.connect();
    CHECK(desk.ask() == "send:1 send:2 ");
    desk.submit(3);
    desk.ask();
    CHECK(desk.told(desk->lost(broken(), desk.now)) == "1=connection_lost(unknown) ");
    CHECK(desk.details == std::vector<std::string>{"it broke"});
    CHECK(desk->status().next_wait > 0ms);
    CHECK(desk.ask().empty());
    CHECK(desk->next_time(desk.now) == desk.now + desk->status().next_wait);
    desk.advance(desk->status().next_wait);
    CHECK(desk.ask() == "connect ");
    desk.open();
    CHECK(desk.ask() == "send:2 "); // what has cost a link, perhaps, leaves again alone
    CHECK(desk->written().empty());
    CHECK(desk.receive(reply_to(2, "GetResult")) == "2=answered ");
    CHECK(desk.ask() == "send:3 ");
}

TEST_CASE("A batch of which nothing is handed over after all holds up nobody") {
    Desk desk;
    desk.connect();
    desk.submit(1);
    REQUIRE(desk->next(desk.now).batch.size() == 1);
    desk->withdraw(desk.request(1));
    desk->sent(0);
    desk.submit(2);
    CHECK(desk.ask() == "send:2 ");
}

TEST_CASE("Each link is on trial until its own peer has given a sign of life") {
    Desk desk;
    desk.connect();
    CHECK(desk.told(desk->lost(broken(), desk.now)).empty());
    desk.advance(desk->status().next_wait);
    REQUIRE(desk.ask() == "connect ");
    desk->opened({}, desk.now);
    desk.submit(1);
    desk.submit(2);
    CHECK(desk.ask() == "send:1 ");
}

TEST_CASE("What is held back behind another request is no backlog, and slows nobody down") {
    ClientConfig config;
    config.limits.backlog_per_second = 10;
    Desk desk(all_abilities, config);
    desk.submit(1, booking);
    desk.submit(2, booking); // behind it
    REQUIRE(desk.ask() == "connect ");
    CHECK(desk.told(desk->lost(broken(), desk.now)).empty());
    desk.advance(desk->status().next_wait);
    REQUIRE(desk.ask() == "connect ");
    desk.open();
    CHECK(desk.ask() == "send:1 ");
    REQUIRE(desk->written().empty());
    desk.submit(3);
    desk.submit(4);
    CHECK(desk.ask() == "send:3 send:4 ");
}

TEST_CASE("By WhileOffline::fail, requests end with the link, and those that come later end on arrival") {
    ClientConfig config;
    config.while_offline = lcm::WhileOffline::fail;
    Desk desk(all_abilities, config);
    desk.submit(1);
    desk.ask();
    CHECK(desk.told(desk->lost(broken(), desk.now)) == "1=connection_lost(not_sent) ");
    desk.submit(2);
    CHECK(desk.ask() == "2=connection_lost(not_sent) ");
}

namespace {

const std::string something = R"({"subtopic":"Something","message":{}})";

// A link over which a request was given up, though something was heard.
void give_up_request(Desk& desk) {
    desk.connect();
    desk.send(1, booking);
    desk.receive(something);
    desk.advance(10s);
    REQUIRE(desk.ask() == "1=timed_out(unknown) ");
}

} // namespace

TEST_CASE(
    "A request that comes behind one that was given up has the peer asked, and a new link made after two seconds") {
    Desk desk;
    give_up_request(desk);
    desk.submit(2, booking);
    CHECK(desk.ask() == "probe ");
    CHECK(desk->next_time(desk.now) == desk.now + 2s);
    desk.advance(2s - 1ns);
    CHECK(desk.ask().empty());
    desk.advance(1ns);
    CHECK(desk.ask() == "abort ");
    CHECK(desk->status().error->code == Errc::idle_timeout);
    desk.advance(500ms);
    REQUIRE(desk.ask() == "connect ");
    desk.open();
    CHECK(desk.ask() == "send:2 ");
}

TEST_CASE("A request that already waits when the one before it is given up has the peer asked then") {
    Desk desk;
    desk.connect();
    desk.send(1, booking);
    desk.advance(5s);
    desk.submit(2, booking);
    CHECK(desk.ask().empty());
    desk.advance(5s);
    CHECK(desk.ask() == "1=timed_out(unknown) probe ");
    desk.advance(2s);
    CHECK(desk.ask() == "abort ");
}

TEST_CASE("A peer that shows itself keeps its link, and the request behind the one that was given up waits on") {
    Desk desk;
    give_up_request(desk);
    desk.submit(2, booking);
    REQUIRE(desk.ask() == "probe ");
    desk->see_peer(true);
    desk.advance(9s);
    CHECK(desk.ask().empty());
}

TEST_CASE("No link is tested for a second press while something is under way, or where no sign of life can be seen") {
    Desk busy;
    busy.connect();
    busy.send(1, booking);
    busy.advance(1s);
    busy.send(2, set_outcome, 60s);
    busy.receive(something);
    busy.advance(9s);
    REQUIRE(busy.ask() == "1=timed_out(unknown) ");
    busy.submit(3, booking);
    CHECK(busy.ask().empty());

    Desk blind({.probes = true});
    give_up_request(blind);
    blind.submit(2, booking);
    CHECK(blind.ask().empty());
}

TEST_CASE("A second press tests the link once in thirty seconds") {
    Desk desk;
    give_up_request(desk);
    for (const RequestId id : {RequestId{2}, RequestId{3}}) {
        desk.submit(id, booking, 2s);
        CHECK(desk.ask() == (id == 2 ? "probe " : ""));
        desk->see_peer(true);
        desk->cancel(desk.request(id));
        CHECK(desk.ask().empty());
    }
    desk.advance(30s);
    desk.submit(4, booking);
    CHECK(desk.ask() == "probe ");
}

TEST_CASE("A request whose time has run out while nothing was heard makes its peer suspect, once") {
    Desk desk;
    desk.connect();
    desk.send(1, set_outcome, 1s);
    desk.advance(1s);
    CHECK(desk.ask() == "1=timed_out(unknown) probe ");
    desk.submit(2, set_outcome, 1s);
    CHECK(desk.ask().empty()); // nothing leaves until the sign of life has come
    desk.advance(1s);
    CHECK(desk.ask() == "2=timed_out(not_sent) ");
    CHECK(desk.details.back() == "it was still waiting to be sent, since the server had given no sign of life");
    desk.submit(3);
    CHECK(desk.ask().empty());
    desk->see_peer(true);
    CHECK(desk.ask() == "send:3 ");
}

TEST_CASE("A peer that has been asked for a sign of life is not asked again for each request that runs out of time") {
    Desk desk;
    desk.connect();
    desk.send(1, set_outcome, 1s);
    desk.send(2, set_outcome, 2s);
    desk.advance(1s);
    CHECK(desk.ask() == "1=timed_out(unknown) probe ");
    desk.advance(1s);
    CHECK(desk.ask() == "2=timed_out(unknown) ");
}

TEST_CASE("Silence is counted from when a request was handed over, whatever was heard before") {
    Desk desk;
    desk.connect();
    desk.receive(something);
    desk.send(1, set_outcome, 1s);
    desk.advance(1s);
    CHECK(desk.ask() == "1=timed_out(unknown) probe ");
}

TEST_CASE("A request whose time has run out before it was handed over says nothing about its peer") {
    Desk desk;
    desk.connect();
    desk.submit(1, set_outcome, 60s);
    REQUIRE(desk.ask() == "send:1 ");
    desk.submit(2, set_outcome, 1s); // which waits for the write
    desk.advance(1s);
    CHECK(desk.ask() == "2=timed_out(not_sent) ");
}

TEST_CASE("A silent peer is asked for a sign of life also while a batch is being written") {
    Desk desk;
    desk.connect();
    desk.send(1, set_outcome, 1s);
    desk.submit(2, set_outcome, 60s);
    REQUIRE(desk.ask() == "send:2 ");
    desk.advance(1s);
    CHECK(desk.ask() == "1=timed_out(unknown) probe ");
}

TEST_CASE("A computer that has woken connects at once, which is no person's wish") {
    Desk desk;
    desk.ask();
    CHECK(desk.told(desk->lost(broken(), desk.now)).empty());
    CHECK(desk.told(desk->wake(desk.now)).empty());
    CHECK(desk.ask() == "connect ");
    CHECK_FALSE(desk->connects_on_demand());
}

TEST_CASE("A session that is closed tells of no error, whatever its last link ended with") {
    Desk desk;
    desk.ask();
    CHECK(desk.told(desk->lost(broken(), desk.now)).empty());
    REQUIRE(desk->status().error);
    desk->close();
    desk->closed();
    CHECK(desk.state() == "closed");
    CHECK_FALSE(desk->status().error);
}

TEST_CASE("A session that is closed has let go of what waited, and has nothing more to do") {
    Desk desk;
    desk.submit(1, set_outcome, 1s);
    desk.submit(2, booking);
    desk.submit(3, booking); // behind it
    REQUIRE(desk->has_work());
    desk->close();
    CHECK_FALSE(desk->has_work());
    desk.advance(1h);
    CHECK_FALSE(desk->has_expired(desk.now));
}

TEST_CASE("A link that is on trial gets nothing at or after its deadline either") {
    Desk desk;
    desk.submit(1, set_outcome, 60s);
    desk.submit(2, read_data, 1s);
    REQUIRE(desk.ask() == "connect ");
    desk.advance(1s);
    desk->opened({}, desk.now);
    CHECK(desk.told(desk->next(desk.now)) == "send:1 ");
}

TEST_CASE("After sleep, what was sent before ends as unknown, and the link is tested or given up") {
    const std::map<bool, std::string> expected{{true, "1=connection_lost(unknown) probe "},
                                               {false, "abort 1=connection_lost(unknown) "}};
    for (const auto& [can_probe, decision] : expected) {
        Desk desk(can_probe ? all_abilities : LinkAbilities{});
        desk.connect();
        desk.send(1);
        const auto system = std::chrono::system_clock::time_point(24h);
        CHECK_FALSE(desk->has_slept(desk.now, system));
        REQUIRE(desk->has_slept(desk.now, system + 1h));
        CHECK(desk.told(desk->wake(desk.now)) == decision);
        CHECK(desk.details.back() ==
              "the computer has slept, or its clock was set forward, while the request was under way");
    }
}

TEST_CASE("A link is given up when more requests stay unanswered than may be remembered, or others wait behind one") {
    SECTION("too many") {
        ClientConfig config;
        config.limits.tombstones = 1;
        Desk desk(LinkAbilities{}, config);
        desk.connect();
        for (const RequestId id : {1U, 2U}) desk.submit(id, set_outcome, 1s);
        CHECK(desk.ask() == "send:1 send:2 ");
        CHECK(desk->written().empty());
        desk.advance(1s);
        CHECK(desk.ask() == "1=timed_out(unknown) 2=timed_out(unknown) abort ");
        CHECK(desk->status().error->detail ==
              "given up: the server left more than 1 requests unanswered (limits.tombstones)");
    }
    SECTION("one in the way of others") {
        constexpr lcm::Operation alone{
            .subtopic = "All", .reply_subtopic = "AllResult", .reply_callid = lcm::ReplyCallid::absent};
        Desk desk(LinkAbilities{});
        desk.connect();
        desk.submit(1, alone, 1s);
        desk.submit(2, alone, 2s);
        CHECK(desk.ask() == "send:1 ");
        CHECK(desk->written().empty());
        desk.advance(1s);
        CHECK(desk.ask() == "1=timed_out(unknown) ");
        desk.advance(1s);
        CHECK(desk.ask() == "2=timed_out(not_sent) abort ");
    }
}

TEST_CASE("What has no reply is accepted when it has been written, or has arrived, if that can be told") {
    SECTION("written") {
        Desk desk(LinkAbilities{});
        desk.connect();
        desk.submit(1, announce);
        CHECK(desk.ask() == "send:1 ");
        CHECK_FALSE(desk->written().empty());
        CHECK_FALSE(desk->begin_confirming());
    }
    SECTION("arrived") {
        Desk desk;
        desk.connect();
        desk.send(1, announce);
        REQUIRE(desk->begin_confirming());
        CHECK_FALSE(desk->confirmed().empty());
    }
}

TEST_CASE("What came and could not be read is told to those that wait for an answer, and not where none comes") {
    Desk desk;
    desk.connect();
    desk.send(1, announce, 1s);
    desk.send(2, set_outcome, 1s);
    desk.receive("[");
    desk.advance(1s);
    REQUIRE(desk.ask() == "1=timed_out(unknown) 2=timed_out(unknown) ");
    REQUIRE(desk.details.size() == 2);
    CHECK(desk.details[0].empty());
    CHECK(desk.details[1].starts_with("1 message came that could not be read as a reply"));
}

TEST_CASE("That something has arrived is asked anew of what leaves again") {
    Desk desk;
    desk.connect();
    desk.send(1, call_out, 60s);
    REQUIRE(desk->begin_confirming());
    CHECK(desk.told(desk->lost(broken(), desk.now)).empty());
    desk.advance(desk->status().next_wait);
    REQUIRE(desk.ask() == "connect ");
    desk.open();
    REQUIRE(desk.ask() == "send:1 ");
    REQUIRE(desk->written().empty());
    CHECK(desk->confirmed().empty()); // which nobody has asked of it
    REQUIRE(desk->begin_confirming());
    CHECK_FALSE(desk->confirmed().empty());
}

TEST_CASE("A late answer tells the truth about a request that ended as unknown") {
    Desk desk;
    desk.connect();
    desk.send(1, set_outcome, 1s);
    desk.advance(1s);
    desk.ask();
    CHECK(desk.receive(R"({"topic":"Error","data":{"errorType":"WS_Error","errorMessage":"Invalid Call ID: 1"}})") ==
          "truth:refused ");
}

TEST_CASE(
    "An answer to a request that has ended elsewhere meanwhile tells the truth about it, if it can be understood") {
    struct Row {
        std::string answer;
        std::string told;
    };
    const std::vector<Row> rows{
        {reply_to(1), "1=accepted late:1 settled:1"},
        {R"({"topic":"Error","data":{"errorType":"WS_Error","errorMessage":"Invalid Call ID: 1"}})",
         "1=refused late:1 settled:1"},
        {R"({"topic":"Error","topic":"","data":{"errorType":"WS_Error","errorMessage":"Invalid Call ID: 1"}})",
         "late:1 settled:0"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.answer);
        Desk desk;
        desk.connect();
        desk.send(1);
        CHECK(desk.receive_for_ended(row.answer) == row.told);
        CHECK(desk.receive(reply_to(1)) == (row.told.starts_with("late") ? "truth:accepted event " : "event "));
    }
}

TEST_CASE("What the peer still owes is known until it has answered, and when the client has closed") {
    Desk desk;
    desk.connect();
    CHECK_FALSE(desk->outstanding(10s, desk.now).is_unanswered);
    desk.submit(1, set_outcome, 60s);
    desk.ask();
    CHECK(desk->outstanding(10s, desk.now).is_unanswered);
    CHECK(desk->outstanding(10s, desk.now).patience == 60s);
    const auto check_answered = [&desk] {
        CHECK_FALSE(desk->outstanding(10s, desk.now).is_unanswered);
        CHECK(desk->outstanding(10s, desk.now).answers == 1);
    };
    SECTION("answered") {
        CHECK(desk.receive(reply_to(1)) == "1=answered ");
        check_answered();
    }
    SECTION("refused") {
        CHECK(desk.receive(refusal_of(1)) == "1=refused ");
        check_answered();
    }
    SECTION("refused in words that are in doubt") {
        CHECK(desk.receive(doubtful_refusal_of(1)) == "1=answered ");
        check_answered();
    }
    SECTION("refused is another one") {
        CHECK(desk.receive(refusal_of(2)) == "event ");
        CHECK(desk.receive(doubtful_refusal_of(2)) == "event ");
        CHECK(desk->outstanding(10s, desk.now).is_unanswered);
        CHECK(desk->outstanding(10s, desk.now).answers == 0);
    }
    SECTION("closed, however often that is said") {
        desk->close();
        desk->close();
        CHECK(desk->outstanding(10s, desk.now).is_unanswered);
    }
}

TEST_CASE("A hurried session connects at once, or tests the link that it has") {
    Desk desk;
    desk.ask();
    CHECK(desk.told(desk->lost(broken(), desk.now)).empty());
    CHECK(desk.ask().empty());
    CHECK(desk.told(desk->retry_now(desk.now, false)).empty());
    CHECK(desk.ask() == "connect ");
    desk.open();
    CHECK(desk.told(desk->retry_now(desk.now, false)) == "probe ");
}

TEST_CASE(
    "A link on which nothing is under way is left for a better server on request, and the next attempt is at once") {
    Desk desk;
    desk.connect();
    desk.advance(1h);
    CHECK(desk.told(desk->retry_now(desk.now, true)) == "leave ");
    const lcm::LinkStatus status = desk->status();
    CHECK(status.state == lcm::LinkState::waiting);
    CHECK(status.next_wait == 0ms);
    REQUIRE(status.error);
    CHECK(status.error->code == Errc::connection_lost);
    CHECK(status.error->detail == "left for a better server");
    desk.submit(1); // which waits for the next link
    CHECK(desk.ask() == "connect ");
    CHECK(desk->connects_on_demand());
    desk.open();
    CHECK(desk.ask() == "send:1 ");
}

TEST_CASE("When the better server fails after all, the way back to the other one is as short as ever") {
    Desk desk;
    desk.connect();
    desk.advance(1h);
    CHECK(desk.told(desk->retry_now(desk.now, true)) == "leave ");
    CHECK(desk.ask() == "connect ");
    LinkFailure dead = broken();
    dead.fault.moves_on = true;
    CHECK(desk.told(desk->lost(std::move(dead), desk.now)).empty());
    CHECK(desk->status().next_wait <= 1s);
}

TEST_CASE("A link on which something is under way is tested on request, however good another server may be") {
    Desk desk;
    desk.connect();
    SECTION("a request has no reply yet") { desk.send(1); }
    SECTION("a batch is being written") {
        desk.submit(1);
        REQUIRE(desk.ask() == "send:1 ");
    }
    SECTION("a batch is being written, though it has been answered") {
        desk.submit(1);
        REQUIRE(desk.ask() == "send:1 ");
        REQUIRE(desk.receive(reply_to(1)) == "1=answered ");
    }
    SECTION("a request waits for its turn") { desk.submit(1); }
    SECTION("the truth about an ended request may still come") {
        desk.send(1);
        desk.advance(11s);
        REQUIRE(desk.ask() == "1=timed_out(unknown) probe ");
    }
    SECTION("what has no reply may not have arrived") {
        desk.submit(1, announce);
        REQUIRE(desk.ask() == "send:1 ");
        REQUIRE(desk->written().empty());
    }
    CHECK(desk.told(desk->retry_now(desk.now, true)) == "probe ");
}

TEST_CASE("A link is not left where a request without a link would fail") {
    Desk desk(all_abilities, {.while_offline = lcm::WhileOffline::fail});
    desk.connect();
    CHECK(desk.told(desk->retry_now(desk.now, true)) == "probe ");
}

TEST_CASE("Where requests without a link fail, they wait for the first attempt at each of several servers") {
    Desk desk(all_abilities, {.while_offline = lcm::WhileOffline::fail});
    LinkFailure first = broken();
    first.fault.moves_on = true;
    desk.submit(1);
    REQUIRE(desk.ask() == "connect ");
    CHECK(desk.told(desk->lost(std::move(first), desk.now)).empty());
    desk.submit(2);
    desk.advance(500ms);
    REQUIRE(desk.ask() == "connect ");
    SECTION("and leave over the second one") {
        desk.open();
        CHECK(desk.ask() == "send:1 send:2 ");
        CHECK(desk.told(desk->lost(broken(), desk.now)) == "1=connection_lost(unknown) 2=connection_lost(unknown) ");
        desk.submit(3);
        CHECK(desk.ask() == "3=connection_lost(not_sent) ");
    }
    SECTION("and fail when all have failed") {
        const std::string ended = "1=connection_lost(not_sent) 2=connection_lost(not_sent) ";
        CHECK(desk.told(desk->lost(broken(), desk.now)) == ended);
        desk.submit(3);
        CHECK(desk.ask() == "3=connection_lost(not_sent) ");
    }
}

TEST_CASE("Where requests without a link fail, they fail with a link that was open, however many servers there are") {
    Desk desk(all_abilities, {.while_offline = lcm::WhileOffline::fail});
    desk.connect();
    desk.submit(1);
    LinkFailure moving = broken();
    moving.fault.moves_on = true;
    CHECK(desk.told(desk->lost(std::move(moving), desk.now)) == "1=connection_lost(not_sent) ");
    desk.submit(2);
    CHECK(desk.ask() == "2=connection_lost(not_sent) ");
}

TEST_CASE("Without a link a better server changes nothing") {
    Desk desk;
    desk.ask();
    CHECK(desk.told(desk->retry_now(desk.now, true)).empty());
    CHECK(desk.told(desk->lost(broken(), desk.now)).empty());
    CHECK(desk.told(desk->retry_now(desk.now, true)).empty());
    CHECK(desk.ask() == "connect ");
}

TEST_CASE("A message over the limit ends the link, and its reader with it") {
    ClientConfig config;
    config.limits.inbound_message = 64;
    Desk desk(all_abilities, config);
    desk.connect();
    desk.submit(1, read_data);
    desk.ask();
    const std::string text = reply_to(1, "GetResult");
    auto failure = desk->check_size(text);
    REQUIRE(failure);
    CHECK(desk.told(desk->give_up(std::move(*failure), desk.now)) == "abort 1=bad_reply(unknown) ");
    CHECK(desk.details.back() == "the reply is larger than the limit of 64 bytes (limits.inbound_message)");
    CHECK_FALSE(desk->check_size(text.substr(0, 64)));
}

TEST_CASE("A request that ends as unknown and is not remembered is asked about at once, so that the doubt is told") {
    ClientConfig config;
    config.inquiry = lcm::InquiryOptions{.after_reconnect = true};
    Desk desk(all_abilities, config);
    desk.connect();
    REQUIRE(desk->take_questions(desk.now).empty());
    desk.send(1, set_outcome, 1s);
    CHECK_FALSE(desk->has_questions(desk.now));
    desk.advance(1s);
    REQUIRE(desk.ask() == "1=timed_out(unknown) probe ");
    REQUIRE(desk->has_questions(desk.now));
    const auto questions = desk->take_questions(desk.now);
    REQUIRE(questions.size() == 1);
    CHECK(questions.front().request_id == 1);
}

namespace {

// What the server shows for the call 7, when it is asked about the request with this id over a link that has just opened.
lcm::Evidence weigh(Desk& desk, RequestId about, const std::string& operation, const std::string& outcome) {
    return desk->weigh({.about = about, .operation = operation, .callid = "7"},
                       lcm::tests::stored("Set", {{"CallOutcome", outcome}}), desk.now, desk.now);
}

void remember(Desk& desk, RequestId id, const std::string& outcome) {
    desk->remember(lcm::tests::leaving(id, "7", lcm::tests::request("Set", {{"CallOutcome", outcome}})), desk.now);
}

} // namespace

TEST_CASE("Nothing is concluded about a request that has another's id, and not its operation") {
    ClientConfig config;
    config.inquiry.emplace();
    Desk desk(all_abilities, config);
    desk.connect();
    remember(desk, 1, "5");
    CHECK(weigh(desk, 1, "Book", "5").doubt == lcm::Doubt::not_remembered);
    CHECK(weigh(desk, 1, "Set", "5").finding == lcm::Finding::reached);
}

TEST_CASE("What a server has shown is remembered: one that showed the same before cannot show that ours has come") {
    ClientConfig config;
    config.inquiry.emplace();
    Desk desk(all_abilities, config);
    desk.connect();
    remember(desk, 1, "5");
    CHECK(weigh(desk, 1, "Set", "9").finding == lcm::Finding::undecided); // somebody else's
    remember(desk, 2, "9");
    CHECK(weigh(desk, 2, "Set", "9").doubt == lcm::Doubt::equal_request);
}
