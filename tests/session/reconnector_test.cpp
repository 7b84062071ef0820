// SPDX-License-Identifier: BSL-1.0
// When the next attempt to connect is due, for each way in which a link or an attempt can end.
#include <support/catch.hpp>

#include <lcm_client/session/reconnector.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

using namespace std::chrono_literals;
using lcm::BlockReason;
using lcm::LinkState;
using lcm::detail::LinkFault;
using lcm::detail::Reconnector;
using std::chrono::milliseconds;

namespace {

const Reconnector::TimePoint start{1h};
constexpr LinkFault passing{};
constexpr LinkFault permanent{.is_permanent = true};
constexpr LinkFault moving{.moves_on = true};

milliseconds fail_attempt(Reconnector& reconnector, Reconnector::TimePoint now, const LinkFault& fault = passing) {
    reconnector.begin();
    return reconnector.fail(now, fault);
}

// The wait after a link that stayed for `time`.
milliseconds lose_link_after(Reconnector& reconnector, std::chrono::nanoseconds time,
                             const LinkFault& fault = passing) {
    reconnector.begin();
    reconnector.succeed(start);
    return reconnector.fail(start + time, fault);
}

// What a wait is chosen from, as seen over many clients.
struct Window {
    milliseconds shortest = milliseconds::max();
    milliseconds longest = milliseconds::min();

    void add(milliseconds wait) {
        shortest = (std::min)(shortest, wait);
        longest = (std::max)(longest, wait);
    }
};

constexpr std::uint64_t clients = 2000;

// The waits that `choose_wait` leads to, one client for each seed.
template <class ChooseWait> Window window_of(ChooseWait choose_wait) {
    Window window;
    for (std::uint64_t seed = 0; seed < clients; ++seed) {
        Reconnector reconnector(seed);
        window.add(choose_wait(reconnector));
    }
    return window;
}

// Whether the waits fill the window from `shortest` to `longest`, but for a hundredth of it at each end.
void check_fills(const Window& window, milliseconds shortest, milliseconds longest) {
    const milliseconds margin = (longest - shortest) / 100;
    CHECK(window.shortest >= shortest);
    CHECK(window.shortest <= shortest + margin);
    CHECK(window.longest <= longest);
    CHECK(window.longest >= longest - margin);
}

} // namespace

TEST_CASE("The first attempt is due at once, and none is while one is under way or there is a link") {
    Reconnector reconnector(1);
    CHECK(reconnector.state() == LinkState::connecting);
    CHECK(reconnector.attempt() == 1);
    CHECK(reconnector.is_due(Reconnector::TimePoint(0s)));

    reconnector.begin();
    CHECK(reconnector.state() == LinkState::connecting);
    CHECK_FALSE(reconnector.next_attempt());
    CHECK_FALSE(reconnector.is_due(start + 24h));

    reconnector.succeed(start);
    CHECK(reconnector.state() == LinkState::ready);
    CHECK(reconnector.attempt() == 1);
    CHECK_FALSE(reconnector.is_due(start + 24h));
}

TEST_CASE("The next attempt is due just when the wait that was told is over") {
    Reconnector reconnector(1);
    for (int i = 0; i < 10; ++i) {
        const milliseconds wait = fail_attempt(reconnector, start);
        CHECK(reconnector.state() == LinkState::waiting);
        CHECK(reconnector.next_attempt() == start + wait);
        CHECK_FALSE(reconnector.is_due(start + wait - 1ns));
        CHECK(reconnector.is_due(start + wait));
    }
}

TEST_CASE("The wait is any time up to half a second, twice as much after each failure, and never more than 20 s") {
    const std::vector<milliseconds> longest{500ms, 1s, 2s, 4s, 8s, 16s, 20s, 20s, 20s};
    for (std::size_t failures = 0; failures < longest.size(); ++failures) {
        CAPTURE(failures);
        check_fills(window_of([failures](Reconnector& r) {
                        for (std::size_t i = 0; i < failures; ++i) static_cast<void>(fail_attempt(r, start));
                        return fail_attempt(r, start);
                    }),
                    0ms, longest[failures]);
    }
}

TEST_CASE("The wait stays within its bound however many attempts have failed") {
    Reconnector reconnector(1);
    Window window;
    for (int i = 0; i < 10'000; ++i) {
        const milliseconds wait = fail_attempt(reconnector, start);
        if (i > 10) window.add(wait);
    }
    check_fills(window, 0ms, 20s);
}

