// SPDX-License-Identifier: BSL-1.0
// Lines out of the bytes of an input, as they come.
#ifndef LCM_COMMAND_INPUT_LINES_HPP
#define LCM_COMMAND_INPUT_LINES_HPP

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

namespace lcm_command {

/// Not thread-safe.
class InputLines {
public:
    static constexpr std::size_t longest = 4096; ///< what is longer than any command is cut, and will not be one

    explicit InputLines(std::function<void(std::string line)> on_line) : on_line_(std::move(on_line)) {}

    void add(std::string_view bytes) {
        for (const char c : bytes) take(c);
    }

    /// The input is over: a line that has no end yet ends here.
    void finish() {
        if (!line_.empty()) take('\n');
    }

private:
    void take(char c) {
        if (c == '\n') on_line_(std::exchange(line_, {}));
        else if (line_.size() < longest && c != '\r') line_ += c;
    }

    std::function<void(std::string line)> on_line_;
    std::string line_;
};

} // namespace lcm_command

#endif
