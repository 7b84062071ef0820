// SPDX-License-Identifier: BSL-1.0
// A desktop that is killed at the n-th system call that writes, started again, and held against the server's ledger: what
// was confirmed to it is there once, or was told as unknown, and nothing is there twice.
//
//     outbox_kill [STRIDE] [DISPOSITIONS]
//     outbox_kill --random SECONDS [SEED]
//
// At each STRIDE-th call, until the desktop comes to its end without being killed; or for so many seconds at random times, once
// or several times in a row.
#include <outbox/kill/desktop.hpp>
#include <support/temporary_folder.hpp>

#include <lcm_client/testing/simulator.hpp>

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <iostream>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace lcm::tests {

struct Told {
    bool is_confirmed = false;
    std::optional<std::string> delivery{};
};

/// What the desktop has written down of each disposition, by number.
inline std::map<int, Told> read_diary(const std::filesystem::path& path) {
    std::map<int, Told> told;
    std::ifstream file(path);
    std::string word;
    int number = 0;
    while (file >> word >> number) {
        if (word == "confirmed") told[number].is_confirmed = true;
        else told[number].delivery = word;
    }
    return told;
}

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
        check(when, server.acted_on(), read_diary(folder / "diary"));
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
        check(when, server.acted_on(), read_diary(folder / "diary"));
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

    [[nodiscard]] int mistakes() const noexcept { return mistakes_; }
    [[nodiscard]] int unknown() const noexcept { return unknown_; }

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
        const std::string number = std::to_string(count);
        ::execl(program_.c_str(), program_.c_str(), "--desktop", url.c_str(), folder.c_str(), number.c_str(),
                static_cast<char*>(nullptr));
        ::_exit(127);
    }

    // Whether it was killed.
    bool wait_for(pid_t child, const std::string& when) {
        int status = 0;
        ::waitpid(child, &status, 0);
        if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) return true;
        if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) mistake(when, 0, "the desktop did not come to its end");
        return false;
    }

    void check(const std::string& when, const std::vector<std::string>& ledger, const std::map<int, Told>& diary) {
        for (int number = 1; number <= dispositions_; ++number) {
            const auto times = std::count(ledger.begin(), ledger.end(), std::to_string(number));
            const auto at = diary.find(number);
            const Told told = at == diary.end() ? Told() : at->second;
            if (times > 1) mistake(when, number, "was done twice");
            if (told.is_confirmed && !told.delivery) mistake(when, number, "was confirmed, and no ending was told");
            if (told.delivery == "accepted" && times != 1) mistake(when, number, "was told to be accepted, and is not");
            if (told.delivery == "not_sent" && times != 0) mistake(when, number, "was told to be not sent, and was");
            if (told.delivery == "unknown") ++unknown_;
        }
    }

    void mistake(const std::string& when, int number, const char* what) {
        ++mistakes_;
        std::cerr << "killed " << when << ": disposition " << number << ' ' << what << '\n';
    }

    std::string program_;
    int dispositions_;
    int mistakes_ = 0;
    int unknown_ = 0;
};

inline int report(const Kills& kills, long killed, const std::string& how) {
    std::cout << killed << " kills" << how << ", " << kills.unknown() << " endings told as unknown, "
              << kills.mistakes() << " mistakes\n";
    return kills.mistakes() == 0 && killed != 0 ? 0 : 1;
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
    try {
        const std::vector<std::string> words(argv, argv + argc);
        if (argc == 5 && words[1] == "--desktop")
            return lcm::tests::run_desktop(words[2], words[3], std::stoi(words[4]));
        if (argc >= 3 && words[1] == "--random")
            return lcm::tests::run_random_kills(words[0], std::chrono::seconds(std::stol(words[2])),
                                                argc > 3 ? std::stoull(words[3]) : std::random_device{}());
        const long stride = argc > 1 ? std::stol(words[1]) : 1;
        return lcm::tests::run_kills(words[0], stride, argc > 2 ? std::stoi(words[2]) : 200);
    } catch (const std::exception& problem) {
        std::cerr << problem.what() << '\n';
        return 1;
    }
}
