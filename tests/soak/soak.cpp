// SPDX-License-Identifier: BSL-1.0
// Keeps clients under full load for a time, and writes down how each request ended: soak.py compares that with what the
// server did.
#include <lcm_client.hpp>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace {

constexpr int clients = 4;
constexpr int under_way = 64; // requests of each client at once

/// One line for each ending: "CALL ENDING", or "CALL settled ENDING".
class Log {
public:
    void write(const std::string& line) {
        const std::lock_guard lock(mutex_);
        std::fwrite((line + '\n').data(), 1, line.size() + 1, stdout);
    }

private:
    std::mutex mutex_;
};

/// One client that has as many requests under way as it may, until it is told to stop.
class Load {
public:
    Load(std::string name, const std::string& url, Log& log)
        : name_(std::move(name)), log_(log), client_(make_config(), lcm::websocket({.url = url})) {
        for (int i = 0; i < under_way; ++i) start_next();
    }

    void stop() { is_over_ = true; }
    [[nodiscard]] bool is_done() const { return ended_ == started_ && is_over_; }
    [[nodiscard]] lcm::Stats stats() const { return client_.stats(); }

private:
    lcm::ClientConfig make_config() {
        lcm::ClientConfig config{.source = "soak", .deadline = std::chrono::seconds(1)};
        config.limits.backlog_per_second = 1'000'000;
        // The links break far more often than any wait would allow for.
        config.on_state = [this](const lcm::LinkStatus& link) {
            if (link.state == lcm::LinkState::waiting) client_.reconnect_now();
        };
        config.on_settled = [this](const lcm::Settled& truth) {
            log_.write(truth.reported.callid + " settled " + lcm::to_string(truth.delivery));
        };
        return config;
    }

    void start_next() {
        if (is_over_) return;
        const std::string callid = name_ + "-" + std::to_string(++started_);
        const lcm::SetBusinessOutcomeWithCallOutcome request{.callid = callid,
                                                             .account_number = "5|3|1|0|0|44|" + callid,
                                                             .business_outcome = 101,
                                                             .call_outcome = lcm::TelephonyOutcome::success,
                                                             .user_id = "1234"};
        client_.async_call(request, [this, callid](const lcm::Result<lcm::OutcomeResponse>& result) {
            log_.write(callid + ' ' + lcm::to_string(result ? lcm::Delivery::accepted : result.error().delivery));
            start_next();
            ++ended_;
        });
    }

    std::string name_;
    Log& log_;
    std::atomic<bool> is_over_{false};
    std::atomic<std::uint64_t> started_{0};
    std::atomic<std::uint64_t> ended_{0};
    lcm::Client client_; // goes first: its handlers use the rest
};

} // namespace

int main(int argc, char** argv) {
    if (argc != 3) {
        std::cerr << "usage: soak URL SECONDS\n";
        return 2;
    }
    Log log;
    std::vector<std::unique_ptr<Load>> loads;
    for (int i = 0; i < clients; ++i) loads.push_back(std::make_unique<Load>(std::to_string(i), argv[1], log));
    std::this_thread::sleep_for(std::chrono::seconds(std::atoi(argv[2])));
    lcm::Stats total;
    for (auto& load : loads) load->stop();
    for (auto& load : loads) {
        while (!load->is_done()) std::this_thread::sleep_for(std::chrono::milliseconds(10));
        const lcm::Stats stats = load->stats();
        total.reconnects += stats.reconnects;
        total.late_replies += stats.late_replies;
        total.settled += stats.settled;
    }
    std::cerr << total.reconnects << " reconnects, " << total.late_replies << " late replies, " << total.settled
              << " settled\n";
}
