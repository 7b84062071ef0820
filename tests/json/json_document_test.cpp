// SPDX-License-Identifier: BSL-1.0
// The index of a text: what its views show, that it agrees with the reference, and that reading and writing in the
// steady state leave the heap alone.
#include <session/random.hpp>
#include <support/allocation_meter.hpp>
#include <support/allocation_operators.hpp>
#include <support/catch.hpp>
#include <support/json_text.hpp>
#include <support/reference_json.hpp>

#include <lcm_client/json.hpp>
#include <lcm_client/json_document.hpp>
#include <lcm_client/operations/outcomes.hpp>
#include <lcm_client/protocol/encode.hpp>
#include <lcm_client/protocol/impl/envelope.hpp>
#include <lcm_client/protocol/read_reply.hpp>
#include <lcm_client/protocol/validate.hpp>
#include <lcm_client/testing/messages.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

using namespace lcm::tests;
using namespace std::string_literals;
using lcm::Json;
using lcm::JsonDocument;
using lcm::JsonView;

namespace {

using Request = lcm::SetBusinessOutcomeWithCallOutcome;

const std::string reply = lcm::testing::reply<Request>("12345");

Request request() {
    return {.callid = "12345",
            .account_number = "5|3|1|0|0|44|1"s,
            .business_outcome = 8,
            .call_outcome = 0,
            .lead_score = 19.99,
            .user_id = "agent",
            .agent_comments = "a \"quoted\" comment that is longer than any small string, caf\u00e9"s,
            .target_amount = 100};
}

// Everything that a client does with a reply; whether it was accepted.
bool understand(JsonDocument& document, const std::string& text) {
    if (!document.parse(text, 64)) return false;
    lcm::LenientReader reader;
    if (lcm::detail::is_error(document.root(), reader)) return false;
    const lcm::detail::Incoming incoming = lcm::detail::read_incoming(document.root(), reader);
    return incoming.callid == "12345" && lcm::read_reply<Request::Response>(incoming.payload, reader).has_value();
}

void compare_with_reference(const std::string& text, std::size_t depth) {
    CAPTURE(text, depth);
    const lcm::ParsedJson mine = lcm::parse_json(text, depth);
    const lcm::ParsedJson reference = parse_by_reference(text, depth);
    CHECK(mine.problem == reference.problem);
    CHECK(mine.deviations == reference.deviations);
    if (!mine || !reference) return;
    CHECK(mine.value == reference.value);
    CHECK(mine.value.dump() == reference.value.dump());
}

const std::vector<std::string> pieces{
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    R"("a")",
    R"("b")",
    R"("\u0061")",
    "1",
    "-0",
    "0",
    "-1",
    "1.5",
    "-0.0",
    "1e5",
    "1E+400",
    "-1e-400",
    "5e-324",
    "2e-324",
    "1e999999999999999999999",
    "0e99999",
    "18446744073709551615",
    "18446744073709551616",
    "-9223372036854775808",
    "-9223372036854775809",
    "1.7976931348623157e308",
    "1.7976931348623159e308",
    "0.1",
    "true",
    "false",
    "null",
    R"("\ud83d\ude00")",
    R"("\ud83d")",
    R"("\ude00")",
    R"("\ud83d\ud83d\ude00")",
    R"("\ud83d\u")",
    R"({"a":1,"a":2})",
    "99999999999999999999e",
    "1e400.",
    "1e999-1",
    "-1E999",
    "\"\xC3\xA9\"",
    "\"\xED\xA0\x80\"",
    "\"\xFF\"",
    R"("more than eight plain bytes")",
    R"("more than eight bytes\nwith \"escapes\"")",
    " ",
    "\n",
    "\xEF\xBB\xBF",
    "tru",
    "\"",
    "\\",
    "\x01",
    "-",
    "01",
    "1.",
    "1e+",
    "/",
    R"({"a":)",
    R"({"b":1,)",
    "[1,",
    R"("\x")",
    R"("\u12")",
};

