// SPDX-License-Identifier: BSL-1.0
// The ways to sign on of the vendor's page, against the forms that it shows.
#include <support/catch.hpp>

#include <lcm_client/websocket/sign_on.hpp>

#include <chrono>
#include <sstream>
#include <string>

using namespace std::chrono_literals;
using lcm::Credentials;
using lcm::SignOn;

namespace {

const std::chrono::system_clock::time_point now{1'700'000'000s};

std::string refusal_of(const std::string& query) {
    try {
        static_cast<void>(Credentials::none().with_query(query));
    } catch (const lcm::LcmError& problem) {
        return problem.error().detail;
    }
    return "accepted";
}

} // namespace

TEST_CASE("Each way to sign on makes the login and the secret of the page's form") {
    struct Row {
        Credentials credentials;
        std::string authorization; // what the Basic header holds in base64
        std::string target;
    };
    const SignOn ann{.user = "ann"};
    const Row rows[] = {
        {lcm::access_token(ann, "tok"), "PerformanceMetrics_ann:tok", "/AEConsole?name=PerformanceMetrics_ann"},
        {lcm::access_token_at(ann, "tok", now), "PerformanceMetrics_ann_1700000000:dG9r",
         "/AEConsole?name=PerformanceMetrics_ann_1700000000"},
        {lcm::api_key(ann, {"key", "secret"}, now),
         "PerformanceMetrics_ann_1700000000:a2V5OnNlY3JldA==", "/AEConsole?name=PerformanceMetrics_ann_1700000000"},
        {lcm::access_token({.user = "ann", .application = "Desk"}, "tok"), "Desk_ann:tok", "/AEConsole?name=Desk_ann"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.authorization);
        CHECK(row.credentials.authorization().reveal() == "Basic " + lcm::detail::base64(row.authorization));
        CHECK(row.credentials.apply_to("/AEConsole") == row.target);
    }
}

TEST_CASE("A query joins the one that the URL has, and its special characters are escaped") {
    CHECK(Credentials::none().apply_to("/a?b=1") == "/a?b=1");
    CHECK(Credentials::none().with_query("c=2").apply_to("/a") == "/a?c=2");
    CHECK(Credentials::none().with_query("c=2").apply_to("/a?b=1") == "/a?b=1&c=2");
    const auto strange = lcm::access_token({.user = "a b&c=\xC3\xA9"}, "t");
    CHECK(strange.apply_to("/") == "/?name=PerformanceMetrics_a%20b%26c%3D%C3%A9");
}

TEST_CASE("A query that could end the line of the request is refused") {
    const std::string reason = "credentials: a query must be URL text of at most 16 KiB; write others as %XX";
    for (const char* query : {"a b", "a\r\nb", "a#b", "a\xC3\xA9", "a\"b", "\x7F"}) CHECK(refusal_of(query) == reason);
    CHECK(refusal_of(std::string(17'000, 'a')) == reason);
    CHECK(refusal_of("name=ann_1.2~x%20&b=?/:@!$'()*+,;=") == "accepted");
}

TEST_CASE("A sign-on without a secret is refused here, and not by the server") {
    CHECK_THROWS_AS(lcm::access_token({.user = "ann"}, ""), lcm::LcmError);
    CHECK_THROWS_AS(lcm::access_token_at({.user = "ann"}, "", now), lcm::LcmError);
    CHECK_THROWS_AS(lcm::api_key({.user = "ann"}, {"", "secret"}, now), lcm::LcmError);
    CHECK_THROWS_AS(lcm::api_key({.user = "ann"}, {"key", ""}, now), lcm::LcmError);
    CHECK_THROWS_AS(lcm::api_key({.user = "ann"}, {"k:ey", "secret"}, now), lcm::LcmError);
}

TEST_CASE("A user's name with a colon is refused, since the server would read it as another name") {
    CHECK_THROWS_AS(lcm::access_token({.user = "a:b"}, "t"), lcm::LcmError);
}
