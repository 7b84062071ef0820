// SPDX-License-Identifier: BSL-1.0
// Internal: when a connection's peer is pinged, and when it is given up. Decides only: no socket, no timer, no clock.
#ifndef LCM_CLIENT_WEBSOCKET_IMPL_FRAMES_KEEP_ALIVE_HPP
#define LCM_CLIENT_WEBSOCKET_IMPL_FRAMES_KEEP_ALIVE_HPP

#include <lcm_client/transport.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <utility>

namespace lcm::inline LCM_CLIENT_ABI::detail {

/// Silence and missing progress are counted apart.
///
/// While nothing of ours is under way, whatever comes is a sign of life, and half of the idle time-out without one
/// brings a ping. While something is unanswered or unwritten, a peer that goes on talking may still have stopped
/// reading. Then a ping leaves after each half of the idle time-out, whatever comes, and only its own pong or an answer
/// counts; until the system has taken the ping, each byte that it takes counts as well, since it had refused to take
/// more before. Half of the idle time-out after the system has taken the ping, the peer is given up, unless a request
/// is under way that was given more time from the beginning.
class KeepAlive {
public:
    using TimePoint = std::chrono::steady_clock::time_point;
    using Duration = TimePoint::duration;

    enum class Action {
        none,
        ping,          ///< send a ping now
        suspect,       ///< a sign of life is overdue, and awaited all the same
        alive,         ///< it has come
        lost,          ///< the peer is given up
        lost_by_probe, ///< the peer has not answered a probe
    };

    explicit KeepAlive(Duration idle_timeout) noexcept : half_(idle_timeout / 2) {}

    /// How long the answer to a probe may take.
    [[nodiscard]] Duration probe_timeout() const noexcept {
        return (std::min)(half_, Duration(std::chrono::seconds(5)));
    }

    /// The connection has opened. The first thing that comes is an awaited sign of life.
    void begin(TimePoint now) noexcept {
        heard_ = progress_ = pinged_ = now;
        awaits_sign_ = true;
    }

    /// Something has come, whatever it is. Returns whether it is a sign of life that was awaited.
    [[nodiscard]] bool hear(TimePoint now) noexcept {
        heard_ = now;
        probe_is_answered_ = true;
        if (is_suspect_) return false;
        return std::exchange(awaits_sign_, false);
    }

    /// A pong of ours, or an answer, has come. Returns whether the peer had been suspected.
    bool progress(TimePoint now) noexcept {
        progress_ = now;
        if (ping_ == Ping::taken) ping_ = Ping::none;
        if (ping_ == Ping::waits) ping_since_ = now;
        if (is_suspect_) probe_end_ = never;
        return std::exchange(is_suspect_, false);
    }

    /// The ping that `look` asked for has been put behind what is to be written.
    void queue_ping(TimePoint now) noexcept {
        ping_ = Ping::waits;
        ping_since_ = pinged_ = now;
    }

    /// Whether a ping waits for the system to take it, so that `note_written` wants to know what is taken.
    [[nodiscard]] bool ping_waits() const noexcept { return ping_ == Ping::waits; }

    /// The system has taken bytes, the ping perhaps among them.
    void note_written(TimePoint now, bool has_taken_ping) noexcept {
        if (ping_ != Ping::waits) return;
        ping_since_ = now;
        if (has_taken_ping) ping_ = Ping::taken;
    }

    /// Whether the answer to a probe is awaited.
    [[nodiscard]] bool is_probing() const noexcept { return probe_end_ != never && !probe_is_answered_; }
    /// Whether a sign of life is overdue.
    [[nodiscard]] bool is_suspect() const noexcept { return is_suspect_; }

    /// A sign of life is wanted within `probe_timeout()`: a ping leaves now.
    void probe(TimePoint now) noexcept {
        probe_end_ = now + probe_timeout();
        probe_is_answered_ = false;
        awaits_sign_ = true;
    }

    /// What is to be done now.
    [[nodiscard]] Action look(TimePoint now, const Outstanding& outstanding, bool is_unwritten) noexcept {
        bool was_suspect = false;
        if (outstanding.answers != answers_) {
            answers_ = outstanding.answers;
            was_suspect = progress(now);
        }
        anything_counts_ = !outstanding.is_unanswered && !is_unwritten;
        if (anything_counts_ && heard_ > progress_) was_suspect = progress(heard_) || was_suspect;
        next_ = never;
        if (was_suspect) return Action::alive;
        if (now >= probe_end_) {
            if (probe_is_answered_) probe_end_ = never;
            else if (outstanding.patience <= Duration::zero()) return Action::lost_by_probe;
            else return wait_on(now, outstanding.patience);
        }
        if (ping_ == Ping::none) return now >= ping_due() ? Action::ping : Action::none;
        if (now < ping_since_ + half_) return Action::none;
        if (outstanding.patience <= Duration::zero()) return Action::lost;
        return wait_on(now, outstanding.patience);
    }

    /// When to look again.
    [[nodiscard]] TimePoint next() const noexcept {
        if (next_ != never) return next_;
        return (std::min)(probe_end_, ping_ == Ping::none ? ping_due() : ping_since_ + half_);
    }

private:
    enum class Ping { none, waits, taken };

    static constexpr TimePoint never = (TimePoint::max)();

    [[nodiscard]] TimePoint ping_due() const noexcept { return (anything_counts_ ? progress_ : pinged_) + half_; }

    [[nodiscard]] Action wait_on(TimePoint now, Duration patience) noexcept {
        next_ = now + (std::min)(patience, half_);
        awaits_sign_ = true;
        return std::exchange(is_suspect_, true) ? Action::none : Action::suspect;
    }

    Duration half_;
    TimePoint heard_{};           // the last time that anything came
    TimePoint progress_{};        // the last time that what counts came
    TimePoint pinged_{};          // the last time that a ping was asked for
    bool anything_counts_ = true; // at the last look: nothing was outstanding
    Ping ping_ = Ping::none;
    TimePoint ping_since_{}; // it waits or was taken; with what the system took before it since
    TimePoint probe_end_ = never;
    bool probe_is_answered_ = false; // by whatever has come since
    bool is_suspect_ = false;
    bool awaits_sign_ = false;  // and somebody wants to know of it
    std::uint64_t answers_ = 0; // of which is known
    TimePoint next_ = never;    // to look again, while a sign of life is overdue
};

} // namespace lcm::detail

#endif
