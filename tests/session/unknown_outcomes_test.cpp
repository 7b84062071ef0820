// SPDX-License-Identifier: BSL-1.0
// What makes a message ambiguous that seems to tell the truth about a request that ended as unknown: what is under way,
// what ended beside it, and what was accepted before.
#include <lcm_client/json_document.hpp>
#include <lcm_client/session/unknown_outcomes.hpp>

#include <support/catch.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace std::chrono_literals;
using lcm::ClientConfig;
using lcm::Delivery;
using lcm::Operation;
using lcm::SettledBy;
using lcm::detail::RequestEntry;
using lcm::detail::RequestId;
using lcm::detail::TimePoint;
using lcm::detail::Truth;
using lcm::detail::UnknownOutcomes;

namespace {

constexpr Operation set_outcome{.subtopic = "Set", .reply_subtopic = "SetResult", .settled_by = "OutcomeSetForCall"};

struct Request : RequestEntry {
    Request(RequestId own_id, const std::string& own_call, const std::string& own_key) : text(own_call + own_key) {
        id = own_id;
        callid = std::string_view(text).substr(0, own_call.size());
        lcm_key_size = static_cast<std::uint32_t>(own_key.size());
        operation = &set_outcome;
    }
    Request(const Request&) = delete;
    Request& operator=(const Request&) = delete;
    ~Request() = default;

    std::string text;
};

// The payload of these replies is the answer itself.
Delivery verdict(lcm::JsonView payload, lcm::LenientReader&) {
    return payload.is_true() ? Delivery::accepted : payload.is_false() ? Delivery::refused : Delivery::unknown;
}

// What is remembered, and what has come to light.
class Memory {
public:
    explicit Memory(ClientConfig config = {}) : config_(std::move(config)), outcomes_(config_, counters_, 1) {}

    UnknownOutcomes* operator->() noexcept { return &outcomes_; }

    void end(const Request& request, Delivery ending) {
        lcm::Error error{.code = lcm::Errc::bad_reply, .delivery = ending};
        error.request_id = request.id;
        error.callid = request.callid;
        error.is_read_only = request.is_read_only;
        error.reply = std::string("what the server wrote");
        outcomes_.add_ending(request, ending, &error, verdict, now);
    }

    void receive(std::string_view subtopic, std::optional<std::string_view> call, std::string_view payload) {
        parse(payload);
        const lcm::LenientReader reader;
        outcomes_.see_message(
            {.subtopic = subtopic, .callid = call, .payload = document_.root()}, reader, now,
            [&](std::string_view key) { return key == under_way; }, truths);
    }

    void receive_event(std::string_view key) {
        receive("OutcomeSetForCall", std::nullopt, '"' + std::string(key) + '"');
    }

    void receive_late_reply(RequestId id, std::string_view payload) {
        parse(payload);
        lcm::LenientReader reader;
        outcomes_.see_late_reply(id, document_.root(), reader, now, truths);
    }

    // The ids of the requests that have been settled, in order.
    [[nodiscard]] std::vector<RequestId> settled() const {
        std::vector<RequestId> ids;
        for (const Truth& truth : truths) ids.push_back(truth.id);
        return ids;
    }

    // The calls that the client would ask about.
    std::string asked() {
        std::string calls;
        outcomes_.ask(now, [&](const lcm::Error& error) {
            calls += error.callid + ' ';
            return is_asked;
        });
        return calls;
    }

    TimePoint now{1h};
    std::string under_way = "none"; // its LCM key
    bool is_asked = true;
    std::vector<Truth> truths;

private:
    void parse(std::string_view text) {
        text_ = text;
        REQUIRE(document_.parse(text_, 8));
    }

    ClientConfig config_;
    lcm::detail::Counters counters_;
    UnknownOutcomes outcomes_;
    std::string text_;
    lcm::JsonDocument document_;
};

using Ids = std::vector<RequestId>;

const Request first(1, "a", "1|1");
const Request same_key(2, "b", "1|1");
const Request same_call(3, "a", "9|9");

} // namespace

TEST_CASE("An event settles a request with its LCM key, unless another one with that key is under way") {
    Memory memory;
    memory.end(first, Delivery::unknown);
    memory.under_way = "1|1";
    memory.receive_event("1|1");
    CHECK(memory.settled().empty());
    memory.under_way = "2|2";
    memory.receive_event("1|1");
    CHECK(memory.settled() == Ids{1});
    CHECK(memory.truths.at(0).told.reported.reply.reveal().empty()); // the application has it
}

TEST_CASE("A request that ended beside one that is unknown makes messages ambiguous that could be meant for it") {
    const Delivery ending = GENERATE(Delivery::accepted, Delivery::refused);
    Memory memory;
    memory.end(first, Delivery::unknown);
    SECTION("an event") {
        memory.end(same_key, ending);
        memory.receive_event("1|1");
    }
    SECTION("a reply") {
        memory.end(same_call, ending);
        memory.receive("SetResult", "a", "true");
    }
    CHECK(memory.settled().empty());
    memory.receive_late_reply(1, "true"); // of its own link
    CHECK(memory.settled() == Ids{1});
}

