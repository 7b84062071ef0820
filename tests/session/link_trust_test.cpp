// SPDX-License-Identifier: BSL-1.0
// How many requests a link is trusted with, by what its peer has shown.
#include <lcm_client/session/link_trust.hpp>

#include <support/catch.hpp>

#include <chrono>

using namespace std::chrono_literals;
using lcm::detail::LinkTrust;
using Allowance = LinkTrust::Allowance;

namespace {

constexpr LinkTrust::TimePoint start{1h};

LinkTrust opened() {
    LinkTrust trust;
    trust.begin();
    trust.open(start);
    return trust;
}

} // namespace

TEST_CASE("A new link has one request under way, until a sign of life or for a quarter of a second") {
    LinkTrust trust = opened();
    CHECK(trust.allowance(start) == Allowance::one_under_way);
    CHECK(trust.next(start) == start + 250ms);
    CHECK(trust.allowance(start + 249ms) == Allowance::one_under_way);
    CHECK(trust.allowance(start + 250ms) == Allowance::any);
    CHECK_FALSE(trust.next(start + 250ms));

    trust.see_sign_of_life();
    CHECK(trust.allowance(start) == Allowance::any);
    CHECK_FALSE(trust.next(start));
}

TEST_CASE("A sign of life that comes before the link is open counts") {
    LinkTrust trust;
    trust.begin();
    trust.see_sign_of_life();
    trust.open(start);
    CHECK(trust.allowance(start) == Allowance::any);
}

TEST_CASE("A peer in doubt gets nothing, however long, until it gives a sign of life") {
    LinkTrust trust = opened();
    trust.doubt();
    CHECK(trust.is_doubted());
    CHECK(trust.allowance(start) == Allowance::nothing);
    CHECK(trust.allowance(start + 24h) == Allowance::nothing);
    trust.see_sign_of_life();
    CHECK_FALSE(trust.is_doubted());
    CHECK(trust.allowance(start) == Allowance::any);
}

TEST_CASE("The next link begins anew") {
    LinkTrust trust = opened();
    trust.see_sign_of_life();
    trust.doubt();
    trust.begin();
    trust.open(start + 1h);
    CHECK(trust.allowance(start + 1h) == Allowance::one_under_way);
}

TEST_CASE("Nothing changes by itself while the next link is made, whatever the time of the one before") {
    LinkTrust trust = opened();
    trust.begin();
    CHECK_FALSE(trust.next(start));
    CHECK(trust.allowance(start) == Allowance::any);
}
