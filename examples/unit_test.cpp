// SPDX-License-Identifier: BSL-1.0
// A unit test of an application's class: no network, no thread, no sleeping, and the real client between the two ends.
#include <lcm_client.hpp>
#include <lcm_client/testing/manual_clock.hpp>
#include <lcm_client/testing/messages.hpp>
#include <lcm_client/testing/scripted_transport.hpp>
#include <lcm_client/testing/typed_messages.hpp>

#include <boost/asio/io_context.hpp>

#include <iostream>

using namespace std::chrono_literals;
using Outcome = lcm::SetBusinessOutcomeWithCallOutcome;
using Overlap = lcm::ScheduledCallBackOverlap;

struct WrapUp { // what an agent sees when a call is wrapped up; in production it is given an lcm::Client
    lcm::AnyClient& client;
    std::string status = "talking";

    void submit(const Outcome& request) {
        client.async_call(request, [this](const auto& result) { status = result ? "saved" : text_of(result.error()); });
    }
    void check(const Overlap& request) {
        client.async_call(request, [this](const lcm::Result<lcm::CallbackOverlap>& result) {
            status = !result ? text_of(result.error()) : result->is_overlap ? "overlaps" : "free";
        });
    }
    void settle(const lcm::Settled& truth) { status = std::string(to_string(truth.delivery)) + " after all"; }
    static std::string text_of(const lcm::Error& error) {
        return error.server.message.empty() ? describe(advice(error)) : error.server.message;
    }
};

int failures = 0;

struct Bench {
    boost::asio::io_context loop{1};
    lcm::testing::Script server;
    lcm::testing::ManualClock clock;
    lcm::ClientConfig config{.source = "test", .on_settled = [this](const auto& truth) { form.settle(truth); }};
    lcm::AnyClient client{config, lcm::testing::scripted(server), loop.get_executor(), clock};
    WrapUp form{client};

    void run(std::chrono::seconds time = 0s) { // lets everything happen that happens in this time
        loop.poll();
        clock.advance(time);
        loop.poll();
    }
    void expect(const std::string& status) {
        run();
        if (form.status != status) std::cerr << ++failures << ": '" << form.status << "', not '" << status << "'\n";
    }
};

int main() {
    const Outcome request{.callid = 1, .account_number = "5|3", .business_outcome = 1, .call_outcome = 0, .user_id = 7};
    const lcm::Date day = std::chrono::year(2030) / 6 / 3;
    Bench drop, late, offline, refused, overlap;
    for (Bench* bench : {&drop, &late, &refused}) bench->form.submit(request), bench->run();
    drop.server.drop();
    drop.expect(describe(lcm::Advice::look_up_first)); // it may have been set: only the agent can tell
    late.run(11s);
    late.server.receive(lcm::testing::reply<Outcome>("1"));
    late.expect("accepted after all");
    offline.server.fail_open(lcm::Errc::connect_failed);
    offline.form.submit(request);
    offline.run(11s);
    offline.expect(describe(lcm::Advice::wait_for_link));
    refused.server.receive(lcm::testing::ws_error("Invalid Call ID:1", "This call is over."));
    refused.expect("This call is over.");
    overlap.form.check({"1", "5|3", day, day, 9h, 10h, "7"});
    overlap.run();
    const auto sent = lcm::testing::read_request<Overlap>(overlap.server.sent().at(0)).value();
    const lcm::CallbackOverlap answer{.request_result = true, .is_overlap = sent.start_from_date == day};
    overlap.server.receive(lcm::testing::reply_with<Overlap>("1", answer));
    overlap.expect("overlaps");
    return failures;
}
