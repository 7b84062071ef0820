// SPDX-License-Identifier: BSL-1.0
// Who waits for which reply, until when, and how each request ends. Every decision about a request is made here,
// without socket, thread, clock or JSON: events come in as calls with the time as an argument, endings go out as lists of
// requests, which need no memory.
#ifndef LCM_CLIENT_SESSION_MULTIPLEXER_HPP
#define LCM_CLIENT_SESSION_MULTIPLEXER_HPP

#include <lcm_client/config.hpp>
#include <lcm_client/result.hpp>
#include <lcm_client/session/deadline_queue.hpp>
#include <lcm_client/session/lanes.hpp>
#include <lcm_client/session/text_hash.hpp>
#include <lcm_client/session/waiter.hpp>

#include <boost/unordered/unordered_flat_set.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace lcm {

/// The request that a message from the server belongs to.
struct Match {
    RequestId id;
    Waiter* waiter; ///< it has ended, and belongs to its owner again; none if the message is late

    /// Whether the request had already ended as unknown: this is only the news of it.
    [[nodiscard]] bool late() const noexcept { return waiter == nullptr; }
};

/// Knows the requests of one client from submission until they have ended and can no longer receive a late reply.
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
/// Every request that `submit` accepted is named exactly once: in a list of those that have ended, in a `Match` that is not
/// late, or by `written`; or its owner has dropped it. It belongs to its owner again then. In the lists they are in the
/// order of submission unless they are in that of their deadlines.
///
/// Memory. Only `submit` and `reply` need some, and when they throw nothing has changed. All else cannot fail: what wants
/// memory and cannot have it ends the link, or waits for the next `take_batch`.
///
/// Not thread-safe; the client calls it on its strand.
class Multiplexer {
public:
    using State = Waiter::State;

    Multiplexer(const Limits& limits, Duplicates duplicates) : limits_(limits), duplicates_(duplicates) {}
    Multiplexer(const Multiplexer&) = delete; // waiters know each other
    Multiplexer& operator=(const Multiplexer&) = delete;
    ~Multiplexer() {
        while (Waiter* const waiter = tombstones_.pop_front()) delete static_cast<Tombstone*>(waiter);
    }

    /// Takes a request, or says that it has ended at once: `duplicate_in_flight`, not sent.
    [[nodiscard]] bool submit(Waiter& waiter, const ReplyPattern& reply) {
        Lane* const lane = reply.subtopic.empty() ? nullptr : &lanes_.enter(reply.subtopic, reply.also);
        waiter.lane_ = lane;
        waiter.is_exclusive_ = lane != nullptr && !reply.names_call;
        waiter.reply_may_name_call_ = reply.may_name_call;
        waiter.reply_repeats_name_ = reply.repeats_name;
        waiter.has_left_ = false;
        deadlines_.push(waiter);
        bool must_wait = false;
        try {
            must_wait = lane != nullptr && (lane->exclusive_waiting > 0 || !own(waiter));
        } catch (...) {
            deadlines_.erase(waiter);
            throw;
        }
        if (must_wait && duplicates_ == Duplicates::refuse) {
            deadlines_.erase(waiter);
            waiter.end_unsent(Errc::duplicate_in_flight);
            return false;
        }
        ++queued_;
        if (must_wait) hold_back(waiter);
        else enqueue(waiter);
        return true;
    }

    /// The requests to be handed to the transport now, in order, as far as their number, the limit of requests in flight
    /// and their deadlines allow. They are `writing` from here on. Valid until the next call.
    [[nodiscard]] detail::WaiterRun take_batch(TimePoint now, std::size_t at_most) {
        if (std::exchange(is_behind_, false)) catch_up();
        Waiter* first = nullptr;
        std::size_t size = 0;
        for (Waiter* next = queue_.front(); next != nullptr && size < at_most && in_flight_ < limits_.in_flight;) {
            Waiter& waiter = *next;
            next = detail::WaiterList::next(waiter);
            if (waiter.deadline <= now) continue; // left for `expire`: nothing leaves after its deadline
            if (size++ == 0) first = &waiter;
            queue_.erase(waiter);
            --queued_;
            waiter.state_ = State::writing;
            waiter.has_left_ = true;
            writing_.push_back(waiter);
            ++in_flight_;
        }
        return first == nullptr ? detail::WaiterRun() : detail::WaiterRun(*first, size);
    }

