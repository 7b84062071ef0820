// SPDX-License-Identifier: BSL-1.0
// The requests that have ended as unknown, for as long as the truth about them may still come to light.
#ifndef LCM_CLIENT_SESSION_UNSETTLED_HPP
#define LCM_CLIENT_SESSION_UNSETTLED_HPP

#include <lcm_client/sensitive.hpp>
#include <lcm_client/session/hash_bag.hpp>
#include <lcm_client/session/match_key.hpp>
#include <lcm_client/session/quick_hash.hpp>
#include <lcm_client/session/request_entry.hpp>
#include <lcm_client/session/settling_event.hpp>
#include <lcm_client/session/text_hash.hpp>

#include <boost/circular_buffer.hpp>
#include <boost/container/static_vector.hpp>
#include <boost/unordered/unordered_flat_map.hpp>

#include <algorithm>
#include <bit>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <list>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace lcm::inline LCM_CLIENT_ABI::detail {

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
        : limit_(limit), time_(std::chrono::duration_cast<TimePoint::duration>(time)), hash_(seed), quick_hash_(seed) {}

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
        for (const std::uint64_t mark : marks_of(entry.key, entry.event)) {
            const Mark* const alike = find_mark(mark);
            if (alike == nullptr) continue;
            entry.is_contested = true;
            if (alike->open != nullptr) contest(*alike->open);
        }
        if (entries_.size() < limit_) keep(std::move(entry));
    }

    /// Another request has ended: a message about this call or key may be meant for that one.
    void contest(const MatchKey& key, const SettlingEvent& event) {
        for (const std::uint64_t mark : marks_of(key, event))
            if (Entry* const entry = find_open(mark)) contest(*entry);
    }

    /// Another request has ended, and it is not known which ones a message may be meant for.
    void contest_all() noexcept {
        for (Entry& entry : entries_) contest(entry);
    }

    /// A request was accepted that can cause an event about this key, which may come later than its reply.
    void expect_event(const SettlingEvent& event, TimePoint now) { expect_event(event.lcm_key.reveal(), now); }
    void expect_event(std::string_view lcm_key, TimePoint now) {
        if (lcm_key.empty()) return;
        forget_old(now);
        if (limit_ == 0) return;
        if (expected_.full() && expected_.size() < limit_) make_room_for_expected();
        if (expected_.full()) { // one has to be forgotten: the oldest, or this one if there is no memory for any
            overflown_ = now;
            if (expected_.empty()) return;
            forget_oldest_expected();
        }
        expected_.push_back({quick_hash_(lcm_key), now});
    }

    /// The request with this id, if it is remembered. The pointer is valid until the memory changes.
    [[nodiscard]] const Entry* find(RequestId id, TimePoint now) {
        forget_old(now);
        const auto at = by_id_.find(id);
        return at == by_id_.end() ? nullptr : &*at->second;
    }

    /// The request that a reply with this key must be meant for.
    [[nodiscard]] const Entry* find(const MatchKey& key, TimePoint now) {
        forget_old(now);
        const Entry* const entry = find_open(mark_of(key));
        return entry != nullptr && entry->key == key ? entry : nullptr;
    }

    /// The request that this event must be meant for.
    [[nodiscard]] const Entry* find(const SettlingEvent& event, TimePoint now) {
        forget_old(now);
        const Entry* const entry = event.lcm_key.reveal().empty() ? nullptr : find_open(mark_of(event));
        return entry != nullptr && entry->event.is(event) && !entry->has_other_event ? entry : nullptr;
    }

    /// Shows each that is remembered; `visit` may change its details.
    template <class Visitor> void for_each(TimePoint now, Visitor visit) {
        forget_old(now);
        for (Entry& entry : entries_) visit(entry);
    }

    /// The truth is known.
    void forget(RequestId id) {
        if (const auto at = by_id_.find(id); at != by_id_.end()) erase(at->second);
    }

    [[nodiscard]] std::size_t size() const noexcept { return entries_.size(); }
    [[nodiscard]] bool empty() const noexcept { return entries_.empty(); }

