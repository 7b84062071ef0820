// SPDX-License-Identifier: BSL-1.0
// `lcm watch`: prints what the server sends on its own, each event as one line of JSON, through breaks of the link.
#include "client.hpp"
#include "commands.hpp"
#include "connection.hpp"
#include "duration.hpp"
#include "event_name.hpp"
#include "lifetime.hpp"
#include "ordered_json.hpp"
#include "report.hpp"
#include "status.hpp"
#include "to_json.hpp"

#include <lcm_client/events.hpp>
#include <lcm_client/json.hpp>
#include <lcm_client/subscription.hpp>

#include <CLI/CLI.hpp>

#include <chrono>
#include <cstdint>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lcm_command {

namespace {

struct WatchFlags {
    ConnectionFlags connection{};
    std::optional<std::chrono::milliseconds> lifetime{};
};

OrderedJson fields_of(const lcm::OutcomeSetForCall& event) {
    return {{"AccountNumber", ToJson::write(event.account_number)}};
}

OrderedJson fields_of(const lcm::OutBoundCallStateChange& event) { return ToJson::write(event); }

OrderedJson fields_of(const lcm::ErrorEvent& event) {
    OrderedJson json{{"channel", event.channel}, {"subtopic", event.subtopic}, {"server", report_texts(event.texts)}};
    if (event.callid) json["callid"] = *event.callid;
    return json;
}

template <lcm::Event E> lcm::EventSubscription print_each(lcm::Client& client) {
    return client.on<E>([](const E& event) {
        OrderedJson line{{"event", event_name<E>()}};
        line.update(fields_of(event));
        print_report(line);
    });
}

std::vector<lcm::EventSubscription> print_all(lcm::Client& client) {
    std::vector<lcm::EventSubscription> subscriptions;
    lcm::Events::for_each([&]<class E>() { subscriptions.push_back(print_each<E>(client)); });
    subscriptions.push_back(client.on_any([](const lcm::Json& message) {
        print_report({{"event", "other"}, {"message", ToJson::write(message)}});
    }));
    return subscriptions;
}

Status watch(const WatchFlags& flags) {
    Lifetime lifetime(flags.lifetime); // outlives the client, whose handlers run on its loop
    const auto print_state = [](const lcm::LinkStatus& link) { std::cerr << "lcm: " << describe(link) << '\n'; };
    const auto client =
        make_client({.hooks_executor = lifetime.loop().get_executor(), .on_state = print_state}, flags.connection);
    const auto subscriptions = print_all(client->client);
    lifetime.wait();
    const std::uint64_t dropped = client->client.stats().events_dropped;
    if (dropped != 0)
        std::cerr << "lcm: " << dropped << " events came faster than they could be printed, and are lost\n";
    return status_accepted;
}

} // namespace

void add_watch(CLI::App& lcm, Status& status) {
    auto* const command = lcm.add_subcommand("watch", "print each event as one line of JSON, until SIGINT or SIGTERM");
    command->footer(
        "Connects again by itself. Changes of the link go to standard error. Events can hold personal data.\n"
        "Exit status: 0 at the end, whether there was a link or not; 2 wrong usage, 1 any other failure.");
    const auto flags = std::make_shared<WatchFlags>();
    add_connection_flags(*command, flags->connection);
    command
        ->add_option_function<std::string>(
            "--for", [flags](const std::string& text) { flags->lifetime = read_duration("--for", text); },
            "end after this time")
        ->type_name("SECONDS");
    command->callback([&status, flags] { status = watch(*flags); });
}

} // namespace lcm_command