    /// The batch that was taken last could not be handed over: all of it is queued again, as it was. `has_left(waiter)`
    /// says what had left before.
    template <class Predicate> void take_back(const detail::WaiterRun& batch, Predicate has_left) {
        detail::WaiterList again;
        batch.for_each([&](Waiter& waiter) {
            leave_list(waiter);
            waiter.has_left_ = has_left(waiter);
            again.push_front(waiter);
        });
        while (Waiter* const waiter = again.pop_front()) requeue(*waiter);
    }

    /// The batch has been written. The requests that have ended thereby, since the server does not reply to them.
    [[nodiscard]] detail::WaiterList written() {
        detail::WaiterList ended;
        writing_.for_each([&](Waiter& waiter) {
            if (waiter.lane_ == nullptr) {
                take_out(waiter);
                return ended.push_back(waiter);
            }
            writing_.erase(waiter);
            waiter.state_ = State::awaiting;
            awaiting_.push_back(waiter);
        });
        // Also if it was given up meanwhile: there is no late reply to wait for.
        const auto given_up = erase_tombstones([](const Waiter& waiter) { return waiter.lane_ == nullptr; });
        has_sent_without_reply_ = has_sent_without_reply_ || given_up != 0 || !ended.empty();
        return ended;
    }

    /// What can be a reply has come: the request that it belongs to, or nothing if nobody waits for it. `could_be_echo`
    /// says that it has the form of a request, as an echo of one has, and rarely a reply.
    [[nodiscard]] std::optional<Match> reply(std::string_view subtopic, std::optional<std::string_view> callid,
                                             bool could_be_echo) {
        const detail::Lanes::Place place = lanes_.find(subtopic);
        Waiter* const waiter = place.lane == nullptr ? nullptr : find_waiting(*place.lane, callid);
        if (waiter == nullptr) return std::nullopt;
        if (could_be_echo && (waiter->reply_repeats_name_ || place.is_alias)) return std::nullopt;
        return settle(*waiter);
    }

    /// An error has come that names a call: shows every request for it that was handed over to `visit(Match)`, which must
    /// not come back here, and must not throw.
    template <class Visitor> void error_for_call(std::string_view callid, Visitor visit) {
        detail::WaiterList meant = take_handed_over([&](const Waiter& waiter) { return waiter.callid == callid; });
        tombstones_.for_each([&](Waiter& waiter) {
            if (waiter.callid != callid) return;
            leave_list(waiter);
            meant.push_back(waiter);
        });
        meant.sort();
        while (Waiter* const waiter = meant.pop_front()) visit(settle_detached(*waiter));
    }

    /// An error has come that names no call: the one request that it can be meant for. With several in flight, with one
    /// that was given up, or after one without a reply, which could be meant as well, that cannot be known.
    [[nodiscard]] std::optional<Match> error_without_call() {
        if (in_flight_ != 1 || !tombstones_.empty() || has_sent_without_reply_) return std::nullopt;
        return settle(writing_.empty() ? *awaiting_.front() : *writing_.front());
    }

    /// Ends what has reached its deadline.
    [[nodiscard]] detail::WaiterList expire(TimePoint now) {
        detail::WaiterList ended;
        while (!deadlines_.empty() && deadlines_.front().deadline <= now) {
            Waiter& waiter = deadlines_.front();
            has_waited_in_vain_ = has_waited_in_vain_ || is_behind_tombstone(waiter);
            give_up(waiter, Errc::timed_out);
            ended.push_back(waiter);
        }
        return ended;
    }

