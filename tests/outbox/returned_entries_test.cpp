// SPDX-License-Identifier: BSL-1.0
// When an entry may leave again that came back unsent.
#include <support/catch.hpp>

#include <lcm_client/outbox/impl/returned_entries.hpp>

#include <chrono>

using namespace std::chrono_literals;
using lcm::detail::ReturnedEntries;

namespace {

constexpr ReturnedEntries::TimePoint noon{12h};

} // namespace

TEST_CASE("An entry that came back waits longer each time, and no longer than the longest wait") {
    ReturnedEntries entries;
    CHECK(entries.may_leave(1, noon));
    auto now = noon;
    for (const auto wait : {1s, 2s, 4s, 8s, 16s, 30s, 30s}) {
        entries.add(1, now);
        CHECK(entries.next(now) == now + wait);
        CHECK_FALSE(entries.may_leave(1, now + wait - 1ms));
        CHECK(entries.may_leave(1, now + wait));
        CHECK(entries.may_leave(2, now));
        now += wait;
    }
    CHECK_FALSE(entries.next(now).has_value());
}

TEST_CASE("An entry that came further, or has another link, begins anew") {
    ReturnedEntries entries;
    entries.add(1, noon);
    entries.add(1, noon);
    SECTION("it came further") { entries.remove(1); }
    SECTION("another link") { entries.clear(); }
    CHECK(entries.may_leave(1, noon));
    entries.add(1, noon);
    CHECK(entries.next(noon) == noon + 1s);
}
