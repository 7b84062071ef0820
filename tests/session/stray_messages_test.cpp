// SPDX-License-Identifier: BSL-1.0
// What is told of messages that answered nobody: for each request, what came while it was under way.
#include <session/random.hpp>

#include <lcm_client/session/stray_messages.hpp>

#include <support/catch.hpp>

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

using lcm::JsonFault;
using lcm::detail::StrayMessages;
using lcm::detail::StrayReason;
using namespace lcm::tests;

namespace {

std::string unread(std::size_t count, const std::string& rest) {
    return std::to_string(count) + (count == 1 ? " message came" : " messages came") +
           " that could not be read as a reply" + rest;
}

// The same in a simple way: each request has a list of all that came.
class Model {
public:
    void hand_over(lcm::detail::RequestId id) { requests_[id] = {}; }
    void add_unreadable(const std::string& reason) {
        for (auto& [id, request] : requests_) request.reasons.push_back(reason);
    }
    void add_misnamed(lcm::detail::RequestId id, const std::string& name) { requests_.at(id).names.push_back(name); }
    void forget(lcm::detail::RequestId id) { requests_.erase(id); }
    void start_anew() { requests_.clear(); }
    [[nodiscard]] bool is_empty() const { return requests_.empty(); }
    [[nodiscard]] lcm::detail::RequestId any(Random& random) const {
        auto at = requests_.begin();
        std::advance(at, random.below(requests_.size()));
        return at->first;
    }

    [[nodiscard]] std::string about(lcm::detail::RequestId id) const {
        const Request& request = requests_.at(id);
        const std::size_t count = request.reasons.size();
        std::string text;
        if (count == 1) text = unread(1, ": " + request.reasons[0]);
        else if (count > 8) text = unread(count, "; one of them: " + request.reasons[count - 8]);
        else if (count > 1) text = unread(count, "; the first: " + request.reasons[0]);
        if (request.names.empty()) return text;
        text += (text.empty() ? "" : "; ") + std::to_string(request.names.size()) +
                (request.names.size() == 1 ? " message came" : " messages came") + " for this call under another name";
        return text + (request.names[0].empty() ? "" : ", " + request.names[0]);
    }

private:
    struct Request {
        std::vector<std::string> reasons{};
        std::vector<std::string> names{};
    };
    std::map<lcm::detail::RequestId, Request> requests_;
};

} // namespace

TEST_CASE("A reason says what is wrong and where, if there is a place") {
    CHECK(StrayReason("no JSON object").text() == "no JSON object");
    CHECK(StrayReason({JsonFault::nul, 7}).text() == "a NUL, byte 7");
    CHECK(StrayReason({JsonFault::too_long, 0}).text() == "too long");
    CHECK(StrayReason::twice("callid").text() == "\"callid\" stands twice");
}

TEST_CASE("Whoever was handed over later is not told what came before") {
    StrayMessages strays;
    CHECK(strays.is_empty());
    CHECK(strays.about(1).empty());
    strays.hand_over(1);
    strays.add_unreadable("a");
    strays.hand_over(2);
    CHECK(strays.about(1) == unread(1, ": a"));
    CHECK(strays.about(2).empty());
    strays.add_unreadable("b");
    CHECK(strays.about(1) == unread(2, "; the first: a"));
    CHECK(strays.about(2) == unread(1, ": b"));
    strays.start_anew();
    CHECK(strays.is_empty());
    CHECK(strays.about(1).empty());
}

TEST_CASE("Of names only a plain word is told") {
    for (const char* name : {"", "two words", "line\nend", "caf\xC3\xA9", "a.b", "<b>"}) {
        CAPTURE(name);
        StrayMessages strays;
        strays.add_misnamed(1, name);
        CHECK(strays.about(1) == "1 message came for this call under another name");
        CHECK(strays.about(2).empty());
    }
    StrayMessages strays;
    strays.add_misnamed(1, "CallOutCome2");
    strays.add_misnamed(1, "Other");
    CHECK(strays.about(1) == "2 messages came for this call under another name, CallOutCome2");
}

TEST_CASE("In any order of events each request is told what a list of all would tell it") {
    const std::uint64_t seed = test_seed();
    CAPTURE(seed);
    Random random(seed);
    for (int round = 0; round < 200; ++round) {
        StrayMessages strays;
        Model model;
        lcm::detail::RequestId last = 0;
        for (int step = 0; step < 100; ++step) {
            const std::size_t act = random.below(10);
            if (act < 3) {
                if (model.is_empty()) strays.start_anew(); // as nothing else is under way
                strays.hand_over(++last);
                model.hand_over(last);
            } else if (act < 6 && !model.is_empty()) {
                const std::size_t byte = 1 + random.below(100);
                strays.add_unreadable({{JsonFault::syntax, byte}});
                model.add_unreadable("no JSON, byte " + std::to_string(byte));
            } else if (act < 8 && !model.is_empty()) {
                const lcm::detail::RequestId id = model.any(random);
                const std::string name = random.one_in(2) ? "Name" : "";
                strays.add_misnamed(id, name);
                model.add_misnamed(id, name);
            } else if (!model.is_empty()) {
                const lcm::detail::RequestId id = model.any(random);
                REQUIRE(strays.about(id) == model.about(id));
                strays.forget(id);
                model.forget(id);
            }
        }
    }
}
