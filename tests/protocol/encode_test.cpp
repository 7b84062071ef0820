// SPDX-License-Identifier: BSL-1.0
// The text of a request on the wire.
#include <support/catch.hpp>
#include <support/sample.hpp>

#include <lcm_client/protocol/encode.hpp>
#include <lcm_client/protocol/validate.hpp>

#include <nlohmann/json.hpp>

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

using namespace std::string_literals;
using namespace lcm::tests;
using lcm::encode;

namespace {

/// What another JSON reader finds in the `data` of the request.
nlohmann::json data_of(const SetOutcome& request) { return nlohmann::json::parse(encode(request, "app")).at("data"); }

std::string comment_of(const SetOutcome& request) { return data_of(request).at("AgentComments").get<std::string>(); }

/// The text between `name` and the next comma, as it stands in the message.
std::string raw(const SetOutcome& request, const std::string& name) {
    const std::string text = encode(request, "app");
    const std::string mark = '"' + name + "\":";
    const auto first = text.find(mark) + mark.size();
    return text.substr(first, text.find_first_of(",}", first) - first);
}

std::string utf8(char32_t code) {
    const auto byte = [](std::uint32_t value) { return static_cast<char>(static_cast<unsigned char>(value)); };
    const auto tail = [&](int shift) { return byte(0x80U | ((code >> shift) & 0x3FU)); };
    if (code < 0x80) return {byte(code)};
    if (code < 0x800) return {byte(0xC0U | (code >> 6)), tail(0)};
    if (code < 0x10000) return {byte(0xE0U | (code >> 12)), tail(6), tail(0)};
    return {byte(0xF0U | (code >> 18)), tail(12), tail(6), tail(0)};
}

} // namespace

TEST_CASE("The specification's sample leaves as the specification writes it, with the application's name") {
    CHECK(encode(sample(), "my app") ==
          R"({"channel":"LCM","topic":"WebService","subtopic":"SetBusinessOutcomeWithCallOutcome","source":"my app",)"
          R"("data":{"callid":"12345","AccountNumber":"5|3|1|0|0|44|1","BusinessOutcome":101,"CallOutcome":0,)"
          R"("LeadScore":0,"UserID":"1234","AgentComments":"Test comment","TargetAmount":0}})");
}

TEST_CASE("A request in which nearly nothing was said leaves nothing out") {
    SetOutcome request;
    request.callid = "1";
    request.account_number = "2";
    request.business_outcome = 3;
    request.call_outcome = 4;
    request.user_id = "5";
    CHECK(encode(request, "a") ==
          R"({"channel":"LCM","topic":"WebService","subtopic":"SetBusinessOutcomeWithCallOutcome","source":"a",)"
          R"("data":{"callid":"1","AccountNumber":"2","BusinessOutcome":3,"CallOutcome":4,)"
          R"("LeadScore":0,"UserID":"5","AgentComments":"","TargetAmount":0}})");
}

TEST_CASE("An outcome leaves as a number or as a text, as it was given") {
    struct Row {
        lcm::OutcomeId outcome;
        std::string wire;
    };
    const std::vector<Row> rows{{0, "0"}, {"0", R"("0")"}, {lcm::TelephonyOutcome::dnc, "5"}, {"a\"b", R"("a\"b")"}};
    for (const Row& row : rows) {
        SetOutcome request = sample();
        request.call_outcome = row.outcome;
        CHECK(raw(request, "CallOutcome") == row.wire);
    }
}

TEST_CASE("Numbers leave without quotes") {
    struct Row {
        lcm::Number number;
        std::string wire;
    };
    const std::vector<Row> rows{
        {19.99, "19.99"},
        {100000.0, "100000"},
        {-1, "-1"},
        {(std::numeric_limits<std::int64_t>::min)(), "-9223372036854775808"},
        {(std::numeric_limits<std::uint64_t>::max)(), "18446744073709551615"},
    };
    for (const Row& row : rows) {
        SetOutcome request = sample();
        request.business_outcome = row.number;
        request.lead_score = row.number;
        request.target_amount = row.number;
        CHECK(raw(request, "BusinessOutcome") == row.wire);
        CHECK(raw(request, "LeadScore") == row.wire);
        CHECK(raw(request, "TargetAmount") == row.wire);
    }
}

TEST_CASE("Any text arrives unharmed") {
    struct Row {
        std::string_view what;
        std::string text;
    };
    const std::vector<Row> rows{
        {"nothing", ""},
        {"quotes and backslashes", R"("\" \\ "}],{"x":1} \u0041 /)"},
        {"line ends and tabs", "one\ntwo\r\nthree\tfour\vfive\f\b"},
        {"NUL", "before\0after\0"s},
        {"DEL", "\x7f"},
        {"accents", "Grüße, déjà vu"},
        {"signs that scripts take for line ends", "\u2028\u2029"},
        {"a byte order mark", "\uFEFFx"},
        {"emoji with joiners", "👩‍👩‍👧‍👦 🇩🇪"},
        {"right to left", "שלום مرحبا"},
        {"markup", "</script><!-- & -->"},
    };
    for (const Row& row : rows) {
        INFO(row.what);
        SetOutcome request = sample();
        request.agent_comments = row.text;
        REQUIRE(lcm::validate(request).empty());
        CHECK(comment_of(request) == row.text);
    }
}

