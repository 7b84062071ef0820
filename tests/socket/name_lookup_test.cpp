// SPDX-License-Identifier: BSL-1.0
// A name server that does not answer: the look-up cannot be interrupted, so nobody may wait for it.
#include <support/catch.hpp>
#include <support/socket_client.hpp>

#include <boost/asio/error.hpp>

#include <dlfcn.h>
#include <netdb.h>

#include <chrono>
#include <condition_variable>
#include <cstring>
#include <mutex>
#include <optional>
#include <string>

using namespace std::chrono_literals;
using namespace lcm::tests;

namespace {

// Look-ups of "hangs.invalid" stand still until they are released.
struct Lookup {
    std::mutex mutex;
    std::condition_variable changed;
    int standing = 0;
    bool released = false;

    void stand_still() {
        std::unique_lock lock(mutex);
        ++standing;
        changed.notify_all();
        changed.wait_for(lock, patience, [this] { return released; });
        --standing;
        changed.notify_all();
    }

    bool wait_for_standing(int count) {
        std::unique_lock lock(mutex);
        return changed.wait_for(lock, patience, [&] { return standing == count; });
    }

    void release() {
        const std::lock_guard lock(mutex);
        released = true;
        changed.notify_all();
    }
};

Lookup& lookup() {
    static Lookup instance;
    return instance;
}

} // namespace

// In place of the C library's, which this calls for all other names.
extern "C" int getaddrinfo(const char* node, const char* service, const addrinfo* hints, addrinfo** result) {
    if (node != nullptr && std::strcmp(node, "hangs.invalid") == 0) {
        lookup().stand_still();
        return EAI_AGAIN;
    }
    using Function = int (*)(const char*, const char*, const addrinfo*, addrinfo**);
    static const auto next = reinterpret_cast<Function>(dlsym(RTLD_NEXT, "getaddrinfo"));
    return next(node, service, hints, result);
}

TEST_CASE("A name server that does not answer delays neither the time-out of the stage nor the destructor") {
    std::optional<SocketClient> client;
    lcm::testing::ManualClock clock;
    client.emplace(lcm::ClientConfig{.source = "test", .while_offline = lcm::WhileOffline::fail},
                   lcm::websocket({.url = "wss://hangs.invalid/", .resolve_timeout = 50ms}), clock);
    auto first = client->call(sample("1"));
    REQUIRE(lookup().wait_for_standing(1));
    REQUIRE(is_ready_soon(first));
    const auto result = result_of(first);
    CHECK(ending_of(result) == "resolve_failed (not_sent)");
    CHECK(result.error().cause == boost::asio::error::timed_out);

    client.reset(); // returns although the look-up is still under way
    CHECK(lookup().wait_for_standing(1));
    lookup().release();
    CHECK(lookup().wait_for_standing(0));
}
