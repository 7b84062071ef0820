// SPDX-License-Identifier: BSL-1.0
// A desktop that is killed at the n-th system call that writes, started again, and held against the server's ledger: what
// was confirmed to it is there once, or was told as unknown, and nothing is there twice.
//
//     outbox_kill [STRIDE] [DISPOSITIONS]
//     outbox_kill --random SECONDS [SEED]
//
// At each STRIDE-th call, until the desktop comes to its end without being killed; or for so many seconds at random times, once
// or several times in a row.
#include <outbox/kill/child.hpp>
#include <outbox/kill/desktop.hpp>
#include <outbox/kill/verdict.hpp>
#include <support/temporary_folder.hpp>

#include <lcm_client/testing/simulator.hpp>

#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <random>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace lcm::tests {

class Kills {
public:
    Kills(std::string program, int dispositions) : program_(std::move(program)), dispositions_(dispositions) {}

    /// Whether the desktop was killed. It counts what is wrong.
    bool kill_at(long call, bool is_torn) {
        const TemporaryFolder folder;
        testing::Simulator server({.broadcasts = false});
        const std::string when = "at call " + std::to_string(call);
        const pid_t first = start(server.url(), folder.path(), dispositions_, call, is_torn);
        const bool was_killed = wait_for(first, when);
        if (was_killed) wait_for(start(server.url(), folder.path(), 0), when);
        verdict_.check(when, dispositions_, server.acted_on(), read_diary(folder / "diary"));
        return was_killed;
    }

    /// Kills the desktop after `times`, from each start on; a time after its end kills nothing. Returns how often it was
    /// killed.
    int kill_after(const std::vector<std::chrono::microseconds>& times) {
        const TemporaryFolder folder;
        testing::Simulator server({.broadcasts = false});
        std::string when = "after";
        int killed = 0;
        int count = dispositions_;
        for (const auto time : times) {
            when += ' ' + std::to_string(time.count()) + " us";
            const pid_t child = start(server.url(), folder.path(), std::exchange(count, 0));
            std::this_thread::sleep_for(time);
            ::kill(child, SIGKILL);
            if (wait_for(child, when)) ++killed;
        }
        wait_for(start(server.url(), folder.path(), 0), when);
        verdict_.check(when, dispositions_, server.acted_on(), read_diary(folder / "diary"));
        return killed;
    }

    /// How long the desktop takes if nobody kills it.
    std::chrono::microseconds measure() {
        const TemporaryFolder folder;
        testing::Simulator server({.broadcasts = false});
        const auto begin = std::chrono::steady_clock::now();
        wait_for(start(server.url(), folder.path(), dispositions_), "never");
        return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - begin);
    }

    [[nodiscard]] const Verdict& verdict() const noexcept { return verdict_; }

private:
    // At `call` it kills itself, unless that is 0.
    pid_t start(const std::string& url, const std::filesystem::path& folder, int count, long call = 0,
                bool is_torn = false) {
        const pid_t child = ::fork();
        if (child != 0) return child;
        if (call != 0) {
            ::setenv("LCM_KILL_AT", std::to_string(call).c_str(), 1);
            if (is_torn) ::setenv("LCM_KILL_TORN", "1", 1);
            ::setenv("LD_PRELOAD", std::getenv("LCM_KILL_LIBRARY"), 1);
        }
        become({program_, "--desktop", url, folder.string(), std::to_string(count)});
    }

    // Whether it was killed.
    bool wait_for(pid_t child, const std::string& when) {
        const ChildEnd end = wait_for_end(child);
        if (end == ChildEnd::failed) verdict_.mistake(when, 0, "the desktop did not come to its end");
        return end == ChildEnd::killed;
    }

    std::string program_;
    int dispositions_;
    Verdict verdict_;
};

inline int report(const Kills& kills, long killed, const std::string& how) {
    std::cout << killed << " kills" << how << ", " << kills.verdict().unknown() << " endings told as unknown, "
              << kills.verdict().mistakes() << " mistakes\n";
    return kills.verdict().mistakes() == 0 && killed != 0 ? 0 : 1;
}

inline int run_kills(const std::string& program, long stride, int dispositions) {
    Kills kills(program, dispositions);
    long killed = 0;
    for (long call = 1; kills.kill_at(call, killed % 2 == 1); call += stride) ++killed;
    return report(kills, killed, "");
}

inline int run_random_kills(const std::string& program, std::chrono::seconds time, std::uint64_t seed) {
    constexpr int dispositions = 200;
    Kills kills(program, dispositions);
    std::mt19937_64 random(seed);
    std::uniform_int_distribution<std::int64_t> moment(0, kills.measure().count());
    std::geometric_distribution<int> more(0.5);
    const auto end = std::chrono::steady_clock::now() + time;
    long killed = 0;
    while (std::chrono::steady_clock::now() < end) {
        std::vector<std::chrono::microseconds> times(static_cast<std::size_t>(1 + more(random)));
        for (auto& each : times) each = std::chrono::microseconds(moment(random));
        killed += kills.kill_after(times);
    }
    return report(kills, killed, " with the seed " + std::to_string(seed));
}

} // namespace lcm::tests

int main(int argc, char** argv) {
    return lcm::tests::run_with_desktops(argc, argv, [&](const std::vector<std::string>& words) {
        if (argc >= 3 && words[1] == "--random")
            return lcm::tests::run_random_kills(words[0], std::chrono::seconds(std::stol(words[2])),
                                                argc > 3 ? std::stoull(words[3]) : std::random_device{}());
        const long stride = argc > 1 ? std::stol(words[1]) : 1;
        return lcm::tests::run_kills(words[0], stride, argc > 2 ? std::stoi(words[2]) : 200);
    });
}
