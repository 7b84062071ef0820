// SPDX-License-Identifier: BSL-1.0
// The lines of standard input on Windows.
#ifndef LCM_COMMAND_STANDARD_INPUT_WINDOWS_HPP
#define LCM_COMMAND_STANDARD_INPUT_WINDOWS_HPP

#include "input_lines.hpp"

#include <boost/asio/detail/socket_types.hpp> // windows.h, after winsock2.h

#include <array>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

namespace lcm_command {

/// Whether there is any.
[[nodiscard]] inline bool has_standard_input() {
    const HANDLE input = ::GetStdHandle(STD_INPUT_HANDLE);
    return input != nullptr && input != INVALID_HANDLE_VALUE;
}

/// Reads on a thread of its own until the input ends or the object does. A read of a console or a pipe cannot be broken
/// off in a way that works for both, so the thread is left behind in it, without anybody to tell, until the process ends.
class StandardInput {
public:
    /// `on_line` is called on that thread, and must not throw.
    explicit StandardInput(std::function<void(std::string line)> on_line)
        : reader_(std::make_shared<Reader>(std::move(on_line))) {
        std::thread([reader = reader_] { reader->run(); }).detach();
    }

    StandardInput(const StandardInput&) = delete;
    StandardInput& operator=(const StandardInput&) = delete;

    ~StandardInput() { reader_->stop(); }

private:
    class Reader {
    public:
        explicit Reader(std::function<void(std::string line)> on_line) : lines_(std::move(on_line)) {}

        void run() {
            const HANDLE input = ::GetStdHandle(STD_INPUT_HANDLE);
            std::array<char, InputLines::longest> bytes{};
            DWORD count = 0;
            while (::ReadFile(input, bytes.data(), static_cast<DWORD>(bytes.size()), &count, nullptr) != 0 &&
                   count != 0)
                if (!add({bytes.data(), count})) return;
            const std::lock_guard lock(mutex_);
            if (!is_stopped_) lines_.finish();
        }

        // Waits for the line that is being told.
        void stop() {
            const std::lock_guard lock(mutex_);
            is_stopped_ = true;
        }

    private:
        bool add(std::string_view bytes) {
            const std::lock_guard lock(mutex_);
            if (is_stopped_) return false;
            lines_.add(bytes);
            return true;
        }

        std::mutex mutex_;
        bool is_stopped_ = false;
        InputLines lines_;
    };

    std::shared_ptr<Reader> reader_;
};

} // namespace lcm_command

#endif
