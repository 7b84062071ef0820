// SPDX-License-Identifier: BSL-1.0
// What all clients of a factory know together is used by their threads at the same time.
#include <support/catch.hpp>

#include <lcm_client/websocket/impl/addresses/factory_memory.hpp>

#include <boost/asio/ip/address_v4.hpp>

#include <atomic>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

using namespace std::chrono_literals;
using lcm::detail::Addresses;
using lcm::detail::Endpoint;
using lcm::detail::FactoryMemory;

TEST_CASE("Several threads use what a factory knows of addresses and names, and see it whole") {
    FactoryMemory memory;
    const auto now = std::chrono::steady_clock::now();
    std::atomic<int> halves{0};
    std::vector<std::thread> threads;
    for (unsigned number = 1; number <= 4; ++number)
        threads.emplace_back([&, number] {
            const boost::asio::ip::address_v4 own(0x0A000000U + number);
            const std::string name = "name" + std::to_string(number % 2);
            for (int i = 0; i < 2000; ++i) {
                std::vector<Endpoint> order{{own, 1}, {own, 2}, {own, 3}};
                memory.note_ill({own, 1});
                memory.note_good({own, 3});
                memory.sort(order);
                if (order.front().port() != 3 || order.back().port() != 1) ++halves;
                memory.keep(name, Addresses(3, own), now);
                const Addresses found = memory.addresses_of(name, now);
                if (!found.empty() && found != Addresses(3, found.front())) ++halves;
                if (i % 7 == 0) memory.forget(name);
            }
        });
    for (std::thread& each : threads) each.join();
    CHECK(halves == 0);
}
