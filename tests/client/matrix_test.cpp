// SPDX-License-Identifier: BSL-1.0
// The client in each cell of the matrix of endings: what the caller gets, what is told, and that nothing is sent twice.
#include <session/endings_matrix.hpp>
#include <support/bench.hpp>
#include <support/catch.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <future>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <string_view>

using namespace std::chrono_literals;
using namespace lcm::tests;
using lcm::Delivery;
using lcm::testing::reply;
using lcm::testing::ws_error;

namespace {

constexpr const char* call_id = "12345";
constexpr const char* error_without_call =
    R"({"topic":"Error","data":{"errorType":"WS_Error","errorMessage":"Out of licences"}})";

// A read-only operation, with a text by which its messages are told apart.
struct Look {
    std::string callid{};
    std::string note{};

    using Response = lcm::OutcomeResponse;

    static constexpr lcm::Operation operation{.subtopic = "Look", .reply_subtopic = "LookResult", .is_read_only = true};
    static constexpr void fields(auto&& field) {
        field("callid", &Look::callid, lcm::Presence::required, "the call's id");
        field("note", &Look::note, lcm::Presence::required, "a text");
    }
};

template <class Request> Request about(const std::string& callid, const std::string& note);
template <> SetOutcome about(const std::string& callid, const std::string& note) {
    SetOutcome request = sample(callid);
    request.agent_comments = note;
    return request;
}
template <> Look about(const std::string& callid, const std::string& note) { return {callid, note}; }

// Whether the event comes over the link, so that it finds a created request only if it is before it.
bool is_from_the_link(Event event) {
    return event != Event::deadline && event != Event::cancel && event != Event::close && event != Event::destroy;
}

lcm::ClientConfig config_for(Event event) {
    return {.while_offline = fails_while_offline(event) ? lcm::WhileOffline::fail : lcm::WhileOffline::wait};
}

// A client, and one request of type `Request` in it, "mine".
template <class Request> class Cell {
public:
    Cell(Stage stage, Event event) : bench(config_for(event)), event_(event) {
        bench.run();
        if (stage == Stage::created) {
            meet_created();
        } else {
            bring_to(stage);
            apply();
        }
        bench.run();
    }

    // Whatever could still be done for the request: the write is reported, the link restored, all is answered.
    void go_on() {
        bench.script.finish_send();
        bench.run();
        if (!bench.client) return;
        for (int i = 0; i < 4; ++i) {
            bench.advance(500ms);
            bench.receive(reply<Request>(call_id));
        }
    }

    [[nodiscard]] std::size_t sent(std::string_view note) const {
        const std::string value = "\"" + std::string(note) + "\"";
        const auto& messages = bench.script.sent();
        return static_cast<std::size_t>(std::count_if(messages.begin(), messages.end(), [&](const std::string& m) {
            return m.find(value) != std::string::npos;
        }));
    }

    Bench bench;
    std::string ending_before; // of a tombstone
    std::future<lcm::OutcomeResponse> mine;
    std::future<lcm::OutcomeResponse> front; // what it is queued or held back behind

private:
    void meet_created() {
        if (is_from_the_link(event_)) {
            apply();
            call();
        } else {
            call();
            apply();
        }
    }

    void bring_to(Stage stage) {
        if (stage == Stage::queued) {
            bench.script.hold_send();
            front = bench.client->call(about<SetOutcome>("another", "front"), {.deadline = 1h});
        }
        if (stage == Stage::held_back) front = bench.client->call(about<Request>(call_id, "front"), {.deadline = 1h});
        if (stage == Stage::writing) bench.script.hold_send();
        bench.run();
        call();
        bench.run();
        if (stage != Stage::tombstone) return;
        stop_.request_stop();
        bench.run();
        ending_before = ending_of(mine);
    }

    void call() { mine = bench.client->call(about<Request>(call_id, "mine"), {.stop = stop_.get_token()}); }

    void apply() {
        switch (event_) {
        case Event::reply: return bench.script.receive(reply<Request>(call_id));
        case Event::two_replies:
            bench.receive(reply<Request>(call_id));
            return bench.script.receive(reply<Request>(call_id));
        case Event::refusal: return bench.script.receive(reply<Request>(call_id, false));
        case Event::error_without_call: return bench.script.receive(error_without_call);
        case Event::error_for_call: return bench.script.receive(ws_error(std::string("Invalid Call ID:") + call_id));
        case Event::deadline: return bench.clock.advance(10s);
        case Event::cancel: return static_cast<void>(stop_.request_stop());
        case Event::link_lost:
        case Event::link_lost_fail:
        case Event::link_lost_read_only:
        case Event::link_lost_read_only_fail: return bench.script.drop();
        case Event::close: return bench.client->close(0ms);
        case Event::destroy: return bench.client.reset();
        }
    }

    Event event_;
    std::stop_source stop_;
};

Delivery truth_of(Event event) {
    return event == Event::reply || event == Event::two_replies ? Delivery::accepted : Delivery::refused;
}

// The ending that the caller gets, now or never; "pending" if there shall be none yet.
std::string ending_for(const MatrixRow& row, Fate fate) {
    switch (fate) {
    case Fate::accepted:
    case Fate::mistaken: return "accepted";
    case Fate::refused: return std::string(row.code) + " (refused)";
    case Fate::not_sent: return std::string(row.code) + " (not_sent)";
    case Fate::unknown: return std::string(row.code) + " (unknown)";
    case Fate::settled:
    case Fate::none: return "cancelled (unknown)";
    case Fate::stays:
    case Fate::turn:
    case Fate::again: return "pending";
    }
    throw std::logic_error("no such fate");
}

std::size_t sent_when_all_is_over(Fate fate) {
    if (fate == Fate::not_sent) return 0;
    return fate == Fate::again ? 2 : 1;
}

template <class Request> void check(const MatrixRow& row, Stage stage) {
    const Fate fate = row.fate(stage);
    Cell<Request> cell(stage, row.event);
    const std::string ending = ending_for(row, fate);
    const bool is_pending = ending == "pending";

    CHECK((stage == Stage::tombstone ? cell.ending_before : ending_of(cell.mine)) == ending);
    if (fate == Fate::turn) {
        CHECK(is_ready(cell.front));
        CHECK(cell.sent("mine") == (cell.bench.script.is_open() ? 1 : 0));
    }
    if (fate == Fate::settled) {
        REQUIRE(cell.bench.settled.size() == 1);
        CHECK(cell.bench.settled[0].delivery == truth_of(row.event));
        CHECK(cell.bench.settled[0].reported.code == lcm::Errc::cancelled);
    } else {
        CHECK(cell.bench.settled.empty());
    }

    cell.go_on();
    if (is_pending) CHECK(ending_of(cell.mine) == "accepted");
    CHECK(cell.sent("mine") == sent_when_all_is_over(fate));
    CHECK(cell.bench.settled.size() <= 1);
    if (!cell.bench.client) return;
    const lcm::Stats stats = cell.bench.client->stats();
    const std::uint64_t requests = stage == Stage::queued || stage == Stage::held_back ? 2 : 1;
    CHECK(stats.accepted + stats.refused + stats.not_sent + stats.unknown + stats.pending == requests);
}

} // namespace

TEST_CASE(
    "A request of the client ends as the matrix says, in each state and by each event, and leaves no more than once") {
    for (const MatrixRow& row : endings_matrix()) {
        for (const Stage stage : all_stages) {
            CAPTURE(row.name, name_of(stage));
            if (is_about_read_only(row.event)) check<Look>(row, stage);
            else check<SetOutcome>(row, stage);
        }
    }
}
