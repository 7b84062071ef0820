// SPDX-License-Identifier: BSL-1.0
// Lists of requests that run through themselves.
#include <session/random.hpp>
#include <support/catch.hpp>

#include <lcm_client/session/waiter.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <utility>
#include <vector>

using lcm::RequestId;
using lcm::Waiter;
using lcm::detail::WaiterList;
using lcm::detail::WaiterRun;

namespace {

std::vector<RequestId> ids_of(WaiterList list) {
    std::vector<RequestId> ids;
    while (const Waiter* const waiter = list.pop_front()) ids.push_back(waiter->id);
    return ids;
}

} // namespace

TEST_CASE("A list of any order and length is sorted by the order of submission") {
    lcm::tests::Random random(7);
    for (std::size_t size = 0; size < 40; ++size) {
        std::deque<Waiter> waiters(size);
        std::vector<Waiter*> order;
        std::vector<RequestId> sorted;
        for (std::size_t i = 0; i < size; ++i) {
            waiters[i].id = i + 1;
            order.push_back(&waiters[i]);
            sorted.push_back(i + 1);
        }
        for (std::size_t i = 1; i < size; ++i) std::swap(order[i], order[random.below(i + 1)]);
        WaiterList list;
        for (Waiter* const waiter : order) list.push_back(*waiter);
        list.sort();
        REQUIRE(ids_of(list) == sorted);
    }
}

TEST_CASE("A run shows its part of a list, of which each may be taken out") {
    std::deque<Waiter> waiters(5);
    WaiterList list;
    for (std::size_t i = 0; i < waiters.size(); ++i) {
        waiters[i].id = i + 1;
        list.push_back(waiters[i]);
    }
    const WaiterRun run(waiters[1], 3);
    std::vector<RequestId> seen;
    run.for_each([&](Waiter& waiter) {
        seen.push_back(waiter.id);
        list.erase(waiter);
    });
    CHECK(seen == std::vector<RequestId>{2, 3, 4});
    CHECK(ids_of(list) == std::vector<RequestId>{1, 5});
    WaiterRun().for_each([](const Waiter&) { FAIL("there is none"); });
}