TEST_CASE("Every control character arrives unharmed and is escaped") {
    for (char c = 0; c < 0x20; ++c) {
        SetOutcome request = sample();
        request.agent_comments = std::string(1, c);
        CAPTURE(static_cast<int>(c));
        CHECK(comment_of(request) == std::string(1, c));
        CHECK(encode(request, "app").find(c) == std::string::npos);
    }
}

TEST_CASE("A character that needs an escape arrives unharmed from every place in texts of every length") {
    SetOutcome request = sample();
    for (std::size_t size = 1; size <= 40; ++size)
        for (std::size_t at = 0; at < size; ++at)
            for (const char c : {'"', '\\', '\0', '\x1f', '\n', '!', '#', ' ', '[', ']', '\x7f'}) {
                std::string text(size, 'x');
                text[at] = c;
                request.agent_comments = text;
                if (comment_of(request) != text) FAIL(static_cast<int>(c) << " at " << at << " of " << size);
            }
}

TEST_CASE("A text of any length arrives unharmed, wherever in the message it stands") {
    SetOutcome request = sample();
    for (std::size_t before = 800; before <= 1000; ++before) { // about as many as are put together at once
        request.account_number = std::string(before, 'x');
        for (std::size_t size = 0; size <= 20; ++size) {
            const std::string text(size, 'y');
            request.agent_comments = text;
            if (comment_of(request) != text) FAIL(size << " characters behind " << before);
        }
    }
}

TEST_CASE("Characters of all planes of Unicode arrive unharmed") {
    std::string text;
    for (char32_t code = 1; code <= 0x10FFFF; code += 23)
        if (code < 0xD800 || code > 0xDFFF) text += utf8(code);
    for (const char32_t code : {0x7FU, 0x80U, 0x7FFU, 0x800U, 0xD7FFU, 0xE000U, 0xFFFFU, 0x10000U, 0x10FFFFU})
        text += utf8(code);
    SetOutcome request = sample();
    request.agent_comments = text;
    REQUIRE(lcm::validate(request).empty());
    CHECK((comment_of(request) == text)); // in two pairs of brackets, so that a failure does not print it all
}

TEST_CASE("Every text field and the source are escaped") {
    const std::string text = "\"\\\n";
    const SetOutcome request{.callid = text,
                             .account_number = text,
                             .business_outcome = 1,
                             .call_outcome = text,
                             .user_id = text,
                             .agent_comments = text};
    const auto message = nlohmann::json::parse(encode(request, text));
    CHECK(message.at("source") == text);
    for (const char* name : {"callid", "AccountNumber", "CallOutcome", "UserID", "AgentComments"}) {
        CAPTURE(name);
        CHECK(message.at("data").at(name) == text);
    }
}

TEST_CASE("The largest field is the one that takes most room on the wire") {
    SetOutcome request = sample();
    CHECK(lcm::detail::largest_field(request) == "AccountNumber");
    request.agent_comments = std::string(100, 'x');
    CHECK(lcm::detail::largest_field(request) == "AgentComments");
    request.user_id = std::string(30, '\0'); // six characters each
    CHECK(lcm::detail::largest_field(request) == "UserID");
}