private:
    // Of the key a quick hash will do: two keys with one hash only keep an ending unknown.
    struct Expected {
        std::uint64_t key;
        TimePoint since;
    };

    // What is alike has the same mark: for its reply, or for its LCM key. Two that are not alike and have one all the
    // same only keep an ending unknown. Of those that are alike, all are contested but one that is the only one.
    struct Mark {
        std::size_t all = 0;   // entries that have it
        Entry* open = nullptr; // the one that is not contested, if there is one
    };

    using Entries = std::list<Entry>;
    using Marks = boost::container::static_vector<std::uint64_t, 2>;

    [[nodiscard]] std::uint64_t mark_of(const MatchKey& key) const noexcept {
        const std::uint64_t name = hash_.of_name(key.subtopic());
        const std::uint64_t call = key.callid() ? hash_(*key.callid()) : 0;
        return std::rotl(name, 1) + call + (key.has_reply() ? 0 : 1);
    }
    [[nodiscard]] std::uint64_t mark_of(const SettlingEvent& event) const noexcept {
        return ~hash_(event.lcm_key.reveal());
    }
    [[nodiscard]] Marks marks_of(const MatchKey& key, const SettlingEvent& event) const noexcept {
        Marks marks{mark_of(key)};
        if (!event.lcm_key.reveal().empty()) marks.push_back(mark_of(event));
        return marks;
    }

    [[nodiscard]] const Mark* find_mark(std::uint64_t mark) const {
        const auto at = marks_.find(mark);
        return at == marks_.end() ? nullptr : &at->second;
    }
    [[nodiscard]] Entry* find_open(std::uint64_t mark) const {
        const Mark* const found = find_mark(mark);
        return found == nullptr ? nullptr : found->open;
    }

    void contest(Entry& entry) noexcept {
        entry.is_contested = true;
        for (const std::uint64_t mark : marks_of(entry.key, entry.event))
            if (Mark& own = marks_.at(mark); own.open == &entry) own.open = nullptr;
    }

    void keep(Entry&& entry) {
        entries_.push_back(std::move(entry));
        const auto at = std::prev(entries_.end());
        try {
            for (const std::uint64_t mark : marks_of(at->key, at->event)) marks_.try_emplace(mark);
            by_id_.emplace(at->id, at);
        } catch (...) { // marks that nobody has say nothing, but would stay
            for (const std::uint64_t mark : marks_of(at->key, at->event))
                if (const auto own = marks_.find(mark); own != marks_.end() && own->second.all == 0) marks_.erase(own);
            entries_.pop_back();
            throw;
        }
        for (const std::uint64_t mark : marks_of(at->key, at->event)) {
            Mark& own = marks_.at(mark);
            ++own.all;
            own.open = at->is_contested ? nullptr : &*at;
        }
    }

    void make_room_for_expected() noexcept {
        try {
            expected_.set_capacity((std::min)(limit_, 2 * expected_.size() + 8));
        } catch (const std::bad_alloc&) { // then there is none
        }
    }

    void forget_oldest_expected() noexcept {
        if (indexed_ != 0) {
            --indexed_;
            expected_keys_.remove(expected_.front().key);
        }
        expected_.pop_front();
    }

    // Nobody asks for an expected event as long as all requests are answered, so until then their keys need no index.
    void index_expected() {
        for (; indexed_ != expected_.size(); ++indexed_) expected_keys_.add(expected_[indexed_].key);
    }

    void erase(typename Entries::iterator at) {
        for (const std::uint64_t mark : marks_of(at->key, at->event)) {
            const auto own = marks_.find(mark);
            if (own->second.open == &*at) own->second.open = nullptr;
            if (--own->second.all == 0) marks_.erase(own);
        }
        by_id_.erase(at->id);
        entries_.erase(at);
    }

    // Also if it may be one of those that had to be forgotten.
    [[nodiscard]] bool may_be_expected(const SettlingEvent& event, TimePoint now) {
        if (event.lcm_key.reveal().empty()) return false;
        if (overflown_ && now - *overflown_ <= time_) return true;
        index_expected();
        return expected_keys_.contains(quick_hash_(event.lcm_key.reveal()));
    }

    void forget_old(TimePoint now) {
        while (!entries_.empty() && now - entries_.front().ended > time_) erase(entries_.begin());
        while (!expected_.empty() && now - expected_.front().since > time_) forget_oldest_expected();
    }

    std::size_t limit_;
    TimePoint::duration time_;
    TextHash hash_;
    QuickHash quick_hash_;
    Entries entries_; // the oldest first
    boost::unordered_flat_map<RequestId, typename Entries::iterator> by_id_;
    boost::unordered_flat_map<std::uint64_t, Mark> marks_; // of all entries
    boost::circular_buffer<Expected> expected_;            // the oldest first
    HashBag expected_keys_;                                // of the first `indexed_` of those
    std::size_t indexed_ = 0;
    std::optional<TimePoint> overflown_; // when the last of those had to be forgotten
};

} // namespace lcm::detail

#endif
