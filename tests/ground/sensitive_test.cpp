// SPDX-License-Identifier: BSL-1.0
// Personal data shows itself only when asked.
#include <support/catch.hpp>
#include <support/sample.hpp>

#include <lcm_client/sensitive.hpp>

#include <concepts>
#include <sstream>
#include <string>
#include <string_view>
#include <type_traits>

using Secret = lcm::Sensitive<std::string>;

TEST_CASE("A sensitive value prints as redacted") {
    std::ostringstream out;
    out << Secret("5|3|1|0|0|44|1") << ' ' << Secret() << ' ' << lcm::Sensitive<int>(42);
    CHECK(out.str() == "[redacted] [redacted] [redacted]");
}

TEST_CASE("A sensitive value becomes plain only when it is revealed") {
    STATIC_REQUIRE_FALSE(std::convertible_to<Secret, std::string>);
    STATIC_REQUIRE_FALSE(std::constructible_from<std::string, Secret>);
    STATIC_REQUIRE_FALSE(std::convertible_to<Secret, std::string_view>);
    STATIC_REQUIRE_FALSE(std::constructible_from<std::string_view, Secret>);
    STATIC_REQUIRE_FALSE(std::convertible_to<lcm::Sensitive<int>, int>);
    STATIC_REQUIRE_FALSE(std::convertible_to<lcm::Sensitive<int>, bool>);
    CHECK(Secret("5|3").reveal() == "5|3");
}

TEST_CASE("A sensitive value is assigned and compared like a plain one") {
    Secret secret = "a";
    CHECK(secret == Secret(std::string("a")));
    secret = std::string_view("b");
    CHECK(secret.reveal() == "b");
    const Secret copy = secret;
    CHECK(copy == secret);
    CHECK_FALSE(copy == Secret("a"));
    STATIC_REQUIRE_FALSE(std::constructible_from<Secret, int>);
}

TEST_CASE("Account and comment of a request are sensitive") {
    using Request = lcm::tests::SetOutcome;
    STATIC_REQUIRE(std::same_as<decltype(Request::account_number), Secret>);
    STATIC_REQUIRE(std::same_as<decltype(Request::agent_comments), Secret>);
}