    /// Ends one request at the caller's wish. Returns whether it had not ended yet.
    [[nodiscard]] bool cancel(Waiter& waiter) {
        if (waiter.state_ == State::ended) return false;
        give_up(waiter, Errc::cancelled);
        return true;
    }

    /// Forgets a request that its owner has ended before it was handed over.
    void drop(Waiter& waiter) {
        if (waiter.state_ != State::ended) remove(waiter);
    }

    /// Ends one request of the batch that was taken last, which is not handed over after all. `has_left` says whether it was
    /// before.
    void withdraw(Waiter& waiter, Errc code, bool has_left) {
        waiter.has_left_ = has_left;
        end_as(waiter, code);
        remove(waiter);
    }

    /// The link is lost: ends what was handed over, as unknown, and forgets the tombstones. What has not left stays, and
    /// what is read-only is queued again, before all others.
    [[nodiscard]] detail::WaiterList link_lost(Errc code) {
        detail::WaiterList ended;
        detail::WaiterList again;
        erase_tombstones([](const Waiter&) { return true; });
        detail::WaiterList lost = take_handed_over([](const Waiter&) { return true; });
        while (Waiter* const waiter = lost.pop_front()) {
            if (waiter->is_read_only) {
                again.push_front(*waiter);
                continue;
            }
            leave_for_good(*waiter);
            end_as(*waiter, code);
            ended.push_back(*waiter);
        }
        while (Waiter* const waiter = again.pop_front()) requeue(*waiter);
        has_waited_in_vain_ = false;
        has_sent_without_reply_ = false;
        lacks_tombstone_ = false;
        return ended;
    }

    /// Ends what was handed over, as unknown, while the link stays: each leaves a tombstone. What is read-only goes on
    /// waiting.
    [[nodiscard]] detail::WaiterList doubt_written(Errc code) {
        detail::WaiterList doubted = take_handed_over([](const Waiter& waiter) { return !waiter.is_read_only; });
        doubted.for_each([&](Waiter& waiter) {
            deadlines_.erase(waiter);
            bury(waiter);
            end_as(waiter, code);
        });
        return doubted;
    }

    /// Ends what waits to be handed over.
    [[nodiscard]] detail::WaiterList end_unsent(Errc code) {
        detail::WaiterList ended;
        const auto end = [&](Waiter& waiter) {
            take_out(waiter);
            end_as(waiter, code);
            ended.push_back(waiter);
        };
        lanes_.for_each([&](const Lane& lane) { lane.held_back.for_each(end); });
        while (Waiter* const waiter = queue_.front()) {
            end(*waiter);
            vacate(*waiter);
        }
        ended.sort();
        return ended;
    }

    /// When `expire` has to be called next.
    [[nodiscard]] std::optional<TimePoint> next_deadline() const {
        if (deadlines_.empty()) return std::nullopt;
        return deadlines_.front().deadline;
    }

    /// More requests were given up on this link than may be remembered, or than there is memory for: it has to be ended, since forgetting one could
    /// let its late reply complete another request.
    [[nodiscard]] bool has_too_many_tombstones() const noexcept {
        return tombstone_count_ > limits_.tombstones || lacks_tombstone_;
    }

    /// A request has run out of time behind one that was given up, whose late reply it had to wait for, and nothing is in
    /// flight that would suffer: the link has to be ended, since that reply may never come.
    [[nodiscard]] bool is_stuck() const noexcept { return has_waited_in_vain_ && in_flight_ == 0; }

    /// Whether something could be handed over now, if the limits allow it.
    [[nodiscard]] bool has_backlog() const noexcept { return !queue_.empty(); }

    /// Whether the request with this id was given up, and its late reply may still come.
    [[nodiscard]] bool has_tombstone(RequestId id) const {
        return any_tombstone([id](const Waiter& waiter) { return waiter.id == id; });
    }

