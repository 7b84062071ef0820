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
    bool is_read_only = false; ///< may be sent again: it changes nothing on the server
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

/// Holds the requests of one client from submission until they have ended and can no longer receive a late reply.
///
/// A request is `queued`, or `held_back` behind another one with the same key; then `writing` from the moment it is
/// handed to the transport, `awaiting` its reply from the moment the write has completed, and gone when it has ended.
/// One that was written and ends without its reply leaves a `tombstone`, which swallows the late reply and keeps its
/// key occupied until that reply comes or the link ends: no reply completes another's request. When the link is lost,
/// what was handed over ends as unknown, but for read-only requests, which are queued again.
///
/// Every request that `submit` accepted is named exactly once, either in an `Ending` or in a `Match` that is not late.
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
        Lane& lane = lanes_[request.key];
        const bool occupied = lane.owner.has_value();
        if (occupied && duplicates_ == Duplicates::refuse)
            return Ending{request.id, Errc::duplicate_in_flight, Delivery::not_sent};

        const RequestId id = request.id;
        Entry& entry = entries_.emplace(id, Entry{std::move(request), State::held_back, {}, false}).first->second;
        deadlines_.emplace(entry.request.deadline, id);
        ++queued_;
        if (occupied) {
            entry.place = lane.held_back.insert(lane.held_back.end(), id);
        } else {
            lane.owner = id;
            enqueue(entry);
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

    /// The batch has been written.
    void written() {
        for (const RequestId id : writing_) {
            const auto at = entries_.find(id);
            if (at != entries_.end() && at->second.state == State::writing) at->second.state = State::awaiting;
        }
        writing_.clear();
    }

    /// A reply has come: the request that it belongs to, or nothing if nobody waits for it.
    [[nodiscard]] std::optional<Match> reply(const MatchKey& key) {
        const auto lane = lanes_.find(key);
        if (lane == lanes_.end() || !lane->second.owner) return std::nullopt;
        const Entry& entry = entries_.at(*lane->second.owner);
        if (!was_handed_over(entry)) return std::nullopt; // somebody else's: ours has not left yet
        return settle(entry.request.id);
    }

    /// An error has come that names a call: every request for it that was handed over.
    [[nodiscard]] std::vector<Match> error_for_call(std::string_view callid) {
        std::vector<Match> matches;
        const auto meant = [&](const Entry& e) { return was_handed_over(e) && e.request.callid == callid; };
        for (const RequestId id : select(meant)) matches.push_back(settle(id));
        return matches;
    }

    /// An error has come that names no call: the one request that it can be meant for. With several in flight, or with
    /// one that was given up and could be meant as well, that cannot be known.
    [[nodiscard]] std::optional<Match> error_without_call() {
        if (in_flight_ != 1 || tombstones_ != 0) return std::nullopt;
        return settle(select(was_handed_over).front());
    }

    /// Ends what has reached its deadline.
    [[nodiscard]] std::vector<Ending> expire(TimePoint now) {
        std::vector<Ending> endings;
        while (!deadlines_.empty() && deadlines_.begin()->first <= now)
            endings.push_back(give_up(deadlines_.begin()->second, Errc::timed_out));
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

    // All requests with one key: the one whose reply would be matched, and those that wait until it is gone.
    struct Lane {
        std::optional<RequestId> owner;
        std::list<RequestId> held_back;
    };

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
        const auto lane = lanes_.find(entry.request.key);
        switch (entry.state) {
        case State::queued:
            queue_.erase(entry.place);
            --queued_;
            break;
        case State::held_back:
            lane->second.held_back.erase(entry.place);
            --queued_;
            break;
        case State::writing:
        case State::awaiting: --in_flight_; break;
        case State::tombstone: --tombstones_; break;
        }
        if (entry.state != State::tombstone) deadlines_.erase({entry.request.deadline, id});
        if (lane->second.owner == id) release(lane);
        entries_.erase(id);
    }

    using Lanes = std::unordered_map<MatchKey, Lane>;

    // The lane's next request may leave, or the lane ends.
    void release(Lanes::iterator at) {
        Lane& lane = at->second;
        if (lane.held_back.empty()) {
            lanes_.erase(at);
            return;
        }
        lane.owner = lane.held_back.front();
        lane.held_back.pop_front();
        enqueue(entries_.at(*lane.owner));
    }

    Limits limits_;
    Duplicates duplicates_;
    std::unordered_map<RequestId, Entry> entries_;
    Lanes lanes_;
    std::list<RequestId> queue_;                          // `queued`, in the order in which they leave
    std::vector<RequestId> writing_;                      // the outstanding batch, ended ones included
    std::set<std::pair<TimePoint, RequestId>> deadlines_; // of all that have not ended
    std::size_t queued_ = 0;
    std::size_t in_flight_ = 0;
    std::size_t tombstones_ = 0;
};

} // namespace lcm

#endif
