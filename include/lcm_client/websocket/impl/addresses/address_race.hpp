// SPDX-License-Identifier: BSL-1.0
// Internal: which of a server's addresses is dialled next and when (RFC 8305 in small), and what became of each.
#ifndef LCM_CLIENT_WEBSOCKET_IMPL_ADDRESSES_ADDRESS_RACE_HPP
#define LCM_CLIENT_WEBSOCKET_IMPL_ADDRESSES_ADDRESS_RACE_HPP

#include <lcm_client/errc.hpp>

#include <boost/asio/error.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace lcm::inline LCM_CLIENT_ABI::detail {

using Endpoint = boost::asio::ip::tcp::endpoint;

/// IPv6 and IPv4 in turn, beginning with the family of the first address. Within a family the order stays.
[[nodiscard]] inline std::vector<Endpoint> alternate_families(const std::vector<Endpoint>& addresses) {
    std::vector<Endpoint> first;
    std::vector<Endpoint> second;
    for (const Endpoint& each : addresses)
        (each.protocol() == addresses.front().protocol() ? first : second).push_back(each);
    std::vector<Endpoint> mixed;
    mixed.reserve(addresses.size());
    for (std::size_t i = 0; i < (std::max)(first.size(), second.size()); ++i) {
        if (i < first.size()) mixed.push_back(first[i]);
        if (i < second.size()) mixed.push_back(second[i]);
    }
    return mixed;
}

/// "127.0.0.1:443" or "[::1]:443".
[[nodiscard]] inline std::string to_text(const Endpoint& endpoint) {
    const std::string address = endpoint.address().to_string();
    const std::string port = ':' + std::to_string(endpoint.port());
    return endpoint.address().is_v6() ? '[' + address + ']' + port : address + port;
}

/// One attempt's addresses, each of which is dialled once. An address starts when the one before it has been silent for
/// `head_start`, or has failed; the first that connects wins. If the server behind it then turns out to be of no use,
/// the race goes on with the addresses that are left.
class AddressRace {
public:
    using TimePoint = std::chrono::steady_clock::time_point;
    static constexpr std::chrono::milliseconds head_start{250};
    static constexpr std::size_t max_addresses = 16; ///< of one attempt; this bounds how long it takes
    static constexpr std::size_t max_named = 6;      ///< in the words about an attempt

    /// In order of preference.
    explicit AddressRace(const std::vector<Endpoint>& addresses) {
        entries_.reserve((std::min)(addresses.size(), max_addresses));
        for (const Endpoint& each : addresses)
            if (entries_.size() < max_addresses) entries_.push_back({each});
    }

    [[nodiscard]] std::size_t size() const noexcept { return entries_.size(); }
    [[nodiscard]] const Endpoint& address(std::size_t index) const { return entries_.at(index).address; }

    /// The address that is to be dialled now, if one is; it counts as dialled from here on.
    [[nodiscard]] std::optional<std::size_t> start_due(TimePoint now) {
        const auto next = first_left();
        if (!next || winner_ || now < due_) return std::nullopt;
        entries_[*next].fate = Fate::dialled;
        entries_[*next].since = now;
        last_ = *next;
        due_ = now + head_start;
        return next;
    }

    /// When the next address is to be dialled, unless one fails or connects before; nothing if none is left.
    [[nodiscard]] std::optional<TimePoint> next_start() const {
        if (!first_left() || winner_) return std::nullopt;
        return due_;
    }

    /// No socket could be had for an address that is being dialled.
    void fail_to_open(std::size_t index, error_code ec) { end(index, Fate::unopened, ec); }
    /// An address that is being dialled does not connect.
    void fail_to_connect(std::size_t index, error_code ec) { end(index, Fate::unconnected, ec); }

    /// An address has connected. The others that are being dialled are to be closed, and count as not yet dialled;
    /// those that had been silent for `head_start` come behind the others from now on.
    void win(std::size_t index) {
        for (std::size_t i = 0; i != entries_.size(); ++i)
            if (entries_[i].fate == Fate::dialled) entries_[i].fate = i == last_ ? Fate::left : Fate::outrun;
        entries_.at(index).fate = Fate::connected;
        winner_ = index;
    }
    [[nodiscard]] std::optional<std::size_t> winner() const noexcept { return winner_; }

