// SPDX-License-Identifier: BSL-1.0
// Results on the application's own loop, such as that of a user interface, which knows nothing of Asio.
// Usage: example_own_executor [URL]; without a URL it starts a simulated server.
#include <lcm_client.hpp>
#include <lcm_client/testing/simulator.hpp>

#include <boost/asio/bind_executor.hpp>
#include <boost/asio/execution/blocking.hpp>

#include <condition_variable>
#include <deque>
#include <iostream>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>

/// Stands for what a toolkit brings along: QMetaObject::invokeMethod, g_idle_add, PostMessage.
class UiLoop {
public:
    using Action = lcm::Handler<void()>; // like std::function, but it need not be copied

    void post(Action action) { // any thread
        const std::lock_guard lock(mutex_);
        actions_.push_back(std::move(action));
        wake_.notify_one();
    }
    void run() {
        while (!quits_) next()();
    }
    void quit() { quits_ = true; } // on the loop

private:
    Action next() {
        std::unique_lock lock(mutex_);
        wake_.wait(lock, [this] { return !actions_.empty(); });
        Action action = std::move(actions_.front());
        actions_.pop_front();
        return action;
    }

    std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<Action> actions_;
    bool quits_ = false;
};

/// All that Asio needs to know of the loop.
class UiExecutor {
public:
    explicit UiExecutor(UiLoop& loop) noexcept : loop_(&loop) {}

    template <class Function> void execute(Function&& function) const { loop_->post(std::forward<Function>(function)); }
    friend bool operator==(const UiExecutor&, const UiExecutor&) = default;

    // execute() never runs the function itself.
    static constexpr auto query(boost::asio::execution::blocking_t) noexcept {
        return boost::asio::execution::blocking.never;
    }

private:
    UiLoop* loop_;
};

int main(int argc, char** argv) {
    std::optional<lcm::testing::Simulator> simulator;
    const std::string url = argc > 1 ? argv[1] : simulator.emplace().url();

    UiLoop ui; // before the client: it must be there as long as handlers can arrive
    lcm::Client client({.source = "example-own-executor"}, lcm::websocket({.url = url}));

    const lcm::SetBusinessOutcomeWithCallOutcome request{
        .callid = "12345",
        .account_number = "5|3|1|0|0|44|1",
        .business_outcome = 101,
        .call_outcome = lcm::TelephonyOutcome::reject,
        .user_id = "1234",
    };
    const auto show = [&ui, ui_thread = std::this_thread::get_id()](const lcm::Result<lcm::OutcomeResponse>& result) {
        std::cout << (result ? "accepted" : result.error().message()) << '\n';
        std::cout << "shown on the loop's thread: " << (std::this_thread::get_id() == ui_thread ? "yes" : "no") << '\n';
        ui.quit();
    };
    client.async_call(request, boost::asio::bind_executor(UiExecutor(ui), show));
    ui.run();
}
