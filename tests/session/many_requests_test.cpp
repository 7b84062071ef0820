// SPDX-License-Identifier: BSL-1.0
// So many requests that a cost which grows with the square of their number would be seen: it would take minutes.
#include <session/random.hpp>
#include <support/catch.hpp>

#include <lcm_client/config.hpp>
#include <lcm_client/session/multiplexer.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

using namespace std::chrono_literals;
using lcm::Delivery;
using lcm::Errc;
using lcm::detail::RequestEntry;
using State = lcm::detail::RequestEntry::State;

namespace {

constexpr std::size_t many = 60'000;
constexpr std::size_t all = static_cast<std::size_t>(-1);
constexpr std::string_view subtopic = "SetResult";
const lcm::detail::TimePoint start{1h};

// Linear work on them takes a small part of this, also without optimisation and on a machine that is busy.
constexpr auto bound = 20s;

lcm::Limits limits_for_many() {
    lcm::Limits limits;
    limits.in_flight = limits.queued = limits.tombstones = many;
    return limits;
}

std::size_t count(const lcm::detail::RequestList& requests) {
    std::size_t size = 0;
    requests.for_each([&](const RequestEntry&) { ++size; });
    return size;
}

std::size_t count_meant(lcm::detail::Multiplexer& mux, const std::string& callid) {
    std::size_t size = 0;
    mux.error_for_call(callid, [&](const lcm::detail::Match&) { ++size; });
    return size;
}

// Requests with ids from 1 on, and the time from the first to the last thing that is done with them.
class Crowd {
public:
    Crowd() : began_(std::chrono::steady_clock::now()) { requests_.reserve(many); }

    RequestEntry& submit(std::string callid, lcm::detail::ReplyPattern pattern = {.subtopic = subtopic}) {
        requests_.push_back(std::make_unique<Request>());
        Request& request = *requests_.back();
        request.callid = std::move(callid);
        request.request.id = requests_.size();
        request.request.callid = request.callid;
        request.request.deadline = start + 10s;
        if (!mux.submit(request.request, pattern)) FAIL("it was not taken");
        return request.request;
    }

    // The next one leaves and is answered.
    void answer(std::optional<std::string_view> callid) {
        const auto& batch = mux.take_batch(start, all);
        if (batch.size() != 1) FAIL(batch.size() << " have left");
        static_cast<void>(mux.written());
        if (!mux.reply(subtopic, callid, false)) FAIL("the reply belongs to nobody");
    }

    [[nodiscard]] std::size_t hand_over_all() {
        const std::size_t count = mux.take_batch(start, all).size();
        static_cast<void>(mux.written());
        return count;
    }

    [[nodiscard]] RequestEntry& request(std::size_t index) { return requests_.at(index)->request; }
    [[nodiscard]] bool is_in_time() const { return std::chrono::steady_clock::now() - began_ < bound; }

    lcm::detail::Multiplexer mux{limits_for_many(), lcm::Duplicates::hold_back, 42};

private:
    struct Request {
        std::string callid;
        RequestEntry request;
    };

    std::chrono::steady_clock::time_point began_;
    std::vector<std::unique_ptr<Request>> requests_;
};

constexpr lcm::detail::ReplyPattern alone{.subtopic = subtopic, .names_call = false};

// Eight letters that take back what came before them in a hash of the form (rotl(h, 23) ^ word) * odd, from the state
// `h` on: without a key, whoever chooses the ids chooses the hash.
std::string colliding_id(std::uint64_t number) {
    const auto rotl23 = [](std::uint64_t x) { return (x << 23U) | (x >> 41U); };
    const std::uint64_t state = (rotl23(16) ^ number) * 0x9E3779B97F4A7C15U;
    const std::uint64_t second = rotl23(state);
    std::string id(16, '\0');
    std::memcpy(id.data(), &number, 8);
    std::memcpy(id.data() + 8, &second, 8);
    return id;
}

} // namespace

TEST_CASE("Many requests held back behind one key leave one by one, in order") {
    Crowd crowd;
    for (std::size_t i = 0; i < many; ++i) crowd.submit("call");
    for (std::size_t i = 0; i < many; ++i) {
        crowd.answer("call");
        if (crowd.request(i).state() != State::ended) FAIL(i << " has not ended in its turn");
    }
    CHECK(crowd.is_in_time());
}

TEST_CASE("Many requests of a channel that wait for many keys leave as these are answered") {
    Crowd crowd;
    for (std::size_t i = 0; i < many / 2; ++i) crowd.submit(std::to_string(i));
    for (std::size_t i = 0; i < many / 2; ++i) crowd.submit(std::to_string(i));
    CHECK(crowd.hand_over_all() == many / 2);
    for (std::size_t i = 0; i < many / 2; ++i)
        if (!crowd.mux.reply(subtopic, std::to_string(i), false)) FAIL(i);
    CHECK(crowd.hand_over_all() == many / 2);
    CHECK(crowd.is_in_time());
}

