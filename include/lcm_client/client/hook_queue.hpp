// SPDX-License-Identifier: BSL-1.0
// What the application's hooks are still to be told, in bounded memory: a slow consumer loses the oldest.
#ifndef LCM_CLIENT_CLIENT_HOOK_QUEUE_HPP
#define LCM_CLIENT_CLIENT_HOOK_QUEUE_HPP

#include <lcm_client/config.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace lcm::detail {

/// Something to tell; a text is an event.
using Notice = std::variant<LinkStatus, Settled, std::string>;

/// A queue. Each kind has its own bound, so that a flood of events drops no truth about a request; the order is that of
/// all kinds together. Thread-safe.
class HookQueue {
public:
    static constexpr std::size_t max_states = 16;

    explicit HookQueue(const Limits& limits)
        : limits_{max_states, limits.unsettled, limits.events}, max_bytes_(limits.events_bytes) {}

    /// Adds a notice, and drops the oldest of its kind if there are too many. Returns whether somebody has to be sent
    /// who takes them; otherwise somebody is on the way. When this throws, it is not added.
    [[nodiscard]] bool add(Notice notice) {
        const std::lock_guard lock(mutex_);
        const std::size_t kind = notice.index();
        const std::size_t bytes = bytes_of(notice);
        queue_.push_back(std::move(notice));
        while (counts_.at(kind) > 0 &&
               (counts_.at(kind) == limits_.at(kind) || (bytes > 0 && bytes_ + bytes > max_bytes_)))
            drop_oldest(kind);
        ++counts_.at(kind);
        bytes_ += bytes;
        return !std::exchange(is_attended_, true);
    }

    /// Whether somebody has to be sent, since whoever was on the way did not come; as `add`.
    [[nodiscard]] bool attend() {
        const std::lock_guard lock(mutex_);
        return !queue_.empty() && !std::exchange(is_attended_, true);
    }

    /// Nobody is on the way after all.
    void leave_unattended() {
        const std::lock_guard lock(mutex_);
        is_attended_ = false;
    }

    /// An event had to be left out for lack of memory.
    void drop_event() {
        const std::lock_guard lock(mutex_);
        ++dropped_events_;
    }

    /// The next one; nothing if there is none, and then nobody is on the way any more.
    [[nodiscard]] std::optional<Notice> take() {
        const std::lock_guard lock(mutex_);
        if (queue_.empty()) {
            is_attended_ = false;
            return std::nullopt;
        }
        Notice notice = std::move(queue_.front());
        queue_.pop_front();
        forget(notice);
        return notice;
    }

    [[nodiscard]] std::uint64_t dropped_events() const {
        const std::lock_guard lock(mutex_);
        return dropped_events_;
    }

private:
    static std::size_t bytes_of(const Notice& notice) noexcept {
        const auto* const event = std::get_if<std::string>(&notice);
        return event == nullptr ? 0 : event->size();
    }

    void forget(const Notice& notice) {
        --counts_.at(notice.index());
        bytes_ -= bytes_of(notice);
    }

    void drop_oldest(std::size_t kind) {
        const auto oldest =
            std::find_if(queue_.begin(), queue_.end(), [kind](const Notice& n) { return n.index() == kind; });
        if (std::holds_alternative<std::string>(*oldest)) ++dropped_events_;
        forget(*oldest);
        queue_.erase(oldest);
    }

    const std::array<std::size_t, std::variant_size_v<Notice>> limits_;
    const std::size_t max_bytes_;
    mutable std::mutex mutex_;
    std::deque<Notice> queue_;
    std::array<std::size_t, std::variant_size_v<Notice>> counts_{};
    std::size_t bytes_ = 0; // of the events
    std::uint64_t dropped_events_ = 0;
    bool is_attended_ = false; // somebody will call `take` until it gives nothing
};

} // namespace lcm::detail

#endif
