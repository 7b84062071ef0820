// SPDX-License-Identifier: BSL-1.0
// The requests that have ended as unknown, for as long as the truth about them may still come to light.
#ifndef LCM_CLIENT_SESSION_UNSETTLED_HPP
#define LCM_CLIENT_SESSION_UNSETTLED_HPP

#include <lcm_client/sensitive.hpp>
#include <lcm_client/session/match_key.hpp>
#include <lcm_client/session/settling_event.hpp>
#include <lcm_client/session/text_hash.hpp>
#include <lcm_client/session/waiter.hpp>

#include <boost/circular_buffer.hpp>
#include <boost/unordered/unordered_flat_map.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace lcm {

/// A memory of bounded size and time.
///
/// A late reply that the multiplexer has matched names its request. Any other message only names a call or an LCM key,
/// so it settles a request only if it can be meant for no other one of this client: none like it was in the memory when
/// it ended, and none has ended since (`contest`); nor was one accepted before whose event may still be on its way
/// (`expect_event`).
///
/// Not thread-safe; the client calls it on its strand.
template <class Details> class Unsettled {
public:
    struct Entry {
        RequestId id;
        MatchKey key; ///< of the reply
        SettlingEvent event;
        TimePoint ended;
        Details details;
        bool is_contested = false;
        bool has_other_event = false; ///< an event about its key may be that of a request accepted before
    };

    /// `seed` shall be one that nobody else knows, who could otherwise choose ids and keys that seem to be alike.
    Unsettled(std::size_t limit, std::chrono::nanoseconds time, std::uint64_t seed)
        : limit_(limit), time_(std::chrono::duration_cast<TimePoint::duration>(time)), hash_(seed) {}

    /// Whether one more can be kept. If not, a request that has just ended contests those that are kept, all the same.
    [[nodiscard]] bool has_room(TimePoint now) {
        forget_old(now);
        return entries_.size() < limit_;
    }

    /// Keeps a request that has just ended, if there is room: one that was forgotten in favour of a newer one could not
    /// contest it. Two that are alike contest each other, also after one of them is forgotten: its truth may come even
    /// then.
    void remember(Entry entry) {
        forget_old(entry.ended);
        if (may_be_expected(entry.event, entry.ended)) entry.has_other_event = true;
        if (is_marked(entry.key, entry.event, &Mark::all))
            for_each_alike(entry.key, entry.event, [&](Entry& other) {
                entry.is_contested = true;
                contest(other);
            });
        if (entries_.size() == limit_) return;
        keep(std::move(entry));
    }

    /// Another request has ended: a message about this call or key may be meant for that one.
    void contest(const MatchKey& key, const SettlingEvent& event) {
        if (is_marked(key, event, &Mark::open)) for_each_alike(key, event, [this](Entry& entry) { contest(entry); });
    }

    /// The same of all that are kept: it is not known which ones a message may be meant for.
    void contest_all() noexcept {
        for (Entry& entry : entries_) contest(entry);
    }

    /// A request was accepted that can cause an event about this key, which may come later than its reply.
    void expect_event(const SettlingEvent& event, TimePoint now) { expect_event(event.lcm_key.reveal(), now); }
    void expect_event(std::string_view lcm_key, TimePoint now) {
        if (lcm_key.empty()) return;
        forget_old(now);
        if (expected_.size() == limit_) overflown_ = now; // the oldest has to be forgotten
        else if (expected_.full() && !grow_expected()) overflown_ = now;
        expected_.push_back({hash_of(lcm_key), now});
    }

    /// The request with this id, if it is remembered. The pointer is valid until the memory changes.
    [[nodiscard]] const Entry* find(RequestId id, TimePoint now) {
        forget_old(now);
        const auto at = std::find_if(entries_.begin(), entries_.end(), [id](const Entry& e) { return e.id == id; });
        return at == entries_.end() ? nullptr : &*at;
    }

    /// The request that a reply with this key must be meant for.
    [[nodiscard]] const Entry* find(const MatchKey& key, TimePoint now) {
        return find_only(now, [&](const Entry& entry) { return entry.key == key; });
    }

    /// The request that this event must be meant for.
    [[nodiscard]] const Entry* find(const SettlingEvent& event, TimePoint now) {
        const Entry* const entry = find_only(now, [&](const Entry& one) { return one.event.is(event); });
        return entry == nullptr || entry->has_other_event ? nullptr : entry;
    }

    /// The truth is known.
    void forget(RequestId id) {
        const auto at = std::find_if(entries_.begin(), entries_.end(), [id](const Entry& e) { return e.id == id; });
        if (at == entries_.end()) return;
        unmark(*at);
        entries_.erase(at);
    }

    [[nodiscard]] std::size_t size() const noexcept { return entries_.size(); }
    [[nodiscard]] bool empty() const noexcept { return entries_.empty(); }

private:
    // Of the key its hash will do: two keys with one hash only keep an ending unknown.
    struct Expected {
        std::uint64_t key;
        TimePoint since;
    };

    [[nodiscard]] std::uint64_t hash_of(std::string_view lcm_key) const noexcept { return hash_(lcm_key); }

    // What cannot be alike has other marks, as a rule: after the loss of a link with many requests under way, each of
    // them asks for those that are alike.
    struct Mark {
        std::size_t all = 0;  // entries that have it
        std::size_t open = 0; // those of them that are not contested
    };

    [[nodiscard]] std::uint64_t mark_of(const MatchKey& key) const noexcept {
        return key.callid() ? hash_(*key.callid()) : 0;
    }
    [[nodiscard]] std::uint64_t mark_of(const SettlingEvent& event) const noexcept {
        return ~hash_of(event.lcm_key.reveal());
    }
    [[nodiscard]] std::array<std::uint64_t, 2> marks_of(const Entry& entry) const noexcept {
        return {mark_of(entry.key), mark_of(entry.event)};
    }

    [[nodiscard]] bool is_marked(const MatchKey& key, const SettlingEvent& event, std::size_t Mark::*count) const {
        const auto has = [&](std::uint64_t mark) {
            const auto at = marks_.find(mark);
            return at != marks_.end() && at->second.*count != 0;
        };
        return has(mark_of(key)) || (!event.lcm_key.reveal().empty() && has(mark_of(event)));
    }

    // Without memory for all of it, it is not kept.
    void keep(Entry entry) {
        entries_.push_back(std::move(entry));
        const Entry& kept = entries_.back();
        try {
            for (const std::uint64_t mark : marks_of(kept)) static_cast<void>(marks_[mark]);
        } catch (...) {
            for (const std::uint64_t mark : marks_of(kept)) erase_if_unused(mark);
            entries_.pop_back();
            throw;
        }
        for (const std::uint64_t mark : marks_of(kept)) {
            ++marks_[mark].all;
            marks_[mark].open += kept.is_contested ? 0 : 1;
        }
    }

    void erase_if_unused(std::uint64_t mark) noexcept {
        const auto at = marks_.find(mark);
        if (at != marks_.end() && at->second.all == 0) marks_.erase(at);
    }

    void contest(Entry& entry) {
        if (std::exchange(entry.is_contested, true)) return;
        for (const std::uint64_t mark : marks_of(entry)) --marks_.at(mark).open;
    }

    void unmark(const Entry& entry) {
        for (const std::uint64_t mark : marks_of(entry)) {
            const auto at = marks_.find(mark);
            at->second.open -= entry.is_contested ? 0 : 1;
            if (--at->second.all == 0) marks_.erase(at);
        }
    }

    template <class Visitor> void for_each_alike(const MatchKey& key, const SettlingEvent& event, Visitor visit) {
        for (Entry& entry : entries_)
            if (is_alike(entry, key, event)) visit(entry);
    }

    static bool is_alike(const Entry& entry, const MatchKey& key, const SettlingEvent& event) noexcept {
        return entry.key == key || entry.event.has_key_of(event);
    }

    // Also if it may be one of those that had to be forgotten.
    [[nodiscard]] bool may_be_expected(const SettlingEvent& event, TimePoint now) const {
        if (event.lcm_key.reveal().empty()) return false;
        if (overflown_ && now - *overflown_ <= time_) return true;
        return std::any_of(
            expected_.begin(), expected_.end(),
            [key = hash_of(event.lcm_key.reveal())](const Expected& expected) { return expected.key == key; });
    }

    // Without memory for that, the oldest has to be forgotten.
    [[nodiscard]] bool grow_expected() noexcept {
        try {
            expected_.set_capacity((std::min)(limit_, 2 * expected_.size() + 8));
            return true;
        } catch (const std::bad_alloc&) {
            return false;
        }
    }

    // Of two that are meant, each is contested.
    template <class Predicate> const Entry* find_only(TimePoint now, Predicate is_meant) {
        forget_old(now);
        const auto at = std::find_if(entries_.begin(), entries_.end(), is_meant);
        return at == entries_.end() || at->is_contested ? nullptr : &*at;
    }

    void forget_old(TimePoint now) {
        while (!entries_.empty() && now - entries_.front().ended > time_) {
            unmark(entries_.front());
            entries_.pop_front();
        }
        while (!expected_.empty() && now - expected_.front().since > time_) expected_.pop_front();
    }

    std::size_t limit_;
    TimePoint::duration time_;
    detail::TextHash hash_;
    std::deque<Entry> entries_;                            // the oldest first
    boost::unordered_flat_map<std::uint64_t, Mark> marks_; // of all entries
    boost::circular_buffer<Expected> expected_;            // the oldest first
    std::optional<TimePoint> overflown_;                   // when the last of those had to be forgotten
};

} // namespace lcm

#endif