    [[nodiscard]] std::size_t queued() const noexcept { return queued_; }       ///< not handed over, held back included
    [[nodiscard]] std::size_t in_flight() const noexcept { return in_flight_; } ///< handed over and not ended
    [[nodiscard]] std::size_t tombstones() const noexcept { return tombstone_count_; }

private:
    using Lane = detail::Lane;

    // Stands for a request that has ended, and belongs to its owner again.
    struct Tombstone : Waiter {
        explicit Tombstone(const Waiter& ended) : Waiter(ended), own_callid(ended.callid) {
            callid = own_callid;
            state_ = State::tombstone;
        }
        Tombstone(const Tombstone&) = delete;
        Tombstone& operator=(const Tombstone&) = delete;
        ~Tombstone() = default;

        std::string own_callid;
    };

    // What a reply is matched by. Where it names no call, the request is alone.
    struct Key {
        const Lane* lane;
        std::optional<std::string_view> callid;

        Key(const Lane& own, std::optional<std::string_view> call) : lane(&own), callid(call) {}
        Key(const Waiter* waiter) : lane(waiter->lane_) { // NOLINT: as what a set compares
            if (!waiter->is_exclusive_) callid = waiter->callid;
        }

        friend bool operator==(const Key&, const Key&) = default;
    };
    struct KeyHash {
        using is_transparent = void;
        std::size_t operator()(const Key& key) const noexcept {
            const std::size_t lane = std::hash<const Lane*>{}(key.lane);
            return key.callid ? lane ^ detail::hash_text(*key.callid) : lane;
        }
    };
    struct KeyEqual {
        using is_transparent = void;
        bool operator()(const Key& a, const Key& b) const noexcept { return a == b; }
    };

    // --- keys -------------------------------------------------------------------------------------------------------

    [[nodiscard]] Waiter* owner(const Key& key) const {
        const auto at = owners_.find(key);
        return at == owners_.end() ? nullptr : *at;
    }

    // Gives the request its key, unless a reply could then be meant for another one.
    [[nodiscard]] bool own(Waiter& waiter) {
        Lane& lane = *waiter.lane_;
        if (lane.owners != 0 && (lane.has_exclusive_owner || waiter.is_exclusive_)) return false;
        if (!owners_.insert(&waiter).second) return false;
        ++lane.owners;
        lane.has_exclusive_owner = waiter.is_exclusive_;
        return true;
    }

    void disown(const Waiter& waiter) {
        owners_.erase(&waiter);
        --waiter.lane_->owners;
        waiter.lane_->has_exclusive_owner = false;
    }

    static bool is_tombstone(const Waiter* waiter) noexcept {
        return waiter != nullptr && waiter->state_ == State::tombstone;
    }

    [[nodiscard]] bool is_behind_tombstone(const Waiter& waiter) const {
        if (waiter.state_ != State::held_back) return false;
        const Lane& lane = *waiter.lane_;
        if (is_tombstone(owner(&waiter)) || is_tombstone(owner({lane, std::nullopt}))) return true;
        // Whoever has to be alone waits for all the others.
        return waiter.is_exclusive_ && any_tombstone([&](const Waiter& other) { return other.lane_ == &lane; });
    }

    template <class Predicate> [[nodiscard]] bool any_tombstone(Predicate wanted) const {
        for (const Waiter* waiter = tombstones_.front(); waiter != nullptr; waiter = detail::WaiterList::next(*waiter))
            if (wanted(*waiter)) return true;
        return false;
    }

    // The request that was handed over and waits for, or would once have taken, the reply with this key.
    [[nodiscard]] Waiter* find_waiting(const Lane& lane, std::optional<std::string_view> callid) const {
        // Else somebody else's: ours has not left yet.
        const auto if_handed_over = [](Waiter* waiter) {
            return waiter != nullptr && waiter->was_handed_over() ? waiter : nullptr;
        };
        Waiter* const exact = owner({lane, callid});
        if (exact != nullptr || !callid) return if_handed_over(exact);

        Waiter* const waiter = lane.has_exclusive_owner ? if_handed_over(owner({lane, std::nullopt})) : nullptr;
        if (waiter == nullptr || !waiter->reply_may_name_call_) return nullptr;
        return waiter->callid.empty() || waiter->callid == *callid ? waiter : nullptr;
    }

