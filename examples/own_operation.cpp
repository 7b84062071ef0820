// SPDX-License-Identifier: BSL-1.0
// An operation that the library does not know: described by a table in the application's own code, and then called like
// those of the library; and the same once more without a type, as JSON.
#include <lcm_client.hpp>
#include <lcm_client/raw_request.hpp>
#include <lcm_client/testing/manual_clock.hpp>
#include <lcm_client/testing/scripted_transport.hpp>

#include <boost/asio/io_context.hpp>

#include <iostream>
#include <string>
#include <string_view>
#include <vector>

namespace app {

/// A note on a contact.
struct Note {
    lcm::Date day{};
    lcm::Sensitive<std::string> text{}; // personal: it reaches no log
    lcm::Sensitive<lcm::Json> others{}; // what the server sends beyond the table

    static constexpr void fields(auto&& field) {
        field("Day", &Note::day, lcm::Presence::optional, "when it was written");
        field("Text", &Note::text, lcm::Presence::optional, "what it says");
    }
};

/// Lists the newest notes on a contact.
struct GetNotes {
    lcm::Id callid{};
    lcm::Sensitive<std::string> account_number{};
    lcm::Number at_most = 10;

    static constexpr void fields(auto&& field) {
        field("callid", &GetNotes::callid, lcm::Presence::required, "the call's id");
        field("AccountNumber", &GetNotes::account_number, lcm::Presence::required, "the LCM key");
        field("AtMost", &GetNotes::at_most, lcm::Presence::required, "how many", {.form = lcm::Form::text});
    }

    using Response = lcm::List<Note>;

    static constexpr lcm::Operation operation{
        .subtopic = "GetNotes",
        .reply_subtopic = "Notes",
        .is_read_only = true, // so it may be sent again after a lost link
    };
};

} // namespace app

// Stands for a server that knows the operation. With a real one, the client is lcm::Client.
std::vector<std::string> serve(std::string_view message) {
    std::cout << "sent: " << message << '\n';
    return {R"({"channel":"LCM","topic":"WebService","subtopic":"Notes","message":{"callid":"12345","response":)"
            R"([{"Day":"13/01/2021","Text":"Prefers the morning","Author":"1234"}]}})"};
}

int main() {
    boost::asio::io_context loop{1};
    lcm::testing::Script server;
    lcm::testing::ManualClock clock;
    lcm::LcmClient<lcm::testing::ScriptedTransport, lcm::testing::ManualClock> client(
        {.source = "example-own-operation"}, lcm::testing::scripted(server), loop.get_executor(), clock);
    server.answer(serve);

    int answers = 0;
    const auto show_typed = [&answers](const lcm::Result<lcm::List<app::Note>>& notes) {
        for (const app::Note& note : notes.value()) std::cout << note.day.text() << ": " << note.text.reveal() << '\n';
        ++answers;
    };
    const auto show_json = [&answers](const lcm::Result<lcm::Json>& reply) {
        std::cout << "as JSON: " << reply.value().dump() << '\n';
        ++answers;
    };
    const auto show_problem = [&answers](const lcm::Result<lcm::List<app::Note>>& notes) {
        if (!notes.has_error()) return;
        std::cout << notes.error().message() << '\n';
        ++answers;
    };

    client.async_call(app::GetNotes{.callid = "12345", .account_number = "5|3|1|0|0|44|1"}, show_typed);
    client.async_call(app::GetNotes{.callid = "12345"}, show_problem); // checked by the table: the key is missing
    client.async_call_raw({.subtopic = "GetNotes",
                           .data = {{"callid", "12345"}, {"AccountNumber", "5|3|1|0|0|44|1"}, {"AtMost", "10"}},
                           .reply = {"Notes"},
                           .is_read_only = true},
                          show_json); // not checked
    loop.poll();
    return answers == 3 ? 0 : 1;
}
