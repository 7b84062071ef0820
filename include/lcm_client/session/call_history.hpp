// SPDX-License-Identifier: BSL-1.0
// Which requests that set something for a call have left, in order and over all links, and what servers have shown
// since: in bounded memory, that knows what it has forgotten.
#ifndef LCM_CLIENT_SESSION_CALL_HISTORY_HPP
#define LCM_CLIENT_SESSION_CALL_HISTORY_HPP

#include <lcm_client/session/call_record.hpp>
#include <lcm_client/session/text_hash.hpp>

#include <boost/circular_buffer.hpp>

#include <algorithm>
#include <array>
#include <bitset>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <string>
#include <string_view>
#include <utility>

namespace lcm::inline LCM_CLIENT_ABI::detail {

/// Calls of which something was forgotten: a Bloom filter. It has each of them, and of 5000 one call in fifty is taken
/// for one of them although it is not, which only leaves a doubt.
class ForgottenCalls {
public:
    explicit ForgottenCalls(std::uint64_t seed) noexcept : hash_(seed) {}

    void add(std::string_view callid) noexcept {
        for (const std::size_t place : places_of(callid)) bits_.set(place);
    }
    [[nodiscard]] bool may_contain(std::string_view callid) const noexcept {
        const auto places = places_of(callid);
        return std::all_of(places.begin(), places.end(), [this](std::size_t place) { return bits_.test(place); });
    }

private:
    static constexpr std::size_t size = 65'536; // bits

    [[nodiscard]] std::array<std::size_t, 2> places_of(std::string_view callid) const noexcept {
        const std::uint64_t hash = hash_(callid);
        return {place_of(hash), place_of(hash >> 32U)};
    }
    [[nodiscard]] static std::size_t place_of(std::uint64_t hash) noexcept { return hash % size; }

    TextHash hash_;
    std::bitset<size> bits_;
};

/// Not thread-safe. Nothing but the constructor and `show` fails for want of memory.
class CallHistory {
public:
    /// Remembers at most `limit` requests and answers.
    CallHistory(std::size_t limit, std::uint64_t seed) : all_(limit), forgotten_(seed) {}

    /// A link can be written to. Without memory, what is sent over it is evidence of nothing that depends on its link.
    void open_link(std::string_view server, TimePoint now) noexcept {
        try {
            link_ = std::make_shared<LinkTrace>(LinkTrace{std::string(server), now});
        } catch (const std::bad_alloc&) {
            link_.reset();
        }
    }

    /// The link has ended; nothing more leaves over it.
    void lose_link(TimePoint now) noexcept {
        if (link_) link_->given_up = now;
        link_.reset();
    }

    [[nodiscard]] const LinkTrace* link() const noexcept { return link_.get(); }

    /// A request is handed over to the link.
    void send(std::unique_ptr<Remembered> request, TimePoint now) noexcept {
        request->link = link_;
        request->when = now;
        keep(std::move(request));
    }

    /// A request has been accepted or refused.
    void answer(RequestId id, TimePoint now) noexcept {
        const auto at = std::find_if(all_.rbegin(), all_.rend(), [id](const auto& each) { return each->id == id; });
        if (at != all_.rend()) (*at)->answered = now;
    }

    /// A server has shown `shown` as the last request for a call.
    void show(std::string callid, StoredRequest shown, TimePoint now) {
        keep(std::make_unique<Remembered>(Remembered{0, std::move(callid), std::move(shown), link_, now}));
    }

    /// What is known of the call, as seen from the request with this id.
    [[nodiscard]] CallRecord find(RequestId id, std::string_view callid) const {
        CallRecord record{.is_complete = !forgotten_.may_contain(callid)};
        for (const auto& each : all_) {
            if (each->callid != callid) continue;
            if (each->id == id && id != 0) record.ours = each.get();
            else (record.ours == nullptr ? record.before : record.since).push_back(each.get());
        }
        return record;
    }

    /// The link that a request left over; null if that or the request is not remembered.
    [[nodiscard]] const LinkTrace* link_of(RequestId id) const noexcept {
        const auto at = std::find_if(all_.begin(), all_.end(), [id](const auto& each) { return each->id == id; });
        return at == all_.end() ? nullptr : (*at)->link.get();
    }

private:
    void keep(std::unique_ptr<Remembered> one) noexcept {
        if (all_.full()) forgotten_.add(all_.front()->callid);
        all_.push_back(std::move(one)); // in the place of the oldest, if it is full
    }

    boost::circular_buffer<std::unique_ptr<Remembered>> all_; // the oldest first
    ForgottenCalls forgotten_;
    std::shared_ptr<LinkTrace> link_; // the one that is open
};

} // namespace lcm::detail

#endif
