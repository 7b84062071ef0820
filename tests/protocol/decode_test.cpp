// SPDX-License-Identifier: BSL-1.0
// Reading values leniently where the meaning is certain, and not at all where it is not.
#include <support/catch.hpp>
#include <support/json_text.hpp>

#include <lcm_client/operations/outcomes.hpp>
#include <lcm_client/protocol/read_reply.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

using lcm::Delivery;
using lcm::Errc;
using lcm::Json;
using lcm::LenientReader;
using lcm::tests::JsonText;

namespace {

/// One field of each type.
struct Record {
    std::string text;
    lcm::Number number;
    lcm::OutcomeId outcome;
    bool flag = false;
    lcm::Sensitive<std::string> secret;

    static constexpr void fields(auto&& field) {
        field("Text", &Record::text, lcm::Presence::required, "a text");
        field("Number", &Record::number, lcm::Presence::required, "a number");
        field("Outcome", &Record::outcome, lcm::Presence::required, "an outcome");
        field("Flag", &Record::flag, lcm::Presence::required, "a truth value");
        field("Secret", &Record::secret, lcm::Presence::required, "a personal text");
    }
};

Json record_with(const std::string& name, const Json& value) {
    Json record = {{"Text", "t"}, {"Number", 1}, {"Outcome", 0}, {"Flag", true}, {"Secret", "s"}};
    record[name] = value;
    return record;
}

/// What is wrong with the record, or empty.
std::string problem_of(const Json& record) {
    LenientReader reader;
    Record target;
    return read_fields(JsonText::of(record), target, reader);
}

Record record_of(const Json& record) {
    LenientReader reader;
    Record target;
    REQUIRE(read_fields(JsonText::of(record), target, reader).empty());
    return target;
}

lcm::Result<lcm::OutcomeResponse> reply_of(const std::string& message) {
    LenientReader reader;
    return lcm::read_reply<lcm::OutcomeResponse>(JsonText(message), reader);
}

} // namespace

// --- members -------------------------------------------------------------------------------------------------------

TEST_CASE("A member is found without regard to letter case and spaces, and each deviation is counted") {
    struct Row {
        std::string key;
        std::uint64_t deviations;
    };
    const std::vector<Row> rows{{"callid", 0},  {"CallId", 1},        {"CALLID", 1},
                                {" callid", 1}, {"callid \t\r\n", 1}, {"Call ID", 1}};
    for (const Row& row : rows) {
        CAPTURE(row.key);
        LenientReader reader;
        const JsonText object = JsonText::of({{row.key, 7}, {"other", 8}});
        const lcm::JsonView found = reader.find(object, "callid");
        REQUIRE(found);
        CHECK(found.to_json() == 7);
        CHECK(reader.deviations() == row.deviations);
    }
}

TEST_CASE("Another name is not found") {
    for (const char* key : {"call_id", "callidx", "xcallid", "calli", "", "callid\xC2\xA0"}) {
        CAPTURE(key);
        LenientReader reader;
        CHECK_FALSE(reader.find(JsonText::of({{key, 7}}), "callid"));
        CHECK(reader.deviations() == 0);
    }
}

TEST_CASE("Of a member that decides and is there twice, in whatever spelling, none is read, and its name is kept") {
    for (const char* text :
         {R"({"success":true,"success":true})", R"({"success":true,"Success":true})",
          R"({"Success":true,"SUCCESS":false})", R"({"success":true,"success ":true})",
          R"({"success":true,"\u0073uccess":true})", R"({"success":1,"x":2,"success":3,"success":4})"}) {
        CAPTURE(text);
        LenientReader reader;
        CHECK_FALSE(reader.find_only(JsonText(text), "success"));
        CHECK(reader.doubt() == "success");
        CHECK_FALSE(reader.find_only(JsonText(R"({"b":1,"b":2})"), "b"));
        CHECK(reader.doubt() == "success"); // the first one
    }
    LenientReader reader;
    CHECK(reader.find_only(JsonText(R"({"a":1,"A":1,"b":2})"), "b"));
    CHECK_FALSE(reader.find_only(JsonText(R"({"a":1,"A":1,"b":2})"), "c"));
    CHECK_FALSE(reader.is_in_doubt());
}

