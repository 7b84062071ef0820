// SPDX-License-Identifier: BSL-1.0
// When the application may be asked about what is unknown.
#include <support/catch.hpp>

#include <lcm_client/outbox/impl/settle_wait.hpp>

#include <chrono>
#include <vector>

using namespace std::chrono_literals;
using lcm::EntryId;
using lcm::detail::SettleWait;

namespace {

const SettleWait::TimePoint noon{12h};
using Ids = std::vector<EntryId>;

} // namespace

TEST_CASE("Nobody is asked about an entry before its settle time is over, and then once") {
    SettleWait wait(5min);
    CHECK_FALSE(wait.next());
    wait.add(7, noon);
    wait.add(8, noon + 1min);
    CHECK(wait.next() == noon + 5min);
    CHECK(wait.take_due(noon + 5min - 1ns).empty());
    CHECK(wait.take_due(noon + 5min) == Ids{7});
    CHECK(wait.next() == noon + 6min);
    CHECK(wait.take_due(noon + 1h) == Ids{8});
    CHECK(wait.take_due(noon + 2h).empty());
}

TEST_CASE("A link that is lost later may have carried the entry, so its time begins anew") {
    SettleWait wait(5min);
    wait.add(7, noon); // by its deadline, on a link that lives
    wait.add(8, noon + 1min);
    wait.on_link_lost(noon + 4min);
    wait.add(9, noon + 4min);
    CHECK(wait.take_due(noon + 9min - 1ns).empty());
    CHECK(wait.take_due(noon + 9min) == Ids{7, 8, 9});
}

TEST_CASE("Without a settle time, the application is asked at once") {
    SettleWait wait(0s);
    wait.add(7, noon);
    CHECK(wait.take_due(noon) == Ids{7});
}
