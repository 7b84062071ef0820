// SPDX-License-Identifier: BSL-1.0
// Subscriptions that end in one thread while their handlers run in another.
#include <support/catch.hpp>

#include <lcm_client/client/subscribers.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <future>
#include <memory>
#include <optional>
#include <thread>
#include <vector>

using namespace std::chrono_literals;
using lcm::EventSubscription;

using lcm::detail::Subscribers;

TEST_CASE("Ending a subscription waits for its handler in another thread") {
    Subscribers all;
    const std::atomic<bool> is_silent{false};
    std::promise<void> entered;
    std::promise<void> leave;
    std::atomic<bool> has_left{false};
    std::optional<EventSubscription> subscription = all.add(
        [&](lcm::JsonView) {
            entered.set_value();
            leave.get_future().wait();
            has_left = true;
            return true;
        },
        false);
    std::thread teller([&] { all.tell({}, is_silent); });
    entered.get_future().wait();
    auto ended = std::async(std::launch::async, [&] {
        subscription.reset();
        return has_left.load();
    });
    CHECK(ended.wait_for(20ms) == std::future_status::timeout); // as long as the handler runs
    leave.set_value();
    CHECK(ended.get());
    teller.join();
}

TEST_CASE("Subscriptions come and go in some threads while events are told in another") {
    static constexpr std::size_t thread_count = 3;
    static constexpr int rounds = 500;
    Subscribers all;
    const std::atomic<bool> is_silent{false};
    std::atomic<bool> is_over{false};
    std::thread teller([&] {
        while (!is_over) all.tell({}, is_silent);
    });
    std::atomic<int> misuses{0};
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < thread_count; ++i) {
        threads.emplace_back([&, is_general = i == 0] {
            for (int round = 0; round < rounds; ++round) {
                const auto is_alive = std::make_shared<std::atomic<bool>>(true);
                {
                    const auto subscription = all.add(
                        [&misuses, is_alive](lcm::JsonView) {
                            if (!*is_alive) ++misuses;
                            return false;
                        },
                        is_general);
                    if (round % 2 == 0) std::this_thread::yield();
                }
                *is_alive = false; // what a handler refers to may go with the scope
            }
        });
    }
    for (std::thread& thread : threads) thread.join();
    is_over = true;
    teller.join();
    CHECK(misuses == 0);
    all.tell({}, is_silent);
    CHECK(all.empty());
}
