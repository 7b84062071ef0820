// SPDX-License-Identifier: BSL-1.0
// Who waits for which reply, until when, and how each request ends. Every decision about a request is made here,
// without socket, thread, clock or JSON: events come in as calls with the time as an argument, endings go out as values.
#ifndef LCM_CLIENT_SESSION_MULTIPLEXER_HPP
#define LCM_CLIENT_SESSION_MULTIPLEXER_HPP

#include <lcm_client/config.hpp>
#include <lcm_client/result.hpp>
#include <lcm_client/session/match_key.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <list>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace lcm {

using TimePoint = std::chrono::steady_clock::time_point;

/// Names a request within one client; never used twice.
using RequestId = std::uint64_t;

/// A request as the multiplexer sees it.
struct Submission {
    RequestId id = 0;
    MatchKey key;       ///< of the reply that it will wait for
    std::string callid; ///< the call that a `WS_Error` may name
    TimePoint deadline;
    bool is_read_only = false;        ///< may be sent again: it changes nothing on the server
    bool has_reply = true;            ///< else it ends when it has been written, and `key` is `MatchKey::of_no_reply`
    bool reply_may_name_call = false; ///< for a key without call: a reply that names one is its reply as well
    bool reply_repeats_name = false;  ///< the reply has the request's own subtopic, so that an echo looks like it
    std::string_view reply_also{};    ///< another subtopic of the reply; of static storage
};

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
    Multiplexer(const Multiplexer&) = delete; // each entry knows its place in a list
    Multiplexer& operator=(const Multiplexer&) = delete;
    Multiplexer(Multiplexer&&) = default;
    Multiplexer& operator=(Multiplexer&&) = default;

    /// Takes a request over, or says that it has ended at once: `duplicate_in_flight`, not sent.
    [[nodiscard]] std::optional<Ending> submit(Submission request) {
        request.key = canonical(std::move(request.key));
        if (!request.reply_also.empty()) aliases_.try_emplace(detail::fold(request.reply_also), request.key.subtopic());
        Lane& lane = lanes_[request.key.subtopic()];
        const bool must_wait = lane.exclusive_waiting > 0 || !fits(lane, request.key);
        if (must_wait && duplicates_ == Duplicates::refuse)
            return Ending{request.id, Errc::duplicate_in_flight, Delivery::not_sent};

        const RequestId id = request.id;
        Entry& entry = entries_.emplace(id, Entry{std::move(request), State::held_back, {}, false}).first->second;
        deadlines_.emplace(entry.request.deadline, id);
        ++queued_;
        if (must_wait) {
            entry.place = lane.held_back.insert(lane.held_back.end(), id);
            if (is_exclusive(entry.request.key)) ++lane.exclusive_waiting;
        } else {
            admit(lane, entry);
        }
        return std::nullopt;
    }

    /// The requests to be handed to the transport now, in order, as far as their number, the limit of requests in flight
    /// and their deadlines allow. They are `writing` from here on.
    [[nodiscard]] std::vector<RequestId> take_batch(TimePoint now, std::size_t at_most) {
        std::vector<RequestId> batch;
        for (auto at = queue_.begin();
             at != queue_.end() && batch.size() < at_most && in_flight_ < limits_.in_flight;) {
            Entry& entry = entries_.at(*at);
            if (entry.request.deadline <= now) { // left for `expire`: nothing leaves after its deadline
                ++at;
                continue;
            }
            batch.push_back(*at);
            at = queue_.erase(at);
            entry.state = State::writing;
            entry.has_left = true;
            --queued_;
            ++in_flight_;
        }
        writing_.insert(writing_.end(), batch.begin(), batch.end());
        return batch;
    }

    /// The batch has been written. The requests that have ended thereby, since the server does not reply to them.
    [[nodiscard]] std::vector<RequestId> written() {
        std::vector<RequestId> ended;
        for (const RequestId id : std::exchange(writing_, {})) {
            const auto at = entries_.find(id);
            if (at == entries_.end()) continue;
            Entry& entry = at->second;
            const bool is_writing = entry.state == State::writing;
            if (entry.request.has_reply) {
                if (is_writing) entry.state = State::awaiting;
                continue;
            }
            if (is_writing) ended.push_back(id);
            has_sent_without_reply_ = true;
            remove(entry); // also if it was given up meanwhile: there is no late reply to wait for
        }
        return ended;
    }

    /// What can be a reply has come: the request that it belongs to, or nothing if nobody waits for it.
    [[nodiscard]] std::optional<Match> reply(Arrival arrival) {
        const bool has_other_name = aliases_.contains(arrival.key.subtopic());
        const Entry* const entry = find_waiting(canonical(std::move(arrival.key)));
        if (entry == nullptr) return std::nullopt;
        if (arrival.could_be_echo && (entry->request.reply_repeats_name || has_other_name)) return std::nullopt;
        return settle(entry->request.id);
    }

    /// An error has come that names a call: every request for it that was handed over.
    [[nodiscard]] std::vector<Match> error_for_call(std::string_view callid) {
        std::vector<Match> matches;
        const auto meant = [&](const Entry& e) { return was_handed_over(e) && e.request.callid == callid; };
        for (const RequestId id : select(meant)) matches.push_back(settle(id));
        return matches;
    }

    /// An error has come that names no call: the one request that it can be meant for. With several in flight, with one
    /// that was given up, or after one without a reply, which could be meant as well, that cannot be known.
    [[nodiscard]] std::optional<Match> error_without_call() {
        if (in_flight_ != 1 || tombstones_ != 0 || has_sent_without_reply_) return std::nullopt;
        return settle(select(was_handed_over).front());
    }

    /// Ends what has reached its deadline.
    [[nodiscard]] std::vector<Ending> expire(TimePoint now) {
        std::vector<Ending> endings;
        while (!deadlines_.empty() && deadlines_.begin()->first <= now) {
            const RequestId id = deadlines_.begin()->second;
            has_waited_in_vain_ = has_waited_in_vain_ || is_behind_tombstone(entries_.at(id));
            endings.push_back(give_up(id, Errc::timed_out));
        }
        return endings;
    }

    /// Ends one request at the caller's wish; nothing if it has already ended.
    [[nodiscard]] std::optional<Ending> cancel(RequestId id) {
        const auto at = entries_.find(id);
        if (at == entries_.end() || at->second.state == State::tombstone) return std::nullopt;
        return give_up(id, Errc::cancelled);
    }

    /// Forgets a request that was ended elsewhere before it was handed over.
    void drop(RequestId id) {
        const auto at = entries_.find(id);
        if (at != entries_.end()) remove(at->second);
    }

    /// The link is lost: ends what was handed over, as unknown, and forgets the tombstones. What has not left stays, and
    /// what is read-only is queued again, before all others.
    [[nodiscard]] std::vector<Ending> link_lost(Errc code) {
        std::vector<Ending> endings;
        std::vector<RequestId> again;
        for (const RequestId id : select(was_handed_over)) {
            Entry& entry = entries_.at(id);
            if (entry.state != State::tombstone && entry.request.is_read_only) {
                again.push_back(id);
                continue;
            }
            if (entry.state != State::tombstone) endings.push_back({id, code, Delivery::unknown});
            remove(entry);
        }
        std::for_each(again.rbegin(), again.rend(), [this](RequestId id) { requeue(entries_.at(id)); });
        writing_.clear();
        has_waited_in_vain_ = false;
        has_sent_without_reply_ = false;
        return endings;
    }

    /// Ends what was handed over, as unknown, while the link stays: each leaves a tombstone. What is read-only goes on
    /// waiting.
    [[nodiscard]] std::vector<Ending> doubt_written(Errc code) {
        const auto doubtful = [](const Entry& e) {
            return was_handed_over(e) && e.state != State::tombstone && !e.request.is_read_only;
        };
        std::vector<Ending> endings;
        for (const RequestId id : select(doubtful)) endings.push_back(give_up(id, code));
        return endings;
    }

    /// Ends what waits to be handed over.
    [[nodiscard]] std::vector<Ending> end_unsent(Errc code) {
        std::vector<Ending> endings;
        for (const RequestId id : select([](const Entry& e) { return !was_handed_over(e); }))
            endings.push_back(give_up(id, code));
        return endings;
    }

    /// When `expire` has to be called next.
    [[nodiscard]] std::optional<TimePoint> next_deadline() const {
        if (deadlines_.empty()) return std::nullopt;
        return deadlines_.begin()->first;
    }

    /// More requests were given up on this link than may be remembered: it has to be ended, since forgetting one could
    /// let its late reply complete another request.
    [[nodiscard]] bool has_too_many_tombstones() const noexcept { return tombstones_ > limits_.tombstones; }

    /// A request has run out of time behind one that was given up, whose late reply it had to wait for, and nothing is in
    /// flight that would suffer: the link has to be ended, since that reply may never come.
    [[nodiscard]] bool is_stuck() const noexcept { return has_waited_in_vain_ && in_flight_ == 0; }

    /// The state of a request, or nothing if it is gone.
    [[nodiscard]] std::optional<State> state(RequestId id) const {
        const auto at = entries_.find(id);
        if (at == entries_.end()) return std::nullopt;
        return at->second.state;
    }

    /// Whether something could be handed over now, if the limits allow it.
    [[nodiscard]] bool has_backlog() const noexcept { return !queue_.empty(); }

    [[nodiscard]] std::size_t queued() const noexcept { return queued_; }       ///< not handed over, held back included
    [[nodiscard]] std::size_t in_flight() const noexcept { return in_flight_; } ///< handed over and not ended
    [[nodiscard]] std::size_t tombstones() const noexcept { return tombstones_; }

