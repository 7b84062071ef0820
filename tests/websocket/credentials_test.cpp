// SPDX-License-Identifier: BSL-1.0
// What credentials add to a request, and by what they are known again.
#include <support/catch.hpp>

#include <lcm_client/websocket/sign_on.hpp>

#include <chrono>
#include <string>
#include <utility>
#include <vector>

using namespace std::chrono_literals;
using lcm::Credentials;

namespace {

template <class Make> std::string refusal_of(Make make) {
    try {
        static_cast<void>(make());
    } catch (const lcm::LcmError& problem) {
        CHECK(problem.code() == lcm::Errc::invalid_argument);
        return problem.error().detail;
    }
    return "accepted";
}

} // namespace

TEST_CASE("A header of the credentials is checked like one of the options, and replaces an earlier one of its name") {
    const auto one = Credentials::none().with_header("X-Key", "1").with_header("X-Tag", "t").with_header("x-key", "2");
    REQUIRE(one.headers().size() == 2);
    CHECK(one.headers()[0].name == "X-Tag");
    CHECK(one.headers()[1].name == "x-key");
    CHECK(one.headers()[1].value.reveal() == "2");
    CHECK(one.authorization().reveal().empty());
    const auto own = Credentials::bearer("old").with_header("authorization", "Digest new");
    CHECK(own.authorization().reveal() == "Digest new");
    CHECK(own.headers().empty());
    for (const auto& header :
         std::vector<std::pair<std::string, std::string>>{{"X Y", "s3cret"},
                                                          {"", "s3cret"},
                                                          {"X", "s3cret\r\nX: y"},
                                                          {"Host", "s3cret"},
                                                          {"Sec-WebSocket-Key", "s3cret"},
                                                          {"X", "s3cret" + std::string(16 * 1024, 'x')}}) {
        CAPTURE(header.first);
        const std::string refusal =
            refusal_of([&] { return Credentials::none().with_header(header.first, header.second); });
        CHECK(refusal.starts_with("headers: "));
        CHECK(refusal.find("s3cret") == std::string::npos);
    }
}

TEST_CASE("The secret is what was named, or else the Authorization, or else the headers and the query") {
    struct Row {
        Credentials credentials;
        std::string secret;
    };
    const std::vector<Row> rows{
        {Credentials::none(), ""},
        {Credentials::bearer("t"), "Bearer t"},
        {Credentials::bearer("t").with_query("q=1").with_header("X", "y"), "Bearer t"},
        {Credentials::none().with_query("token=t"), "token=t"},
        {Credentials::none().with_query("q").with_header("X-Key", "k"), "q\nk"},
        {Credentials::bearer("t").with_secret("s"), "s"},
        {Credentials::none().with_header("Authorization", "Digest d"), "Digest d"},
    };
    for (const Row& row : rows) CHECK(row.credentials.secret().reveal() == row.secret);
    CHECK(refusal_of([] { return Credentials::none().with_secret(""); }) == "credentials: a secret must not be empty");
}

TEST_CASE("The vendor's ways to sign on have the same secret at any time, and another one for another user or key") {
    const std::chrono::system_clock::time_point then{1'700'000'000s};
    const lcm::SignOn ann{.user = "ann"};
    const lcm::SignOn bob{.user = "bob"};
    const auto token = [](const lcm::SignOn& who, const std::string& text, auto time) {
        return lcm::access_token_at(who, text, time).secret();
    };
    const auto key = [&](const std::string& text, auto time) {
        return lcm::api_key(ann, {"key", text}, time).secret();
    };
    CHECK(token(ann, "t", then) == token(ann, "t", then + 1s));
    CHECK(token(ann, "t", then) == lcm::access_token(ann, "t").secret());
    CHECK_FALSE(token(ann, "t", then) == token(ann, "u", then));
    CHECK_FALSE(token(ann, "t", then) == token(bob, "t", then));
    CHECK(key("s", then) == key("s", then + 1h));
    CHECK_FALSE(key("s", then) == key("t", then));
}
