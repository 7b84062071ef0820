// SPDX-License-Identifier: BSL-1.0
// Results on the application's own loop, such as that of a user interface, which knows nothing of Asio.
// Usage: example_own_executor [URL]; without a URL it starts a simulated server.
#include <lcm_client.hpp>
#include <lcm_client/testing/simulator.hpp>
#include <lcm_client/ui_loop.hpp>

#include <boost/asio/bind_executor.hpp>

#include <condition_variable>
#include <deque>
#include <functional>
#include <iostream>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>

/// Stands for what a toolkit brings along: QMetaObject::invokeMethod, g_idle_add, PostMessage.
class Toolkit {
public:
    void post(std::function<void()> action) { // any thread
        const std::lock_guard lock(mutex_);
        actions_.push_back(std::move(action));
        wake_.notify_one();
    }
    [[nodiscard]] bool is_here() const { return std::this_thread::get_id() == thread_; } // any thread
    void run() {
        while (!quits_) next()();
    }
    void quit() { quits_ = true; } // on the loop

private:
    std::function<void()> next() {
        std::unique_lock lock(mutex_);
        wake_.wait(lock, [this] { return !actions_.empty(); });
        auto action = std::move(actions_.front());
        actions_.pop_front();
        return action;
    }

    const std::thread::id thread_ = std::this_thread::get_id();
    std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<std::function<void()>> actions_;
    bool quits_ = false;
};

int main(int argc, char** argv) {
    std::optional<lcm::testing::Simulator> simulator;
    const std::string url = argc > 1 ? argv[1] : simulator.emplace().url();

    Toolkit toolkit;
    // Before the client: it must be there as long as handlers can arrive.
    lcm::UiLoop ui([&](std::function<void()> f) { toolkit.post(std::move(f)); }, [&] { return toolkit.is_here(); });

    // The hooks run on the loop as well. With the executor as a third argument, the whole client would.
    const auto show_state = [](const lcm::LinkStatus& status) {
        std::cout << "link: " << to_string(status.state) << '\n';
    };
    lcm::Client client({.source = "example-own-executor", .hooks_executor = ui.get_executor(), .on_state = show_state},
                       lcm::websocket({.url = url}));

    const lcm::SetBusinessOutcomeWithCallOutcome request{
        .callid = "12345",
        .account_number = "5|3|1|0|0|44|1",
        .business_outcome = 101,
        .call_outcome = lcm::TelephonyOutcome::reject,
        .user_id = "1234",
    };
    const auto show = [&](const lcm::Result<lcm::OutcomeResponse>& result) {
        std::cout << (result ? "accepted" : result.error().message()) << '\n';
        std::cout << "shown on the loop's thread: " << (toolkit.is_here() ? "yes" : "no") << '\n';
        toolkit.quit();
    };
    client.async_call(request, boost::asio::bind_executor(ui.get_executor(), show));
    toolkit.run();
}