TEST_CASE("The waits are spread evenly over their window") {
    // 20 000 waits in 20 parts: 1000 in each, with a standard deviation of 31. Six of them are beyond chance.
    std::array<int, 20> parts{};
    for (std::uint64_t seed = 0; seed < 20'000; ++seed) {
        Reconnector reconnector(seed);
        const auto wait = static_cast<std::size_t>(fail_attempt(reconnector, start).count());
        ++parts.at((std::min)(wait / 25, parts.size() - 1));
    }
    for (const int part : parts) {
        CHECK(part > 1000 - 186);
        CHECK(part < 1000 + 186);
    }
}

TEST_CASE("Two clients with different seeds wait for different times, with the same seed for the same") {
    const auto waits = [](std::uint64_t seed) {
        Reconnector reconnector(seed);
        std::vector<milliseconds> all;
        for (int i = 0; i < 10; ++i) all.push_back(fail_attempt(reconnector, start));
        return all;
    };
    CHECK(waits(1) == waits(1));
    CHECK(waits(1) != waits(2));
}

TEST_CASE("Only a link that stayed good for 30 s makes the waits begin anew") {
    struct Row {
        std::chrono::nanoseconds stayed;
        milliseconds longest;
        unsigned next_attempt;
    };
    const std::vector<Row> rows{
        {0s, 8s, 6},
        {30s - 1ns, 8s, 6},
        {30s, 500ms, 1},
        {24h, 500ms, 1},
    };
    for (const Row& row : rows) {
        CAPTURE(row.stayed.count());
        const auto wait_after_the_link = [&](Reconnector& r) {
            for (int i = 0; i < 4; ++i) static_cast<void>(fail_attempt(r, start));
            const milliseconds wait = lose_link_after(r, row.stayed);
            if (r.attempt() != row.next_attempt) FAIL("attempt " << r.attempt());
            return wait;
        };
        check_fills(window_of(wait_after_the_link), 0ms, row.longest);
    }
}

TEST_CASE("A link that comes and goes makes the waits longer, like attempts that fail") {
    check_fills(window_of([](Reconnector& r) {
                    for (int i = 0; i < 20; ++i) static_cast<void>(lose_link_after(r, 29s));
                    return lose_link_after(r, 29s);
                }),
                0ms, 20s);
}

TEST_CASE("A good link in the past does not excuse the failures after it") {
    check_fills(window_of([](Reconnector& r) {
                    static_cast<void>(lose_link_after(r, 1h));
                    static_cast<void>(fail_attempt(r, start + 2h));
                    return fail_attempt(r, start + 3h);
                }),
                0ms, 2s);
}

TEST_CASE("The attempts are counted from the start, and anew from a link that stayed good") {
    Reconnector reconnector(1);
    CHECK(reconnector.attempt() == 1);
    static_cast<void>(fail_attempt(reconnector, start));
    CHECK(reconnector.attempt() == 2);
    static_cast<void>(lose_link_after(reconnector, 29s));
    CHECK(reconnector.attempt() == 3);
    static_cast<void>(lose_link_after(reconnector, 30s));
    CHECK(reconnector.attempt() == 1);
    static_cast<void>(fail_attempt(reconnector, start));
    CHECK(reconnector.attempt() == 2);
}

TEST_CASE("A permanent fault is shown as blocked and tried again after 30 to 60 s") {
    for (const int failures : {0, 10}) {
        CAPTURE(failures);
        check_fills(window_of([failures](Reconnector& r) {
                        for (int i = 0; i < failures; ++i) static_cast<void>(fail_attempt(r, start, permanent));
                        const milliseconds wait = fail_attempt(r, start, permanent);
                        if (r.state() != LinkState::blocked) FAIL("not blocked");
                        return wait;
                    }),
                    30s, 60s);
    }
}

TEST_CASE("Blocked ends with the next attempt, whatever becomes of it") {
    Reconnector reconnector(1);
    static_cast<void>(fail_attempt(reconnector, start, permanent));
    reconnector.begin();
    CHECK(reconnector.state() == LinkState::connecting);
    static_cast<void>(reconnector.fail(start, passing));
    CHECK(reconnector.state() == LinkState::waiting);
}

