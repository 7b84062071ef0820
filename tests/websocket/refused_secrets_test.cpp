// SPDX-License-Identifier: BSL-1.0
// When a secret that was refused may be offered again, on simulated time.
#include <support/catch.hpp>

#include <lcm_client/websocket/impl/http/refused_secrets.hpp>

#include <chrono>
#include <cstddef>
#include <random>
#include <string>
#include <vector>

using namespace std::chrono_literals;
using lcm::detail::realm_of_servers;
using lcm::detail::RefusedSecrets;
using lcm::detail::SecretDigest;

namespace {

using TimePoint = RefusedSecrets::TimePoint;

const TimePoint start = TimePoint() + 1000h;

SecretDigest digest(RefusedSecrets& secrets, const std::string& secret) {
    return *secrets.digest(realm_of_servers, secret);
}

// The times at which a server that refuses always is offered `secret`, if there is an attempt after each `pause()`.
template <class Pause> std::vector<std::chrono::seconds> offers(std::chrono::seconds within, Pause pause) {
    RefusedSecrets secrets;
    const SecretDigest secret = digest(secrets, "wrong");
    std::vector<std::chrono::seconds> times;
    for (TimePoint now = start; now < start + within; now += pause())
        if (!secrets.hold(secret, now)) {
            times.push_back(std::chrono::duration_cast<std::chrono::seconds>(now - start));
            secrets.refuse(secret, now);
        }
    return times;
}

} // namespace

TEST_CASE(
    "A refused secret is offered once more after half a minute, and then after waits that double up to 30 minutes") {
    const auto times = offers(3h, [] { return 1s; });
    CHECK(times == std::vector<std::chrono::seconds>{0s, 30s, 330s, 930s, 2130s, 3930s, 5730s, 7530s, 9330s});
}

TEST_CASE("Whatever the waits of a blocked link are, four refusals at the most fall into any half hour") {
    std::minstd_rand random(1);
    for (int run = 0; run < 200; ++run) {
        const auto times = offers(6h, [&] { return std::chrono::seconds(30 + random() % 31); });
        REQUIRE(times.size() > 10);
        for (std::size_t i = 0; i + 4 < times.size(); ++i) REQUIRE(times[i + 4] - times[i] > 30min);
    }
}

TEST_CASE("A computer that wakes often, and a loop that never waits, offer a refused secret no more often") {
    CHECK(offers(30min, [] { return 1ms; }).size() == 4);
}

TEST_CASE("What is held back tells for how long, in whole seconds") {
    struct Row {
        std::chrono::nanoseconds after;
        std::chrono::seconds ago;
        std::chrono::seconds in;
    };
    RefusedSecrets secrets;
    const SecretDigest secret = digest(secrets, "wrong");
    CHECK_FALSE(secrets.hold(secret, start));
    secrets.refuse(secret, start);
    for (const Row& row : {Row{0s, 0s, 30s}, Row{1ns, 0s, 30s}, Row{1s, 1s, 29s}, Row{29'999ms, 29s, 1s}}) {
        const auto held = secrets.hold(secret, start + row.after);
        REQUIRE(held);
        CHECK(held->refused_ago == row.ago);
        CHECK(held->offered_in == row.in);
    }
    CHECK_FALSE(secrets.hold(secret, start + 30s));
}

TEST_CASE("A person's wish ends the wait of the refusals before it, and no other one's") {
    RefusedSecrets secrets;
    const SecretDigest secret = digest(secrets, "wrong");
    secrets.refuse(secret, start);
    secrets.lift();
    CHECK_FALSE(secrets.hold(secret, start));
    secrets.refuse(secret, start);
    REQUIRE(secrets.hold(secret, start)); // and the waits have grown
    CHECK(secrets.hold(secret, start)->offered_in == 5min);
}

TEST_CASE("Another secret, another realm and another client know nothing of a refusal") {
    RefusedSecrets secrets;
    RefusedSecrets other;
    secrets.refuse(digest(secrets, "wrong"), start);
    CHECK(secrets.hold(digest(secrets, "wrong"), start));
    CHECK_FALSE(secrets.hold(digest(secrets, "right"), start));
    CHECK_FALSE(secrets.hold(*secrets.digest("proxy:3128", "wrong"), start));
    CHECK_FALSE(other.hold(digest(other, "wrong"), start));
    CHECK(digest(other, "wrong") != digest(secrets, "wrong"));
    CHECK(digest(secrets, "") != digest(secrets, "wrong"));
    CHECK(*secrets.digest("a", "bc") != *secrets.digest("ab", "c"));
}

TEST_CASE("A secret that is accepted is forgotten, also how often it was refused") {
    RefusedSecrets secrets;
    const SecretDigest secret = digest(secrets, "late");
    for (int i = 0; i < 5; ++i) secrets.refuse(secret, start);
    secrets.accept(secret);
    CHECK_FALSE(secrets.hold(secret, start));
    secrets.refuse(secret, start);
    CHECK(secrets.hold(secret, start)->offered_in == 30s);
}

TEST_CASE("Old and new secret in turn are each held back") {
    RefusedSecrets secrets;
    const SecretDigest first = digest(secrets, "first");
    const SecretDigest second = digest(secrets, "second");
    secrets.refuse(first, start);
    secrets.refuse(second, start + 1s);
    CHECK(secrets.hold(first, start + 29s));
    CHECK(secrets.hold(second, start + 30s));
    CHECK_FALSE(secrets.hold(first, start + 30s));
}

TEST_CASE("Of too many refused secrets the one that was refused longest ago is forgotten") {
    RefusedSecrets secrets;
    std::vector<SecretDigest> all;
    for (std::size_t i = 0; i <= RefusedSecrets::max_secrets; ++i) {
        all.push_back(digest(secrets, std::to_string(i)));
        secrets.reserve();
        secrets.refuse(all.back(), start + std::chrono::milliseconds(i));
    }
    CHECK_FALSE(secrets.hold(all.front(), start + 1s));
    for (std::size_t i = 1; i < all.size(); ++i) CHECK(secrets.hold(all[i], start + 1s));
}
