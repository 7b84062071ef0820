// SPDX-License-Identifier: BSL-1.0
// Whose answer a message is although a name that decides stands twice in it: told where all agree, and not guessed.
#include <support/catch.hpp>
#include <support/json_text.hpp>

#include <lcm_client/protocol/impl/doubtful.hpp>

#include <string>
#include <vector>

using lcm::tests::JsonText;

namespace {

// "subtopic/call" of a reply, or "-"; then the call that an error names, if one does.
std::string meaning_of(const std::string& text) {
    const JsonText message(text);
    const lcm::detail::Doubtful doubtful = lcm::detail::read_doubtful(message);
    std::string meaning = "-";
    if (doubtful.reply)
        meaning = std::string(doubtful.reply->subtopic) + '/' + std::string(doubtful.reply->callid.value_or("none")) +
                  (doubtful.reply->is_under_data ? " data" : "");
    return meaning + (doubtful.call ? " refuses " + *doubtful.call : "");
}

} // namespace

TEST_CASE("A message in doubt belongs to the request that all of its names point to") {
    struct Row {
        std::string text;
        std::string meaning;
    };
    const std::vector<Row> rows{
        {R"({"topic":"a","topic":"b","subtopic":"S","message":{"callid":"1"}})", "S/1"},
        {R"({"subtopic":"S","Subtopic":" s ","message":{"callid":"1"}})", " s /1"},
        {R"({"subtopic":"S","subtopic":"T","message":{"callid":"1"}})", "-"},
        {R"({"subtopic":"S","subtopic":7,"message":{"callid":"1"}})", "-"},
        {R"({"message":{"callid":"1"},"message":{"callid":"1"}})", "-"},
        {R"({"subtopic":"S","message":{"callid":"1","callid":1}})", "S/1"},
        {R"({"subtopic":"S","message":{"callid":"1","CallId":"2"}})", "-"},
        {R"({"subtopic":"S","message":{"callid":"1","callid":"2","callid":"1"}})", "-"},
        {R"({"subtopic":"S","message":{"callid":"1","callid":null}})", "-"},
        {R"({"subtopic":"S","message":{"callid":null,"callid":1.5}})", "S/none"},
        {R"({"subtopic":"S","message":{"callid":"1"},"message":{"callid":"1"}})", "S/1"},
        {R"({"subtopic":"S","message":{"callid":"1"},"message":{"callid":"2"}})", "-"},
        {R"({"subtopic":"S","message":{"callid":"1"},"message":null})", "S/1"},
        {R"({"subtopic":"S","message":{},"message":[]})", "S/none"},
        {R"({"subtopic":"S","data":{"callid":"1"},"data":{"callid":"1"}})", "S/1 data"},
        {R"({"subtopic":"S","data":{"callid":"2"},"message":{"callid":"1"},"message":{}})", "S/1"},
        {R"({"subtopic":"S","subtopic":"S"})", "-"},
        {R"(["subtopic"])", "-"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.text);
        CHECK(meaning_of(row.text) == row.meaning);
    }
}

TEST_CASE("An error in doubt refuses a call if all its texts that name one name that") {
    const std::string one = R"("errorMessage":"Invalid Call ID:1")";
    const std::string two = R"("ERRORMESSAGE":"Invalid Call ID:2")";
    const auto error = [](const std::string& rest) { return meaning_of(R"({"topic":"Error",)" + rest + "}"); };
    CHECK(error(R"("data":{)" + one + "," + one + "}") == "- refuses 1");
    CHECK(error(R"("data":{)" + one + "," + two + "}") == "-");
    CHECK(error(R"("data":{)" + one + R"(,"msg":"Invalid Call ID:2"})") == "-");
    CHECK(error(R"("data":{)" + one + R"(},"data":{"msg":"no"})") == "- refuses 1");
    CHECK(error(R"("data":{)" + one + R"(},"message":{)" + two + "}") == "-");
    CHECK(error(R"("data":{"data":{)" + one + R"(},"data":{)" + one + "}}") == "- refuses 1");
    CHECK(error(R"("data":{"data":{)" + one + R"(},"data":{)" + two + "}}") == "-");
    CHECK(error(R"("Topic":"other","data":{)" + one + "}") == "- refuses 1");
    CHECK(error(R"("data":{"errorMessage":"Callid is empty","errorMessage":"Callid is empty"})") == "-");
    CHECK(meaning_of(R"({"topic":"other","topic":"another","data":{)" + one + "}}") == "-");
}
