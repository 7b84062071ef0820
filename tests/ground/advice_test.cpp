// SPDX-License-Identifier: BSL-1.0
// What a person is advised to do: for each code and ending, each reason of a link, and as the documents show it.
#include <support/catch.hpp>

#include <lcm_client/advice.hpp>

#include <algorithm>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

using lcm::Advice;
using lcm::BlockReason;
using lcm::Delivery;
using lcm::Errc;
using lcm::Error;
using lcm::LinkState;

namespace {

constexpr int last_code = static_cast<int>(Errc::server_error);
constexpr int last_block = static_cast<int>(BlockReason::other);
constexpr int last_advice = static_cast<int>(Advice::call_support);

template <class E> std::vector<E> all(int first, int last) {
    std::vector<E> values;
    for (int value = first; value <= last; ++value) values.push_back(static_cast<E>(value));
    return values;
}

// What is right for a request that was not sent, with each code; the codes that are missing cannot end one so.
const std::map<Errc, Advice>& unsent() {
    static const std::map<Errc, Advice> rows{
        {Errc::invalid_argument, Advice::correct_form}, {Errc::message_too_large, Advice::correct_form},
        {Errc::queue_full, Advice::try_again},          {Errc::duplicate_in_flight, Advice::look_up_first},
        {Errc::would_deadlock, Advice::call_support},   {Errc::cancelled, Advice::try_again},
        {Errc::timed_out, Advice::try_again},           {Errc::client_closed, Advice::sign_in},
        {Errc::resolve_failed, Advice::wait_for_link},  {Errc::connect_failed, Advice::wait_for_link},
        {Errc::tls_failed, Advice::wait_for_link},      {Errc::upgrade_rejected, Advice::wait_for_link},
        {Errc::unauthorized, Advice::sign_in},          {Errc::connection_lost, Advice::wait_for_link},
        {Errc::idle_timeout, Advice::wait_for_link},    {Errc::do_not_call_open, Advice::look_up_do_not_call},
        {Errc::not_stored, Advice::call_support},
    };
    return rows;
}

const std::map<BlockReason, Advice>& blocked() {
    static const std::map<BlockReason, Advice> rows{
        {BlockReason::credentials, Advice::sign_in}, {BlockReason::certificate, Advice::call_support},
        {BlockReason::path, Advice::call_support},   {BlockReason::proxy, Advice::call_support},
        {BlockReason::other, Advice::call_support},
    };
    return rows;
}

std::string quoted(std::string_view name) { return "`" + std::string(name) + "`"; }

// The codes of requests that were not sent, for which something is advised, or the reasons of a blocked link.
template <class Rows> std::string names_with(const Rows& rows, Advice advice) {
    std::string names;
    for (const auto& [name, right] : rows)
        if (right == advice) names += (names.empty() ? "" : ", ") + quoted(to_string(name));
    return names;
}

std::string row(std::string_view ending, std::string_view condition, Advice advice) {
    return "| " + std::string(ending) + " | " + std::string(condition) + " | " + quoted(to_string(advice)) + " |\n";
}

std::string print_advice() {
    std::string text = "| ending | `code`, or what is known of the link | advice |\n| --- | --- | --- |\n";
    text += row("refused", "any", Advice::correct_form) + row("unknown", "any", Advice::look_up_first);
    text += row("unknown", "any, of a request that changes nothing (`is_read_only`)", Advice::try_again);
    for (const auto advice : all<Advice>(0, last_advice))
        if (const std::string names = names_with(unsent(), advice); !names.empty())
            text += row("not sent", names, advice);
    text += row("not sent", "`link` is set: there was none", Advice::wait_for_link);
    for (const auto advice : all<Advice>(0, last_advice))
        if (const std::string names = names_with(blocked(), advice); !names.empty())
            text += row("not sent", "`block` is " + names, advice);
    text +=
        "\nThe lower rows go before those above them. In words:\n\n| advice | `describe(advice)` |\n| --- | --- |\n";
    for (const auto advice : all<Advice>(0, last_advice))
        text += "| " + quoted(to_string(advice)) + " | " + describe(advice) + " |\n";
    return text;
}

std::string read_file(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

// The advices that a line of a document names.
std::set<Advice> named_in(const std::string& line) {
    std::set<Advice> named;
    for (const auto advice : all<Advice>(0, last_advice))
        if (line.find(quoted(to_string(advice))) != std::string::npos) named.insert(advice);
    return named;
}

std::string line_with(const std::string& text, const std::string& beginning) {
    const auto begin = text.find("\n" + beginning);
    return begin == std::string::npos ? "" : text.substr(begin + 1, text.find('\n', begin + 1) - begin - 1);
}

} // namespace

TEST_CASE("What was not sent is advised about by its code") {
    for (const auto& [code, right] : unsent()) {
        CAPTURE(to_string(code));
        CHECK(advice(Error{.code = code, .delivery = Delivery::not_sent}) == right);
    }
}

TEST_CASE("What was refused is to be corrected and what is unknown to be looked up, whatever else is known") {
    for (const auto code : all<Errc>(1, last_code)) {
        for (const auto block : all<BlockReason>(0, last_block)) {
            CAPTURE(to_string(code), to_string(block));
            const lcm::error_code link = Errc::connect_failed;
            CHECK(advice(Error{.code = code, .delivery = Delivery::refused, .block = block}) == Advice::correct_form);
            CHECK(advice(Error{.code = code, .delivery = Delivery::unknown, .link = link, .block = block}) ==
                  Advice::look_up_first);
            CHECK(advice(Error{.code = code, .delivery = Delivery::unknown, .block = block, .is_read_only = true}) ==
                  Advice::try_again);
        }
    }
}

TEST_CASE("What was not sent for want of a link waits for it, or for whoever can bring it back") {
    for (const Errc code : {Errc::timed_out, Errc::cancelled}) {
        CHECK(advice(Error{.code = code, .link = Errc::connect_failed}) == Advice::wait_for_link);
        CHECK(advice(Error{.code = code, .link = Errc::unauthorized}) == Advice::sign_in);
        for (const auto& [block, right] : blocked())
            CHECK(advice(Error{.code = code, .link = Errc::upgrade_rejected, .block = block}) == right);
    }
    CHECK(advice(Error{.code = Errc::unauthorized, .block = BlockReason::proxy}) == Advice::call_support);
    CHECK(advice(Error{.code = Errc::tls_failed, .block = BlockReason::certificate}) == Advice::call_support);
}

TEST_CASE("A link is to be waited for, but for one that is blocked by what somebody has to do") {
    CHECK(advice(lcm::LinkStatus{.state = LinkState::ready}) == std::nullopt);
    CHECK(advice(lcm::LinkStatus{.state = LinkState::closed}) == std::nullopt);
    CHECK(advice(lcm::LinkStatus{.state = LinkState::connecting}) == Advice::wait_for_link);
    CHECK(advice(lcm::LinkStatus{.state = LinkState::waiting}) == Advice::wait_for_link);
    for (const auto& [block, right] : blocked()) {
        CAPTURE(to_string(block));
        CHECK(advice(lcm::LinkStatus{.state = LinkState::blocked, .block = block}) == right);
    }
}

TEST_CASE("Every advice has a name and a sentence of its own") {
    std::set<std::string> names;
    std::set<std::string> sentences;
    for (const auto advice : all<Advice>(0, last_advice)) {
        names.insert(to_string(advice));
        sentences.insert(describe(advice));
    }
    CHECK(names.size() == last_advice + 1);
    CHECK(sentences.size() == last_advice + 1);
    CHECK_FALSE(names.contains(to_string(static_cast<Advice>(last_advice + 1))));
}

TEST_CASE("The contract shows the table of advice as it is tested") {
    const std::string expected =
        "<!-- advice: printed by tests/ground/advice_test.cpp -->\n\n" + print_advice() + "\n<!-- end -->\n";
    const bool is_shown =
        read_file(LCM_CLIENT_SOURCE_DIR "/include/lcm_client/README.md").find(expected) != std::string::npos;
    // Not by Catch2, which would break the lines.
    if (!is_shown)
        std::cout << "include/lcm_client/README.md must contain just this, from one mark to the other:\n" << expected;
    CHECK(is_shown);
}

TEST_CASE("The table of the endings names for each just the advice that it can have") {
    const std::string text = read_file(LCM_CLIENT_SOURCE_DIR "/README.md");
    std::set<Advice> of_unsent;
    for (const auto& [code, right] : unsent()) of_unsent.insert(right);
    for (const auto& [block, right] : blocked()) of_unsent.insert(right);
    CHECK(named_in(line_with(text, "| `refused` |")) == std::set{Advice::correct_form});
    CHECK(named_in(line_with(text, "| `not_sent` |")) == of_unsent);
    CHECK(named_in(line_with(text, "| `unknown` |")) == std::set{Advice::look_up_first, Advice::try_again});
}