TEST_CASE("A server that asks to be left alone is, and the fleet comes back spread over some time after that") {
    struct Row {
        LinkFault fault;
        int failures;
        milliseconds shortest;
        milliseconds longest;
    };
    const std::vector<Row> rows{
        {{.retry_after = 120s}, 0, 120s, 140s},
        {{.retry_after = 10s}, 0, 10s, 15s},
        {{.retry_after = 120s}, 20, 120s, 140s},
        {{.is_permanent = true, .retry_after = 120s}, 0, 120s, 140s},
        {{.is_permanent = true, .retry_after = 1s}, 0, 30s, 60s},
    };
    for (const Row& row : rows) {
        CAPTURE(row.shortest.count(), row.longest.count(), row.failures);
        check_fills(window_of([&](Reconnector& r) {
                        for (int i = 0; i < row.failures; ++i) static_cast<void>(fail_attempt(r, start));
                        return fail_attempt(r, start, row.fault);
                    }),
                    row.shortest, row.longest);
    }
}

TEST_CASE("No server can send a client away for longer than a day, or into the past") {
    for (const auto wanted : {std::chrono::seconds(25h), std::chrono::seconds::max()}) {
        Reconnector reconnector(1);
        const milliseconds wait = fail_attempt(reconnector, start, {.retry_after = wanted});
        CHECK(wait >= 24h);
        CHECK(wait <= 24h + 20s);
    }
    for (const auto wanted : {0s, -1s, std::chrono::seconds::min()}) {
        const Window window =
            window_of([&](Reconnector& r) { return fail_attempt(r, start, {.retry_after = wanted}); });
        CHECK(window.shortest >= 0s);
        CHECK(window.shortest < 100ms);
        CHECK(window.longest <= 1s);
    }
}

TEST_CASE("An attempt can be hurried while one is waited for, and only then") {
    for (const LinkFault& fault : {passing, permanent, LinkFault{.retry_after = 1h}}) {
        Reconnector reconnector(1);
        static_cast<void>(fail_attempt(reconnector, start, fault));
        reconnector.retry_now(start + 1ns, true);
        CHECK(reconnector.is_due(start + 1ns));

        reconnector.begin();
        reconnector.retry_now(start + 2ns, true);
        CHECK_FALSE(reconnector.next_attempt());

        reconnector.succeed(start);
        reconnector.retry_now(start + 3ns, true);
        CHECK_FALSE(reconnector.next_attempt());
    }
}

TEST_CASE("A hurried attempt that fails does not make the waits begin anew") {
    check_fills(window_of([](Reconnector& r) {
                    for (int i = 0; i < 3; ++i) {
                        static_cast<void>(fail_attempt(r, start));
                        r.retry_now(start, true);
                    }
                    return fail_attempt(r, start);
                }),
                0ms, 4s);
}

TEST_CASE("Whose good link is lost comes to another server within eight seconds, and only for the first time") {
    SECTION("at once, since that one is better") {
        check_fills(window_of([](Reconnector& r) { return lose_link_after(r, 30s, moving); }), 0ms, 8s);
    }
    SECTION("after an attempt at the old one, which comes as soon as ever") {
        check_fills(window_of([](Reconnector& r) { return lose_link_after(r, 30s); }), 0ms, 500ms);
        check_fills(window_of([](Reconnector& r) {
                        static_cast<void>(lose_link_after(r, 30s));
                        return fail_attempt(r, start, moving);
                    }),
                    0ms, 8s);
    }
    SECTION("then the waits are the usual ones") {
        check_fills(window_of([](Reconnector& r) {
                        static_cast<void>(lose_link_after(r, 30s, moving));
                        return fail_attempt(r, start);
                    }),
                    0ms, 1s);
    }
    SECTION("on request at once") {
        Reconnector reconnector(1);
        static_cast<void>(lose_link_after(reconnector, 30s, moving));
        reconnector.retry_now(start, true);
        CHECK(reconnector.is_due(start));
    }
}

TEST_CASE("Who had no good link comes to another server sooner, and to the last of several within 500 ms") {
    check_fills(window_of([](Reconnector& r) { return lose_link_after(r, 29s, moving); }), 0ms, 250ms);
    for (const auto& row : {std::pair(0, 250ms), {1, 125ms}})
        check_fills(window_of([&](Reconnector& r) {
                        for (int i = 0; i < row.first; ++i) static_cast<void>(fail_attempt(r, start, moving));
                        return fail_attempt(r, start, moving);
                    }),
                    0ms, row.second);
    Reconnector reconnector(1);
    for (int i = 0; i < 20; ++i) static_cast<void>(fail_attempt(reconnector, start, moving));
    CHECK(fail_attempt(reconnector, start, moving) == 1ms);
}

