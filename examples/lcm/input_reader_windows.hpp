// SPDX-License-Identifier: BSL-1.0
// The bytes of standard input on Windows, until another thread says that it is enough.
#ifndef LCM_COMMAND_INPUT_READER_WINDOWS_HPP
#define LCM_COMMAND_INPUT_READER_WINDOWS_HPP

#include <boost/asio/detail/socket_types.hpp> // windows.h, after winsock2.h

#include <atomic>
#include <chrono>
#include <cstddef>
#include <thread>

namespace lcm_command {

/// Whether there is any.
[[nodiscard]] inline bool has_standard_input() {
    const HANDLE input = ::GetStdHandle(STD_INPUT_HANDLE);
    return input != nullptr && input != INVALID_HANDLE_VALUE;
}

/// A console and a pipe cannot be waited for together with something else, so a read is broken off instead.
class InputReader {
public:
    InputReader() = default;
    InputReader(const InputReader&) = delete;
    InputReader& operator=(const InputReader&) = delete;
    ~InputReader() {
        if (thread_ != nullptr) ::CloseHandle(thread_);
    }

    /// Waits for some bytes, always on the same thread. 0 at the end of the input, and once `stop()` has been called.
    std::size_t read(char* to, std::size_t size) {
        if (thread_ == nullptr) thread_ = ::OpenThread(THREAD_TERMINATE, FALSE, ::GetCurrentThreadId());
        if (is_stopped_) return 0;
        DWORD count = 0;
        if (::ReadFile(::GetStdHandle(STD_INPUT_HANDLE), to, static_cast<DWORD>(size), &count, nullptr) == 0) return 0;
        return count;
    }
    void end() noexcept { has_ended_ = true; }

    /// From any thread, once; returns when nobody reads any more. The reader may be just before its read, which cannot
    /// be broken off yet, so it is tried again.
    void stop() noexcept {
        is_stopped_ = true;
        while (!has_ended_) {
            if (thread_ != nullptr) ::CancelSynchronousIo(thread_);
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
    }

private:
    std::atomic<HANDLE> thread_{nullptr};
    std::atomic<bool> is_stopped_{false};
    std::atomic<bool> has_ended_{false};
};

} // namespace lcm_command

#endif