TEST_CASE("A request that has left since makes messages ambiguous that could be meant for it") {
    Memory memory;
    memory.end(first, Delivery::unknown);
    SECTION("an event") {
        memory->hand_over(same_key);
        memory.receive_event("1|1");
    }
    SECTION("a reply") {
        memory->hand_over(same_call);
        memory.receive("SetResult", "a", "true");
    }
    CHECK(memory.settled().empty());
}

TEST_CASE("The event of a request that was accepted settles none that ends as unknown after it") {
    Memory memory;
    SECTION("accepted at once") { memory.end(first, Delivery::accepted); }
    SECTION("accepted by a late reply") {
        memory.end(first, Delivery::unknown);
        memory.receive_late_reply(1, "true");
        REQUIRE(memory.settled() == Ids{1});
        memory.truths.clear();
    }
    memory.end(same_key, Delivery::unknown);
    memory.receive_event("1|1");
    CHECK(memory.settled().empty());
}

TEST_CASE("No event is expected of a request that was refused, or whose event has come") {
    Memory memory;
    SECTION("refused at once") { memory.end(first, Delivery::refused); }
    SECTION("refused by a late reply") {
        memory.end(first, Delivery::unknown);
        memory.receive_late_reply(1, "false");
    }
    SECTION("refused by a late error") {
        memory.end(first, Delivery::unknown);
        memory->see_late_refusal(1, memory.now, memory.truths);
    }
    SECTION("told by its event") {
        memory.end(first, Delivery::unknown);
        memory.receive_event("1|1");
    }
    memory.truths.clear();
    memory.end(same_key, Delivery::unknown);
    memory.receive_event("1|1");
    CHECK(memory.settled() == Ids{2});
}

TEST_CASE("What says neither yes nor no settles nothing, and a later message still does") {
    Memory memory;
    memory.end(first, Delivery::unknown);
    memory.receive_late_reply(1, "null");
    memory.receive_late_reply(2, "true");
    memory->see_late_refusal(2, memory.now, memory.truths);
    memory.receive("SetResult", "a", "null");
    memory.receive("SetResult", std::nullopt, "true");
    memory.receive("OutcomeSetForCall", std::nullopt, R"(["1|1"])");
    CHECK(memory.settled().empty());
    memory.receive("SetResult", "a", "false");
    REQUIRE(memory.settled() == Ids{1});
    CHECK(memory.truths[0].told.delivery == Delivery::refused);
    CHECK(memory.truths[0].told.by == SettledBy::late_reply);
}

TEST_CASE("Messages that may be about what another process has sent prove nothing, up to just that time") {
    Memory memory;
    memory->distrust_messages(memory.now + 1s);
    memory.end(first, Delivery::unknown);
    memory.now += 999ms;
    memory.receive_event("1|1");
    memory.receive("SetResult", "a", "true");
    CHECK(memory.settled().empty());
    memory.now += 1ms;
    memory.receive_event("1|1");
    CHECK(memory.settled() == Ids{1});
}

TEST_CASE("Asked about are those for a call that change something, once each") {
    Memory memory;
    Request reads(2, "b", "");
    reads.is_read_only = true;
    const Request without_call(3, "", "3|3");
    CHECK(memory->empty());
    for (const Request* const request : {&first, static_cast<const Request*>(&reads), &without_call})
        memory.end(*request, Delivery::unknown);
    CHECK_FALSE(memory->empty());
    memory.is_asked = false;
    CHECK(memory.asked() == "a ");
    memory.is_asked = true;
    CHECK(memory.asked() == "a "); // it has not been asked about
    CHECK(memory.asked().empty());

    REQUIRE(memory->find(1, memory.now) != nullptr);
    CHECK(memory->find(1, memory.now)->callid == "a");
    CHECK(memory->find(9, memory.now) == nullptr);
}

TEST_CASE("One more than may be remembered makes ambiguous what could be meant for it") {
    Memory memory({.limits = {.unsettled = 1}});
    memory.end(first, Delivery::unknown);
    memory.end(same_key, Delivery::unknown);
    memory.receive_event("1|1");
    memory.receive_late_reply(2, "true");
    CHECK(memory.settled().empty());
    memory.receive_late_reply(1, "true");
    CHECK(memory.settled() == Ids{1});
}

TEST_CASE("A request whose error there was no memory for makes ambiguous what could be meant for it") {
    Memory memory;
    memory.end(first, Delivery::unknown);
    memory->add_ending(same_key, Delivery::unknown, nullptr, verdict, memory.now);
    memory.receive_event("1|1");
    memory.receive_late_reply(2, "true");
    CHECK(memory.settled().empty());
}
