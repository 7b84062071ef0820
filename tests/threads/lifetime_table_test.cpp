// SPDX-License-Identifier: BSL-1.0
// The table of the ends of a client: who ends it, from where, and what has happened when that call returns. Each row is
// lived through, and the table in the contract is compared with what was seen.
#include <support/bench.hpp>
#include <support/catch.hpp>

#include <lcm_client/link_status.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <atomic>
#include <chrono>
#include <fstream>
#include <functional>
#include <future>
#include <iostream>
#include <iterator>
#include <memory>
#include <string>
#include <thread>
#include <utility>

using namespace std::chrono_literals;
using namespace lcm::tests;

namespace {

using ThreadedClient = lcm::LcmClient<lcm::testing::ScriptedTransport>;

// What is seen of one end. The client has one request with a future and one with a callback, both sent and unanswered.
class Observed {
public:
    explicit Observed(boost::asio::io_context* loop = nullptr) {
        lcm::ClientConfig config{.source = "test"};
        config.on_state = [this](const lcm::LinkStatus& status) {
            is_told_ = is_told_ || status.state == lcm::LinkState::closed;
        };
        if (loop == nullptr)
            client = std::make_unique<ThreadedClient>(std::move(config), lcm::testing::scripted(script));
        else
            client = std::make_unique<ThreadedClient>(std::move(config), lcm::testing::scripted(script),
                                                      loop->get_executor());
        future_ = client->call(sample("1"));
        client->async_call(sample("2"), [this](const Outcome&) {
            place_ = std::this_thread::get_id() == ending_thread_.load() && !has_returned_ ? Place::inside
                     : has_returned_                                                       ? Place::after
                                                                                           : Place::before;
            called_.set_value();
        });
    }

    // `end` is the call that ends the client.
    void end(const std::function<void()>& end_it) {
        ending_thread_ = std::this_thread::get_id();
        end_it();
        is_future_ready_ = is_ready(future_);
        is_closed_ = script.is_closed_by_client();
        was_told_ = is_told_;
        has_returned_ = true;
    }

    std::string row(const std::string& what, const std::string& from) {
        const bool is_called = called_.get_future().wait_for(20s) == std::future_status::ready;
        return "| " + what + " | " + from + " | " + (is_future_ready_ ? "ready" : "not ready") + " | " +
               (is_called ? words_for(place_) : "never") + " | " + (was_told_ ? "told" : "not told") + " | " +
               (is_closed_ ? "closed" : "soon") + " |\n";
    }

    lcm::testing::Script script;
    std::unique_ptr<ThreadedClient> client;

private:
    enum class Place { inside, before, after };

    static std::string words_for(Place place) {
        switch (place) {
        case Place::inside: return "run inside the call";
        case Place::before: return "have run on the client's thread";
        case Place::after: return "run later";
        }
        return {};
    }

    std::future<lcm::OutcomeResponse> future_;
    std::promise<void> called_;
    std::atomic<std::thread::id> ending_thread_{};
    std::atomic<bool> has_returned_{false};
    std::atomic<bool> is_told_{false};
    std::atomic<Place> place_{Place::after};
    bool is_future_ready_ = false;
    bool is_closed_ = false;
    bool was_told_ = false;
};

// On the client's own thread, as a handler without an executor runs.
void run_inside(Observed& seen, const std::function<void()>& action) {
    std::promise<void> done;
    boost::asio::post(seen.client->get_executor(), [&] {
        seen.end(action);
        done.set_value();
    });
    done.get_future().wait();
}

// The script is the client's thread's: it is asked there.
void wait_until_sent(Observed& seen) {
    for (bool is_sent = false; !is_sent;) {
        std::promise<bool> answer;
        boost::asio::post(seen.client->get_executor(), [&] { answer.set_value(seen.script.sent().size() == 2); });
        is_sent = answer.get_future().get();
    }
}

std::string of_close(bool is_inside) {
    Observed seen;
    wait_until_sent(seen);
    const auto close = [&seen] { seen.client->close(0ms); };
    if (is_inside) run_inside(seen, close);
    else seen.end(close);
    return seen.row("`close()`", is_inside ? "a handler" : "another thread");
}

std::string of_destructor(bool is_inside) {
    Observed seen;
    wait_until_sent(seen);
    const auto destroy = [&seen] { seen.client.reset(); };
    if (is_inside) run_inside(seen, destroy);
    else seen.end(destroy);
    return seen.row("the destructor", is_inside ? "a handler" : "another thread");
}

std::string of_loop() {
    auto loop = std::make_unique<boost::asio::io_context>();
    Observed seen(loop.get());
    while (seen.script.sent().size() < 2) loop->poll();
    seen.end([&loop] { loop.reset(); });
    return seen.row("the loop is destroyed", "its owner, and no handler can");
}

std::string print_table() {
    std::string table = "| what ends | called by | futures | callbacks without an executor | `LinkState::closed` | the "
                        "connection |\n| --- | --- | --- | --- | --- | --- |\n";
    for (const bool is_inside : {false, true}) table += of_close(is_inside);
    for (const bool is_inside : {false, true}) table += of_destructor(is_inside);
    return table + of_loop();
}

} // namespace

TEST_CASE("The table of the ends of a client in the contract says what is seen when each call returns") {
    const std::string begin = "<!-- ends of a client: printed by tests/threads/lifetime_table_test.cpp -->\n";
    const std::string expected = begin + "\n" + print_table() + "\n<!-- end -->\n";
    std::ifstream file(LCM_CLIENT_SOURCE_DIR "/include/lcm_client/README.md");
    const std::string contract{std::istreambuf_iterator<char>(file), {}};
    const bool is_shown = contract.find(expected) != std::string::npos;
    // Not by Catch2, which would break the lines.
    if (!is_shown)
        std::cout << "include/lcm_client/README.md must contain just this, from one mark to the other:\n" << expected;
    CHECK(is_shown);
}
