// SPDX-License-Identifier: BSL-1.0
// Texts of requests: an integer is written in decimal, and what is neither a text nor an integer does not compile.
#include <support/catch.hpp>

#include <lcm_client/json_document.hpp>
#include <lcm_client/operations.hpp>
#include <lcm_client/protocol/decode.hpp>
#include <lcm_client/protocol/encode.hpp>
#include <lcm_client/protocol/field.hpp>
#include <lcm_client/protocol/impl/value.hpp>
#include <lcm_client/protocol/packet.hpp>
#include <lcm_client/protocol/text_value.hpp>
#include <lcm_client/protocol/validate.hpp>
#include <lcm_client/sensitive.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <sstream>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

using lcm::Id;
using lcm::Text;

namespace {

enum Unscoped { one = 1 };
enum class Scoped { one = 1 };

template <class To, class From> constexpr bool takes =
    std::constructible_from<To, From> || std::assignable_from<To&, From>;

// Whether no integer gets into a text of `T` as a character. A list of texts takes only whole texts.
template <class T> constexpr bool has_safe_texts() {
    if constexpr (lcm::detail::is_vector<T>) return has_safe_texts<typename T::value_type>();
    else if constexpr (lcm::Described<T>) {
        bool all = true;
        lcm::for_each_field<T>([&]<class Value>(const lcm::Field<T, Value>&) {
            all = all && !std::same_as<Value, std::string> && has_safe_texts<Value>();
        });
        return all;
    } else return true;
}

} // namespace

TEST_CASE("An integer in a text is written in decimal") {
    struct Row {
        Text text;
        std::string expected;
    };
    const std::vector<Row> rows{
        {12345, "12345"},
        {65, "65"},
        {0, "0"},
        {-7, "-7"},
        {std::uint8_t{9}, "9"},
        {std::int8_t{-9}, "-9"},
        {7U, "7"},
        {1234567890123L, "1234567890123"},
        {(std::numeric_limits<std::int64_t>::min)(), "-9223372036854775808"},
        {(std::numeric_limits<std::uint64_t>::max)(), "18446744073709551615"},
        {"12345", "12345"},
        {"007", "007"},
        {std::string("agent"), "agent"},
        {std::string_view("agent one").substr(0, 5), "agent"},
        {{}, ""},
    };
    for (const Row& row : rows) {
        CHECK(row.text.text() == row.expected);
        CHECK(row.text.empty() == row.expected.empty());
        Text assigned = "before";
        assigned = row.text;
        CHECK(assigned == row.expected);
    }
}

TEST_CASE("What is neither a text nor an integer is refused by the compiler") {
    STATIC_REQUIRE_FALSE(takes<Id, bool>);
    STATIC_REQUIRE_FALSE(takes<Id, char>);
    STATIC_REQUIRE_FALSE(takes<Id, wchar_t>);
    STATIC_REQUIRE_FALSE(takes<Id, char8_t>);
    STATIC_REQUIRE_FALSE(takes<Id, char16_t>);
    STATIC_REQUIRE_FALSE(takes<Id, char32_t>);
    STATIC_REQUIRE_FALSE(takes<Id, float>);
    STATIC_REQUIRE_FALSE(takes<Id, double>);
    STATIC_REQUIRE_FALSE(takes<Id, long double>);
    STATIC_REQUIRE_FALSE(takes<Id, std::nullptr_t>);
    STATIC_REQUIRE_FALSE(takes<Id, void*>);
    STATIC_REQUIRE_FALSE(takes<Id, const int*>);
    STATIC_REQUIRE_FALSE(takes<Id, Unscoped>);
    STATIC_REQUIRE_FALSE(takes<Id, Scoped>);

    STATIC_REQUIRE(std::convertible_to<int, Id>);
    STATIC_REQUIRE(std::convertible_to<std::size_t, Id>);
    STATIC_REQUIRE(std::convertible_to<const char*, Id>);
    STATIC_REQUIRE(std::convertible_to<char*, Id>);
    STATIC_REQUIRE(std::convertible_to<std::string, Id>);
    STATIC_REQUIRE(std::convertible_to<std::string_view, Id>);
}

TEST_CASE("A personal text takes neither an integer nor a null pointer") {
    using Personal = lcm::Sensitive<std::string>;
    STATIC_REQUIRE_FALSE(takes<Personal, int>);
    STATIC_REQUIRE_FALSE(takes<Personal, char>);
    STATIC_REQUIRE_FALSE(takes<Personal, std::nullptr_t>);
    STATIC_REQUIRE(takes<Personal, const char*>);
    STATIC_REQUIRE(takes<Personal, const Text&>);
}

TEST_CASE("No text of a request can become the character of an integer") {
    lcm::OperationGroups::for_each([]<class Group>() {
        Group::Operations::for_each([]<class Request>() {
            INFO(Request::operation.subtopic);
            CHECK(has_safe_texts<Request>());
        });
    });
    STATIC_REQUIRE(std::same_as<decltype(lcm::Packet::subscriber_id), Id>);
}

TEST_CASE("Ids leave in quotes, however they were given") {
    lcm::SendAgentState request{.agent_id = 1234, .agent_state = "READY"};
    CHECK(lcm::encode(request, "test").find(R"("agentID":"1234")") != std::string::npos);
    request.agent_id = 65;
    CHECK(lcm::encode(request, "test").find(R"("agentID":"65")") != std::string::npos);
    CHECK(lcm::validate(request).empty());

    const lcm::GetStoredData about_call{.callid = 0};
    CHECK(lcm::validate(about_call).empty());
    CHECK(lcm::callid_of(about_call) == "0");
}

TEST_CASE("A text is validated as a text") {
    lcm::GetStoredData request;
    CHECK(lcm::validate(request).at(0).reason == "must not be empty");
    request.callid = "\xff";
    CHECK(lcm::validate(request).at(0).reason == "must be text in UTF-8");
    request.callid = std::string(100'000, '7');
    CHECK(lcm::validate(request).empty());
}

TEST_CASE("An id of a reply is read from a text or a number") {
    lcm::LenientReader reader;
    for (const char* text : {R"({"callid":"12345"})", R"({"callid":12345})"}) {
        lcm::JsonDocument document;
        REQUIRE(document.parse(text, 8));
        lcm::StoredData stored;
        CHECK(lcm::read_fields(document.root(), stored, reader).empty());
        CHECK(stored.callid == 12345);
        CHECK(stored.callid == "12345");
    }
}

TEST_CASE("A text reads as a string does") {
    const Id id = 12345;
    const std::string copied = id;
    std::string assigned;
    assigned = id;
    assigned += id;
    CHECK(copied == "12345");
    CHECK(assigned == "1234512345");
    CHECK(std::string_view(id) == "12345");
    CHECK(Id(5).text() == "5"); // of a text that goes at once

    CHECK(id == copied);
    CHECK(copied == id);
    CHECK(id == "12345");
    CHECK(id != "12346");
    CHECK(id == 12345);
    CHECK(Id(10) < Id(9)); // as texts
    std::ostringstream out;
    out << id;
    CHECK(out.str() == "12345");

    const std::map<Id, int> ordered{{12345, 1}};
    const std::unordered_map<Id, int> hashed{{12345, 1}};
    const std::unordered_map<std::string, int> by_string{{"12345", 1}};
    CHECK(ordered.count(id) == 1);
    CHECK(hashed.count("12345") == 1);
    CHECK(by_string.count(id) == 1);
}
