// SPDX-License-Identifier: BSL-1.0
// A system that gives no more threads: the constructor throws, a look-up fails and is tried again, a call throws.
#include <support/catch.hpp>
#include <support/socket_client.hpp>

#include <lcm_client.hpp>
#include <lcm_client/testing/simulator.hpp>

#include <boost/asio/io_context.hpp>

#include <dlfcn.h>
#include <pthread.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <string>
#include <system_error>

using namespace std::chrono_literals;
using namespace lcm::tests;

namespace {

std::atomic<int> threads_left{-1}; // any number, if it is negative

} // namespace

extern "C" int __interceptor_pthread_create(pthread_t*, const pthread_attr_t*, void* (*)(void*), void*)
    __attribute__((weak)); // a sanitizer's

// In place of the C library's, which this calls while there are threads left.
extern "C" int pthread_create(pthread_t* thread, const pthread_attr_t* attributes, void* (*start)(void*),
                              void* argument) {
    if (threads_left >= 0 && threads_left.fetch_sub(1) <= 0) {
        threads_left = 0;
        return EAGAIN;
    }
    using Create = int (*)(pthread_t*, const pthread_attr_t*, void* (*)(void*), void*);
    static const auto create = __interceptor_pthread_create != nullptr
                                   ? &__interceptor_pthread_create
                                   : reinterpret_cast<Create>(dlsym(RTLD_NEXT, "pthread_create"));
    return create(thread, attributes, start, argument);
}

TEST_CASE("A client whose thread cannot be had throws, and nothing is left of it") {
    const auto transport = lcm::websocket({.url = "ws://127.0.0.1:9/"});
    threads_left = 0;
    CHECK_THROWS_AS(lcm::Client({.source = "test"}, transport), std::system_error);
    threads_left = -1;
    const lcm::Client client({.source = "test"}, transport);
}

TEST_CASE("A name that no thread can be had to look up is an attempt that failed, and is looked up again") {
    lcm::testing::Simulator server;
    const std::string url = "ws://localhost:" + std::to_string(server.port()) + "/";
    std::atomic<bool> has_failed{false};
    lcm::ClientConfig config{.source = "test"};
    config.on_state = [&](const lcm::LinkStatus& status) {
        if (!status.error || status.error->code != lcm::Errc::resolve_failed) return;
        if (status.error->cause == std::errc::resource_unavailable_try_again) has_failed = true;
        threads_left = -1;
    };
    threads_left = 1; // the client's own
    lcm::Client client(std::move(config), lcm::websocket({.url = url}));
    const auto result = client.call_and_wait(sample());
    threads_left = -1;
    CHECK(has_failed);
    CHECK(result.has_value());
}

TEST_CASE("A future that no thread can be had to watch over throws in the call, and nothing is submitted") {
    boost::asio::io_context loop;
    lcm::Client client({.source = "test"}, lcm::websocket({.url = "ws://127.0.0.1:9/"}), loop.get_executor());
    threads_left = 0;
    CHECK_THROWS_AS(client.call(sample()), std::system_error);
    threads_left = -1;
    CHECK(client.stats().pending == 0);
    auto future = client.call(sample(), {.deadline = 1ms});
    CHECK(is_ready_soon(future));
}

TEST_CASE("A client with a thread of its own goes on when no other one can be had to watch its futures") {
    lcm::testing::Simulator server;
    const std::string url = "ws://127.0.0.1:" + std::to_string(server.port()) + "/";
    lcm::Client client({.source = "test"}, lcm::websocket({.url = url}));
    threads_left = 0;
    auto future = client.call(sample());
    CHECK(is_ready_soon(future));
    CHECK(future.get().success);
    threads_left = -1;
}
