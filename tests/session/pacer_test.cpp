// SPDX-License-Identifier: BSL-1.0
// How many requests of a backlog may leave, and when.
#include <support/catch.hpp>

#include <lcm_client/session/pacer.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <vector>

using namespace std::chrono_literals;
using lcm::detail::Pacer;

namespace {

const Pacer::TimePoint start{1h};
constexpr std::size_t many = 100'000'000; // more than ever leave here

// How many leave in `time`, if all leave that may, and somebody looks each `interval` and when it is said.
std::size_t leave_all(Pacer& pacer, std::chrono::milliseconds time, std::chrono::milliseconds interval) {
    std::size_t left = 0;
    for (auto now = start; now < start + time;) {
        const std::size_t count = pacer.allowance(now);
        pacer.leave(count);
        left += count;
        const auto next = pacer.next().value_or(now + interval);
        now = (std::min)(next, now + interval);
    }
    return left;
}

} // namespace

TEST_CASE("Without a backlog there is no limit") {
    Pacer pacer(160);
    CHECK(pacer.allowance(start) == Pacer::unlimited);
    pacer.leave(100'000);
    CHECK(pacer.allowance(start) == Pacer::unlimited);
    CHECK_FALSE(pacer.next());
}

TEST_CASE(
    "Of a backlog as many leave in a second as the limit says, rounded down to a multiple of ten if it has tens") {
    struct Row {
        std::size_t per_second;
        std::size_t in_one_second;
        std::size_t in_ten_seconds;
    };
    const std::vector<Row> rows{
        {1, 1, 10},    {2, 2, 20},    {3, 3, 30},       {7, 7, 70},       {9, 9, 90},
        {10, 10, 100}, {19, 10, 100}, {160, 160, 1600}, {165, 160, 1600}, {1'000'000, 1'000'000, 10'000'000},
    };
    for (const Row& row : rows) {
        for (const auto interval : {1ms, 7ms, 100ms, 3600'000ms}) {
            CAPTURE(row.per_second, interval.count());
            Pacer first(row.per_second);
            first.start(start, many);
            CHECK(leave_all(first, 1s, interval) == row.in_one_second);
            Pacer second(row.per_second);
            second.start(start, many);
            CHECK(leave_all(second, 10s, interval) == row.in_ten_seconds);
        }
    }
}

TEST_CASE("What has left in a slice counts, and the next slice begins with a full allowance") {
    Pacer pacer(160);
    pacer.start(start, many);
    CHECK(pacer.allowance(start) == 16);
    CHECK_FALSE(pacer.next()); // more may leave now
    pacer.leave(10);
    CHECK(pacer.allowance(start) == 6);
    pacer.leave(6);
    CHECK(pacer.allowance(start) == 0);
    CHECK(pacer.next() == start + 100ms);
    CHECK(pacer.allowance(start + 100ms - 1ns) == 0);
    CHECK(pacer.allowance(start + 100ms) == 16);
    CHECK_FALSE(pacer.next());
}

TEST_CASE("Time in which nothing left is not saved up") {
    Pacer pacer(160);
    pacer.start(start, many);
    CHECK(pacer.allowance(start + 1h) == 16);
    pacer.leave(16);
    CHECK(pacer.allowance(start + 1h) == 0);
    CHECK(pacer.next() == start + 1h + 100ms);
}

TEST_CASE("When the backlog has left the limit is gone, however much has come after it, until the next one begins") {
    Pacer pacer(160);
    pacer.start(start, 20);
    pacer.leave(16);
    CHECK(pacer.allowance(start + 100ms) == 16);
    pacer.leave(4);
    CHECK(pacer.allowance(start + 100ms) == Pacer::unlimited);
    CHECK_FALSE(pacer.next());
    pacer.leave(1000);
    pacer.start(start, many);
    CHECK(pacer.allowance(start) == 16);
}

TEST_CASE("A backlog of which some has ended otherwise can be declared gone") {
    Pacer pacer(160);
    pacer.start(start, 20);
    pacer.leave(16);
    pacer.stop();
    CHECK(pacer.allowance(start) == Pacer::unlimited);
    CHECK_FALSE(pacer.next());
}

TEST_CASE("An empty backlog is none") {
    Pacer pacer(160);
    pacer.start(start, 0);
    CHECK(pacer.allowance(start) == Pacer::unlimited);
}
