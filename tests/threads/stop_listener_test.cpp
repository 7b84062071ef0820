// SPDX-License-Identifier: BSL-1.0
// Who listens for a stop, and goes while another thread requests it.
#include <support/catch.hpp>

#include <lcm_client/client/stop_listener.hpp>

#include <atomic>
#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <stop_token>
#include <thread>

using namespace std::chrono_literals;
using Listener = lcm::detail::StopListener<std::function<void()>>;

TEST_CASE("Who listens for a stop hears it once, also when it was requested before") {
    std::stop_source source;
    int heard = 0;
    const auto hear = [&] { ++heard; };
    const Listener early(source.get_token(), hear);
    source.request_stop();
    CHECK(heard == 1);
    const Listener late(source.get_token(), hear);
    CHECK(heard == 2);
    source.request_stop();
    CHECK(heard == 2);
}

TEST_CASE("Who has gone, and who listens to nobody, hears of no stop") {
    std::stop_source source;
    int heard = 0;
    const auto hear = [&] { ++heard; };
    { const Listener gone(source.get_token(), hear); }
    const Listener nobody(std::stop_token(), hear);
    source.request_stop();
    CHECK(heard == 0);
}

TEST_CASE("Who listens for a stop may go in the middle of hearing it") {
    std::stop_source source;
    std::optional<Listener> listener;
    int heard = 0;
    listener.emplace(source.get_token(), [&] {
        ++heard;
        listener.reset();
    });
    source.request_stop();
    CHECK(heard == 1);
    CHECK_FALSE(listener);
}

TEST_CASE("Who goes after the stop was requested, and before it is its turn, hears nothing") {
    std::stop_source source;
    int heard = 0;
    std::optional<Listener> first;
    std::optional<Listener> second; // the order in which they are called is the library's own
    first.emplace(source.get_token(), [&] {
        ++heard;
        second.reset();
    });
    second.emplace(source.get_token(), [&] {
        ++heard;
        first.reset();
    });
    source.request_stop();
    CHECK(heard == 1);
}

TEST_CASE("Who listens for a stop does not wait at its end for the thread that requests it") {
    std::stop_source source;
    std::promise<void> entered;
    std::promise<void> released;
    auto listener = std::make_unique<Listener>(source.get_token(), [&] {
        entered.set_value();
        released.get_future().wait();
    });
    auto requested = std::async(std::launch::async, [&] { source.request_stop(); });
    entered.get_future().wait();
    auto gone = std::async(std::launch::async, [&] { listener.reset(); });
    const bool has_gone = gone.wait_for(5s) == std::future_status::ready;
    released.set_value();
    CHECK(has_gone);
    requested.get();
    gone.get();
}

TEST_CASE("A stop that is requested while its listener comes or goes is heard once or not at all") {
    for (int i = 0; i != 2'000; ++i) {
        std::stop_source source;
        std::atomic<int> heard{0};
        std::atomic<bool> has_begun{false};
        std::thread requester([&] {
            has_begun = true;
            source.request_stop();
        });
        while (!has_begun) std::this_thread::yield();
        {
            const Listener listener(source.get_token(), [&] { ++heard; });
        }
        requester.join();
        REQUIRE(heard <= 1);
    }
}
