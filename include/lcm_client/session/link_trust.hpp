// SPDX-License-Identifier: BSL-1.0
// How many requests may be handed to a link, by what is known of its peer.
#ifndef LCM_CLIENT_SESSION_LINK_TRUST_HPP
#define LCM_CLIENT_SESSION_LINK_TRUST_HPP

#include <lcm_client/impl/abi.hpp>

#include <chrono>
#include <optional>

namespace lcm::inline LCM_CLIENT_ABI::detail {

/// A request that is handed to a link whose peer has gone, or will close at once, ends as unknown for nothing.
/// So a new link has one request under way until its peer gives a sign of life, or for `trial_time`; and a peer that is
/// asked for a sign of life gets nothing more until it has given one. Not thread-safe.
class LinkTrust {
public:
    using TimePoint = std::chrono::steady_clock::time_point;

    /// What may be handed over.
    enum class Allowance { nothing, one_under_way, any };

    static constexpr std::chrono::milliseconds trial_time{250};

    /// An attempt to connect begins.
    void begin() noexcept {
        has_sign_ = is_doubted_ = false;
        trial_end_.reset();
    }

    /// The link is open.
    void open(TimePoint now) noexcept {
        if (!has_sign_) trial_end_ = now + trial_time;
    }

    /// The peer has given a sign of life, perhaps before the link was open.
    void see_sign_of_life() noexcept {
        has_sign_ = true;
        is_doubted_ = false;
        trial_end_.reset();
    }

    /// A sign of life is overdue, or was asked for because one is missed.
    void doubt() noexcept { is_doubted_ = true; }
    [[nodiscard]] bool is_doubted() const noexcept { return is_doubted_; }

    [[nodiscard]] Allowance allowance(TimePoint now) const noexcept {
        if (is_doubted_) return Allowance::nothing;
        return trial_end_ && now < *trial_end_ ? Allowance::one_under_way : Allowance::any;
    }

    /// When the allowance changes by itself.
    [[nodiscard]] std::optional<TimePoint> next(TimePoint now) const noexcept {
        if (!trial_end_ || *trial_end_ <= now) return std::nullopt;
        return trial_end_;
    }

private:
    bool has_sign_ = false;
    bool is_doubted_ = false;
    std::optional<TimePoint> trial_end_;
};

} // namespace lcm::detail

#endif
