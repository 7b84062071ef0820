// SPDX-License-Identifier: BSL-1.0
// A server that is killed at random times and started again under a desktop with an outbox: what the desktop was told of each
// disposition is true by the ledger that all of these servers have written.
//
//     outbox_server_kill SECONDS [SEED]
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
#include <filesystem>
#include <fstream>
#include <iostream>
#include <random>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace lcm::tests {

/// Says on which port it listens, and ends when it is killed.
[[noreturn]] inline void run_server(std::uint16_t port, const std::filesystem::path& folder) {
    const Diary ledger(folder / "ledger");
    const testing::Simulator server({.port = port, .broadcasts = false, .on_acted = [&](const testing::Handled& done) {
                                         ledger.add(done.callid);
                                     }});
    std::cout << server.port() << std::endl;
    for (;;) ::pause();
}

class ServerKills {
public:
    static constexpr int dispositions = 200;

    ServerKills(std::string program, std::uint64_t seed) : program_(std::move(program)), random_(seed) {}

    /// One desktop, from its first disposition to its end. The server is killed a few times meanwhile.
    void play() {
        const TemporaryFolder folder;
        std::uint16_t port = 0;
        pid_t server = start_server(folder.path(), port);
        const pid_t desktop = start_desktop(folder.path(), port);
        std::string when = "the server after";
        for (int left = 1 + std::geometric_distribution<int>(0.5)(random_); left != 0; --left) {
            const std::chrono::microseconds life(std::uniform_int_distribution(0, 60'000)(random_));
            when += ' ' + std::to_string(life.count()) + " us";
            std::this_thread::sleep_for(life);
            end(server);
            ++killed_;
            server = start_server(folder.path(), port);
        }
        if (wait_for_end(desktop) != ChildEnd::well) verdict_.mistake(when, 0, "the desktop did not come to its end");
        end(server);
        verdict_.check(when, dispositions, read_ledger(folder / "ledger"), read_diary(folder / "diary"));
    }

    [[nodiscard]] const Verdict& verdict() const noexcept { return verdict_; }
    [[nodiscard]] int killed() const noexcept { return killed_; }

private:
    // On this port, or on any free one, which is told then.
    pid_t start_server(const std::filesystem::path& folder, std::uint16_t& port) {
        int ends[2];
        if (::pipe(ends) != 0) throw std::runtime_error("no pipe");
        const pid_t child = ::fork();
        if (child == 0) {
            ::dup2(ends[1], STDOUT_FILENO);
            ::close(ends[0]);
            ::close(ends[1]);
            become({program_, "--server", std::to_string(port), folder.string()});
        }
        ::close(ends[1]);
        std::string text;
        for (char letter = 0; ::read(ends[0], &letter, 1) == 1 && letter != '\n';) text += letter;
        ::close(ends[0]);
        if (text.empty()) throw std::runtime_error("the server did not start");
        port = static_cast<std::uint16_t>(std::stoi(text));
        return child;
    }

    pid_t start_desktop(const std::filesystem::path& folder, std::uint16_t port) {
        const pid_t child = ::fork();
        if (child == 0) {
            const std::string url = "ws://127.0.0.1:" + std::to_string(port) + "/";
            become({program_, "--desktop", url, folder.string(), std::to_string(dispositions)});
        }
        return child;
    }

    static void end(pid_t server) {
        ::kill(server, SIGKILL);
        wait_for_end(server);
    }

    static std::vector<std::string> read_ledger(const std::filesystem::path& path) {
        std::vector<std::string> calls;
        std::ifstream file(path);
        for (std::string call; file >> call;) calls.push_back(call);
        return calls;
    }

    std::string program_;
    std::mt19937_64 random_;
    Verdict verdict_;
    int killed_ = 0;
};

inline int run_server_kills(const std::string& program, std::chrono::seconds time, std::uint64_t seed) {
    ServerKills kills(program, seed);
    const auto end = std::chrono::steady_clock::now() + time;
    while (std::chrono::steady_clock::now() < end) kills.play();
    const Verdict& verdict = kills.verdict();
    std::cout << kills.killed() << " kills of the server with the seed " << seed << ", " << verdict.unknown()
              << " endings told as unknown, " << verdict.mistakes() << " mistakes\n";
    return verdict.mistakes() == 0 && verdict.unknown() != 0 ? 0 : 1;
}

} // namespace lcm::tests

int main(int argc, char** argv) {
    return lcm::tests::run_with_desktops(argc, argv, [&](const std::vector<std::string>& words) {
        if (argc == 4 && words[1] == "--server")
            lcm::tests::run_server(static_cast<std::uint16_t>(std::stoi(words[2])), words[3]);
        if (argc < 2) throw std::runtime_error("usage: outbox_server_kill SECONDS [SEED]");
        return lcm::tests::run_server_kills(words[0], std::chrono::seconds(std::stol(words[1])),
                                            argc > 2 ? std::stoull(words[2]) : std::random_device{}());
    });
}
