// SPDX-License-Identifier: BSL-1.0
// Each allocation fails once, alone and with the nineteen after it, in the days of a client over a scripted
// connection: every request and every inquiry ends once, and the client works again when there is memory.
#include <memory/failing_new.hpp>
#include <memory/requests.hpp>
#include <support/catch.hpp>

#include <lcm_client/evidence.hpp>
#include <lcm_client/inquiry.hpp>
#include <lcm_client/testing/simulated_server.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <atomic>
#include <chrono>
#include <functional>
#include <future>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace std::chrono_literals;
using namespace lcm::tests;
using lcm::testing::reply;

namespace {

enum class On { own_thread, loop };

// A client whose script and clock the test moves while the client stands still: on a thread of its own, or on a loop of
// the test's, which is run on when something of Asio's has thrown out of it.
class Day {
public:
    explicit Day(On place, std::optional<lcm::InquiryOptions> inquiry) : is_own_thread_(place == On::own_thread) {
        lcm::ClientConfig config{.source = "test", .inquiry = inquiry, .do_not_call_guard = lcm::DoNotCallGuard()};
        config.on_state = [this](const lcm::LinkStatus& status) {
            const MayFail may(false);
            is_ready_ = status.state == lcm::LinkState::ready;
        };
        config.on_settled = [this](const lcm::Settled& settled) {
            if (settled.evidence) note(settled.reported.callid, settled.evidence->finding);
        };
        config.on_event = [](std::string_view) {};
        auto factory = lcm::testing::scripted(script);
        if (is_own_thread_) client.emplace(std::move(config), std::move(factory), clock);
        else client.emplace(std::move(config), std::move(factory), loop_.get_executor(), clock);
    }
    Day(const Day&) = delete;
    Day& operator=(const Day&) = delete;
    ~Day() { destroy(); }

    /// Does something where the client runs, with memory.
    void play(const std::function<void()>& action) {
        if (is_own_thread_) return play_on_thread(action);
        action();
        run();
    }

    /// Lets the client do what it has to do now.
    void settle() {
        if (!client) return run(); // the handlers that it has left to the loop
        for (int i = 0; i < 6; ++i) play([] {});
    }

    void advance(std::chrono::nanoseconds time) {
        settle();
        clock.advance(time);
        settle();
    }

    void answer_all() {
        play([this] {
            script.answer([](std::string_view message) {
                const MayFail may(false);
                const auto begin = message.find(R"("callid":")") + 10;
                const std::string callid(message.substr(begin, message.find('"', begin) - begin));
                return std::vector{reply<SetOutcome>(callid)};
            });
        });
    }

    /// A server with a store, to which the requests for one call get without an answer, and those for another one do not.
    void lose_requests_and_answers() {
        play([this] {
            script.name_server("wss://a:443");
            script.answer([this](std::string_view message) {
                const MayFail may(false);
                const bool is_question = message.find("GetStoredData") != std::string_view::npos;
                if (!is_question && message.find(lost_call) != std::string_view::npos)
                    return std::vector<std::string>();
                auto replies = server_.handle(message).replies;
                return is_question ? std::move(replies) : std::vector<std::string>();
            });
        });
    }
    /// Evidence is told.
    void note(const std::string& callid, lcm::Finding finding) {
        const bool has_come = callid != lost_call;
        if (finding != lcm::Finding::undecided) ++told_;
        if (finding == (has_come ? lcm::Finding::not_reached : lcm::Finding::reached)) ++lies_;
    }
    [[nodiscard]] int lies() const noexcept { return lies_; }
    [[nodiscard]] int told() const noexcept { return told_; } ///< evidence that decides

    static constexpr const char* lost_call = "lost";

    void destroy() {
        if (!client) return;
        const MayFail may(true);
        client.reset();
    }

    lcm::testing::ManualClock clock;
    lcm::testing::Script script;

private:
    boost::asio::io_context loop_;

public:
    std::optional<ScriptedClient> client;

    /// Whether the client does its work, perhaps after a new connection, and once unknown Do Not Calls are looked up.
    bool works() {
        client->resolve_do_not_call(subjects_of(sample()));
        answer_all();
        for (int attempt = 0; attempt < 200; ++attempt) {
            Requests probe;
            probe.call_back(*client, sample("probe" + std::to_string(attempt)));
            for (int i = 0; i < 60 && !probe.have_ended(); ++i) advance(200ms);
            if (!probe.have_ended()) return false;
            if (probe.accepted() == 1) return is_ready_;
        }
        return false;
    }

private:
    void play_on_thread(const std::function<void()>& action) {
        std::promise<void> done;
        boost::asio::post(client->get_executor(), [&] {
            {
                const MayFail may(false);
                action();
            }
            may_fail = true; // from now on
            done.set_value();
        });
        done.get_future().wait();
    }

    void run() {
        const MayFail may(true);
        while (!has_run()) {}
    }

    bool has_run() {
        try {
            loop_.restart();
            loop_.poll();
            return true;
        } catch (const std::bad_alloc&) {
            return false;
        }
    }

