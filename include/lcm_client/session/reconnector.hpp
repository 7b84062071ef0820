// SPDX-License-Identifier: BSL-1.0
// When to connect: after which wait, and what counts as a link that was good.
#ifndef LCM_CLIENT_SESSION_RECONNECTOR_HPP
#define LCM_CLIENT_SESSION_RECONNECTOR_HPP

#include <lcm_client/link_status.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <random>
#include <utility>

namespace lcm::inline LCM_CLIENT_ABI::detail {

/// What the end of a link or of an attempt means for the next one.
struct LinkFault {
    bool is_permanent = false;                         ///< trying again will hardly help
    std::optional<std::chrono::seconds> retry_after{}; ///< the server asked to be left alone for so long
    BlockReason block = BlockReason::other;            ///< who can do something about it, if it is permanent
    bool moves_on = false;                             ///< the next attempt goes to a server that was not tried yet
};

/// The state of a client's link, and the time of the next attempt: exponential with full jitter, which spreads a fleet
/// that has lost its server over all of the wait. One attempt at a time.
///
/// Not thread-safe; the client calls it on its strand.
class Reconnector {
public:
    using TimePoint = std::chrono::steady_clock::time_point;
    using Milliseconds = std::chrono::milliseconds;

    static constexpr Milliseconds base{500};            ///< the longest first wait; doubled with each failure
    static constexpr Milliseconds cap{20'000};          ///< the longest wait
    static constexpr Milliseconds good_after{30'000};   ///< so long a link must stay for the waits to begin anew
    static constexpr Milliseconds blocked_wait{60'000}; ///< the longest wait when blocked; half of it is the shortest
    /// The longest wait before the first attempt at another server after a link that was good: a fleet that has lost
    /// its server falls upon the other one, so that an eighth of it comes there in a second.
    static constexpr Milliseconds move_wait{8'000};
    static constexpr std::chrono::hours longest_retry_after{24}; ///< no server can send a client away for longer

    /// Clients of one fleet must have different seeds.
    explicit Reconnector(std::uint64_t seed) : random_(engine(seed)) {}

    [[nodiscard]] LinkState state() const noexcept { return state_; }

    /// Whom the link waits for, if it is blocked.
    [[nodiscard]] BlockReason block() const noexcept {
        return state_ == LinkState::blocked ? block_ : BlockReason::none;
    }

    /// Whether the attempt that comes next, or is under way, was asked for by `retry_now()`.
    [[nodiscard]] bool is_on_demand() const noexcept { return is_on_demand_; }

    /// The number of the attempt that is under way, has succeeded or comes next: from 1, since the start or since the
    /// last link that was good.
    [[nodiscard]] unsigned attempt() const noexcept { return attempt_; }

    /// When the next attempt is due; nothing while there is a link or an attempt, and after `close()`.
    [[nodiscard]] std::optional<TimePoint> next_attempt() const noexcept { return next_; }

    [[nodiscard]] bool is_due(TimePoint now) const noexcept { return next_ && *next_ <= now; }

    /// An attempt begins.
    void begin() noexcept {
        state_ = LinkState::connecting;
        next_.reset();
    }

    /// The attempt has succeeded.
    void succeed(TimePoint now) noexcept {
        state_ = LinkState::ready;
        ready_since_ = now;
        is_hurried_ = is_hurried_on_demand_ = is_on_demand_ = false;
    }

    /// The attempt has failed, or the link is lost. Returns the wait until the next attempt.
    Milliseconds fail(TimePoint now, const LinkFault& fault) {
        note_good_link(now);
        const Milliseconds wait =
            std::exchange(is_hurried_, false) && !fault.retry_after ? up_to(base) : choose_wait(fault);
        if (fault.moves_on) has_lost_good_link_ = false; // whoever follows is spread in time by now
        ++attempt_;
        doublings_ = (std::min)(doublings_ + 1, max_doublings);
        state_ = fault.is_permanent ? LinkState::blocked : LinkState::waiting;
        block_ = fault.block;
        is_on_demand_ = std::exchange(is_hurried_on_demand_, false) && !has_refused_credentials(fault);
        next_ = now + wait;
        return wait;
    }

    /// The next attempt shall not wait; if one is under way, which may have begun too early, the one after it shall not
    /// wait long. Nothing while there is a link. `is_on_demand` says that a person wants it.
    void retry_now(TimePoint now, bool is_on_demand) noexcept {
        if (next_) {
            next_ = now;
            is_on_demand_ = is_on_demand_ || is_on_demand;
        }
        is_hurried_ = state_ == LinkState::connecting && !next_;
        is_hurried_on_demand_ = is_hurried_ && (is_hurried_on_demand_ || is_on_demand);
    }

    /// No more attempts.
    void close() noexcept {
        state_ = LinkState::closed;
        next_.reset();
    }

private:
    static std::minstd_rand engine(std::uint64_t seed) {
        std::seed_seq words{static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32U)};
        return std::minstd_rand(words);
    }

    static constexpr unsigned max_doublings = 10; // beyond the cap

    void note_good_link(TimePoint now) noexcept {
        if (state_ != LinkState::ready) return;
        has_lost_good_link_ = now - ready_since_ >= good_after;
        if (has_lost_good_link_) attempt_ = doublings_ = 0;
    }

    // Nobody who asked before the refusal wants them to be refused once more.
    static bool has_refused_credentials(const LinkFault& fault) noexcept {
        return fault.is_permanent && (fault.block == BlockReason::credentials || fault.block == BlockReason::proxy);
    }

    Milliseconds choose_wait(const LinkFault& fault) {
        const Milliseconds wait =
            fault.is_permanent ? blocked_wait / 2 + up_to(blocked_wait / 2) : up_to(longest_wait(fault.moves_on));
        if (!fault.retry_after) return wait;
        // Not at that very moment, when all the others come too.
        const Milliseconds asked_for = std::clamp<std::chrono::seconds>(*fault.retry_after, {}, longest_retry_after);
        return (std::max)(wait, asked_for + up_to((std::max)(longest_wait(), (std::min)(asked_for / 2, cap))));
    }

    [[nodiscard]] Milliseconds longest_wait(bool moves_on = false) const noexcept {
        const Milliseconds usual = (std::min)(cap, base * (1 << doublings_));
        if (!moves_on) return usual;
        // It is no second attempt at the same server. Of several servers the last one is come to within `base`, all waits
        // together.
        return has_lost_good_link_ ? move_wait : (std::max)(Milliseconds(1), base / (2 << doublings_));
    }

    // Never none: an attempt does not begin in the moment in which the last one has failed.
    Milliseconds up_to(Milliseconds longest) {
        return Milliseconds(std::uniform_int_distribution<Milliseconds::rep>(1, longest.count())(random_));
    }

    std::minstd_rand random_; // which is small, and good enough to spread clients in time
    LinkState state_ = LinkState::connecting;
    unsigned attempt_ = 1;
    bool is_hurried_ = false;         // during an attempt
    bool has_lost_good_link_ = false; // and has gone to no other server since
    bool is_hurried_on_demand_ = false;
    bool is_on_demand_ = false;             // the next attempt, or the one that is under way
    BlockReason block_ = BlockReason::none; // of the last fault
    unsigned doublings_ = 0;                // of the longest wait, since the start or since the last link that was good
    TimePoint ready_since_{};
    std::optional<TimePoint> next_ = (TimePoint::min)(); // the first attempt is due at once
};

} // namespace lcm::detail

#endif
