// SPDX-License-Identifier: BSL-1.0
// Who waits for which reply, until when, and how each request ends. Every decision about a request is made here,
// without socket, thread, clock or JSON: events come in as calls with the time as an argument, endings go out as values.
#ifndef LCM_CLIENT_SESSION_MULTIPLEXER_HPP
#define LCM_CLIENT_SESSION_MULTIPLEXER_HPP

#include <lcm_client/config.hpp>
#include <lcm_client/protocol/text.hpp>
#include <lcm_client/result.hpp>
#include <lcm_client/session/deadline_heap.hpp>
#include <lcm_client/session/match_key.hpp>
#include <lcm_client/session/submission.hpp>

#include <boost/unordered/unordered_flat_map.hpp>
#include <boost/unordered/unordered_flat_set.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace lcm {

/// A request has ended without its reply: why, and what became of it.
struct Ending {
    RequestId id;
    Errc code;
    Delivery delivery;

    friend bool operator==(const Ending&, const Ending&) = default;
};

/// The request that a message from the server belongs to.
struct Match {
    RequestId id;
    bool late; ///< the request had already ended as unknown: this is only the news of it

    friend bool operator==(const Match&, const Match&) = default;
};

/// A message from the server that can be a reply.
struct Arrival {
    MatchKey key;
    bool could_be_echo; ///< it has the form of a request, as an echo of one has, and rarely a reply

    Arrival(MatchKey reply_key, bool echo = false) // NOLINT(google-explicit-constructor): most are nothing but a key
        : key(std::move(reply_key)), could_be_echo(echo) {}
};

/// Holds the requests of one client from submission until they have ended and can no longer receive a late reply.
///
/// Replies are recognised by subtopic and call. A request whose reply names no call is alone in its subtopic: nothing
/// else that has a reply of this subtopic is in flight beside it, whichever operation it belongs to.
///
/// A request is `queued`, or `held_back` behind another one whose reply could be taken for its own; then `writing` from
/// the moment it is handed to the transport, `awaiting` its reply from the moment the write has completed, and gone when
/// it has ended. One that was written and ends without its reply leaves a `tombstone`, which swallows the late reply and
/// keeps its key occupied until that reply comes or the link ends: no reply completes another request of this client.
/// When the link is lost, what was handed over ends as unknown, but for read-only requests, which are queued again.
///
/// Every request that `submit` accepted is named exactly once: in an `Ending`, in a `Match` that is not late, or by
/// `written`.
///
/// Not thread-safe; the client calls it on its strand.
class Multiplexer {
public:
    enum class State { queued, held_back, writing, awaiting, tombstone };

    Multiplexer(const Limits& limits, Duplicates duplicates) : limits_(limits), duplicates_(duplicates) {}
    Multiplexer(const Multiplexer&) = delete; // entries know each other
    Multiplexer& operator=(const Multiplexer&) = delete;
    Multiplexer(Multiplexer&&) = default;
    Multiplexer& operator=(Multiplexer&&) = default;

    /// Takes a request over, or says that it has ended at once: `duplicate_in_flight`, not sent.
    [[nodiscard]] std::optional<Ending> submit(Submission request) {
        Lane* const lane = request.has_reply ? &lane_of(request) : nullptr;
        const bool must_wait = lane != nullptr && (lane->exclusive_waiting > 0 || !fits(*lane, request.key.callid()));
        if (must_wait && duplicates_ == Duplicates::refuse)
            return Ending{request.id, Errc::duplicate_in_flight, Delivery::not_sent};

        Entry& entry = entries_.add(request, lane);
        by_id_.emplace(entry.id, &entry);
        deadlines_.push(entry);
        ++queued_;
        if (must_wait) hold_back(entry);
        else admit(entry);
        return std::nullopt;
    }