    // --- waiting for one's turn -------------------------------------------------------------------------------------

    void hold_back(Waiter& waiter) {
        waiter.state_ = State::held_back;
        waiter.lane_->held_back.push_back(waiter);
        if (waiter.is_exclusive_) ++waiter.lane_->exclusive_waiting;
    }

    void enqueue(Waiter& waiter) noexcept {
        waiter.state_ = State::queued;
        queue_.push_back(waiter);
    }

    // Those of the lane that need not wait any longer may leave. Nobody overtakes one who has to be alone. Without memory
    // for that they stay where they are until the next batch.
    void advance(Lane& lane) noexcept {
        for (Waiter* next = lane.held_back.front(); next != nullptr;) {
            Waiter& waiter = *next;
            next = detail::WaiterList::next(waiter);
            if (try_to_own(waiter)) {
                lane.held_back.erase(waiter);
                if (waiter.is_exclusive_) --lane.exclusive_waiting;
                enqueue(waiter);
            } else if (waiter.is_exclusive_ || is_behind_) break;
        }
        if (lane.is_unused()) lanes_.leave(lane);
    }

    [[nodiscard]] bool try_to_own(Waiter& waiter) noexcept {
        try {
            return own(waiter);
        } catch (const std::bad_alloc&) {
            is_behind_ = true;
            return false;
        }
    }

    // What `advance` had no memory for. No lane is left here, since one that has somebody waiting is in use.
    void catch_up() {
        lanes_.for_each([this](const Lane& lane) {
            if (Waiter* const waiter = lane.held_back.front()) advance(*waiter->lane_);
        });
    }

    // Back to the head of the queue, from no list; it still owns its lane.
    void requeue(Waiter& waiter) noexcept {
        waiter.state_ = State::queued;
        queue_.push_front(waiter);
        ++queued_;
    }

    // --- endings ----------------------------------------------------------------------------------------------------

    // Those that were handed over, have not ended and satisfy `wanted`, in the order of submission. They are in no list of a
    // state any more, but keep their state, deadline and lane.
    template <class Predicate> detail::WaiterList take_handed_over(Predicate wanted) {
        detail::WaiterList taken;
        for (const detail::WaiterList* const list : {&awaiting_, &writing_})
            list->for_each([&](Waiter& waiter) {
                if (!wanted(waiter)) return;
                leave_list(waiter);
                taken.push_back(waiter);
            });
        taken.sort();
        return taken;
    }

    static void end_as(Waiter& waiter, Errc code) noexcept { waiter.code_ = static_cast<std::uint8_t>(code); }

    // The server has spoken about a request that was handed over.
    Match settle(Waiter& waiter) {
        leave_list(waiter);
        return settle_detached(waiter);
    }

    // The same of one that has left the list of its state.
    Match settle_detached(Waiter& waiter) {
        const RequestId id = waiter.id;
        if (waiter.state_ == State::tombstone) {
            erase_detached_tombstone(waiter);
            return {id, nullptr};
        }
        leave_for_good(waiter);
        return {id, &waiter};
    }

    // Ends a request that has no reply; a tombstone stays if it was handed over to this link.
    void give_up(Waiter& waiter, Errc code) {
        end_as(waiter, code);
        if (!waiter.was_handed_over()) return remove(waiter);
        leave_list(waiter);
        deadlines_.erase(waiter);
        bury(waiter);
    }

