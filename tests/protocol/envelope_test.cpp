// SPDX-License-Identifier: BSL-1.0
// What a message is: a reply, an event, an echo, or an error in one of the forms in which errors come.
#include <support/catch.hpp>
#include <support/json_text.hpp>

#include <lcm_client/operations/outcomes.hpp>
#include <lcm_client/protocol/impl/envelope.hpp>
#include <lcm_client/testing/messages.hpp>

#include <optional>
#include <string>
#include <vector>

using lcm::Errc;
using lcm::Json;
using lcm::LenientReader;
using lcm::tests::JsonText;

namespace {

const std::string texts = R"({"errorType":"WS_Error","errorMessage":"Invalid Call ID:12345","msg":"Invalid Call ID."})";

bool is_error(const std::string& document) {
    LenientReader reader;
    return lcm::detail::is_error(JsonText(document), reader);
}

lcm::detail::IncomingError error_of(const std::string& document) {
    LenientReader reader;
    return lcm::detail::read_error(JsonText(document), reader);
}

/// The error that an `errorMessage` makes, with nothing said in `msg`.
lcm::detail::IncomingError error_with(const std::string& actual) {
    const Json document = {{"topic", "Error"}, {"data", {{"errorType", "WS_Error"}, {"errorMessage", actual}}}};
    return error_of(document.dump());
}

} // namespace

TEST_CASE("A message of the topic Error is an error, on any channel and in any letter case") {
    CHECK(is_error(R"({"channel":"LCM","topic":"Error"})"));
    CHECK(is_error(R"({"channel":"Amazon","topic":"Error","subtopic":"ApiError"})"));
    CHECK(is_error(R"({"channel":"Cisco","TOPIC":"error"})"));
    CHECK(is_error(R"({"Topic":" ERROR "})"));
    CHECK_FALSE(is_error(R"({"topic":"WebService","subtopic":"Error"})"));
    CHECK_FALSE(is_error(R"({"topic":"Errors"})"));
    CHECK_FALSE(is_error(R"({"topic":["Error"]})"));
    CHECK_FALSE(is_error(R"({"data":)" + texts + "}"));
    CHECK_FALSE(is_error(R"(["topic","Error"])"));
}

TEST_CASE("The texts of an error are found wherever they may be") {
    const std::vector<std::string> documents{
        R"({"topic":"Error","data":)" + texts + "}",
        R"({"topic":"Error","message":)" + texts + "}",
        R"({"topic":"Error","data":{"packet":"apierror","data":)" + texts + "}}",
        R"({"topic":"Error","data":{"packet":"apierror","data ":)" + texts + "}}",
        R"({"topic":"Error","Data":{"DATA":)" + texts + "}}",
        R"({"topic":"Error","message":{"data":)" + texts + "}}",
        R"({"topic":"Error","data":"","message":)" + texts + "}",
        R"({"topic":"Error","data":{},"message":)" + texts + "}",
        R"({"topic":"Error","data":{"ERRORTYPE":"WS_Error"," errorMessage":"Invalid Call ID:12345",)"
        R"("Msg":"Invalid Call ID."}})",
    };
    for (const std::string& document : documents) {
        CAPTURE(document);
        const auto error = error_of(document);
        CHECK(error.texts.type == "WS_Error");
        CHECK(error.texts.actual == "Invalid Call ID:12345");
        CHECK(error.texts.message == "Invalid Call ID.");
        CHECK(error.callid == "12345");
        CHECK(error.code() == Errc::invalid_call_id);
        CHECK(error.is_ws_error());
    }
}

TEST_CASE("An error without texts is an error all the same") {
    for (const char* document : {R"({"topic":"Error"})", R"({"topic":"Error","data":null,"message":[]})",
                                 R"({"topic":"Error","data":{"errorType":1,"errorMessage":{},"msg":null}})",
                                 R"({"topic":"Error","data":{"data":{"data":{"errorType":"too deep"}}}})"}) {
        CAPTURE(document);
        const auto error = error_of(document);
        CHECK(error.texts.empty());
        CHECK(error.callid == std::nullopt);
        CHECK(error.code() == Errc::server_error);
        CHECK_FALSE(error.is_ws_error());
    }
}