    /// The requests to be handed to the transport now, in order, as far as their number, the limit of requests in flight
    /// and their deadlines allow. They are `writing` from here on. Valid until the next call.
    [[nodiscard]] const std::vector<RequestId>& take_batch(TimePoint now, std::size_t at_most) {
        batch_.clear();
        for (Entry* next = queue_.front();
             next != nullptr && batch_.size() < at_most && in_flight_ < limits_.in_flight;) {
            Entry& entry = *next;
            next = entry.next;
            if (entry.deadline <= now) continue; // left for `expire`: nothing leaves after its deadline
            queue_.erase(entry);
            entry.state = State::writing;
            entry.has_left = true;
            --queued_;
            ++in_flight_;
            batch_.push_back(entry.id);
        }
        writing_.insert(writing_.end(), batch_.begin(), batch_.end());
        return batch_;
    }

    /// The batch has been written. The requests that have ended thereby, since the server does not reply to them.
    [[nodiscard]] std::vector<RequestId> written() {
        std::vector<RequestId> ended;
        for (const RequestId id : writing_) {
            Entry* const entry = find(id);
            if (entry == nullptr) continue;
            const bool is_writing = entry->state == State::writing;
            if (entry->lane != nullptr) {
                if (is_writing) entry->state = State::awaiting;
                continue;
            }
            if (is_writing) ended.push_back(id);
            has_sent_without_reply_ = true;
            remove(*entry); // also if it was given up meanwhile: there is no late reply to wait for
        }
        writing_.clear();
        return ended;
    }

    /// What can be a reply has come: the request that it belongs to, or nothing if nobody waits for it.
    [[nodiscard]] std::optional<Match> reply(const Arrival& arrival) {
        if (!arrival.key.has_reply()) return std::nullopt;
        return reply(arrival.key.subtopic(), arrival.key.callid(), arrival.could_be_echo);
    }
    /// The same for a key in its parts.
    [[nodiscard]] std::optional<Match> reply(std::string_view subtopic, std::optional<std::string_view> callid,
                                             bool could_be_echo) {
        const Place place = find_lane(subtopic);
        Entry* const entry = place.lane == nullptr ? nullptr : find_waiting(*place.lane, callid);
        if (entry == nullptr) return std::nullopt;
        if (could_be_echo && (entry->reply_repeats_name || place.is_alias)) return std::nullopt;
        return settle(*entry);
    }

    /// An error has come that names a call: every request for it that was handed over.
    [[nodiscard]] std::vector<Match> error_for_call(std::string_view callid) {
        std::vector<Match> matches;
        const auto meant = [&](const Entry& e) { return was_handed_over(e) && e.callid == callid; };
        for (Entry* const entry : select(meant)) matches.push_back(settle(*entry));
        return matches;
    }

    /// An error has come that names no call: the one request that it can be meant for. With several in flight, with one
    /// that was given up, or after one without a reply, which could be meant as well, that cannot be known.
    [[nodiscard]] std::optional<Match> error_without_call() {
        if (in_flight_ != 1 || tombstones_ != 0 || has_sent_without_reply_) return std::nullopt;
        return settle(*select(was_handed_over).front());
    }

    /// Ends what has reached its deadline.
    [[nodiscard]] std::vector<Ending> expire(TimePoint now) {
        std::vector<Ending> endings;
        while (!deadlines_.empty() && deadlines_.front().deadline <= now) {
            Entry& entry = deadlines_.front();
            has_waited_in_vain_ = has_waited_in_vain_ || is_behind_tombstone(entry);
            endings.push_back(give_up(entry, Errc::timed_out));
        }
        return endings;
    }

    /// Ends one request at the caller's wish; nothing if it has already ended.
    [[nodiscard]] std::optional<Ending> cancel(RequestId id) {
        Entry* const entry = find(id);
        if (entry == nullptr || entry->state == State::tombstone) return std::nullopt;
        return give_up(*entry, Errc::cancelled);
    }

    /// Forgets a request that was ended elsewhere before it was handed over.
    void drop(RequestId id) {
        if (Entry* const entry = find(id)) remove(*entry);
    }

