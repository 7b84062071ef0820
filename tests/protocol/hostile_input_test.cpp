// SPDX-License-Identifier: BSL-1.0
// Messages of a hostile server: each is read or refused, in bounded memory and time, and harms no request.
#include <support/allocation_meter.hpp>
#include <support/allocation_operators.hpp>
#include <support/bench.hpp>
#include <support/catch.hpp>

#include <lcm_client/json_document.hpp>
#include <lcm_client/protocol/impl/envelope.hpp>

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;
using namespace lcm::tests;

// The dearest message is a row of digits: a node of 16 bytes for each two of its own, and while the row of nodes grows
// by half, the old one and the new one are there.
std::size_t most_memory_for(std::string_view text) { return 20 * text.size() + 4096; }

// Everything that a client does to find out what a message is.
std::string understand(std::string_view text) {
    lcm::JsonDocument document;
    if (!document.parse(text, lcm::Limits{}.json_depth)) return document.problem();
    lcm::LenientReader reader;
    if (lcm::detail::is_error(document.root(), reader))
        return lcm::detail::read_error(document.root(), reader).callid.value_or("error");
    const auto message = lcm::detail::read_incoming(document.root(), reader);
    if (!message.payload) return "no reply";
    const auto result = lcm::read_reply<lcm::OutcomeResponse>(message.payload, reader);
    return result.has_value() ? "accepted" : result.error().detail;
}

std::string repeat(std::string_view text, std::size_t times) {
    std::string all;
    for (std::size_t i = 0; i < times; ++i) all += text;
    return all;
}

// So many members with different names.
std::string members(std::size_t count) {
    std::string text;
    for (std::size_t i = 0; i < count; ++i) text += '"' + std::to_string(i) + "\":0,";
    text.pop_back();
    return text;
}

// The same name in so many spellings.
std::string spellings_of_success(std::size_t count) {
    std::string text;
    for (std::size_t i = 0; i < count; ++i) text += '"' + std::string(i, ' ') + "success\":true,";
    text.pop_back();
    return text;
}

struct Row {
    std::string name;
    std::string text;
    std::string meaning;
    bool is_bad = true; // no JSON object at all
};

