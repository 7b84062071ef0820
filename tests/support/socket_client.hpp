// SPDX-License-Identifier: BSL-1.0
// A client with a real socket and a clock that the test moves: time-outs without waiting.
#ifndef LCM_CLIENT_TESTS_SUPPORT_SOCKET_CLIENT_HPP
#define LCM_CLIENT_TESTS_SUPPORT_SOCKET_CLIENT_HPP

#include <support/bench.hpp>

#include <lcm_client/testing/simulator.hpp>
#include <lcm_client/websocket/transport.hpp>

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <future>
#include <random>
#include <string>
#include <thread>
#include <utility>

namespace lcm::tests {

using SocketClient = LcmClient<WebSocketTransport, testing::ManualClock>;

inline constexpr std::chrono::seconds patience{20}; // for what must happen soon

/// Whether `condition` becomes true soon. It is asked again and again, because nothing tells when it changes. The pause
/// leaves the processor to those that are waited for, and to the tests beside.
template <class Condition> bool soon(Condition condition) {
    const auto end = std::chrono::steady_clock::now() + patience;
    while (!condition()) {
        if (std::chrono::steady_clock::now() > end) return false;
        std::this_thread::sleep_for(std::chrono::microseconds(200));
    }
    return true;
}

inline bool is_ready_soon(const std::future<OutcomeResponse>& future) {
    return future.wait_for(patience) == std::future_status::ready;
}

/// A file that is gone when the test is over.
class TemporaryFile {
public:
    explicit TemporaryFile(const std::string& content = {})
        : path_((std::filesystem::temp_directory_path() / ("lcm_client_test_" + std::to_string(std::random_device{}())))
                    .string()) {
        std::ofstream(path_) << content;
    }
    TemporaryFile(const TemporaryFile&) = delete;
    TemporaryFile& operator=(const TemporaryFile&) = delete;
    ~TemporaryFile() { std::remove(path_.c_str()); }

    [[nodiscard]] const std::string& path() const noexcept { return path_; }

private:
    std::string path_;
};

} // namespace lcm::tests

#endif