    /// The link is lost: ends what was handed over, as unknown, and forgets the tombstones. What has not left stays, and
    /// what is read-only is queued again, before all others.
    [[nodiscard]] std::vector<Ending> link_lost(Errc code) {
        std::vector<Ending> endings;
        std::vector<Entry*> again;
        for (Entry* const entry : select(was_handed_over)) {
            if (entry->state != State::tombstone && entry->is_read_only) {
                again.push_back(entry);
                continue;
            }
            if (entry->state != State::tombstone) endings.push_back({entry->id, code, Delivery::unknown});
            remove(*entry);
        }
        std::for_each(again.rbegin(), again.rend(), [this](Entry* entry) { requeue(*entry); });
        writing_.clear();
        has_waited_in_vain_ = false;
        has_sent_without_reply_ = false;
        return endings;
    }

    /// Ends what was handed over, as unknown, while the link stays: each leaves a tombstone. What is read-only goes on
    /// waiting.
    [[nodiscard]] std::vector<Ending> doubt_written(Errc code) {
        const auto doubtful = [](const Entry& e) {
            return was_handed_over(e) && e.state != State::tombstone && !e.is_read_only;
        };
        std::vector<Ending> endings;
        for (Entry* const entry : select(doubtful)) endings.push_back(give_up(*entry, code));
        return endings;
    }

    /// Ends what waits to be handed over.
    [[nodiscard]] std::vector<Ending> end_unsent(Errc code) {
        std::vector<Ending> endings;
        for (Entry* const entry : select([](const Entry& e) { return !was_handed_over(e); }))
            endings.push_back(give_up(*entry, code));
        return endings;
    }

    /// When `expire` has to be called next.
    [[nodiscard]] std::optional<TimePoint> next_deadline() const {
        if (deadlines_.empty()) return std::nullopt;
        return deadlines_.front().deadline;
    }

    /// More requests were given up on this link than may be remembered: it has to be ended, since forgetting one could
    /// let its late reply complete another request.
    [[nodiscard]] bool has_too_many_tombstones() const noexcept { return tombstones_ > limits_.tombstones; }

    /// A request has run out of time behind one that was given up, whose late reply it had to wait for, and nothing is in
    /// flight that would suffer: the link has to be ended, since that reply may never come.
    [[nodiscard]] bool is_stuck() const noexcept { return has_waited_in_vain_ && in_flight_ == 0; }

    /// The state of a request, or nothing if it is gone.
    [[nodiscard]] std::optional<State> state(RequestId id) const {
        const Entry* const entry = find(id);
        if (entry == nullptr) return std::nullopt;
        return entry->state;
    }

    /// Whether something could be handed over now, if the limits allow it.
    [[nodiscard]] bool has_backlog() const noexcept { return queue_.front() != nullptr; }

    [[nodiscard]] std::size_t queued() const noexcept { return queued_; }       ///< not handed over, held back included
    [[nodiscard]] std::size_t in_flight() const noexcept { return in_flight_; } ///< handed over and not ended
    [[nodiscard]] std::size_t tombstones() const noexcept { return tombstones_; }

private:
    struct Lane;

    struct Entry {
        RequestId id = 0;
        TimePoint deadline{};
        Lane* lane = nullptr;  // none if it has no reply
        std::size_t place = 0; // in `deadlines_`
        Entry* next = nullptr; // in `queue_` or in its lane's `held_back`, while in one of them
        Entry* previous = nullptr;
        std::string callid;
        std::optional<std::string> reply_callid; // none: the reply names no call, so that the request has to be alone
        State state = State::held_back;
        bool has_left = false; // on this link or on one before
        bool is_read_only = false;
        bool reply_may_name_call = false;
        bool reply_repeats_name = false;
    };

    // A list of entries, linked through themselves.
    class EntryList {
    public:
        [[nodiscard]] Entry* front() const noexcept { return front_; }

        void push_back(Entry& entry) noexcept { link(back_, entry, nullptr); }
        void push_front(Entry& entry) noexcept { link(nullptr, entry, front_); }

        void erase(Entry& entry) noexcept {
            (entry.previous == nullptr ? front_ : entry.previous->next) = entry.next;
            (entry.next == nullptr ? back_ : entry.next->previous) = entry.previous;
        }

    private:
        void link(Entry* previous, Entry& entry, Entry* next) noexcept {
            entry.previous = previous;
            entry.next = next;
            (previous == nullptr ? front_ : previous->next) = &entry;
            (next == nullptr ? back_ : next->previous) = &entry;
        }

