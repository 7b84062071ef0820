// SPDX-License-Identifier: BSL-1.0
// A desktop with an outbox, which is going to be killed: it writes down what was confirmed to it and what it is told.
#ifndef LCM_CLIENT_TESTS_OUTBOX_KILL_DESKTOP_HPP
#define LCM_CLIENT_TESTS_OUTBOX_KILL_DESKTOP_HPP

#include <support/sample.hpp>

#include <lcm_client/client.hpp>
#include <lcm_client/outbox.hpp>
#include <lcm_client/websocket/transport.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <deque>
#include <exception>
#include <filesystem>
#include <functional>
#include <future>
#include <iostream>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace lcm::tests {

/// A line is in the file when `add` returns, also if the process is killed then.
class Diary {
public:
    explicit Diary(const std::filesystem::path& path)
        : file_(::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600)) {
        if (file_ < 0) throw std::runtime_error("the diary cannot be opened");
    }
    Diary(const Diary&) = delete;
    Diary& operator=(const Diary&) = delete;
    ~Diary() { ::close(file_); }

    void add(const std::string& line) const {
        const std::string text = line + '\n';
        if (::write(file_, text.data(), text.size()) != static_cast<ssize_t>(text.size()))
            throw std::runtime_error("the diary cannot be written");
    }

private:
    int file_;
};

/// Posts the dispositions 1 to `count`, some at a time, and waits until nothing is left in the file. What is unknown is
/// written down, and dropped: the rule never has it sent again.
inline int run_desktop(const std::string& url, const std::filesystem::path& folder, int count) {
    const Diary diary(folder / "diary");
    AnyClient client({.source = "desktop"}, websocket({.url = url}));
    Outbox outbox(client,
                  {.file = folder / "box",
                   .plain_text_on_disk = true,
                   .settle_time = {}, // a kill leaves nothing in between on loopback
                   .on_ended =
                       [&](const EntryEnding& ending) {
                           diary.add(std::string(to_string(ending.delivery)) + ' ' + std::to_string(ending.tag));
                       },
                   .on_doubt = [](const OutboxDoubt&) { return DoubtDecision::drop; }});
    std::deque<std::pair<int, std::future<EntryId>>> posts;
    const auto confirm = [&] {
        posts.front().second.get();
        diary.add("confirmed " + std::to_string(posts.front().first));
        posts.pop_front();
    };
    for (int number = 1; number <= count; ++number) {
        SetOutcome request = sample(std::to_string(number));
        request.account_number = std::to_string(number % 50) + "|3|1|0|0|44|1"; // some contacts are called again
        posts.emplace_back(number, outbox.post(request, {.tag = static_cast<std::uint64_t>(number)}));
        if (posts.size() == 5) confirm();
    }
    while (!posts.empty()) confirm();
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    // Also until all is told: what was not would be told by the next process.
    while (!outbox.entries().get().empty() || outbox.stats().bytes != 0) {
        if (std::chrono::steady_clock::now() > end) return 1;
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    outbox.close();
    return 0;
}

/// The program that calls itself for each desktop with `--desktop URL FOLDER COUNT`; with other words, `run` is it.
inline int run_with_desktops(int argc, char** argv, const std::function<int(const std::vector<std::string>&)>& run) {
    try {
        const std::vector<std::string> words(argv, argv + argc);
        if (argc == 5 && words[1] == "--desktop") return run_desktop(words[2], words[3], std::stoi(words[4]));
        return run(words);
    } catch (const std::exception& problem) {
        std::cerr << problem.what() << '\n';
        return 1;
    }
}

} // namespace lcm::tests

#endif