    // Puts a tombstone in the place of a request that is in no list any more. If there is no memory for it, the link has to
    // be ended.
    void bury(Waiter& waiter) {
        waiter.state_ = State::ended;
        Waiter* const tombstone = make_tombstone(waiter);
        if (tombstone == nullptr) {
            lacks_tombstone_ = true;
            return vacate(waiter);
        }
        tombstones_.push_back(*tombstone);
        ++tombstone_count_;
        // In its very place: to erase and to insert could need memory.
        if (waiter.lane_ != nullptr) const_cast<Waiter*&>(*owners_.find(Key(&waiter))) = tombstone; // NOLINT
    }

    static Waiter* make_tombstone(const Waiter& waiter) noexcept {
        try {
            return new Tombstone(waiter);
        } catch (const std::bad_alloc&) {
            return nullptr;
        }
    }

    // Out of the list of its state.
    void leave_list(Waiter& waiter) noexcept {
        switch (waiter.state_) {
        case State::queued:
            queue_.erase(waiter);
            --queued_;
            break;
        case State::held_back:
            waiter.lane_->held_back.erase(waiter);
            if (waiter.is_exclusive_) --waiter.lane_->exclusive_waiting;
            --queued_;
            break;
        case State::writing:
            writing_.erase(waiter);
            --in_flight_;
            break;
        case State::awaiting:
            awaiting_.erase(waiter);
            --in_flight_;
            break;
        case State::tombstone:
            tombstones_.erase(waiter);
            --tombstone_count_;
            break;
        case State::ended: break; // it is in none
        }
    }

    // Out of the list of its state and that of the deadlines. It keeps its lane.
    void take_out(Waiter& waiter) noexcept {
        leave_list(waiter);
        deadlines_.erase(waiter);
        waiter.state_ = State::ended;
    }

    // Gives up its key, if it has one, for those that wait behind it.
    void vacate(Waiter& waiter) noexcept {
        if (waiter.lane_ == nullptr) return;
        disown(waiter);
        advance(*waiter.lane_);
    }

    // For good.
    void remove(Waiter& waiter) noexcept {
        const bool is_owner = waiter.state_ != State::held_back;
        take_out(waiter);
        if (is_owner) vacate(waiter);
        else advance(*waiter.lane_);
    }

    // The same of one that was handed over and has left the list of its state.
    void leave_for_good(Waiter& waiter) noexcept {
        deadlines_.erase(waiter);
        waiter.state_ = State::ended;
        vacate(waiter);
    }

    void erase_detached_tombstone(Waiter& waiter) noexcept {
        const std::unique_ptr<Tombstone> tombstone(static_cast<Tombstone*>(&waiter));
        if (tombstones_.empty()) has_waited_in_vain_ = false;
        vacate(waiter);
    }

    template <class Predicate> std::size_t erase_tombstones(Predicate wanted) {
        std::size_t count = 0;
        tombstones_.for_each([&](Waiter& waiter) {
            if (!wanted(waiter)) return;
            ++count;
            leave_list(waiter);
            erase_detached_tombstone(waiter);
        });
        return count;
    }

    Limits limits_;
    Duplicates duplicates_;
    boost::unordered_flat_set<Waiter*, KeyHash, KeyEqual> owners_; // whose reply would be matched
    detail::Lanes lanes_;
    detail::WaiterList queue_; // `queued`, in the order in which they leave
    detail::WaiterList writing_;
    detail::WaiterList awaiting_;
    detail::WaiterList tombstones_;           // owned; `Tombstone`s all
    detail::DeadlineQueue<Waiter> deadlines_; // of all that have not ended
    std::size_t queued_ = 0;
    std::size_t in_flight_ = 0;
    std::size_t tombstone_count_ = 0;
    bool has_waited_in_vain_ = false;     // somebody, behind a tombstone that may still be there
    bool has_sent_without_reply_ = false; // over this link
    bool lacks_tombstone_ = false;        // on this link: there was no memory for one
    bool is_behind_ = false;              // somebody may leave, and there was no memory for that
};

} // namespace lcm

#endif
