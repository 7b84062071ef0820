// SPDX-License-Identifier: BSL-1.0
// Internal: what other threads want of an outbox's own.
#ifndef LCM_CLIENT_OUTBOX_IMPL_COMMAND_QUEUE_HPP
#define LCM_CLIENT_OUTBOX_IMPL_COMMAND_QUEUE_HPP

#include <lcm_client/handler.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/post.hpp>

#include <functional>
#include <mutex>
#include <utility>
#include <vector>

namespace lcm::inline LCM_CLIENT_ABI::detail {

/// Functions that wait for the next turn, which takes all of them: so what many threads post at once is one write. Each
/// is called once, by whoever takes it: with true, or with false if it comes too late. Thread-safe.
class CommandQueue {
public:
    using Command = Handler<void(bool is_open)>;

    explicit CommandQueue(boost::asio::any_io_executor executor) : executor_(std::move(executor)) {}

    /// What is posted to the executor when something waits.
    void set_turn(std::function<void()> turn) {
        const std::lock_guard lock(mutex_);
        turn_ = std::move(turn);
    }

    /// False if the queue is closed; then `command` is as it was. Throws `std::bad_alloc`, and nothing has happened.
    [[nodiscard]] bool add(Command& command) {
        const std::lock_guard lock(mutex_);
        if (is_closed_) return false;
        commands_.push_back(std::move(command));
        try {
            send_turn();
        } catch (...) { // the executor's
            command = std::move(commands_.back());
            commands_.pop_back();
            throw;
        }
        return true;
    }

    /// A turn is to come, though nothing waits.
    void wake() {
        const std::lock_guard lock(mutex_);
        if (!is_closed_) send_turn();
    }

    /// In a turn: all that waits.
    [[nodiscard]] std::vector<Command> take() {
        const std::lock_guard lock(mutex_);
        is_turn_coming_ = false;
        return std::exchange(commands_, {});
    }

    /// Takes nothing more, and posts nothing more to the executor. Returns what waits.
    [[nodiscard]] std::vector<Command> close() {
        const std::lock_guard lock(mutex_);
        is_closed_ = true;
        return std::exchange(commands_, {});
    }

private:
    void send_turn() {
        if (is_turn_coming_) return;
        boost::asio::post(executor_, turn_);
        is_turn_coming_ = true;
    }

    const boost::asio::any_io_executor executor_;
    std::mutex mutex_;
    std::function<void()> turn_;
    std::vector<Command> commands_;
    bool is_turn_coming_ = false;
    bool is_closed_ = false;
};

} // namespace lcm::detail

#endif