TEST_CASE("The call that was refused is the text after Invalid Call ID") {
    struct Row {
        std::string actual;
        std::optional<std::string> callid;
        Errc code;
    };
    const std::vector<Row> rows{
        {"Invalid Call ID:12345", "12345", Errc::invalid_call_id},
        {"Invalid Call ID: 12345 ", "12345", Errc::invalid_call_id},
        {" INVALID CALL ID:aBc", "aBc", Errc::invalid_call_id},
        {"Error: Invalid Call ID:a:b|c d", "a:b|c d", Errc::invalid_call_id},
        {"Invalid Call ID:", std::nullopt, Errc::invalid_call_id},
        {"Invalid Call ID: ", std::nullopt, Errc::invalid_call_id},
        {"Invalid Call ID", std::nullopt, Errc::invalid_call_id},
        {"invalid call id.", std::nullopt, Errc::invalid_call_id},
        {"Callid is empty", std::nullopt, Errc::invalid_call_id},
        {"callid is EMPTY ", std::nullopt, Errc::invalid_call_id},
        {"Out of licences", std::nullopt, Errc::server_error},
        {"", std::nullopt, Errc::server_error},
    };
    for (const Row& row : rows) {
        CAPTURE(row.actual);
        const auto error = error_with(row.actual);
        CHECK(error.callid == row.callid);
        CHECK(error.code() == row.code);
    }
}

TEST_CASE("The user's text tells of the call if the internal one does not") {
    const auto named = error_of(R"({"topic":"Error","data":{"errorType":"WS_Error","msg":"Invalid Call ID:77"}})");
    CHECK(named.callid == "77");
    for (const char* text : {"Invalid Call ID.", " Invalid Call ID", "invalid call id."}) {
        CAPTURE(text);
        const auto error = error_of(Json({{"topic", "Error"}, {"data", {{"msg", text}}}}).dump());
        CHECK(error.callid == std::nullopt);
        CHECK(error.code() == Errc::invalid_call_id);
    }
}

TEST_CASE("Errors of other interfaces are told apart by their type") {
    CHECK(error_of(R"({"topic":"Error","data":{"errorType":"ws_error "}})").is_ws_error());
    CHECK_FALSE(error_of(R"({"topic":"Error","data":{"errorType":"WEBSOCKET_ERROR"}})").is_ws_error());
    CHECK_FALSE(error_of(R"({"topic":"Error","data":{"errorType":"Invalid State"}})").is_ws_error());
    CHECK_FALSE(error_of(R"({"topic":"Error","data":{"msg":"WS_Error"}})").is_ws_error());
}

TEST_CASE("A reply is read with its subtopic, its call and its payload") {
    const JsonText document(lcm::testing::reply<lcm::SetBusinessOutcomeWithCallOutcome>("12345"));
    LenientReader reader;
    const auto incoming = lcm::detail::read_incoming(document, reader);
    CHECK(incoming.subtopic == "SetBusinessOutcomeWithCallOutcomeResult");
    CHECK(incoming.callid == "12345");
    REQUIRE(incoming.payload);
    CHECK(incoming.payload.is_same_as(reader.find(document, "message")));
    CHECK(reader.deviations() == 0);
}

TEST_CASE("An event whose payload is a bare text names no call") {
    const JsonText document(R"({"SubTopic":"OutcomeSetForCall","message":"5|3|1|0|0|44|1"})");
    LenientReader reader;
    const auto incoming = lcm::detail::read_incoming(document, reader);
    CHECK(incoming.subtopic == "OutcomeSetForCall");
    CHECK(incoming.callid == std::nullopt);
    CHECK(incoming.payload.is_same_as(reader.find(document, "message")));
    CHECK(reader.deviations() == 1);
}

TEST_CASE("A payload under `data` is marked, since an echo of a request has it there") {
    const JsonText document(R"({"subtopic":"StateSync","data":{"callid":"1"}})");
    LenientReader reader;
    const auto incoming = lcm::detail::read_incoming(document, reader);
    CHECK(incoming.payload.is_same_as(reader.find(document, "data")));
    CHECK(incoming.is_under_data);
    CHECK(incoming.callid == "1");
}

TEST_CASE("A message with both `message` and `data` is read by its `message`") {
    const JsonText document(R"({"subtopic":"StateSync","data":{"callid":"1"},"message":{"callid":"2"}})");
    LenientReader reader;
    const auto incoming = lcm::detail::read_incoming(document, reader);
    CHECK_FALSE(incoming.is_under_data);
    CHECK(incoming.callid == "2");
}

TEST_CASE("The test messages are what the interface's pages show") {
    CHECK(lcm::testing::reply<lcm::SetBusinessOutcomeWithCallOutcome>("12345") ==
          R"({"channel":"LCM","topic":"WebService","subtopic":"SetBusinessOutcomeWithCallOutcomeResult",)"
          R"("message":{"callid":"12345","response":{"success":true}}})");
    const auto error = error_of(lcm::testing::ws_error("Callid is empty"));
    CHECK(error.texts == lcm::ServerTexts{"WS_Error", "Callid is empty", "Invalid Call ID."});
}
