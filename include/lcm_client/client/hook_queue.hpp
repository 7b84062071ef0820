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

namespace lcm::inline LCM_CLIENT_ABI::detail {

/// Something to tell; a text is an event.
using Notice = std::variant<LinkStatus, Settled, std::string>;

/// How many are on the way at once to take a notice each.
enum class Tellers {
    one,            ///< the next one is sent when the notice has been told
    one_per_notice, ///< in an executor that keeps its order, a notice then runs before what is posted after it was told
};

/// A queue. Each kind has its own bound, so that a flood of events drops no truth about a request; the order is that of
/// all kinds together. Thread-safe.
class HookQueue {
public:
    static constexpr std::size_t max_states = 16;

    HookQueue(const Limits& limits, Tellers tellers)
        : limits_{max_states, limits.unsettled, limits.events}, max_bytes_(limits.events_bytes),
          wants_many_(tellers == Tellers::one_per_notice) {}

    /// Adds a notice, and drops the oldest of its kind if there are too many. `number` is larger than that of the one
    /// before. Returns whether somebody has to be sent who begins to tell; otherwise there are enough on the way. When
    /// this throws, it is not added.
    [[nodiscard]] bool add(Notice notice, std::uint64_t number) {
        const std::lock_guard lock(mutex_);
        const std::size_t kind = notice.index();
        const std::size_t bytes = bytes_of(notice);
        queue_.push_back({std::move(notice), number});
        while (counts_.at(kind) > 0 &&
               (counts_.at(kind) == limits_.at(kind) || (bytes > 0 && bytes_ + bytes > max_bytes_)))
            drop_oldest(kind);
        ++counts_.at(kind);
        bytes_ += bytes;
        return lacks_teller();
    }

    /// Whether somebody has to be sent, as `add`.
    [[nodiscard]] bool attend() {
        const std::lock_guard lock(mutex_);
        return lacks_teller();
    }

    /// One of those who were sent does not come after all.
    void leave_unattended() {
        const std::lock_guard lock(mutex_);
        --tellers_;
    }

    /// An event had to be left out for lack of memory.
    void drop_event() {
        const std::lock_guard lock(mutex_);
        ++dropped_events_;
    }

    /// Somebody has come who was sent: the next notice, to be told before `end`; nothing if there is none, or if
    /// another one is being told, in another thread or by a loop within that call.
    [[nodiscard]] std::optional<Notice> begin() {
        const std::lock_guard lock(mutex_);
        --tellers_;
        if (queue_.empty() || is_telling_) return std::nullopt;
        is_telling_ = true;
        return pop();
    }

    /// The same for somebody who was not sent, and only up to this number.
    [[nodiscard]] std::optional<Notice> begin(std::uint64_t last) {
        const std::lock_guard lock(mutex_);
        if (queue_.empty() || is_telling_ || queue_.front().number > last) return std::nullopt;
        is_telling_ = true;
        return pop();
    }

    /// It has been told. Then `attend` says whether others have come in vain meanwhile.
    void end() {
        const std::lock_guard lock(mutex_);
        is_telling_ = false;
    }

    /// The next one, whatever else is under way; nothing if there is none.
    [[nodiscard]] std::optional<Notice> take() {
        const std::lock_guard lock(mutex_);
        if (queue_.empty()) return std::nullopt;
        return pop();
    }

    [[nodiscard]] std::uint64_t dropped_events() const {
        const std::lock_guard lock(mutex_);
        return dropped_events_;
    }

private:
    struct Entry {
        Notice notice;
        std::uint64_t number;
    };

    [[nodiscard]] bool lacks_teller() noexcept {
        const std::size_t wanted = wants_many_ ? queue_.size() : (std::min)(queue_.size(), std::size_t{1});
        if (tellers_ >= wanted || (is_telling_ && !wants_many_)) return false;
        ++tellers_;
        return true;
    }

    Notice pop() {
        Notice notice = std::move(queue_.front().notice);
        queue_.pop_front();
        forget(notice);
        return notice;
    }

    static std::size_t bytes_of(const Notice& notice) noexcept {
        const auto* const event = std::get_if<std::string>(&notice);
        return event == nullptr ? 0 : event->size();
    }

    void forget(const Notice& notice) {
        --counts_.at(notice.index());
        bytes_ -= bytes_of(notice);
    }

    void drop_oldest(std::size_t kind) {
        const auto oldest = std::find_if(queue_.begin(), queue_.end(),
                                         [kind](const Entry& entry) { return entry.notice.index() == kind; });
        if (std::holds_alternative<std::string>(oldest->notice)) ++dropped_events_;
        forget(oldest->notice);
        queue_.erase(oldest);
    }

    const std::array<std::size_t, std::variant_size_v<Notice>> limits_;
    const std::size_t max_bytes_;
    const bool wants_many_;
    mutable std::mutex mutex_;
    std::deque<Entry> queue_;
    std::array<std::size_t, std::variant_size_v<Notice>> counts_{};
    std::size_t bytes_ = 0; // of the events
    std::uint64_t dropped_events_ = 0;
    std::size_t tellers_ = 0; // on the way
    bool is_telling_ = false; // between `begin` and `end`
};

} // namespace lcm::detail

#endif