TEST_CASE("Of any other member that is there twice, the last one is read, but in two spellings none") {
    LenientReader reader;
    CHECK(reader.find(JsonText(R"({"a":1,"b":2,"a":3})"), "a").to_json() == 3);
    CHECK(reader.deviations() == 0); // the document counts it
    CHECK(reader.find(JsonText(R"({"A":1,"A":2,"A":3})"), "a").to_json() == 3);
    CHECK(reader.deviations() == 0);
    CHECK_FALSE(reader.find(JsonText(R"({"a":1,"A":2})"), "a"));
    CHECK_FALSE(reader.find(JsonText(R"({"a":1,"A":2,"a":2})"), "a"));
    CHECK_FALSE(reader.find(JsonText(R"({"A":1,"a ":2})"), "a"));
    CHECK_FALSE(reader.is_in_doubt());
}

TEST_CASE("What is no object has no members") {
    LenientReader reader;
    for (const char* text : {"null", "1", R"("callid")", R"(["callid"])", "[]", "true", "{}"})
        CHECK_FALSE(reader.find(JsonText(text), "callid"));
}

TEST_CASE("The text of a member is empty if it is no text") {
    LenientReader reader;
    const JsonText object(R"({"a":"text","b":1,"c":null,"d":["text"]})");
    CHECK(reader.find_text(object, "A") == "text");
    for (const char* name : {"b", "c", "d", "e"}) CHECK(reader.find_text(object, name).empty());
}

// --- fields --------------------------------------------------------------------------------------------------------

TEST_CASE("A number is read as a number or as a numeric text") {
    struct Row {
        std::string json;
        lcm::Number number;
    };
    const std::vector<Row> rows{
        {"8", 8},         {"-8", -8},    {"18446744073709551615", std::uint64_t{18446744073709551615U}},
        {"19.99", 19.99}, {R"("8")", 8}, {R"("19.99")", 19.99},
    };
    for (const Row& row : rows) {
        CAPTURE(row.json);
        CHECK(record_of(record_with("Number", Json::parse(row.json))).number == row.number);
    }
}

TEST_CASE("A number as a text is a deviation") {
    LenientReader reader;
    Record target;
    CHECK(read_fields(JsonText::of(record_with("Number", "8")), target, reader).empty());
    CHECK(reader.deviations() == 1);
}

TEST_CASE("An outcome is read as number or text, and stays what it was") {
    CHECK(record_of(record_with("Outcome", 0)).outcome == lcm::OutcomeId(0));
    CHECK(record_of(record_with("Outcome", -1)).outcome == lcm::OutcomeId(-1));
    CHECK(record_of(record_with("Outcome", "0")).outcome == lcm::OutcomeId("0"));
}

TEST_CASE("Personal data is read into its guard") {
    CHECK(record_of(record_with("Secret", "5|3")).secret.reveal() == "5|3");
}

TEST_CASE("A field of another type is refused by name, and its value is not repeated") {
    struct Row {
        std::string name;
        std::vector<std::string> values;
    };
    const std::vector<Row> rows{
        {"Text", {"1", "null", "true", "[]", "{}"}},
        {"Number", {"null", "true", "[]", "{}", R"("")", R"("abc")", R"(" 8")", R"("8x")", R"("0x8")"}},
        {"Outcome", {"null", "true", "1.5", "[]", "{}"}},
        {"Flag", {"null", "0", "1", R"("true")", R"("True")", "[]", "[true]", "{}"}},
        {"Secret", {"1", "null", "[]"}},
    };
    for (const Row& row : rows) {
        for (const std::string& value : row.values) {
            CAPTURE(value);
            CHECK(problem_of(record_with(row.name, Json::parse(value))) == row.name + ": not of the documented type");
        }
    }
}

TEST_CASE("A field that is missing is named") {
    for (const char* name : {"Text", "Number", "Outcome", "Flag", "Secret"}) {
        Json record = record_with("Text", "t");
        record.erase(name);
        CHECK(problem_of(record) == std::string(name) + ": missing");
    }
    CHECK(problem_of(Json::array()) == "Text: missing");
}

// --- the call ------------------------------------------------------------------------------------------------------