// Texts of few sizes, so that one often has the size of the one before, each with strings in other places.
const std::vector<std::string> alike{
    R"({"topic":"a","callid":"000000000001","n":12345678901234567890123,"ok":true})",
    R"({"topic":"caf\u00e9","callid":"0000000001","n":[1,-2.5,"x","","y"],"z":"1"})",
    "{\"a\":\"caf\xC3\xA9 au lait\",\"b\":[\"long plain text\",{\"c\":\"d\",\"e\":\"f\"}]}        ",
    "\xEF\xBB\xBF[\"a text of its own\",[[[\"nested\"]]],123456789012345678901234567890 ]     ",
    R"({"a":"twice","a":"twice and more","b":"half \ud83d","c":"of a pair","n":1e400 } )",
    R"({"name":"a text of its own","name":"and its double, which is counted","n":1e4000})",
    R"("one string and nothing else, as long as the other texts are in this list  ")",
    R"(123456789012345678901234567890123456789012345678901234567890123456789012345)",
};

// Some bytes are others; where `is_plain`, such as may stand in a string.
std::string change(std::string text, Random& random, bool is_plain) {
    static const std::string plain = "abcABC 0123456789.,:{}[]tfn-";
    static const std::string any = plain + "\"\\\n\x01\x7F\x80\xC3\xA9\xFF"s + '\0';
    const std::size_t at = random.below(text.size());
    for (std::size_t i = at; i < text.size() && i <= at + random.below(20); ++i)
        text[i] = random.one_of(is_plain ? plain : any);
    return text;
}

// The contents of one string are others, but as long.
std::string change_string(std::string text, Random& random, bool is_plain) {
    const std::size_t quote = text.find('"', random.below(text.size()));
    const std::size_t end = quote == std::string::npos ? quote : text.find('"', quote + 1);
    if (end == std::string::npos || end == quote + 1) return text;
    return text.substr(0, quote + 1) + change(text.substr(quote + 1, end - quote - 1), random, is_plain) +
           text.substr(end);
}

} // namespace

TEST_CASE("A view shows each value, its members and its elements in the order of the text") {
    const JsonText text(R"({"z":[1,-2,1.5,"text",true,false,null],"a":{},"\u0062":"\n"})");
    const JsonView object = text;
    CHECK(object.is_object());
    CHECK(object.size() == 3);
    std::string names;
    for (const auto [name, value] : object.members()) names += name;
    CHECK(names == "zab");

    std::vector<JsonView> elements;
    for (const auto [name, value] : object.members())
        for (const JsonView element : value.elements()) elements.push_back(element);
    REQUIRE(elements.size() == 7);
    CHECK((elements[0].is_natural() && elements[0].is_integer() && elements[0].to_natural() == 1));
    CHECK((!elements[1].is_natural() && elements[1].is_integer() && elements[1].to_integer() == -2));
    CHECK((elements[2].is_decimal() && !elements[2].is_integer() && elements[2].to_double() == 1.5));
    CHECK((elements[3].is_string() && elements[3].text() == "text"));
    CHECK((elements[4].is_true() && elements[5].is_false() && elements[6].is_null()));
    CHECK(elements[1].text() == "-2");
}

TEST_CASE("A view of nothing answers everything as empty") {
    const JsonView none;
    CHECK_FALSE(none);
    CHECK_FALSE((none.is_null() || none.is_true() || none.is_false() || none.is_number() || none.is_string()));
    CHECK(none.text().empty());
    CHECK(none.size() == 0);
    CHECK_FALSE(none.members().begin() != none.members().end());
    CHECK_FALSE(none.elements().begin() != none.elements().end());
    CHECK_FALSE(none.front());
    CHECK(none.to_json() == Json());
}

TEST_CASE("A document can be read again and again, and shows nothing of the text before") {
    JsonDocument document;
    REQUIRE(document.parse(R"({"a":"\u00e9","b":[1,2,3]})", 8));
    CHECK_FALSE(document.parse("[1,", 8));
    CHECK_FALSE(document.root());
    CHECK(document.problem() == "no valid JSON near byte 4");
    REQUIRE(document.parse(R"(["\t"])", 8));
    CHECK(document.problem().empty());
    CHECK(document.root().to_json() == Json::array({"\t"}));
    document.clear();
    CHECK_FALSE(document.root());
}

