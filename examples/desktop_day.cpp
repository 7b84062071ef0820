// SPDX-License-Identifier: BSL-1.0
// A desktop's day: the agent is ready, a call ends in "call me back", a callback is booked and the outcome set, while a
// second desktop watches what happens.
// Usage: example_desktop_day [URL]; without a URL it starts a simulated server.
#include <lcm_client.hpp>
#include <lcm_client/testing/simulator.hpp>

#include <algorithm>
#include <chrono>
#include <exception>
#include <future>
#include <iostream>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

namespace {

using namespace std::chrono_literals;

const std::string call = "12345";
const std::string agent = "1234";
const auto callback_outcome = static_cast<int>(lcm::TelephonyOutcome::callback);
const lcm::Sensitive<std::string> key = "5|3|1|0|0|44|1"; // of the contact attempt, from the call's event

/// The response of `request`, or the end of the day: `value()` throws `lcm::LcmError` with the ending and the reason.
template <lcm::Request R> typename R::Response ask(lcm::Client& client, const R& request) {
    return client.call_and_wait(request).value();
}

lcm::Number choose_mode(lcm::Client& client) {
    const auto modes = ask(client, lcm::GetCampaignModes{.callid = call, .account_number = key});
    std::cout << "The campaign has these modes:";
    for (const lcm::Mode& mode : modes) std::cout << ' ' << mode.description;
    std::cout << '\n';
    if (modes.empty()) throw std::runtime_error("there is no mode by which the customer can be called back");
    return modes.records.front().mode_id;
}

/// The first outcome under a parent: a parent alone is not enough.
lcm::Number choose_outcome(lcm::Client& client) {
    const auto outcomes = ask(client, lcm::GetBusinessOutCome{.callid = call, .account_number = key});
    const auto has_parent = [](const lcm::BusinessOutcome& outcome) { return outcome.parent_id.is_set(); };
    const auto outcome = std::find_if(outcomes.begin(), outcomes.end(), has_parent);
    if (outcome == outcomes.end()) throw std::runtime_error("the campaign has no outcome to choose");
    std::cout << "Of " << outcomes.size() << " outcomes, the agent chooses " << outcome->description << '\n';
    return outcome->outcome_id;
}

/// The first hour of that day which is still free.
std::chrono::minutes find_free_hour(lcm::Client& client, lcm::Date day) {
    for (std::chrono::minutes hour = 9h; hour < 17h; hour += 1h) {
        const auto overlap = ask(client, lcm::ScheduledCallBackOverlap{.callid = call,
                                                                       .account_number = key,
                                                                       .start_from_date = day,
                                                                       .start_to_date = day,
                                                                       .start_from_time = hour,
                                                                       .start_to_time = hour + 59min,
                                                                       .user_id = agent});
        if (!overlap.is_overlap) return hour;
        std::cout << lcm::TimeOfDay(hour).text() << " is taken\n";
    }
    throw std::runtime_error("no hour of that day is free");
}

void book_callback(lcm::Client& client, lcm::Number mode, lcm::Number outcome) {
    const lcm::Date day = std::chrono::year_month_day(2030y / 6 / 3);
    const auto hour = find_free_hour(client, day);
    ask(client, lcm::SetBusinessOutcomeWithPersonalCallback{.callid = call,
                                                            .account_number = key,
                                                            .outcome_id = callback_outcome,
                                                            .business_outcome = outcome,
                                                            .start_date = day,
                                                            .end_date = day,
                                                            .start_time = hour,
                                                            .end_time = hour + 59min,
                                                            .callback_mode_id = mode,
                                                            .user_id = agent,
                                                            .agent_comments = "Asked to be called back"});
    std::cout << "A callback is booked for " << day.text() << ", " << lcm::TimeOfDay(hour).text() << '\n';
}

void run(const std::string& url) {
    lcm::Client watcher({.source = "wallboard"}, lcm::websocket({.url = url}));
    std::promise<void> told; // by the event's handler, which runs on the watcher's thread
    bool is_told = false;
    const auto subscription = watcher.on<lcm::OutcomeSetForCall>([&](const lcm::OutcomeSetForCall& event) {
        if (event.account_number == key && !std::exchange(is_told, true)) told.set_value();
    });
    ask(watcher, lcm::GetAgentCallCount{.user_id = agent}); // answered: so the watcher is connected

    lcm::Client desktop({.source = "desktop"}, lcm::websocket({.url = url}));
    ask(desktop, lcm::SendAgentState{.agent_id = agent, .agent_state = "READY"});
    const auto calls = ask(desktop, lcm::StateSync{});
    std::cout << "The agent is ready; the server knows of " << calls.size() << " call(s)\n";

    const lcm::Number outcome = choose_outcome(desktop);
    const lcm::Number mode = choose_mode(desktop);
    book_callback(desktop, mode, outcome);
    book_callback(desktop, mode, outcome); // the same hour is taken now

    ask(desktop, lcm::SetBusinessOutcomeWithCallOutcome{.callid = call,
                                                        .account_number = key,
                                                        .business_outcome = outcome,
                                                        .call_outcome = lcm::TelephonyOutcome::callback,
                                                        .user_id = agent});
    const auto stored = ask(desktop, lcm::GetStoredData{.callid = call});
    std::cout << "The server's last record of the call is " << stored.api << '\n';

    if (told.get_future().wait_for(10s) != std::future_status::ready)
        throw std::runtime_error("the other desktop was told nothing");
    std::cout << "The other desktop was told of it\n";
}

} // namespace

int main(int argc, char** argv) {
    std::optional<lcm::testing::Simulator> simulator;
    try {
        run(argc > 1 ? argv[1] : simulator.emplace().url());
    } catch (const std::exception& problem) { // lcm::LcmError among them
        std::cerr << problem.what() << '\n';
        return 1;
    }
}
