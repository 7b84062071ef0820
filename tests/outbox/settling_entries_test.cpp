// SPDX-License-Identifier: BSL-1.0
// When what was decided about an unknown entry may be done.
#include <support/catch.hpp>

#include <lcm_client/outbox/impl/settling_entries.hpp>

#include <chrono>
#include <vector>

using namespace std::chrono_literals;
using lcm::DoubtDecision;
using lcm::detail::SettlingEntries;

namespace {

const SettlingEntries::TimePoint noon{12h};
using Decisions = std::vector<SettlingEntries::Decision>;

} // namespace

TEST_CASE("What is decided is done when the settle time is over since the end of the link") {
    SettlingEntries entries(5min);
    entries.add(7, false, 3, noon);
    CHECK_FALSE(entries.next());
    entries.decide(7, DoubtDecision::drop);
    CHECK(entries.next() == noon + 5min);
    CHECK(entries.take_due(noon + 5min - 1ns).empty());
    CHECK(entries.take_due(noon + 5min) == Decisions{{7, DoubtDecision::drop}});
    CHECK(entries.take_due(noon + 1h).empty());
}

TEST_CASE("While the link lives that may carry it, what is decided waits, and then for the settle time") {
    SettlingEntries entries(5min);
    entries.add(7, true, 3, noon);
    entries.decide(7, DoubtDecision::resend);
    CHECK_FALSE(entries.next());
    CHECK(entries.take_due(noon + 24h).empty());
    entries.on_link_lost(noon + 24h);
    entries.on_link_lost(noon + 24h + 1min); // another link, which has not carried it
    CHECK(entries.next() == noon + 24h + 5min);
    CHECK(entries.take_due(noon + 24h + 5min) == Decisions{{7, DoubtDecision::resend}});
}

TEST_CASE("An answer to what has left later over the same link shows that it has arrived") {
    SettlingEntries entries(5min);
    entries.add(7, true, 3, noon);
    entries.add(8, false, 3, noon); // over an earlier link
    entries.decide(7, DoubtDecision::drop);
    entries.decide(8, DoubtDecision::drop);
    entries.on_answer(3, noon + 1min); // this one may have left before it
    CHECK(entries.take_due(noon + 1min).empty());
    entries.on_answer(4, noon + 2min);
    CHECK(entries.take_due(noon + 2min) == Decisions{{7, DoubtDecision::drop}});
}

TEST_CASE("What has arrived for certain waits for nothing") {
    SettlingEntries entries(5min);
    entries.add(7, false, 3, noon);
    entries.decide(7, DoubtDecision::drop);
    entries.on_arrival(7, noon);
    entries.on_arrival(8, noon); // nobody knows it
    CHECK(entries.take_due(noon) == Decisions{{7, DoubtDecision::drop}});
}

TEST_CASE("Of several that wait, the next one is that whose settle time is over first") {
    SettlingEntries entries(5min);
    entries.add(7, false, 3, noon + 2min);
    entries.add(8, false, 3, noon + 1min);
    entries.add(9, false, 3, noon); // nothing was decided about it
    entries.decide(7, DoubtDecision::drop);
    entries.decide(8, DoubtDecision::resend);
    CHECK(entries.next() == noon + 6min);
    CHECK(entries.take_due(noon + 6min) == Decisions{{8, DoubtDecision::resend}});
    CHECK(entries.next() == noon + 7min);
}

TEST_CASE("What has arrived waits for no settle time when its link is lost later") {
    SettlingEntries entries(5min);
    entries.add(7, true, 3, noon);
    entries.on_arrival(7, noon + 1min);
    entries.on_link_lost(noon + 2min);
    entries.decide(7, DoubtDecision::resend);
    CHECK(entries.next() == noon + 1min);
    CHECK(entries.take_due(noon + 2min) == Decisions{{7, DoubtDecision::resend}});
}

TEST_CASE("What is decided about an entry that has ended, or that nobody knows, is never done") {
    SettlingEntries entries(5min);
    entries.add(7, false, 3, noon);
    entries.remove(7);
    entries.add(8, true, 3, noon); // over a link that lives
    entries.remove(8);
    entries.on_arrival(9, noon);
    for (const lcm::EntryId id : {7U, 8U, 9U}) entries.decide(id, DoubtDecision::resend);
    entries.on_link_lost(noon + 1min);
    CHECK_FALSE(entries.next());
    CHECK(entries.take_due(noon + 24h).empty());
}

TEST_CASE("What was decided about one doubt is not done in another one, or after the end") {
    SettlingEntries entries(5min);
    entries.add(7, false, 3, noon);
    entries.decide(7, DoubtDecision::drop);
    entries.add(7, false, 3, noon + 1min);
    entries.add(8, false, 3, noon);
    entries.decide(8, DoubtDecision::drop);
    entries.remove(8);
    entries.decide(9, DoubtDecision::drop); // nobody knows it
    CHECK(entries.take_due(noon + 1h).empty());
}

TEST_CASE("Without a settle time, what is decided is done at once") {
    SettlingEntries entries(0s);
    entries.add(7, true, 3, noon);
    entries.decide(7, DoubtDecision::drop);
    CHECK(entries.take_due(noon) == Decisions{{7, DoubtDecision::drop}});
}
