// SPDX-License-Identifier: BSL-1.0
// Codes, endings and errors: their names, their sentences, and what an error's message may say.
#include <support/catch.hpp>

#include <lcm_client/link_status.hpp>
#include <lcm_client/operations/outcomes.hpp>
#include <lcm_client/result.hpp>

#include <boost/system/errc.hpp>

#include <chrono>
#include <exception>
#include <set>
#include <string>
#include <vector>

using namespace std::chrono_literals;
using lcm::Delivery;
using lcm::Errc;
using lcm::Error;

namespace {

std::vector<Errc> all_codes() {
    std::vector<Errc> codes;
    const int last = static_cast<int>(Errc::server_error);
    for (int value = 1; value <= last; ++value) codes.push_back(static_cast<Errc>(value));
    return codes;
}

Error full_error() {
    return {.code = Errc::invalid_call_id,
            .delivery = Delivery::refused,
            .detail = "the detail",
            .cause = make_error_code(boost::system::errc::connection_reset),
            .operation = "SetBusinessOutcomeWithCallOutcome",
            .callid = "12345",
            .server = {.type = "WS_Error", .actual = "Invalid Call ID:+49 30 1234", .message = "Frau Weber sagt nein"},
            .elapsed = 1234567us};
}

} // namespace

TEST_CASE("Every code has a name and a sentence of its own") {
    std::set<std::string> names;
    std::set<std::string> sentences;
    for (const Errc code : all_codes()) {
        names.insert(to_string(code));
        sentences.insert(describe(code));
    }
    CHECK(names.size() == all_codes().size());
    CHECK(sentences.size() == all_codes().size());
    CHECK_FALSE(names.contains(to_string(Errc{})));
    CHECK_FALSE(sentences.contains(describe(Errc{})));
}

TEST_CASE("A code survives as an error code") {
    for (const Errc code : all_codes()) {
        const lcm::error_code ec = code;
        CAPTURE(to_string(code));
        CHECK(ec.failed());
        CHECK(ec == code);
        CHECK(ec.category() == lcm::lcm_category());
        CHECK(static_cast<Errc>(ec.value()) == code);
        CHECK(ec.message() == describe(code));
    }
    CHECK(std::string(lcm::lcm_category().name()) == "lcm");
    CHECK(lcm::error_code(Errc::timed_out) != lcm::error_code(Errc::cancelled));
    CHECK(lcm::error_code(Errc::timed_out) !=
          lcm::error_code(static_cast<int>(Errc::timed_out), boost::system::system_category()));
}

TEST_CASE("The endings have the names that the command line prints") {
    CHECK(std::string(to_string(Delivery::accepted)) == "accepted");
    CHECK(std::string(to_string(Delivery::refused)) == "refused");
    CHECK(std::string(to_string(Delivery::not_sent)) == "not_sent");
    CHECK(std::string(to_string(Delivery::unknown)) == "unknown");
}

TEST_CASE("An error's message is one line with all but the server's texts") {
    const Error error = full_error();
    CHECK(error.message() ==
          "invalid_call_id (refused): the server does not know this call; the detail; cause: " + error.cause.message() +
              " [SetBusinessOutcomeWithCallOutcome, call 12345, after 1234 ms]");
}

TEST_CASE("An error's message leaves out what is not known") {
    CHECK(Error{.code = Errc::cancelled}.message() == "cancelled (not_sent): the application cancelled the request");
    const Error late{.code = Errc::timed_out, .delivery = Delivery::unknown, .operation = "Get", .elapsed = 10s};
    CHECK(late.message() == "timed_out (unknown): no answer came within the deadline [Get, after 10000 ms]");
    const Error unsent{.code = Errc::timed_out, .delivery = Delivery::not_sent, .operation = "Get", .elapsed = 10s};
    CHECK(unsent.message() == "timed_out (not_sent): it could not leave before its deadline [Get, after 10000 ms]");
}

TEST_CASE("A link's error says what broke, and nothing of a request's ending") {
    const lcm::LinkError error{.code = Errc::connection_lost,
                               .detail = "the detail",
                               .cause = make_error_code(boost::system::errc::connection_reset)};
    CHECK(error.message() == "connection_lost: the connection was lost; the detail; cause: " + error.cause.message());
    CHECK(lcm::LinkError{.code = Errc::idle_timeout}.message() ==
          std::string("idle_timeout: ") + describe(Errc::idle_timeout));
}

TEST_CASE("An exception says what its error says, and keeps it") {
    const lcm::LcmError problem(full_error());
    CHECK(problem.what() == full_error().message());
    CHECK(problem.code() == Errc::invalid_call_id);
    CHECK(problem.error().server == full_error().server);
    const lcm::LcmError copy = problem; // NOLINT(performance-unnecessary-copy-initialization): as rethrowing may do
    CHECK(copy.what() == full_error().message());
}

TEST_CASE("The value of a result that is an error is an exception") {
    const lcm::Result<lcm::OutcomeResponse> refused = full_error();
    REQUIRE(refused.has_error());
    try {
        static_cast<void>(refused.value());
        FAIL("value() returned");
    } catch (const lcm::LcmError& problem) {
        CHECK(problem.error().delivery == Delivery::refused);
        CHECK(problem.error().server.actual == "Invalid Call ID:+49 30 1234");
    }
    const lcm::Result<lcm::OutcomeResponse> accepted = lcm::OutcomeResponse{true};
    CHECK(accepted.value().success);
}

TEST_CASE("Server texts are empty only if the server wrote nothing") {
    CHECK(lcm::ServerTexts{}.empty());
    CHECK_FALSE(lcm::ServerTexts{"WS_Error", "", ""}.empty());
    CHECK_FALSE(lcm::ServerTexts{"", "x", ""}.empty());
    CHECK_FALSE(lcm::ServerTexts{"", "", "x"}.empty());
}

TEST_CASE("The message of an error is one line, whatever the call's id holds") {
    const lcm::Error error{.code = lcm::Errc::timed_out,
                           .delivery = lcm::Delivery::unknown,
                           .operation = "SetSomething",
                           .callid = "7\r\nforged\tline\x7f"};
    CHECK(error.message() ==
          "timed_out (unknown): no answer came within the deadline [SetSomething, call 7??forged?line?, "
          "after 0 ms]");
}
