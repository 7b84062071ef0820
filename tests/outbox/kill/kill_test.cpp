// SPDX-License-Identifier: BSL-1.0
// A desktop that is killed at the n-th system call that writes, started again, and held against the server's ledger: what
// was confirmed to it is there once, or was told as unknown, and nothing is there twice.
//
//     outbox_kill [STRIDE] [DISPOSITIONS]
//
// At each STRIDE-th call, until the desktop comes to its end without being killed.
#include <outbox/kill/desktop.hpp>
#include <support/temporary_folder.hpp>

#include <lcm_client/testing/simulator.hpp>

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <iostream>
#include <map>
#include <optional>
#include <string>
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
        const bool was_killed = run(server.url(), folder.path(), dispositions_, call, is_torn);
        if (was_killed) run(server.url(), folder.path(), 0, 0, false);
        check(call, server.acted_on(), read_diary(folder / "diary"));
        return was_killed;
    }

    [[nodiscard]] int mistakes() const noexcept { return mistakes_; }
    [[nodiscard]] int unknown() const noexcept { return unknown_; }

private:
    bool run(const std::string& url, const std::filesystem::path& folder, int count, long call, bool is_torn) {
        const pid_t child = ::fork();
        if (child == 0) {
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
        int status = 0;
        ::waitpid(child, &status, 0);
        if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) return true;
        if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) mistake(call, 0, "the desktop did not come to its end");
        return false;
    }

    void check(long call, const std::vector<std::string>& ledger, const std::map<int, Told>& diary) {
        for (int number = 1; number <= dispositions_; ++number) {
            const auto times = std::count(ledger.begin(), ledger.end(), std::to_string(number));
            const auto at = diary.find(number);
            const Told told = at == diary.end() ? Told() : at->second;
            if (times > 1) mistake(call, number, "was done twice");
            if (told.is_confirmed && !told.delivery) mistake(call, number, "was confirmed, and no ending was told");
            if (told.delivery == "accepted" && times != 1) mistake(call, number, "was told to be accepted, and is not");
            if (told.delivery == "not_sent" && times != 0) mistake(call, number, "was told to be not sent, and was");
            if (told.delivery == "unknown") ++unknown_;
        }
    }

    void mistake(long call, int number, const char* what) {
        ++mistakes_;
        std::cerr << "killed at call " << call << ": disposition " << number << ' ' << what << '\n';
    }

    std::string program_;
    int dispositions_;
    int mistakes_ = 0;
    int unknown_ = 0;
};

inline int run_kills(const std::string& program, long stride, int dispositions) {
    Kills kills(program, dispositions);
    long killed = 0;
    for (long call = 1; kills.kill_at(call, killed % 2 == 1); call += stride) ++killed;
    std::cout << killed << " kills, " << kills.unknown() << " endings told as unknown, " << kills.mistakes()
              << " mistakes\n";
    return kills.mistakes() == 0 && killed != 0 ? 0 : 1;
}

} // namespace lcm::tests

int main(int argc, char** argv) {
    try {
        const std::vector<std::string> words(argv, argv + argc);
        if (argc == 5 && words[1] == "--desktop")
            return lcm::tests::run_desktop(words[2], words[3], std::stoi(words[4]));
        const long stride = argc > 1 ? std::stol(words[1]) : 1;
        return lcm::tests::run_kills(words[0], stride, argc > 2 ? std::stoi(words[2]) : 200);
    } catch (const std::exception& problem) {
        std::cerr << problem.what() << '\n';
        return 1;
    }
}