        Entry* front_ = nullptr;
        Entry* back_ = nullptr;
    };

    // All requests whose replies have one subtopic.
    struct Lane {
        std::string_view subtopic;        // its key in `lanes_`
        std::size_t owners = 0;           // requests whose reply would be matched; they stand in `owners_`
        bool has_exclusive_owner = false; // one whose reply names no call
        std::size_t exclusive_waiting = 0;
        EntryList held_back;

        [[nodiscard]] bool is_unused() const noexcept { return owners == 0 && held_back.front() == nullptr; }
    };

    // Entries at addresses that do not change. Those that are gone keep the memory of their texts for the next ones.
    class Entries {
    public:
        Entry& add(Submission& request, Lane* lane) {
            Entry& entry = spare_.empty() ? all_.emplace_back() : *spare_.back();
            if (!spare_.empty()) spare_.pop_back();
            entry.id = request.id;
            entry.deadline = request.deadline;
            entry.lane = lane;
            entry.callid = request.callid;
            entry.reply_callid = request.key.callid();
            entry.has_left = false;
            entry.is_read_only = request.is_read_only;
            entry.reply_may_name_call = request.reply_may_name_call;
            entry.reply_repeats_name = request.reply_repeats_name;
            return entry;
        }

        void remove(Entry& entry) {
            spare_.push_back(&entry);
            if (spare_.size() < all_.size() || all_.size() <= max_spare) return;
            spare_.clear();
            all_.clear();
        }

    private:
        static constexpr std::size_t max_spare = 1024; // a rush does not weigh for ever

        std::deque<Entry> all_;
        std::vector<Entry*> spare_;
    };

    // Names, as the multiplexer compares them.
    struct NameHash {
        using is_transparent = void;
        std::size_t operator()(std::string_view name) const noexcept {
            std::size_t hash = 14695981039346656037U; // FNV-1a
            for (const char c : detail::trim(name))
                hash = (hash ^ static_cast<unsigned char>(detail::to_lower(c))) * 1099511628211U;
            return hash;
        }
    };
    struct NameEqual {
        using is_transparent = void;
        bool operator()(std::string_view a, std::string_view b) const noexcept { return detail::same_name(a, b); }
    };
    template <class Value> using ByName = std::unordered_map<std::string, Value, NameHash, NameEqual>;

    // What a reply is matched by.
    struct Key {
        const Lane* lane;
        std::optional<std::string_view> callid;

        Key(const Lane& own, std::optional<std::string_view> call) : lane(&own), callid(call) {}
        Key(const Entry* entry) : lane(entry->lane), callid(entry->reply_callid) {} // NOLINT: as what a set compares

        friend bool operator==(const Key&, const Key&) = default;
    };
    struct KeyHash {
        using is_transparent = void;
        std::size_t operator()(const Key& key) const noexcept {
            const std::size_t lane = std::hash<const Lane*>{}(key.lane);
            return key.callid ? lane * 31U + std::hash<std::string_view>{}(*key.callid) : lane;
        }
    };
    struct KeyEqual {
        using is_transparent = void;
        bool operator()(const Key& a, const Key& b) const noexcept { return a == b; }
    };

    struct Alias {
        std::string lane;
        bool looks_like_request; // the name is that of the request as well
    };

    struct Place {
        Lane* lane = nullptr;  // none if nothing ever waited there
        bool is_alias = false; // found by the other name of a reply, which the request has as well
    };

    // Messages of one kind come in a row, so the last name is remembered as it was spelled.
    [[nodiscard]] Place find_lane(std::string_view subtopic) {
        subtopic = detail::trim(subtopic);
        if (last_place_.lane != nullptr && subtopic == last_name_) return last_place_;
        const auto alias = aliases_.find(subtopic);
        const bool is_alias = alias != aliases_.end() && alias->second.looks_like_request;
        const auto at = lanes_.find(lane_name(subtopic));
        if (at == lanes_.end()) return {nullptr, is_alias};
        last_name_ = subtopic;
        return last_place_ = {&at->second, is_alias};
    }

