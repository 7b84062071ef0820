// SPDX-License-Identifier: BSL-1.0
// The lines of standard input where there are file descriptors.
#ifndef LCM_COMMAND_STANDARD_INPUT_POSIX_HPP
#define LCM_COMMAND_STANDARD_INPUT_POSIX_HPP

#include "input_lines.hpp"

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

/// Its bytes, until another thread says that it is enough. A terminal that belongs to another command, as after
/// `lcm sim &`, counts as ended.
class InputReader {
public:
    InputReader() {
        if (::pipe(ends_.data()) != 0) throw std::system_error(errno, std::generic_category(), "pipe");
        std::signal(SIGTTIN, SIG_IGN); // else reading a terminal in the background would stop the process
    }
    InputReader(const InputReader&) = delete;
    InputReader& operator=(const InputReader&) = delete;
    ~InputReader() {
        for (const int each : ends_) ::close(each);
    }

    /// Waits for some bytes. 0 at the end of the input, and once `stop()` has been called.
    std::size_t read(char* to, std::size_t size) {
        if (!wait()) return 0;
        const auto count = ::read(STDIN_FILENO, to, size);
        return count > 0 ? static_cast<std::size_t>(count) : 0;
    }

    /// From any thread, once.
    void stop() noexcept {
        const char one = 0; // the other end becomes readable; an empty pipe has room for it
        [[maybe_unused]] const auto written = ::write(ends_[1], &one, 1);
    }

private:
    bool wait() {
        std::array<pollfd, 2> both{pollfd{STDIN_FILENO, POLLIN, 0}, pollfd{ends_[0], POLLIN, 0}};
        while (::poll(both.data(), both.size(), -1) < 0)
            if (errno != EINTR) return false;
        return both[1].revents == 0;
    }

    std::array<int, 2> ends_{-1, -1};
};

/// Reads on a thread of its own until the input ends or the object does.
class StandardInput {
public:
    /// `on_line` is called on that thread, and must not throw.
    explicit StandardInput(std::function<void(std::string line)> on_line)
        : lines_(std::move(on_line)), thread_([this] { run(); }) {}

    StandardInput(const StandardInput&) = delete;
    StandardInput& operator=(const StandardInput&) = delete;

    ~StandardInput() {
        reader_.stop();
        thread_.join();
    }

private:
    void run() {
        std::array<char, InputLines::longest> bytes{};
        while (const std::size_t count = reader_.read(bytes.data(), bytes.size())) lines_.add({bytes.data(), count});
        lines_.finish();
    }

    InputLines lines_;
    InputReader reader_;
    std::thread thread_; // last: it uses all others
};

} // namespace lcm_command

#endif
