// SPDX-License-Identifier: BSL-1.0
// What messages mean that are read one after the other: each by itself, however alike the one before was.
#include <lcm_client/json.hpp>
#include <lcm_client/operations/records.hpp>
#include <lcm_client/protocol/read_reply.hpp>
#include <lcm_client/session/session.hpp>

#include <session/owned_request.hpp>
#include <session/random.hpp>
#include <support/catch.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace std::chrono_literals;
using lcm::detail::MessageDecision;
using lcm::detail::RequestEntry;
using lcm::detail::Session;
using lcm::detail::TimePoint;
using lcm::tests::OwnedRequest;
using lcm::tests::Random;

namespace {

constexpr lcm::Operation set_outcome{.subtopic = "Set", .reply_subtopic = "SetResult"};

// A session in which a request for each of the calls 1 to 9 awaits its reply.
class Reader {
public:
    explicit Reader(lcm::ClientConfig config) : config_(std::move(config)), session_(config_, counters_, {}, 1) {
        static_cast<void>(session_.next(now_));
        session_.connecting();
        session_.opened({}, now_);
        session_.see_peer(true);
        for (std::size_t i = 0; i < requests_.size(); ++i) submit(i);
        send();
    }

    // All that is decided about a message. The requests that it has ended are made again.
    std::string read(std::string_view text) {
        MessageDecision decision = session_.on_message(text, now_);
        std::string done = decision.is_event ? "event " : decision.is_answer ? "answer " : "";
        std::vector<std::size_t> ended;
        while (RequestEntry* const request = decision.ended.pop_front())
            for (std::size_t i = 0; i < requests_.size(); ++i)
                if (requests_[i].get() == request) ended.push_back(i);
        for (const std::size_t i : ended) done += "ends " + requests_[i]->call + ' ';
        if (decision.refusal) done += "refused: " + decision.refusal->texts.message;
        else if (decision.unclear) done += "unclear: " + *decision.unclear;
        else if (!ended.empty()) done += meaning(decision);
        if (decision.counts_deviations) done += " tolerated " + std::to_string(decision.reader.deviations());
        session_.finish_message(decision);
        for (const std::size_t i : ended) submit(i);
        if (!ended.empty()) send();
        return done;
    }

private:
    static std::string meaning(MessageDecision& decision) {
        std::string text = decision.payload.whole.to_json().dump();
        lcm::OutcomeResponse response;
        const auto error = lcm::detail::read_reply_into(response, decision.payload, decision.reader);
        return text + (error ? " no: " + error->detail : " yes");
    }

    void submit(std::size_t i) {
        requests_[i] = std::make_unique<OwnedRequest>(i + 1, set_outcome, now_, 10s);
        static_cast<void>(session_.submit(*requests_[i], false, now_));
    }

    void send() {
        std::size_t size = 0;
        session_.next(now_).batch.for_each([&](RequestEntry& request) {
            request.leave();
            ++size;
        });
        if (size == 0) return;
        session_.sent(size);
        static_cast<void>(session_.written());
    }

    const TimePoint now_{1h};
    lcm::ClientConfig config_;
    lcm::detail::Counters counters_;
    std::array<std::unique_ptr<OwnedRequest>, 9> requests_;
    Session session_;
};

// Replies and errors of few sizes, whose names stand in other places, in other spellings, or twice.
const std::vector<std::string> alike{
    R"({"topic":"Web","subtopic":"SetResult","message":{"callid":"1","response":{"success":true}}})",
    R"({"subtopic":"SetResult","topic":"Web","message":{"response":{"success":true},"callid":"1"}})",
    R"({"topic":"Web","subtopic":"SetResult","data":{"callid":"1","response":{"success":true}}})",
    R"({"topic":"Web","subtopic":"SetResult","message":{"callid":"1","callid":"2","response":{"success":true}}})",
    R"({"topic":"Web","subtopic":"SetResult","message":{"callid":"1"},"message":{"callid":"2"}})",
    R"({"topic":"Web","subtopic":"SetResult","message":{"callid":"1","success":true,"response":{"success":false}}})",
    R"({"topic":"Error","data":{"errorType":"WS_Error","errorMessage":"Invalid Call ID: 1"}})",
};

// In a packet, which has names of its own.
std::string packet_of(const std::string& message, bool is_usual) {
    return is_usual ? R"({"subscriberID":"7","message":)" + message + '}'
                    : R"({"subscriberID":"7","topic":"","okmessage":)" + message + '}';
}

// One letter is another, or one name is another that is as long.
std::string change(std::string text, Random& random) {
    static const std::string letters = "123456789aeEmrsSct\" ";
    static const std::array<std::string, 7> names{"message",    "respons", "callid\":", "subject",
                                                  "topic\":\"", "Message", "success"};
    if (random.one_in(3)) {
        const std::string& name = random.one_of(names);
        const std::size_t at = text.find(random.one_of(names));
        return at == std::string::npos ? text : text.replace(at, name.size(), name);
    }
    text[random.below(text.size())] = random.one_of(letters);
    return text;
}

// The call is another.
std::string rename_call(std::string text, Random& random) {
    const std::size_t at = text.find("callid\":\"");
    if (at != std::string::npos && at + 9 < text.size()) text[at + 9] = static_cast<char>('1' + random.below(9));
    return text;
}

} // namespace

TEST_CASE("A message is understood as after one that is quite unlike it, however alike the one before was") {
    const std::uint64_t seed = lcm::tests::test_seed();
    const bool has_packets = GENERATE(false, true);
    CAPTURE(seed, has_packets);
    Random random(seed);
    lcm::ClientConfig config;
    if (has_packets) config.packet = lcm::Packet{.response_url = "url", .subscriber_id = "7"};
    Reader reader(config);
    Reader forgetful(config);
    std::string base = alike[0];
    std::size_t accepted = 0;
    for (std::uint64_t left = lcm::tests::test_steps(20'000); left != 0; --left) {
        if (random.one_in(10)) base = random.one_of(alike);
        std::string text = rename_call(base, random);
        if (random.one_in(2)) text = change(text, random);
        if (random.one_in(10)) base = text;
        if (has_packets && !random.one_in(20)) text = packet_of(text, !random.one_in(5));
        CAPTURE(text);
        static_cast<void>(forgetful.read(R"(["of no index that a message has"])"));
        const std::string meaning = reader.read(text);
        REQUIRE(meaning == forgetful.read(text));
        if (meaning.ends_with(" yes tolerated 0")) ++accepted;
    }
    CHECK(accepted > 0);
}
