// SPDX-License-Identifier: BSL-1.0
// When a link is tested because a request waits behind one that was given up, and when it is given up.
#include <support/catch.hpp>

#include <lcm_client/session/tombstone_probe.hpp>

#include <chrono>
#include <optional>

using namespace std::chrono_literals;
using lcm::detail::TombstoneProbe;

namespace {

const TombstoneProbe::TimePoint start{1h};

} // namespace

TEST_CASE("The peer is asked when a request waits, and is overdue after two seconds without a sign of life") {
    TombstoneProbe probe;
    CHECK_FALSE(probe.asks(false, start));
    CHECK(probe.asks(true, start));
    CHECK_FALSE(probe.asks(true, start + 1s)); // it has been asked
    CHECK(probe.next() == start + 2s);
    CHECK_FALSE(probe.is_overdue(start + 2s - 1ns));
    CHECK(probe.is_overdue(start + 2s));
}

TEST_CASE("A sign of life, a link that has gone, or nobody who waits any more ends the test") {
    TombstoneProbe answered;
    REQUIRE(answered.asks(true, start));
    answered.stop();
    CHECK(answered.next() == std::nullopt);
    CHECK_FALSE(answered.is_overdue(start + 1h));

    TombstoneProbe left;
    REQUIRE(left.asks(true, start));
    CHECK_FALSE(left.asks(false, start + 1s));
    CHECK_FALSE(left.is_overdue(start + 1h));
}

TEST_CASE("The peer is not asked twice within thirty seconds, whatever came of it") {
    for (const bool is_answered : {false, true}) {
        TombstoneProbe probe;
        REQUIRE(probe.asks(true, start));
        if (is_answered) probe.stop();
        static_cast<void>(probe.asks(false, start + 5s));
        CHECK_FALSE(probe.asks(true, start + 30s - 1ns));
        CHECK(probe.asks(true, start + 30s));
        CHECK(probe.next() == start + 32s);
    }
}
