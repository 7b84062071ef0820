// SPDX-License-Identifier: BSL-1.0
// What is shown of the place that a server redirects to, and which places are pages for signing in.
#include <support/catch.hpp>

#include <lcm_client/websocket/impl/http/redirect.hpp>

#include <string>
#include <vector>

using lcm::detail::is_for_signing_in;
using lcm::detail::is_same_over_tls;
using lcm::detail::parse_location;
using lcm::detail::shown;

TEST_CASE("Scheme, host and path of a redirection are shown, and nothing that can hold a secret") {
    struct Row {
        std::string location;
        std::string shown; // "-" if nothing
    };
    const std::vector<Row> rows{
        {"https://lcm.example/ws", "https://lcm.example/ws"},
        {"HTTPS://lcm.example:8443", "HTTPS://lcm.example:8443"},
        {"wss://h/a;jsessionid=s3cret?x=s3cret#s3cret", "wss://h/a"},
        {"https://user:s3cret@h/a", "https://h/a"},
        {"https://user:s3@cret@h/a", "https://h/a"},
        {"https://user:pa?ss@h/a", "-"},
        {"//h/a?s3cret", "//h/a"},
        {"/a/b?s3cret", "/a/b"},
        {"next", "next"},
        {"?s3cret", ""},
        {"https://h\\@i/", "https://h\\@i/"},
        {"https://h/a b\x1b[31m\xC3\xA4", "https://h/a?b?[31m??"},
        {"data:text/plain,s3cret", "-"},
        {"mailto:s3cret@h", "-"},
        {"https:s3cret", "-"},
        {"https://", "-"},
        {"https://[::1]/", "-"},
        {"https://h:port/", "-"},
        {"https://h:123456/", "-"},
        {"https://h/" + std::string(300, 'x'), "https://h/" + std::string(190, 'x') + "..."},
    };
    for (const Row& row : rows) {
        CAPTURE(row.location);
        const auto location = parse_location(row.location);
        CHECK((location ? shown(*location) : "-") == row.shown);
    }
}

TEST_CASE("A page for signing in is known by a whole word of its host or path") {
    struct Row {
        std::string location;
        bool expected;
    };
    const std::vector<Row> rows{
        {"https://login.example/", true},
        {"https://login.microsoftonline.com/common/oauth2/authorize?client_id=x", true},
        {"https://adfs.example/adfs/ls/?wa=wsignin1.0", true},
        {"/Login.aspx?ReturnUrl=/ws", true},
        {"/users/sign_in", true},
        {"/sign-in", true},
        {"https://h/log-on", true},
        {"https://sso-2.example/", true},
        {"https://h/saml2/idp", true},
        {"https://idp.example/x", true},
        {"https://h/oauth2", true},
        {"/ws", false},
        {"https://lcm.example:8443/ws/", false},
        {"https://author.example/blogin", false},
        {"/plugins/list-in", false},
        {"/associations", false},
        {"/ws?next=/login", false},
        {"/design/on", false},
        {"", false},
    };
    for (const Row& row : rows) {
        CAPTURE(row.location);
        const auto location = parse_location(row.location);
        REQUIRE(location);
        CHECK(is_for_signing_in(*location) == row.expected);
    }
}

TEST_CASE("The same host over TLS is known, whatever its port") {
    CHECK(is_same_over_tls(*parse_location("https://LCM.example/x"), "lcm.example"));
    CHECK(is_same_over_tls(*parse_location("wss://lcm.example:8443/x"), "lcm.example"));
    CHECK_FALSE(is_same_over_tls(*parse_location("http://lcm.example/x"), "lcm.example"));
    CHECK_FALSE(is_same_over_tls(*parse_location("https://other.example/x"), "lcm.example"));
    CHECK_FALSE(is_same_over_tls(*parse_location("/x"), "lcm.example"));
}
