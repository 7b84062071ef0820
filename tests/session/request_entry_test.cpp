// SPDX-License-Identifier: BSL-1.0
// Lists of requests that run through themselves.
#include <session/random.hpp>
#include <support/catch.hpp>

#include <lcm_client/session/request_entry.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <utility>
#include <vector>

using lcm::detail::RequestEntry;
using lcm::detail::RequestId;
using lcm::detail::RequestList;
using lcm::detail::RequestRange;

namespace {

std::vector<RequestId> ids_of(RequestList list) {
    std::vector<RequestId> ids;
    while (const RequestEntry* const request = list.pop_front()) ids.push_back(request->id);
    return ids;
}

} // namespace

TEST_CASE("A list of any order and length is sorted by the order of submission") {
    lcm::tests::Random random(7);
    for (std::size_t size = 0; size < 40; ++size) {
        std::deque<RequestEntry> requests(size);
        std::vector<RequestEntry*> order;
        std::vector<RequestId> sorted;
        for (std::size_t i = 0; i < size; ++i) {
            requests[i].id = i + 1;
            order.push_back(&requests[i]);
            sorted.push_back(i + 1);
        }
        for (std::size_t i = 1; i < size; ++i) std::swap(order[i], order[random.below(i + 1)]);
        RequestList list;
        for (RequestEntry* const request : order) list.push_back(*request);
        list.sort();
        REQUIRE(ids_of(list) == sorted);
    }
}

TEST_CASE("A run shows its part of a list, of which each may be taken out") {
    std::deque<RequestEntry> requests(5);
    RequestList list;
    for (std::size_t i = 0; i < requests.size(); ++i) {
        requests[i].id = i + 1;
        list.push_back(requests[i]);
    }
    const RequestRange run(requests[1], 3);
    std::vector<RequestId> seen;
    run.for_each([&](RequestEntry& request) {
        seen.push_back(request.id);
        list.erase(request);
    });
    CHECK(seen == std::vector<RequestId>{2, 3, 4});
    CHECK(ids_of(list) == std::vector<RequestId>{1, 5});
    RequestRange().for_each([](const RequestEntry&) { FAIL("there is none"); });
}