TEST_CASE("After a large message the memory for it is given back") {
    JsonDocument document;
    const std::size_t before = allocated;
    for (int i = 0; i < 3; ++i) {
        std::string text = R"({"a":")" + std::string(200'000, 'x') + R"(\n","b":[0)";
        for (int k = 0; k < 100'000; ++k) text += ",0";
        text += "]}";
        REQUIRE(document.parse(text, 8));
        document.clear();
    }
    CHECK(allocated - before <= 3 * 64 * 1024);
}

TEST_CASE("A usual reply is understood without the heap") {
    JsonDocument document;
    REQUIRE(understand(document, reply));
    bool is_accepted = false;
    CHECK(peak_of([&] { is_accepted = understand(document, reply); }) == 0);
    CHECK(is_accepted);
}

TEST_CASE("A valid request is checked and written without the heap, into a string that has room") {
    const Request valid = request();
    std::string text;
    lcm::detail::encode_to(text, valid, "myapp");
    const std::string once = text;
    text.clear();
    bool is_valid = false;
    CHECK(peak_of([&] {
              is_valid = lcm::validate(valid).empty();
              lcm::detail::encode_to(text, valid, "myapp");
          }) == 0);
    CHECK(is_valid);
    CHECK(text == once);
    CHECK(text == lcm::encode(valid, "myapp"));
}

TEST_CASE("Any text is read, or refused, as by the reference") {
    const std::uint64_t seed = test_seed();
    CAPTURE(seed);
    Random random(seed);
    for (int i = 0; i < 20'000; ++i) {
        std::string text;
        for (std::size_t count = random.below(12); count > 0; --count) text += random.one_of(pieces);
        compare_with_reference(text, 1 + random.below(5));
    }
}

TEST_CASE("A message with a byte changed, added or cut off is read, or refused, as by the reference") {
    const std::uint64_t seed = test_seed();
    CAPTURE(seed);
    Random random(seed);
    const std::string whole = R"({"a":[1,-2.5e3,"caf\u00e9 \"x\"",{"b":null,"c":true}],"long name of a member":"caf)"
                              "\xC3\xA9\"}";
    for (std::size_t at = 0; at <= whole.size(); ++at) {
        compare_with_reference(whole.substr(0, at), 8);
        compare_with_reference(whole.substr(0, at) + random.one_of(pieces) + whole.substr(at), 8);
        for (const int byte : {0x00, 0x09, 0x1F, 0x20, 0x22, 0x5C, 0x7F, 0x80, 0xC3, 0xFF}) {
            std::string changed = whole;
            if (at < whole.size()) changed[at] = static_cast<char>(static_cast<unsigned char>(byte));
            compare_with_reference(changed, 8);
        }
    }
}

TEST_CASE("A text is read as by a document that has read no other, however alike the one before was") {
    const std::uint64_t seed = test_seed();
    CAPTURE(seed);
    Random random(seed);
    JsonDocument reused;
    std::string base = alike[0];
    for (int i = 0; i < 50'000; ++i) {
        if (random.one_in(10)) base = random.one_of(alike);
        std::string text = base;
        if (random.one_in(2)) text = change_string(text, random, !random.one_in(4));
        if (random.one_in(4)) text = change(text, random, !random.one_in(4));
        const std::size_t depth = random.one_in(10) ? random.below(4) : 8;
        if (random.one_in(10)) reused.clear();
        JsonDocument fresh;
        const bool is_read = fresh.parse(text, depth);
        CAPTURE(text, depth);
        REQUIRE(reused.parse(text, depth) == is_read);
        REQUIRE(reused.problem() == fresh.problem());
        REQUIRE(reused.deviations() == fresh.deviations());
        REQUIRE(reused.root().to_json() == fresh.root().to_json());
        if (is_read && random.one_in(2)) base = text;
    }
}

TEST_CASE("Replies that differ in their call id are each read with their own") {
    JsonDocument document;
    for (const std::string callid : {"12345", "12346", "a b c", "\"\n\\'/", "caf\xC3\xA9"}) {
        const std::string text = lcm::testing::reply<Request>(callid);
        REQUIRE(document.parse(text, 8));
        lcm::LenientReader reader;
        CHECK(lcm::detail::read_incoming(document.root(), reader).callid == callid);
        document.clear();
    }
}

TEST_CASE("Equal names are found among few and among many, wherever they stand") {
    for (const std::size_t count : {2U, 7U, 8U, 9U, 100U}) {
        for (std::size_t first = 0; first + 1 < count; ++first) {
            for (const bool is_equal : {false, true}) {
                std::string text = "{";
                for (std::size_t i = 0; i < count; ++i) {
                    const std::size_t name = is_equal && i + 1 == count ? first : i;
                    text += (i == 0 ? "" : ",") + ("\"name " + std::to_string(name) + "\":{\"a\":[]}");
                }
                compare_with_reference(text + "}", 8);
                compare_with_reference(text + ",", 8); // and then something else is wrong
                CHECK(lcm::parse_json(text + "}", 8).deviations == (is_equal ? 1 : 0));
            }
        }
    }
}
