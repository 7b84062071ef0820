// SPDX-License-Identifier: BSL-1.0
// The lines of standard input, for a command that runs on whether there are any or not.
#ifndef LCM_COMMAND_STANDARD_INPUT_HPP
#define LCM_COMMAND_STANDARD_INPUT_HPP

#if defined(_WIN32)
#include "input_reader_windows.hpp"
#else
#include "input_reader_posix.hpp"
#endif

#include <array>
#include <cstddef>
#include <functional>
#include <string>
#include <thread>
#include <utility>

namespace lcm_command {

/// Reads on a thread of its own until the input ends or the object does.
class StandardInput {
public:
    /// `on_line` is called on that thread, and must not throw.
    explicit StandardInput(std::function<void(std::string line)> on_line)
        : on_line_(std::move(on_line)), thread_([this] { run(); }) {}

    StandardInput(const StandardInput&) = delete;
    StandardInput& operator=(const StandardInput&) = delete;

    ~StandardInput() {
        reader_.stop();
        thread_.join();
    }

private:
    static constexpr std::size_t longest_line = 4096; // what is longer than any command is cut, and will not be one

    void run() {
        std::array<char, longest_line> bytes{};
        while (const std::size_t count = reader_.read(bytes.data(), bytes.size()))
            for (std::size_t i = 0; i < count; ++i) take(bytes[i]);
        if (!line_.empty()) take('\n');
        reader_.end();
    }

    void take(char c) {
        if (c == '\n') on_line_(std::exchange(line_, {}));
        else if (line_.size() < longest_line && c != '\r') line_ += c;
    }

    std::function<void(std::string line)> on_line_;
    std::string line_;
    InputReader reader_;
    std::thread thread_; // last: it uses all others
};

} // namespace lcm_command

#endif