    /// The winner was of no use: it was silent (`timed_out`) or has broken the connection, or has done what `words`
    /// say. The next one is due at once.
    void give_up_winner(error_code ec, std::string words = {}) {
        entries_.at(*winner_).fate = Fate::given_up;
        entries_.at(*winner_).error = ec;
        entries_.at(*winner_).words = std::move(words);
        winner_.reset();
        due_ = {};
    }

    /// Whether there is an address that nothing bad is known of, and that is not being dialled.
    [[nodiscard]] bool has_left() const noexcept { return first_left().has_value(); }

    /// Whether nothing is left and nothing under way.
    [[nodiscard]] bool is_lost() const noexcept {
        return std::all_of(entries_.begin(), entries_.end(),
                           [](const Entry& each) { return each.fate > Fate::connected; });
    }

    /// Of all errors the one that says most: what this computer lacks before what a server did, and the want of a route
    /// last, since that is usual for one family.
    [[nodiscard]] error_code error() const {
        error_code best = boost::asio::error::not_found;
        int rank = -1;
        for (const Entry& each : entries_)
            if (each.fate > Fate::connected && rank_of(each) > rank) rank = rank_of(each), best = each.error;
        return best;
    }

    /// "tried 192.0.2.1:443 (silent for 250 ms), [::1]:443 (Connection refused)".
    [[nodiscard]] std::string describe(TimePoint now) const {
        std::string text;
        std::size_t named = 0;
        std::size_t tried = 0;
        for (const Entry& each : entries_) {
            if (each.fate == Fate::left || each.fate == Fate::outrun) continue;
            if (++tried > max_named) continue;
            text += (named++ == 0 ? "tried " : ", ") + to_text(each.address) + " (" + fate_of(each, now) + ')';
        }
        if (tried > named) text += " and " + std::to_string(tried - named) + " more";
        return text;
    }

private:
    enum class Fate {
        left,   // not dialled, or closed before it could be called silent
        outrun, // closed while it was silent, since another one was faster
        dialled,
        connected,
        unopened, // from here on: it has failed
        unconnected,
        given_up,
    };

    struct Entry {
        Endpoint address;
        Fate fate = Fate::left;
        TimePoint since{}; // that it is dialled
        error_code error{};
        std::string words{}; // about one that was given up
    };

    [[nodiscard]] std::optional<std::size_t> first_left() const noexcept {
        const auto left = first(Fate::left);
        return left ? left : first(Fate::outrun);
    }

    [[nodiscard]] std::optional<std::size_t> first(Fate fate) const noexcept {
        const auto found =
            std::find_if(entries_.begin(), entries_.end(), [fate](const Entry& each) { return each.fate == fate; });
        if (found == entries_.end()) return std::nullopt;
        return static_cast<std::size_t>(found - entries_.begin());
    }

    void end(std::size_t index, Fate fate, error_code ec) {
        entries_.at(index).fate = fate;
        entries_.at(index).error = ec;
        if (index == last_) due_ = {};
    }

    static bool is_want_of_route(error_code ec) {
        namespace error = boost::asio::error;
        return ec == error::network_unreachable || ec == error::host_unreachable || ec == error::network_down ||
               ec == error::address_family_not_supported;
    }

    static int rank_of(const Entry& entry) {
        if (is_want_of_route(entry.error)) return 0;
        if (entry.error == boost::asio::error::timed_out) return 1;
        return entry.fate == Fate::unopened ? 3 : 2;
    }

    static std::string fate_of(const Entry& entry, TimePoint now) {
        switch (entry.fate) {
        case Fate::left:
        case Fate::outrun: return "not dialled";
        case Fate::dialled: {
            const auto silence = std::chrono::duration_cast<std::chrono::milliseconds>(now - entry.since);
            return "silent for " + std::to_string(silence.count()) + " ms";
        }
        case Fate::connected: return "connected";
        case Fate::unopened: return "no socket could be opened: " + entry.error.message();
        case Fate::unconnected: return entry.error.message();
        case Fate::given_up: break;
        }
        if (!entry.words.empty()) return "connected; " + entry.words;
        if (entry.error == boost::asio::error::timed_out) return "connected, then silent";
        return "connected, then broke: " + entry.error.message();
    }

    std::vector<Entry> entries_;
    std::optional<std::size_t> winner_;
    std::size_t last_ = 0; // that was dialled
    TimePoint due_{};      // the next one
};

} // namespace lcm::detail

#endif
