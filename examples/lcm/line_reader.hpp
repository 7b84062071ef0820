// SPDX-License-Identifier: BSL-1.0
// Reads lines on a thread of its own, as fast as they are used, so that waiting for the next line keeps nothing else from
// happening.
#ifndef LCM_COMMAND_LINE_READER_HPP
#define LCM_COMMAND_LINE_READER_HPP

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <iostream>
#include <istream>
#include <mutex>
#include <string>
#include <thread>
#include <utility>

namespace lcm_command {

/// A line that is not empty.
struct InputLine {
    std::uint64_t number = 0; ///< from 1, empty lines included
    std::string text{};
    bool is_too_long = false; ///< then `text` is its beginning
};

/// Holds at most as many lines as it was given places for, each of bounded length.
class LineReader {
public:
    static constexpr std::size_t longest_line = 1024 * 1024;

    /// Calls `on_line` on `loop` for each line of `in` while there are places. `loop` has work until the end of `in`, or
    /// until it cannot be read.
    LineReader(std::istream& in, boost::asio::io_context& loop, std::size_t places,
               std::function<void(const InputLine&)> on_line)
        : in_(in), work_(boost::asio::make_work_guard(loop)), places_(places), on_line_(std::move(on_line)),
          thread_([this] { run(); }) {}

    LineReader(const LineReader&) = delete;
    LineReader& operator=(const LineReader&) = delete;
    ~LineReader() { thread_.join(); }

    /// A line was dealt with. Any thread.
    void give_back_place() {
        const std::lock_guard lock(mutex_);
        ++places_;
        has_place_.notify_one();
    }

    /// The bytes that were read. Any thread.
    [[nodiscard]] std::uint64_t bytes() const noexcept { return bytes_; }

    /// Whether there may be more, which cannot be read. Any thread; known when the loop has no more work.
    [[nodiscard]] bool has_failed() const noexcept { return has_failed_; }

private:
    void run() {
        InputLine line;
        while (true) {
            take_place();
            do {
                if (!read(line)) return finish();
            } while (line.text.find_first_not_of(" \t\r") == std::string::npos);
            boost::asio::post(work_.get_executor(), [this, line] { on_line_(line); });
        }
    }

    void take_place() {
        std::unique_lock lock(mutex_);
        has_place_.wait(lock, [this] { return places_ != 0; });
        --places_;
    }

    bool read(InputLine& line) {
        line.text.clear();
        line.is_too_long = false;
        ++line.number;
        std::uint64_t length = 0;
        for (char c = 0; in_.get(c); ++length) {
            ++bytes_;
            if (c == '\n') return true;
            if (line.text.size() < longest_line) line.text += c;
            else line.is_too_long = true;
        }
        return length != 0;
    }

    void finish() {
        // Standard input is C's, whose errors its stream takes for the end.
        has_failed_ = in_.bad() || (&in_ == &std::cin && std::ferror(stdin) != 0);
        work_.reset();
    }

    std::istream& in_;
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
    // Not a semaphore: where libstdc++ has no futexes, as on Windows, one can miss a release, and wait for ever.
    std::mutex mutex_;
    std::condition_variable has_place_;
    std::size_t places_;
    std::function<void(const InputLine&)> on_line_;
    std::atomic<std::uint64_t> bytes_{0};
    std::atomic<bool> has_failed_{false};
    std::thread thread_; // last: it uses all others
};

} // namespace lcm_command

#endif
