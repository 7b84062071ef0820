// SPDX-License-Identifier: BSL-1.0
// Internal: which of several servers is tried next.
#ifndef LCM_CLIENT_WEBSOCKET_IMPL_ADDRESSES_SERVER_LIST_HPP
#define LCM_CLIENT_WEBSOCKET_IMPL_ADDRESSES_SERVER_LIST_HPP

#include <lcm_client/transport.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <tuple>
#include <vector>

namespace lcm::inline LCM_CLIENT_ABI::detail {

/// The servers of a client, by their place in the order of preference, and what became of each. The first that is not
/// cooling down is tried. But since the last good link none is tried again before each of the others has been: waits
/// and attempts can last longer than a cool-down, and then the first two, both dead, would hide a third that lives. So
/// of n attempts that fail one after the other, each goes to another server; save those that want to be left alone for
/// a while, which are passed over until all others want the same.
///
/// A server that refused the client's secret stays the one to be tried: the next one shall not be offered the same
/// secret, and other credentials shall come where they were asked for.
///
/// Used on the client's executor only. Nothing here needs memory, save the constructor.
class ServerList {
public:
    using TimePoint = std::chrono::steady_clock::time_point;

    /// So long a link must stay to count as good; the same time as that of the client's waits.
    static constexpr std::chrono::seconds good_after{30};
    /// For so long a server that has failed is not preferred. Twice the time of a good link, so that one that ends its
    /// links at once does not get each client back at the next loss; and short enough for a restart, after which a
    /// client that loses its link goes to its favourite again. A dead favourite costs at most one attempt per minute.
    static constexpr std::chrono::seconds cool_down{60};
    /// No server can send a client away for longer.
    static constexpr std::chrono::hours longest_retry_after{24};

    explicit ServerList(std::size_t count) : servers_(count) {}

    [[nodiscard]] std::size_t size() const noexcept { return servers_.size(); }

    /// The server for an attempt that begins now.
    [[nodiscard]] std::size_t choose(TimePoint now) const noexcept {
        if (refused_by_) return *refused_by_;
        std::size_t best = 0;
        for (std::size_t i = 1; i < servers_.size(); ++i)
            if (rank(servers_[i], now) < rank(servers_[best], now)) best = i;
        return best;
    }

    /// Whether a client that is linked to `server` could have one that it prefers.
    [[nodiscard]] bool has_better(std::size_t server, TimePoint now) const noexcept {
        const auto end = servers_.begin() + static_cast<std::ptrdiff_t>(server);
        return std::any_of(servers_.begin(), end, [now](const Server& better) { return !is_cooling(better, now); });
    }

    /// Whether another server, which does not want to be left alone, was not tried since the last good link: then a
    /// silent one need not be waited for so long.
    [[nodiscard]] bool has_untried_beside(std::size_t server, TimePoint now) const noexcept {
        for (std::size_t i = 0; i < servers_.size(); ++i)
            if (i != server && !servers_[i].has_failed && !is_left_alone(servers_[i], now)) return true;
        return false;
    }

    /// An attempt has failed. Changes `failure` into what it means for the client, which can go to another server.
    void fail(std::size_t server, TransportFailure& failure, TimePoint now) noexcept {
        refused_by_.reset();
        const auto asked_for = (std::min)(failure.retry_after.value_or(std::chrono::seconds(0)),
                                          std::chrono::seconds(longest_retry_after));
        servers_[server] = {true, failure.is_permanent, ++failures_, now + cool_down, now + asked_for};
        tell(server, failure, now);
    }

    /// An open link was lost. `announces_end` says that the server closed it because it goes away or restarts. Changes
    /// `failure` in the way of `fail`.
    void lose(std::size_t server, TransportFailure& failure, TimePoint opened, bool announces_end,
              TimePoint now) noexcept {
        const bool was_good = now - opened >= good_after;
        if (was_good) begin_anew();
        if (!was_good || announces_end || failure.is_permanent) fail(server, failure, now);
        else failure.moves_on = moves_on(server, now);
        if (announces_end) failure.moves_on = false; // the others hear it as well, when their server sees fit
    }

    /// The server wants other credentials: an attempt has failed, and not for the server's fault.
    void refuse(std::size_t server) noexcept { refused_by_ = server; }

    /// An open link was closed by this side, which has nothing against the server.
    void leave() noexcept { begin_anew(); }

private:
    struct Server {
        bool has_failed = false;   // since the last good link
        bool is_permanent = false; // that failure
        std::uint64_t failure = 0; // the number of its last one among those of all servers, from 1
        TimePoint cooling_until = (TimePoint::min)();
        TimePoint left_alone_until = (TimePoint::min)(); // at its own wish
    };

    // Whether it wants to be left alone, has failed since the last good link, is cooling down, and which failure its
    // last one was, if that decides. The lowest is tried.
    using Rank = std::tuple<bool, bool, bool, std::uint64_t>;

    static bool is_left_alone(const Server& server, TimePoint now) noexcept { return now < server.left_alone_until; }

    static bool is_cooling(const Server& server, TimePoint now) noexcept {
        return is_left_alone(server, now) || now < server.cooling_until;
    }

    static Rank rank(const Server& server, TimePoint now) noexcept {
        const bool has_to_cool = is_cooling(server, now);
        const bool waits_for_turn = server.has_failed || has_to_cool;
        return {is_left_alone(server, now), server.has_failed, has_to_cool, waits_for_turn ? server.failure : 0};
    }

    void begin_anew() noexcept {
        refused_by_.reset();
        for (Server& server : servers_) server.has_failed = false;
    }

    [[nodiscard]] bool moves_on(std::size_t server, TimePoint now) const noexcept {
        const std::size_t next = choose(now);
        return next != server && !servers_[next].has_failed;
    }

    // As long as another server can be asked, the client waits neither because this one refuses for good nor because it
    // wants to be left alone. What a single server says stands.
    void tell(std::size_t server, TransportFailure& failure, TimePoint now) const noexcept {
        if (servers_.size() == 1) return;
        failure.is_permanent = std::all_of(servers_.begin(), servers_.end(),
                                           [](const Server& each) { return each.has_failed && each.is_permanent; });
        const auto first = std::min_element(servers_.begin(), servers_.end(), [](const Server& a, const Server& b) {
            return a.left_alone_until < b.left_alone_until;
        });
        failure.retry_after.reset();
        if (is_left_alone(*first, now))
            failure.retry_after = std::chrono::ceil<std::chrono::seconds>(first->left_alone_until - now);
        failure.moves_on = moves_on(server, now);
    }

    std::vector<Server> servers_;
    std::uint64_t failures_ = 0;
    std::optional<std::size_t> refused_by_;
};

} // namespace lcm::detail

#endif