TEST_CASE("After the close nothing is due any more, hurried or not") {
    Reconnector reconnector(1);
    static_cast<void>(fail_attempt(reconnector, start));
    reconnector.close();
    CHECK(reconnector.state() == LinkState::closed);
    reconnector.retry_now(start, true);
    CHECK_FALSE(reconnector.next_attempt());
    CHECK_FALSE(reconnector.is_due(start + 24h));
}

TEST_CASE(
    "After a hurry during an attempt, the next one comes soon, whatever the fault, but for one that the server set") {
    struct Row {
        LinkFault fault;
        milliseconds longest;
    };
    const std::vector<Row> rows{{passing, 500ms}, {permanent, 500ms}, {{.retry_after = 100s}, 120s}};
    for (const Row& row : rows) {
        check_fills(window_of([&](Reconnector& r) {
                        for (int i = 0; i < 10; ++i) static_cast<void>(fail_attempt(r, start));
                        r.begin();
                        r.retry_now(start, true);
                        return r.fail(start, row.fault);
                    }),
                    row.fault.retry_after ? 100s : 0ms, row.longest);
    }
}

TEST_CASE("An attempt is one on demand if a person asked for it, and not if the computer has woken") {
    for (const LinkFault& fault : {passing, permanent}) {
        Reconnector reconnector(1);
        CHECK_FALSE(reconnector.is_on_demand());
        static_cast<void>(fail_attempt(reconnector, start, fault));
        reconnector.retry_now(start, false);
        CHECK(reconnector.is_due(start));
        CHECK_FALSE(reconnector.is_on_demand());
        reconnector.retry_now(start, true);
        reconnector.retry_now(start, false); // which takes nothing back
        CHECK(reconnector.is_on_demand());
        reconnector.begin();
        CHECK(reconnector.is_on_demand());
        static_cast<void>(reconnector.fail(start, fault));
        CHECK_FALSE(reconnector.is_on_demand());
    }
}

TEST_CASE("A wish during an attempt is for the next one, unless credentials were refused meanwhile") {
    struct Row {
        LinkFault fault;
        bool is_on_demand;
    };
    const std::vector<Row> rows{
        {passing, true},
        {{.is_permanent = true, .block = lcm::BlockReason::path}, true},
        {{.is_permanent = true, .block = lcm::BlockReason::credentials}, false},
        {{.is_permanent = true, .block = lcm::BlockReason::proxy}, false},
        {{.block = lcm::BlockReason::proxy}, true}, // a passing fault of the proxy's has refused nobody
    };
    for (const Row& row : rows) {
        Reconnector reconnector(1);
        reconnector.begin();
        reconnector.retry_now(start, true);
        static_cast<void>(reconnector.fail(start, row.fault));
        CHECK(reconnector.is_on_demand() == row.is_on_demand);
        reconnector.begin();
        reconnector.succeed(start);
        CHECK_FALSE(reconnector.is_on_demand());
    }
}

TEST_CASE("A blocked link says whom it waits for, and one that is not blocked nobody") {
    Reconnector reconnector(1);
    CHECK(reconnector.block() == BlockReason::none);
    static_cast<void>(fail_attempt(reconnector, start, {.is_permanent = true, .block = BlockReason::certificate}));
    CHECK(reconnector.block() == BlockReason::certificate);
    reconnector.begin();
    CHECK(reconnector.block() == BlockReason::none);
    static_cast<void>(reconnector.fail(start, {.block = BlockReason::proxy}));
    CHECK(reconnector.block() == BlockReason::none);
}

TEST_CASE("A wish that was fulfilled, or came while there was a link, does not hurry what follows its loss") {
    const std::vector<bool> during_the_attempt{true, false};
    for (const bool is_during_the_attempt : during_the_attempt) {
        CAPTURE(is_during_the_attempt);
        const auto wait_after_the_link = [&](Reconnector& r) {
            for (int i = 0; i < 4; ++i) static_cast<void>(fail_attempt(r, start));
            r.begin();
            if (is_during_the_attempt) r.retry_now(start, true);
            r.succeed(start);
            if (!is_during_the_attempt) r.retry_now(start, true);
            const milliseconds wait = r.fail(start, passing);
            if (r.is_on_demand()) FAIL("nobody has asked for the next attempt");
            return wait;
        };
        check_fills(window_of(wait_after_the_link), 0ms, 8s);
    }
}

TEST_CASE("The computer's wish during an attempt takes nothing back from a person's") {
    Reconnector reconnector(1);
    reconnector.begin();
    reconnector.retry_now(start, true);
    reconnector.retry_now(start, false);
    static_cast<void>(reconnector.fail(start, passing));
    CHECK(reconnector.is_on_demand());
}
