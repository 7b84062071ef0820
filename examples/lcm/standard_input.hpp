// SPDX-License-Identifier: BSL-1.0
// The lines of standard input, for a command that runs on whether there are any or not.
#ifndef LCM_COMMAND_STANDARD_INPUT_HPP
#define LCM_COMMAND_STANDARD_INPUT_HPP

#include <array>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <functional>
#include <string>
#include <system_error>
#include <thread>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

namespace lcm_command {

/// Whether there is any. To be asked before anything else is opened, which would get its number.
[[nodiscard]] inline bool has_standard_input() { return ::fcntl(STDIN_FILENO, F_GETFD) != -1; }

/// Reads on a thread of its own until the input ends or the object does. A terminal that belongs to another command, as
/// after `lcm sim &`, counts as ended.
class StandardInput {
public:
    /// `on_line` is called on that thread, and must not throw.
    explicit StandardInput(std::function<void(std::string line)> on_line) : on_line_(std::move(on_line)) {
        if (::pipe(ends_.data()) != 0) throw std::system_error(errno, std::generic_category(), "pipe");
        std::signal(SIGTTIN, SIG_IGN); // else reading a terminal in the background would stop the process
        thread_ = std::thread([this] { run(); });
    }

    StandardInput(const StandardInput&) = delete;
    StandardInput& operator=(const StandardInput&) = delete;

    ~StandardInput() {
        ::close(ends_[1]); // which the other end shows as readable
        thread_.join();
        ::close(ends_[0]);
    }

private:
    static constexpr std::size_t longest_line = 4096; // what is longer than any command is cut, and will not be one

    void run() {
        while (wait()) {
            std::array<char, longest_line> bytes{};
            const auto count = ::read(STDIN_FILENO, bytes.data(), bytes.size());
            if (count <= 0) break;
            for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) take(bytes[i]);
        }
        if (!line_.empty()) take('\n');
    }

    /// False at the end of the object.
    bool wait() {
        std::array<pollfd, 2> both{pollfd{STDIN_FILENO, POLLIN, 0}, pollfd{ends_[0], POLLIN, 0}};
        while (::poll(both.data(), both.size(), -1) < 0)
            if (errno != EINTR) return false;
        return both[1].revents == 0;
    }

    void take(char c) {
        if (c == '\n') on_line_(std::exchange(line_, {}));
        else if (line_.size() < longest_line) line_ += c;
    }

    std::function<void(std::string line)> on_line_;
    std::string line_;
    std::array<int, 2> ends_{-1, -1};
    std::thread thread_; // last: it uses all others
};

} // namespace lcm_command

#endif