    const bool is_own_thread_;
    lcm::testing::SimulatedServer server_{{}, {.shows = lcm::testing::StoredFields::all}};
    std::atomic<int> lies_{0};
    std::atomic<int> told_{0};
    bool is_ready_ = false; // as the hook was told
};

using Scenario = std::function<void(Day&, Requests&)>;

// One day; returns what was wrong.
std::string live_through(const Scenario& scenario, std::optional<lcm::InquiryOptions> inquiry, On place,
                         std::size_t nth, std::size_t in_row) {
    Requests requests;
    Day day(place, inquiry);
    day.settle();
    failing_new.start(nth, in_row);
    scenario(day, requests);
    for (int i = 0; day.client && i < 100 && !requests.have_ended(); ++i) day.advance(200ms);
    day.settle();
    const bool has_failed = failing_new.has_failed();
    failing_new.stop();
    std::string problem = requests.check();
    if (problem.empty() && day.client && !day.works()) problem = "the client does not work afterwards";
    if (problem.empty() && day.lies() != 0) problem = "what was told as evidence is not true";
    if (problem.empty() && !has_failed && inquiry && day.told() == 0) problem = "no evidence was told";
    if (problem.empty() && !has_failed) problem = "none failed";
    return problem;
}

void live_through_all(const Scenario& scenario, std::optional<lcm::InquiryOptions> inquiry = {}) {
    for (const On place : {On::own_thread, On::loop})
        for (const std::size_t in_row : {1U, 20U})
            for (std::size_t nth = 1;; ++nth) {
                const std::string problem = live_through(scenario, inquiry, place, nth, in_row);
                if (problem == "none failed") {
                    REQUIRE(nth > 10);
                    break;
                }
                INFO("allocation " << nth << ", and " << in_row - 1 << " after it, "
                                   << (place == On::loop ? "on a loop: " : "on its own thread: ") << problem);
                REQUIRE(problem.empty());
            }
}

} // namespace

TEST_CASE("Out of memory: requests that are accepted") {
    live_through_all([](Day& day, Requests& requests) {
        day.answer_all();
        submit_some(*day.client, requests);
        day.settle();
    });
}

TEST_CASE("Out of memory: requests that run out of time") {
    live_through_all([](Day& day, Requests& requests) {
        submit_some(*day.client, requests);
        day.advance(1s);
        requests.call(*day.client, sample("4"));
        day.advance(12s);
    });
}

TEST_CASE("Out of memory: the link is lost with requests in all states, and comes again") {
    live_through_all([](Day& day, Requests& requests) {
        submit_some(*day.client, requests);
        day.settle();
        day.play([&] { day.script.hold_send(); });
        requests.call(*day.client, sample("5"));
        day.settle();
        requests.call_back(*day.client, sample("6"));
        day.play([&] { day.script.drop(); });
        day.settle();
        requests.call(*day.client, sample("7"));
        day.play([&] { day.script.finish_send(); });
        day.answer_all();
        day.advance(600ms);
    });
}

TEST_CASE("Out of memory: cancellations, and a late reply that tells the truth") {
    live_through_all([](Day& day, Requests& requests) {
        submit_some(*day.client, requests);
        requests.cancel_futures();
        day.settle();
        day.play([&] { requests.cancel_callbacks(); });
        day.settle();
        day.play([&] {
            day.script.receive(reply<SetOutcome>("1"));
            day.script.receive(reply<SetOutcome>("2"));
            day.script.receive(R"({"topic":"WebService","subtopic":"Else","message":{}})");
            day.script.receive(R"({"topic":"Error","message":{"errorType":"WS_Error","msg":"Invalid Call ID: 3"}})");
        });
        day.settle();
    });
}

TEST_CASE("Out of memory: a Do Not Call keeps nothing back when its call has thrown, or when it has ended") {
    live_through_all([](Day& day, Requests& requests) {
        SetOutcome mark = sample("1");
        mark.call_outcome = lcm::TelephonyOutcome::dnc;
        day.answer_all();
        requests.call(*day.client, mark);
        requests.call_back(*day.client, mark);
        requests.call(*day.client, sample("2"));
        day.settle();
    });
}

TEST_CASE("Out of memory: what is unknown is asked for, by the application and by the client itself, and the evidence "
          "is true") {
    constexpr lcm::InquiryOptions inquiry{.store = lcm::SynchronousStore{.settle_time = 1s}, .after_reconnect = true};
    live_through_all(
        [](Day& day, Requests& requests) {
            day.lose_requests_and_answers();
            requests.call_back(*day.client, sample("1"));
            requests.call_back(*day.client, sample(Day::lost_call));
            day.settle();
            day.play([&] { day.script.drop(); });
            day.advance(600ms);
            day.play([&] {
                requests.inquire(*day.client,
                                 [&day](const std::string& call, lcm::Finding finding) { day.note(call, finding); });
            });
            day.advance(2s);
            day.advance(2s);
        },
        inquiry);
}

TEST_CASE("Out of memory: a client is closed with requests under way") {
    live_through_all([](Day& day, Requests& requests) {
        submit_some(*day.client, requests);
        day.settle();
        requests.call_back_on(*day.client, sample("4"), day.client->get_executor());
        {
            const MayFail may(true);
            try {
                day.client->close(0ms);
            } catch (const std::bad_alloc&) {}
        }
        day.destroy();
    });
}
