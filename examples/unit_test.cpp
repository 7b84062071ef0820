// SPDX-License-Identifier: BSL-1.0
// A unit test of an application: no network, no thread, no sleeping, and still the real client between the two ends.
#include <lcm_client.hpp>
#include <lcm_client/testing/manual_clock.hpp>
#include <lcm_client/testing/messages.hpp>
#include <lcm_client/testing/scripted_transport.hpp>

#include <boost/asio/io_context.hpp>

#include <chrono>
#include <iostream>
#include <string>

using Request = lcm::SetBusinessOutcomeWithCallOutcome;

// --- The application: what an agent sees when a call is wrapped up. In production `Client` is lcm::Client. -----------

template <class Client> class WrapUp {
public:
    explicit WrapUp(Client& client) : client_(client) {}

    void finish(const std::string& callid) {
        status = "saving";
        const Request request{
            .callid = callid,
            .account_number = "5|3|1|0|0|44|1",
            .business_outcome = 101,
            .call_outcome = lcm::TelephonyOutcome::success,
            .user_id = "1234",
        };
        client_.async_call(request, [this](const auto& result) { status = text_of(result); });
    }

    std::string status = "talking";

private:
    static std::string text_of(const lcm::Result<lcm::OutcomeResponse>& result) {
        if (result) return "saved";
        return result.error().delivery == lcm::Delivery::unknown ? "please check" : "not saved";
    }

    Client& client_;
};

// --- The tests -------------------------------------------------------------------------------------------------------

struct Bench {
    using Client = lcm::LcmClient<lcm::testing::ScriptedTransport, lcm::testing::ManualClock>;

    boost::asio::io_context loop{1};
    lcm::testing::Script server;
    lcm::testing::ManualClock clock;
    Client client{{.source = "test"}, lcm::testing::scripted(server), loop.get_executor(), clock};
    WrapUp<Client> wrap_up{client};

    void settle() { // lets everything happen that can happen now
        loop.restart();
        loop.poll();
    }
};

int failures = 0;

void expect_status(const std::string& expected, const Bench& bench, const std::string& when) {
    if (bench.wrap_up.status == expected) return;
    ++failures;
    std::cerr << when << ": expected '" << expected << "', found '" << bench.wrap_up.status << "'\n";
}

void test_accepted() {
    Bench bench;
    bench.wrap_up.finish("12345");
    bench.settle();
    expect_status("saving", bench, "before the answer");
    bench.server.receive(lcm::testing::reply<Request>("12345"));
    bench.settle();
    expect_status("saved", bench, "after the answer");
}

void test_no_answer() {
    Bench bench;
    bench.wrap_up.finish("12345");
    bench.settle(); // the request has left
    bench.clock.advance(std::chrono::seconds(11));
    bench.settle();
    expect_status("please check", bench, "after the deadline"); // it may have been set: only the agent can tell
}

int main() {
    test_accepted();
    test_no_answer();
    if (failures == 0) std::cout << "all passed\n";
    return failures;
}