private:
    struct Entry {
        Submission request;
        State state;
        std::list<RequestId>::iterator place; // in `queue_` or in its lane's `held_back`, while in one of them
        bool has_left = false;                // on this link or on one before
    };

    // All requests whose replies have one subtopic.
    struct Lane {
        std::size_t owners = 0;           // requests whose reply would be matched; they stand in `owners_`
        bool has_exclusive_owner = false; // one whose reply names no call
        std::size_t exclusive_waiting = 0;
        std::list<RequestId> held_back;
    };

    // By the one name of the reply that its requests are kept under.
    [[nodiscard]] MatchKey canonical(MatchKey key) const {
        const auto alias = aliases_.find(key.subtopic());
        return alias == aliases_.end() ? key : MatchKey(alias->second, key.callid());
    }

    static bool is_exclusive(const MatchKey& key) noexcept { return !key.callid(); }

    [[nodiscard]] bool fits(const Lane& lane, const MatchKey& key) const {
        if (lane.owners == 0) return true;
        return !lane.has_exclusive_owner && !is_exclusive(key) && !owners_.contains(key);
    }

    void admit(Lane& lane, Entry& entry) {
        ++lane.owners;
        lane.has_exclusive_owner = is_exclusive(entry.request.key);
        owners_.emplace(entry.request.key, entry.request.id);
        enqueue(entry);
    }

    [[nodiscard]] bool is_tombstone(const MatchKey& key) const {
        const auto at = owners_.find(key);
        return at != owners_.end() && entries_.at(at->second).state == State::tombstone;
    }

    [[nodiscard]] bool is_behind_tombstone(const Entry& entry) const {
        if (entry.state != State::held_back) return false;
        const MatchKey& key = entry.request.key;
        if (is_tombstone(key) || is_tombstone(MatchKey(key.subtopic(), std::nullopt))) return true;
        // Whoever has to be alone waits for all the others.
        return is_exclusive(key) && std::any_of(owners_.begin(), owners_.end(), [&](const auto& owner) {
                   return owner.first.subtopic() == key.subtopic() && is_tombstone(owner.first);
               });
    }

    // The request that was handed over and waits for, or would once have taken, the reply with this key.
    [[nodiscard]] const Entry* find_waiting(const MatchKey& key) const {
        const auto handed_over = [this](const auto& at) -> const Entry* {
            if (at == owners_.end()) return nullptr;
            const Entry& entry = entries_.at(at->second);
            return was_handed_over(entry) ? &entry : nullptr; // else somebody else's: ours has not left yet
        };
        const auto exact = owners_.find(key);
        if (exact != owners_.end() || !key.callid()) return handed_over(exact);

        const Entry* const entry = handed_over(owners_.find(MatchKey(key.subtopic(), std::nullopt)));
        if (entry == nullptr || !entry->request.reply_may_name_call) return nullptr;
        const std::string& callid = entry->request.callid;
        return callid.empty() || callid == *key.callid() ? entry : nullptr;
    }

    static bool was_handed_over(const Entry& entry) noexcept {
        return entry.state != State::queued && entry.state != State::held_back;
    }

    // The ids of the entries that satisfy `wanted`, in the order of submission.
    template <class Predicate> std::vector<RequestId> select(Predicate wanted) const {
        std::vector<RequestId> ids;
        for (const auto& [id, entry] : entries_)
            if (wanted(entry)) ids.push_back(id);
        std::sort(ids.begin(), ids.end());
        return ids;
    }

    void enqueue(Entry& entry) {
        entry.state = State::queued;
        entry.place = queue_.insert(queue_.end(), entry.request.id);
    }

    // Back to the head of the queue; it still owns its lane.
    void requeue(Entry& entry) {
        entry.state = State::queued;
        entry.place = queue_.insert(queue_.begin(), entry.request.id);
        --in_flight_;
        ++queued_;
    }

    // The server has spoken about a request that was handed over.
    Match settle(RequestId id) {
        Entry& entry = entries_.at(id);
        const Match match{id, entry.state == State::tombstone};
        remove(entry);
        return match;
    }

    // Ends a request that has no reply; a tombstone stays if it was handed over to this link.
    Ending give_up(RequestId id, Errc code) {
        Entry& entry = entries_.at(id);
        if (!was_handed_over(entry)) {
            const Delivery delivery = entry.has_left ? Delivery::unknown : Delivery::not_sent;
            remove(entry);
            return {id, code, delivery};
        }
        deadlines_.erase({entry.request.deadline, id});
        entry.state = State::tombstone;
        --in_flight_;
        ++tombstones_;
        return {id, code, Delivery::unknown};
    }

    void remove(Entry& entry) {
        const RequestId id = entry.request.id;
        const auto lane = lanes_.find(entry.request.key.subtopic());
        switch (entry.state) {
        case State::queued:
            queue_.erase(entry.place);
            --queued_;
            break;
        case State::held_back:
            lane->second.held_back.erase(entry.place);
            if (is_exclusive(entry.request.key)) --lane->second.exclusive_waiting;
            --queued_;
            break;
        case State::writing:
        case State::awaiting: --in_flight_; break;
        case State::tombstone:
            --tombstones_;
            if (tombstones_ == 0) has_waited_in_vain_ = false;
            break;
        }
        if (entry.state != State::tombstone) deadlines_.erase({entry.request.deadline, id});
        if (entry.state != State::held_back) {
            owners_.erase(entry.request.key);
            --lane->second.owners;
            lane->second.has_exclusive_owner = false;
        }
        entries_.erase(id);
        advance(lane);
    }

    using Lanes = std::unordered_map<std::string, Lane>;

    // Those of the lane that need not wait any longer may leave, or the lane ends. Nobody overtakes one who has to be
    // alone.
    void advance(Lanes::iterator at) {
        Lane& lane = at->second;
        for (auto next = lane.held_back.begin(); next != lane.held_back.end();) {
            Entry& entry = entries_.at(*next);
            const bool exclusive = is_exclusive(entry.request.key);
            if (fits(lane, entry.request.key)) {
                next = lane.held_back.erase(next);
                if (exclusive) --lane.exclusive_waiting;
                admit(lane, entry);
            } else if (exclusive) break;
            else ++next;
        }
        if (lane.owners == 0) lanes_.erase(at);
    }

    Limits limits_;
    Duplicates duplicates_;
    std::unordered_map<RequestId, Entry> entries_;
    std::unordered_map<MatchKey, RequestId> owners_;       // whose reply would be matched
    Lanes lanes_;                                          // by the subtopic of the reply
    std::unordered_map<std::string, std::string> aliases_; // other subtopics of replies; as many as operations have one
    std::list<RequestId> queue_;                           // `queued`, in the order in which they leave
    std::vector<RequestId> writing_;                       // the outstanding batch, ended ones included
    std::set<std::pair<TimePoint, RequestId>> deadlines_;  // of all that have not ended
    std::size_t queued_ = 0;
    std::size_t in_flight_ = 0;
    std::size_t tombstones_ = 0;
    bool has_waited_in_vain_ = false;     // somebody, behind a tombstone that may still be there
    bool has_sent_without_reply_ = false; // over this link
};

} // namespace lcm

#endif