    // The name of the lane that replies of this name belong to.
    [[nodiscard]] std::string_view lane_name(std::string_view subtopic) const {
        const auto alias = aliases_.find(subtopic);
        return alias == aliases_.end() ? subtopic : std::string_view(alias->second.lane);
    }

    [[nodiscard]] bool has_lane(std::string_view name) const { return lanes_.find(name) != lanes_.end(); }

    // Both names of a reply lead to one lane: to that which is in use already, if there is one.
    void enter_alias(std::string_view name, std::string_view also) {
        if (const auto known = aliases_.find(also); known != aliases_.end() && known->second.looks_like_request) return;
        const std::string lane(has_lane(also) && !has_lane(lane_name(name)) ? also : lane_name(name));
        aliases_.insert_or_assign(std::string(name), Alias{lane, false});
        aliases_.insert_or_assign(std::string(also), Alias{lane, true});
        last_place_ = {};
    }

    [[nodiscard]] Lane& lane_of(const Submission& request) {
        const std::string_view name = request.key.subtopic();
        if (!request.reply_also.empty()) enter_alias(name, detail::trim(request.reply_also));
        const Place place = find_lane(name);
        if (place.lane != nullptr) return *place.lane;
        const auto at = lanes_.try_emplace(std::string(lane_name(name))).first;
        at->second.subtopic = at->first;
        return at->second;
    }

    [[nodiscard]] Entry* find(RequestId id) const {
        const auto at = by_id_.find(id);
        return at == by_id_.end() ? nullptr : at->second;
    }

    [[nodiscard]] Entry* owner(const Key& key) const {
        const auto at = owners_.find(key);
        return at == owners_.end() ? nullptr : *at;
    }

    [[nodiscard]] bool fits(const Lane& lane, const std::optional<std::string>& reply_callid) const {
        if (lane.owners == 0) return true;
        return !lane.has_exclusive_owner && reply_callid && owner({lane, reply_callid}) == nullptr;
    }

    static bool is_exclusive(const Entry& entry) noexcept { return entry.lane != nullptr && !entry.reply_callid; }

    void hold_back(Entry& entry) {
        entry.state = State::held_back;
        entry.lane->held_back.push_back(entry);
        if (is_exclusive(entry)) ++entry.lane->exclusive_waiting;
    }

    void admit(Entry& entry) {
        if (Lane* const lane = entry.lane) {
            ++lane->owners;
            lane->has_exclusive_owner = is_exclusive(entry);
            owners_.insert(&entry);
        }
        entry.state = State::queued;
        queue_.push_back(entry);
    }

    static bool is_tombstone(const Entry* entry) noexcept {
        return entry != nullptr && entry->state == State::tombstone;
    }

    [[nodiscard]] bool is_behind_tombstone(const Entry& entry) const {
        if (entry.state != State::held_back) return false;
        const Lane& lane = *entry.lane;
        if (is_tombstone(owner({lane, entry.reply_callid})) || is_tombstone(owner({lane, std::nullopt}))) return true;
        // Whoever has to be alone waits for all the others.
        return is_exclusive(entry) && std::any_of(owners_.begin(), owners_.end(), [&](const Entry* other) {
                   return other->lane == &lane && is_tombstone(other);
               });
    }

    // The request that was handed over and waits for, or would once have taken, the reply with this key.
    [[nodiscard]] Entry* find_waiting(const Lane& lane, std::optional<std::string_view> callid) const {
        // Else somebody else's: ours has not left yet.
        const auto handed_over = [](Entry* entry) {
            return entry != nullptr && was_handed_over(*entry) ? entry : nullptr;
        };
        Entry* const exact = owner({lane, callid});
        if (exact != nullptr || !callid) return handed_over(exact);

        Entry* const entry = handed_over(owner({lane, std::nullopt}));
        if (entry == nullptr || !entry->reply_may_name_call) return nullptr;
        return entry->callid.empty() || entry->callid == *callid ? entry : nullptr;
    }

    static bool was_handed_over(const Entry& entry) noexcept {
        return entry.state != State::queued && entry.state != State::held_back;
    }

