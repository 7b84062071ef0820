// SPDX-License-Identifier: BSL-1.0
// What the application's hooks are still to be told, in bounded memory: a slow consumer loses the oldest.
#ifndef LCM_CLIENT_CLIENT_NOTICES_HPP
#define LCM_CLIENT_CLIENT_NOTICES_HPP

#include <lcm_client/config.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <utility>

namespace lcm::detail {

/// A queue of calls to hooks. Each kind has its own bound, so that a flood of events drops no truth about a request;
/// the order is that of all kinds together. Thread-safe; the lock is not held while a hook runs.
class Notices {
public:
    enum class Kind : std::size_t { state, settled, event };
    using Action = std::function<void()>;

    static constexpr std::size_t max_states = 16;

    explicit Notices(const Limits& limits) : limits_{max_states, limits.unsettled, limits.events} {}

    /// Adds a call, and drops the oldest of its kind if there are too many. Returns whether somebody has to be sent who
    /// takes them; otherwise somebody is on the way.
    [[nodiscard]] bool add(Kind kind, Action action) {
        const std::lock_guard lock(mutex_);
        if (count(kind) == limits_[index(kind)]) drop_oldest(kind);
        ++counts_[index(kind)];
        queue_.push_back({kind, std::move(action)});
        return !std::exchange(is_attended_, true);
    }

    /// The next call; nothing if there is none, and then nobody is on the way any more.
    [[nodiscard]] std::optional<Action> take() {
        const std::lock_guard lock(mutex_);
        if (queue_.empty()) {
            is_attended_ = false;
            return std::nullopt;
        }
        Notice notice = std::move(queue_.front());
        queue_.pop_front();
        --counts_[index(notice.kind)];
        return std::move(notice.action);
    }

    /// How many calls of a kind were dropped.
    [[nodiscard]] std::uint64_t dropped(Kind kind) const {
        const std::lock_guard lock(mutex_);
        return dropped_[index(kind)];
    }

private:
    struct Notice {
        Kind kind;
        Action action;
    };

    static constexpr std::size_t index(Kind kind) noexcept { return static_cast<std::size_t>(kind); }
    [[nodiscard]] std::size_t count(Kind kind) const noexcept { return counts_[index(kind)]; }

    void drop_oldest(Kind kind) {
        queue_.erase(std::find_if(queue_.begin(), queue_.end(), [kind](const Notice& n) { return n.kind == kind; }));
        --counts_[index(kind)];
        ++dropped_[index(kind)];
    }

    const std::array<std::size_t, 3> limits_;
    mutable std::mutex mutex_;
    std::deque<Notice> queue_;
    std::array<std::size_t, 3> counts_{};
    std::array<std::uint64_t, 3> dropped_{};
    bool is_attended_ = false; // somebody will call `take` until it gives nothing
};

} // namespace lcm::detail

#endif