TEST_CASE("A call's id is read exactly, and an integer counts as its text") {
    struct Row {
        std::string payload;
        std::optional<std::string> callid;
        std::uint64_t deviations;
    };
    const std::vector<Row> rows{
        {R"({"callid":"12345"})", "12345", 0},
        {R"({"callid":""})", std::nullopt, 0},
        {R"({"callid":" 12345 "})", " 12345 ", 0},
        {R"({"CallId":"aB"})", "aB", 1},
        {R"({"callid":12345})", "12345", 1},
        {R"({"callid":-1})", "-1", 1},
        {R"({"callid":18446744073709551615})", "18446744073709551615", 1},
        {R"({"callid":1.5})", std::nullopt, 0},
        {R"({"callid":123456789012345678901234})", "123456789012345678901234", 0}, // is read as the text of its digits
        {R"({"callid":null})", std::nullopt, 0},
        {R"({"callid":["12345"]})", std::nullopt, 0},
        {R"({"callid":"1","CallID":"2"})", std::nullopt, 0},
        {R"({})", std::nullopt, 0},
        {R"("callid")", std::nullopt, 0},
    };
    for (const Row& row : rows) {
        CAPTURE(row.payload);
        LenientReader reader;
        CHECK(lcm::detail::read_callid(JsonText(row.payload), reader) == row.callid);
        CHECK(reader.deviations() == row.deviations);
    }
}

// --- replies -------------------------------------------------------------------------------------------------------

TEST_CASE("A reply with success true is accepted, whatever the letter case and what else it has") {
    for (const char* message : {
             R"({"callid":"12345","response":{"success":true}})",
             R"({"CallID":"12345","Response":{"Success":true}})",
             R"({" RESPONSE ":{" SUCCESS ":true}})",
             R"({"response":{"success":true,"msg":"done","extra":[1]},"extra":{}})",
         }) {
        CAPTURE(message);
        const auto reply = reply_of(message);
        REQUIRE(reply.has_value());
        CHECK(reply->success);
    }
}

TEST_CASE("A reply with success false is refused, with the server's texts from the response or beside it") {
    struct Row {
        std::string message;
        lcm::ServerTexts texts;
    };
    const std::vector<Row> rows{
        {R"({"response":{"success":false}})", {}},
        {R"({"response":{"success":false,"msg":"no"}})", {"", "", "no"}},
        {R"({"response":{"success":false,"errorType":"T","errorMessage":"A","msg":"M"},"msg":"outer"})",
         {"T", "A", "M"}},
        {R"({"response":{"success":false},"ErrorType":"T","ErrorMessage":"A","Msg":"M"})", {"T", "A", "M"}},
        {R"({"response":{"success":false,"msg":17}})", {}},
    };
    for (const Row& row : rows) {
        CAPTURE(row.message);
        const auto reply = reply_of(row.message);
        REQUIRE(reply.has_error());
        CHECK(reply.error().code == Errc::server_error);
        CHECK(reply.error().delivery == Delivery::refused);
        CHECK(reply.error().server == row.texts);
        CHECK(reply.error().message() == "server_error (refused): the server refused the request; success: false");
    }
}

TEST_CASE("A reply that cannot be understood leaves the request unknown, and says which part is wrong") {
    struct Row {
        std::string message;
        std::string detail;
    };
    const std::vector<Row> rows{
        {R"({})", "response: missing"},
        {R"(null)", "response: missing"},
        {R"("text")", "response: missing"},
        {R"([{"response":{"success":true}}])", "response: missing"},
        {R"({"success":true})", "response: missing"},
        {R"({"response":{"success":true},"Response":{"success":true}})", "response: stands twice"},
        {R"({"response":{"success":true},"response":{"success":true}})", "response: stands twice"},
        {R"({"response":null})", "response: not an object"},
        {R"({"response":true})", "response: not an object"},
        {R"({"response":"success"})", "response: not an object"},
        {R"({"response":[{"success":true},{"success":true}]})", "response: not an object"},
        {R"({"response":{}})", "response.success: missing"},
        {R"({"response":{"succes":true}})", "response.success: missing"},
        {R"({"response":{"success":true,"Success":false}})", "response.success: stands twice"},
        {R"({"response":{"success":true,"success":true}})", "response.success: stands twice"},
        {R"({"response":{"success":"true"}})", "response.success: not of the documented type"},
        {R"({"response":{"success":1}})", "response.success: not of the documented type"},
        {R"({"response":{"success":null}})", "response.success: not of the documented type"},
        {R"({"response":{"success":[true]}})", "response.success: not of the documented type"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.message);
        const auto reply = reply_of(row.message);
        REQUIRE(reply.has_error());
        CHECK(reply.error().code == Errc::bad_reply);
        CHECK(reply.error().delivery == Delivery::unknown);
        CHECK(reply.error().detail == row.detail);
        CHECK(reply.error().server.empty());
    }
}