TEST_CASE("Many requests that have to be alone leave one by one, among others") {
    Crowd crowd;
    for (std::size_t i = 0; i < many / 2; ++i) {
        crowd.submit({}, alone);
        crowd.submit("call");
    }
    for (std::size_t i = 0; i < many / 2; ++i) {
        crowd.answer(std::nullopt);
        crowd.answer("call");
    }
    CHECK(crowd.is_in_time());
}

TEST_CASE("Many requests that wait behind one that is alone are let go by its end") {
    Crowd crowd;
    crowd.submit({}, alone);
    for (std::size_t i = 1; i < many; ++i) crowd.submit(std::to_string(i % (many / 2)));
    crowd.answer(std::nullopt);
    CHECK(crowd.hand_over_all() == many / 2);
    CHECK(crowd.is_in_time());
}

TEST_CASE("Many requests that are held back end, by whatever ends them, without those beside them being looked at") {
    Crowd crowd;
    for (std::size_t i = 0; i < many; ++i) crowd.submit(i % 3 == 0 ? std::string("call") : std::to_string(i % 1000));
    SECTION("all at once, because there is no link") {
        CHECK(count(crowd.mux.end_unsent(Errc::connection_lost)) == many);
    }
    SECTION("because their time is over") { CHECK(count(crowd.mux.expire(start + 10s)) == many); }
    SECTION("cancelled, the last one first") {
        for (std::size_t i = many; i-- > 0;)
            if (!crowd.mux.cancel(crowd.request(i))) FAIL(i);
    }
    SECTION("cancelled, the first one first") {
        for (std::size_t i = 0; i < many; ++i)
            if (!crowd.mux.cancel(crowd.request(i))) FAIL(i);
    }
    CHECK(crowd.mux.queued() == 0);
    CHECK(crowd.is_in_time());
}

TEST_CASE("Many requests that have to be alone end in vain behind many that were given up") {
    Crowd crowd;
    for (std::size_t i = 0; i < many / 2; ++i) crowd.submit(std::to_string(i));
    CHECK(crowd.hand_over_all() == many / 2);
    for (std::size_t i = 0; i < many / 2; ++i) static_cast<void>(crowd.mux.cancel(crowd.request(i)));
    for (std::size_t i = many / 2; i < many; ++i) crowd.submit({}, alone);
    CHECK(count(crowd.mux.expire(start + 10s)) == many / 2);
    CHECK(crowd.mux.is_stuck());
    CHECK(crowd.mux.link_lost(Errc::connection_lost).empty());
    CHECK(crowd.is_in_time());
}

TEST_CASE("Many errors, each for the call of one of many requests, end one each") {
    Crowd crowd;
    for (std::size_t i = 0; i < many; ++i) crowd.submit(std::to_string(i));
    const bool are_written = GENERATE(false, true);
    CHECK(crowd.mux.take_batch(start, all).size() == many);
    if (are_written) CHECK(crowd.mux.written().empty());
    for (std::size_t i = 0; i < many; ++i)
        if (count_meant(crowd.mux, std::to_string(i)) != 1) FAIL(i);
    CHECK(crowd.is_in_time());
}

TEST_CASE("A write costs the same however many requests were given up before") {
    Crowd crowd;
    for (std::size_t i = 0; i < many / 2; ++i) crowd.submit(std::to_string(i));
    CHECK(crowd.hand_over_all() == many / 2);
    for (std::size_t i = 0; i < many / 2; ++i) static_cast<void>(crowd.mux.cancel(crowd.request(i)));
    for (std::size_t i = many / 2; i < many; ++i) {
        crowd.submit(std::to_string(i));
        crowd.answer(std::to_string(i));
    }
    CHECK(crowd.is_in_time());
}

TEST_CASE("Ids that were chosen to have one hash without a key cost no more than others") {
    Crowd crowd;
    for (std::size_t i = 0; i < many; ++i) crowd.submit(colliding_id(i));
    CHECK(crowd.hand_over_all() == many);
    for (std::size_t i = 0; i < many; ++i)
        if (!crowd.mux.reply(subtopic, colliding_id(i), false)) FAIL(i);
    CHECK(crowd.is_in_time());
}

TEST_CASE("Among many requests each reply finds its own, in whatever order they come and go") {
    lcm::tests::Random random(lcm::tests::test_seed());
    Crowd crowd;
    std::map<std::string, RequestEntry*> pending;
    for (std::size_t step = 0; step < 20'000; ++step) {
        const std::string callid = std::to_string(random.below(step < 10'000 ? 5000 : 50));
        if (!pending.contains(callid)) {
            pending[callid] = &crowd.submit(callid);
            CHECK(crowd.hand_over_all() == 1);
        } else {
            const auto match = crowd.mux.reply(subtopic, callid, false);
            if (!match || match->request != pending[callid]) FAIL("in step " << step);
            pending.erase(callid);
        }
    }
    for (const auto& [callid, request] : pending)
        if (crowd.mux.reply(subtopic, callid, false)->request != request) FAIL(callid);
    CHECK(crowd.mux.in_flight() == 0);
}