std::vector<Row> hostile_messages() {
    const std::string deep = "nested deeper than 64 levels";
    const std::string invalid = "no valid JSON near byte ";
    const std::string megabyte(1024 * 1024, 'x');
    return {
        {"arrays, 100 000 deep", repeat("[", 100'000) + repeat("]", 100'000), deep},
        {"objects, 100 000 deep", repeat(R"({"message":)", 100'000) + "1" + repeat("}", 100'000), deep},
        {"arrays, 65 deep", R"({"a":)" + repeat("[", 64) + repeat("]", 64) + "}", deep},
        {"wide arrays, 64 deep", R"({"a":)" + repeat("[0,0,[],", 62) + "0" + repeat("]", 62) + "}", "no reply", false},
        {"success twice", R"({"message":{"response":{"success":true,"success":true}}})",
         "response.success: stands twice", false},
        {"100 000 names", "{" + members(100'000) + "}", "no reply", false},
        {"100 000 names and the first again", "{" + members(100'000) + R"(,"0":1})", "no reply", false},
        {"1000 spellings of success", R"({"message":{"response":{)" + spellings_of_success(1000) + "}}}",
         "response.success: stands twice", false},
        {"64 KiB of digits", R"({"a":[)" + repeat("0,", 32'000) + "0]}", "no reply", false},
        {"64 KiB of escapes", R"({"a":")" + repeat("\\n", 32'000) + R"("})", "no reply", false},
        {"64 KiB of empty objects", R"({"a":[)" + repeat("{},", 21'000) + "{}]}", "no reply", false},
        {"64 KiB of empty arrays, cut off", R"({"a":[)" + repeat("[],", 21'000), invalid + "63007"},
        {"half a pair of surrogates", R"({"a":"\ud800"})", "no reply", false},
        {"the other half", R"({"a":"\udc00"})", "no reply", false},
        {"64 KiB of halves", R"({"a":")" + repeat("\\ud83d", 10'000) + R"("})", "no reply", false},
        {"10 000 objects with a name twice", R"({"a":[)" + repeat(R"({"b":1,"b":2},)", 10'000) + "0]}", "no reply",
         false},
        {"a text of 1 MB", R"({"a":")" + megabyte + R"("})", "no reply", false},
        {"a name of 1 MB", R"({")" + megabyte + R"(":1})", "no reply", false},
        {"an error of 1 MB", R"({"topic":"Error","data":{"msg":")" + megabyte + R"("}})", "error", false},
        {"a text of 1 MB that does not end", R"({"a":")" + megabyte, invalid + "1048583"},
        {"a number of 10 000 digits", R"({"a":)" + std::string(10'000, '9') + "}", "no reply", false},
        {"a fraction of 10 000 digits", R"({"a":0.)" + std::string(10'000, '9') + "}", "no reply", false},
        {"a huge exponent", R"({"a":1e999999999})", "no reply", false},
        {"a tiny exponent", R"({"a":1e-999999999})", "no reply", false},
        {"an exponent of 10 000 digits", R"({"a":1e)" + std::string(10'000, '9') + "}", "no reply", false},
        {"CP1252", "{\"a\":\"caf\xE9\"}", invalid + "11"},
        {"UTF-16", "{\0\"\0a\0\"\0"s, invalid + "2"},
        {"NUL at the end", "{}\0"s, invalid + "3"},
        {"NUL in a text", "{\"a\":\"\0\"}"s, invalid + "7"},
        {"NUL in a text, escaped", R"({"a":"\u0000"})", "no reply", false},
        {"byte order mark", "\xEF\xBB\xBF{}", "no reply", false},
        {"half a byte order mark", "\xEF\xBB{}", invalid + "3"},
        {"10 000 000 spaces in front", std::string(10'000'000, ' ') + "{}", "no reply", false},
        {"64 KiB of tabs and an error", std::string(65'535, '\t') + "x", invalid + "65536"},
        {"nothing", "", invalid + "1"},
    };
}

} // namespace

TEST_CASE("A hostile message is read or refused, in memory of at most 20 times its size") {
    for (const Row& row : hostile_messages()) {
        CAPTURE(row.name);
        std::string meaning;
        const auto begin = std::chrono::steady_clock::now();
        const std::size_t peak = peak_of([&] { meaning = understand(row.text); });
        const auto time = std::chrono::steady_clock::now() - begin;
        CHECK(meaning == row.meaning);
        CHECK(peak <= most_memory_for(row.text));
        CHECK(time < 60s); // nothing here is quadratic
    }
}

TEST_CASE("A hostile message harms no request, unless it is over the limit: that ends the link, and is said") {
    const lcm::Limits limits;
    for (const Row& row : hostile_messages()) {
        CAPTURE(row.name);
        Bench bench;
        auto future = bench.client->call(sample());
        bench.run();
        const std::size_t peak = peak_of([&] { bench.receive(row.text); });
        if (row.text.size() > limits.inbound_message) {
            CHECK(bench.script.is_closed_by_client());
            CHECK(bench.client->stats().bad_messages == 0);
            const auto result = result_of(future);
            CHECK(ending_of(result) == "connection_lost (unknown)");
            CHECK(result.error().detail ==
                  "the server sent a message larger than the limit of 1048576 bytes (limits.inbound_message)");
        } else {
            CHECK(bench.client->stats().bad_messages == (row.is_bad ? 1 : 0));
            CHECK(bench.client->stats().unmatched_messages == (row.is_bad ? 0 : 1));
            CHECK_FALSE(is_ready(future));
            bench.receive(lcm::testing::reply<SetOutcome>("12345"));
            CHECK(ending_of(future) == "accepted");
        }
        CHECK(peak <= most_memory_for(row.text) + 2 * row.text.size()); // and copies of it on its way
    }
}

TEST_CASE("A message of just the limit is read, and one byte more ends the link") {
    const lcm::Limits limits;
    for (const std::size_t more : {0U, 1U}) {
        Bench bench;
        auto future = bench.client->call(sample());
        bench.run();
        std::string text = lcm::testing::reply<SetOutcome>("12345");
        text.resize(limits.inbound_message + more, ' ');
        bench.receive(text);
        CHECK(ending_of(future) == (more == 0 ? "accepted" : "connection_lost (unknown)"));
    }
}
