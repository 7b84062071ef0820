// SPDX-License-Identifier: BSL-1.0
// Internal: which TLS session is offered to a server, and which are not any more.
#ifndef LCM_CLIENT_WEBSOCKET_IMPL_TLS_SESSION_CACHE_HPP
#define LCM_CLIENT_WEBSOCKET_IMPL_TLS_SESSION_CACHE_HPP

#include <lcm_client/impl/abi.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lcm::inline LCM_CLIENT_ABI::detail {

/// The sessions of all servers of a factory. The newest one is offered first, and once, as RFC 8446 (C.4) wants it; a
/// server of TLS 1.3 gives new ones with each connection. None is offered later than a day after the server's
/// certificate was verified, whatever was resumed in between. `Session` is movable.
template <class Session> class SessionCache {
public:
    /// The time of the calendar, which goes on while the computer sleeps.
    using TimePoint = std::chrono::system_clock::time_point;

    struct Known {
        Session session;
        TimePoint verified; // when the server's certificate was
    };

    static constexpr std::chrono::hours longest{24};
    static constexpr std::size_t most = 256; // of the sessions of all servers, for a gateway of as many clients

    /// `server` is whatever tells servers apart. The oldest session gives way if there are too many.
    void keep(std::string_view server, Known known, TimePoint now) {
        if (is_over(known, now) || is_refusing(server)) return;
        if (entries_.capacity() < most) entries_.reserve(most);
        Entry entry{std::string(server), std::move(known)};
        if (entries_.size() == most) entries_.erase(entries_.begin());
        entries_.push_back(std::move(entry));
    }

    /// The session to offer to this server, if there is one; it is gone from here.
    [[nodiscard]] std::optional<Known> take(std::string_view server, TimePoint now) {
        std::erase_if(entries_, [now](const Entry& entry) { return is_over(entry.known, now); });
        const auto newest = std::find_if(entries_.rbegin(), entries_.rend(),
                                         [server](const Entry& entry) { return entry.server == server; });
        if (newest == entries_.rend()) return std::nullopt;
        std::optional<Known> known(std::move(newest->known));
        entries_.erase(std::next(newest).base());
        return known;
    }

    /// TLS with the server has failed.
    void drop(std::string_view server) noexcept {
        std::erase_if(entries_, [server](const Entry& entry) { return entry.server == server; });
    }

    /// The server has refused a handshake in which a session was offered, in place of doing a full one: it gets none
    /// again, since else each second attempt would fail.
    void give_up(std::string_view server) {
        drop(server);
        if (!is_refusing(server) && refusing_.size() < most) refusing_.emplace_back(server);
    }

    [[nodiscard]] std::size_t size() const noexcept { return entries_.size(); }

private:
    struct Entry {
        std::string server;
        Known known;
    };

    [[nodiscard]] static bool is_over(const Known& known, TimePoint now) noexcept {
        return now < known.verified || now - known.verified > longest; // a clock that was set back says nothing
    }

    [[nodiscard]] bool is_refusing(std::string_view server) const noexcept {
        return std::find(refusing_.begin(), refusing_.end(), server) != refusing_.end();
    }

    std::vector<Entry> entries_; // the oldest first
    std::vector<std::string> refusing_;
};

} // namespace lcm::detail

#endif