    // The entries that satisfy `wanted`, in the order of submission.
    template <class Predicate> std::vector<Entry*> select(Predicate wanted) const {
        std::vector<Entry*> entries;
        for (const auto& [id, entry] : by_id_)
            if (wanted(*entry)) entries.push_back(entry);
        std::sort(entries.begin(), entries.end(), [](const Entry* a, const Entry* b) { return a->id < b->id; });
        return entries;
    }

    // Back to the head of the queue; it still owns its lane.
    void requeue(Entry& entry) {
        entry.state = State::queued;
        queue_.push_front(entry);
        --in_flight_;
        ++queued_;
    }

    // The server has spoken about a request that was handed over.
    Match settle(Entry& entry) {
        const Match match{entry.id, entry.state == State::tombstone};
        remove(entry);
        return match;
    }

    // Ends a request that has no reply; a tombstone stays if it was handed over to this link.
    Ending give_up(Entry& entry, Errc code) {
        const RequestId id = entry.id;
        if (!was_handed_over(entry)) {
            const Delivery delivery = entry.has_left ? Delivery::unknown : Delivery::not_sent;
            remove(entry);
            return {id, code, delivery};
        }
        deadlines_.erase(entry);
        entry.state = State::tombstone;
        --in_flight_;
        ++tombstones_;
        return {id, code, Delivery::unknown};
    }

    void remove(Entry& entry) {
        Lane* const lane = entry.lane;
        switch (entry.state) {
        case State::queued:
            queue_.erase(entry);
            --queued_;
            break;
        case State::held_back:
            lane->held_back.erase(entry);
            if (is_exclusive(entry)) --lane->exclusive_waiting;
            --queued_;
            break;
        case State::writing:
        case State::awaiting: --in_flight_; break;
        case State::tombstone:
            --tombstones_;
            if (tombstones_ == 0) has_waited_in_vain_ = false;
            break;
        }
        if (entry.state != State::tombstone) deadlines_.erase(entry);
        if (lane != nullptr && entry.state != State::held_back) {
            owners_.erase(&entry);
            --lane->owners;
            lane->has_exclusive_owner = false;
        }
        by_id_.erase(entry.id);
        entries_.remove(entry);
        if (lane != nullptr) advance(*lane);
    }

    // Those of the lane that need not wait any longer may leave. Nobody overtakes one who has to be alone.
    void advance(Lane& lane) {
        for (Entry* next = lane.held_back.front(); next != nullptr;) {
            Entry& entry = *next;
            next = entry.next;
            const bool exclusive = is_exclusive(entry);
            if (fits(lane, entry.reply_callid)) {
                lane.held_back.erase(entry);
                if (exclusive) --lane.exclusive_waiting;
                admit(entry);
            } else if (exclusive) break;
        }
        if (lane.is_unused() && lanes_.size() > max_unused_lanes) forget(lane);
    }

    // An application may make up its operations as it goes.
    void forget(const Lane& lane) {
        last_place_ = {};
        lanes_.erase(lanes_.find(lane.subtopic));
    }

    static constexpr std::size_t max_unused_lanes = 256;

    Limits limits_;
    Duplicates duplicates_;
    Entries entries_;
    boost::unordered_flat_map<RequestId, Entry*> by_id_;
    boost::unordered_flat_set<Entry*, KeyHash, KeyEqual> owners_; // whose reply would be matched
    ByName<Lane> lanes_;                                          // by the subtopic of the reply
    ByName<Alias> aliases_; // other subtopics of replies; as many as operations have one
    std::string last_name_;
    Place last_place_;
    EntryList queue_;                       // `queued`, in the order in which they leave
    std::vector<RequestId> batch_;          // the last one that was taken
    std::vector<RequestId> writing_;        // the outstanding batch, ended ones included
    detail::DeadlineHeap<Entry> deadlines_; // of all that have not ended
    std::size_t queued_ = 0;
    std::size_t in_flight_ = 0;
    std::size_t tombstones_ = 0;
    bool has_waited_in_vain_ = false;     // somebody, behind a tombstone that may still be there
    bool has_sent_without_reply_ = false; // over this link
};

} // namespace lcm

#endif
