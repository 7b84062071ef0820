// SPDX-License-Identifier: BSL-1.0
// Who waits for which reply, until when, and how each request ends. Every decision about a request is made here,
// without socket, thread, clock or JSON: events come in as calls with the time as an argument, endings go out as lists
// of requests, which need no memory.
#ifndef LCM_CLIENT_SESSION_MULTIPLEXER_HPP
#define LCM_CLIENT_SESSION_MULTIPLEXER_HPP

#include <lcm_client/config.hpp>
#include <lcm_client/result.hpp>
#include <lcm_client/session/deadline_queue.hpp>
#include <lcm_client/session/lanes.hpp>
#include <lcm_client/session/link_trust.hpp>
#include <lcm_client/session/owners.hpp>
#include <lcm_client/session/reply_pattern.hpp>
#include <lcm_client/session/text_hash.hpp>
#include <lcm_client/session/waiter.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
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

/// What is waited for under the subtopic of a reply.
enum class Awaited { nothing, with_call, without_call, any };

/// Knows the requests of one client from submission until they have ended and can no longer receive a late reply.
///
/// Replies are recognised by subtopic and call. A request whose reply names no call is alone in its subtopic: nothing
/// else that has a reply of this subtopic is in flight beside it, whichever operation it belongs to.
///
/// A request is `queued`, or `held_back` behind another one whose reply could be taken for its own; then `writing` from
/// the moment it is handed to the transport, `awaiting` its reply from the moment the write has completed, and gone
/// when it has ended. One that was written and ends without its reply leaves a `tombstone`, which swallows the late
/// reply and keeps its key occupied until that reply comes or the link ends: no reply completes another request of this
/// client. When the link is lost, what was handed over ends as unknown, but for read-only requests, which are queued
/// again, once. One of them may be why the link was lost, and would end the next one, too: so each leaves alone. While
/// it is under way nothing else is, and between two of them the others have their turn.
///
/// Every request that `submit` accepted is named exactly once: in a list of those that have ended, in a `Match` that is
/// not late, or by `written`; or its owner has dropped it. It belongs to its owner again then. In the lists they are in
/// the order of submission unless they are in that of their deadlines.
///
/// Memory. Only `submit` and `reply` need some, and when they throw nothing has changed. All else cannot fail: what
/// wants memory and cannot have it ends the link, or waits for the next `take_batch`.
///
/// Not thread-safe; the client calls it on its strand.
class Multiplexer {
public:
    using State = Waiter::State;

    /// `seed` shall be one that nobody else knows: who could choose the ids of calls to fit it could make them slow to
    /// find.
    Multiplexer(const Limits& limits, Duplicates duplicates, std::uint64_t seed)
        : limits_(limits), duplicates_(duplicates), owners_(detail::TextHash(seed)), lanes_(detail::TextHash(~seed)) {}
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
        waiter.has_lost_link_ = false;
        if (lane != nullptr && duplicates_ == Duplicates::refuse && must_wait(waiter)) {
            waiter.end_unsent(Errc::duplicate_in_flight);
            return false;
        }

        owners_.reserve(queued_ + in_flight_ + tombstone_count_ + 1, held_back_ + 1);
        deadlines_.push(waiter);
        ++queued_;
        if (lane == nullptr) enqueue(waiter);
        else if (is_behind_one_alone(*lane) || (waiter.is_exclusive_ && lane->owners != 0)) hold_back(waiter);
        else take_place(waiter);
        return true;
    }

    /// The requests to be handed to the transport now, in order, as far as their number, the limit of requests in
    /// flight, their deadlines and what is known of the peer allow. They are `writing` from here on; whoever hands them
    /// over says so of each (`Waiter::leave`). Valid until the next call.
    [[nodiscard]] detail::WaiterRun take_batch(TimePoint now, std::size_t at_most,
                                               LinkTrust::Allowance allowance = LinkTrust::Allowance::any) {
        if (allowance == LinkTrust::Allowance::nothing || at_most == 0 || is_one_alone_under_way()) return {};
        if (Waiter* const again = first_before_deadline(again_, now)) {
            if (in_flight_ != 0) return {};
            const bool others_may = !queue_.empty() && again_count_ < limits_.in_flight;
            if (!is_turn_of_others_ || !others_may) {
                is_turn_of_others_ = true;
                return take_alone(*again);
            }
            is_turn_of_others_ = false;
        }
        if (allowance == LinkTrust::Allowance::one_under_way) return take_one(now);
        Waiter* first = nullptr;
        std::size_t size = 0;
        // Those that leave again keep their room: however many links are lost, no more of them collect.
        const std::size_t room = limits_.in_flight - (std::min)(again_count_, limits_.in_flight);
        for (Waiter* next = queue_.front(); next != nullptr && size < at_most && in_flight_ < room;) {
            Waiter& waiter = *next;
            next = detail::WaiterList::next(waiter);
            if (waiter.deadline <= now) continue; // left for `expire`: nothing leaves after its deadline
            if (size++ == 0) first = &waiter;
            take(waiter);
        }
        return first == nullptr ? detail::WaiterRun() : detail::WaiterRun(*first, size);
    }

    /// The batch that was taken last could not be handed over: all of it is queued again, as it was.
    void take_back(const detail::WaiterRun& batch) {
        detail::WaiterList again;
        batch.for_each([&](Waiter& waiter) {
            leave_list(waiter);
            again.push_front(waiter);
        });
        while (Waiter* const waiter = again.pop_front()) requeue(*waiter);
    }

    /// The batch has been written. The requests that have ended thereby, since the server does not reply to them;
    /// unless it is still to be confirmed that they have arrived (`begin_confirming`).
    [[nodiscard]] detail::WaiterList written(bool is_confirmed = true) {
        detail::WaiterList ended;
        writing_.for_each([&](Waiter& waiter) {
            if (waiter.lane_ == nullptr) has_sent_without_reply_ = true;
            if (waiter.lane_ == nullptr && is_confirmed) {
                take_out(waiter);
                return ended.push_back(waiter);
            }
            writing_.erase(waiter);
            waiter.state_ = State::awaiting;
            awaiting_.push_back(waiter);
        });
        // Also if it was given up meanwhile: there is no late reply to wait for.
        if (tombstones_without_reply_ != 0) {
            has_sent_without_reply_ = true;
            erase_tombstones([](const Waiter& waiter) { return waiter.lane_ == nullptr; });
        }
        return ended;
    }

    /// It is about to be confirmed that what has been written has arrived. Returns whether a request waits for that.
    [[nodiscard]] bool begin_confirming() noexcept {
        bool has_some = false;
        for_each_unconfirmed([&](Waiter& waiter) { has_some = waiter.is_confirming_ = true; });
        return has_some;
    }

    /// It has been confirmed: the requests that waited for it and have ended thereby.
    [[nodiscard]] detail::WaiterList confirmed() noexcept {
        detail::WaiterList ended;
        for_each_unconfirmed([&](Waiter& waiter) {
            if (!waiter.is_confirming_) return;
            take_out(waiter);
            ended.push_back(waiter);
        });
        return ended;
    }

    /// What can be a reply has come: the request that it belongs to, or nothing if nobody waits for it. `could_be_echo`
    /// says that it has the form of a request, as an echo of one has, and rarely a reply.
    [[nodiscard]] std::optional<Match> reply(std::string_view subtopic, std::optional<std::string_view> callid,
                                             bool could_be_echo) {
        Waiter* const waiter = find_for_reply(subtopic, callid, could_be_echo);
        if (waiter == nullptr) return std::nullopt;
        return settle(*waiter);
    }

    /// Whether `reply` would find somebody.
    [[nodiscard]] bool expects(std::string_view subtopic, std::optional<std::string_view> callid, bool could_be_echo) {
        return find_for_reply(subtopic, callid, could_be_echo) != nullptr;
    }

    /// An error has come that names a call: shows every request for it that was handed over to `visit(Match)`, which
    /// must not come back here, and must not throw.
    template <class Visitor> void error_for_call(std::string_view callid, Visitor visit) {
        detail::WaiterList meant = take_for_call(callid);
        meant.sort();
        while (Waiter* const waiter = meant.pop_front()) visit(settle_detached(*waiter));
    }

    /// Whether an error that names this call, or none, would be meant for somebody.
    [[nodiscard]] bool expects_error(const std::optional<std::string>& callid) const {
        if (!callid) return has_only_one_to_refuse();
        bool is_expected = false;
        for_each_meant(*callid, [&](Waiter&) { is_expected = true; });
        return is_expected;
    }

    /// An error has come that names no call: the one request that it can be meant for. With several in flight, with one
    /// that was given up, or after one without a reply, which could be meant as well, that cannot be known.
    [[nodiscard]] std::optional<Match> error_without_call() {
        if (!has_only_one_to_refuse()) return std::nullopt;
        return settle(writing_.empty() ? *awaiting_.front() : *writing_.front());
    }

    /// Something has come from the server, whatever it is.
    void hear() noexcept { ++heard_; }

    /// Whether a request has run out of time since the last look for which nothing was heard after it had been handed
    /// over.
    [[nodiscard]] bool take_silence() noexcept { return std::exchange(has_met_silence_, false); }

    /// Shows each request that was handed over and has not ended to `visit(const Waiter&)`.
    template <class Visitor> void for_each_in_flight(Visitor visit) const {
        for (const detail::WaiterList* const list : {&awaiting_, &writing_})
            list->for_each([&](const Waiter& waiter) { visit(waiter); });
    }

    /// Shows each request for this call that was handed over and has not ended, however many others there are.
    template <class Visitor> void for_each_of_call(std::string_view callid, Visitor visit) const {
        lanes_.for_each([&](const Lane& lane) {
            if (lane.owners == 0) return;
            Waiter* const waiter = lane.exclusive_owner != nullptr ? lane.exclusive_owner : owners_.find(lane, callid);
            if (waiter == nullptr || !waiter->was_handed_over() || is_tombstone(waiter)) return;
            if (waiter->callid == callid) visit(*waiter);
        });
    }

    /// The subtopic of a reply as a request gave it, if it was one's; else nothing. Valid until the next call.
    [[nodiscard]] std::string_view known_name(std::string_view subtopic) {
        const detail::Lanes::Place place = lanes_.find(subtopic);
        return place.lane == nullptr ? std::string_view() : place.lane->subtopic;
    }

    /// What replies with this subtopic have to name, for those that wait for one.
    [[nodiscard]] Awaited awaited(std::string_view subtopic) {
        const Lane* const lane = lanes_.find(subtopic).lane;
        if (lane == nullptr || lane->owners == 0) return Awaited::nothing;
        const Waiter* const waiter = lane->exclusive_owner;
        if (waiter == nullptr) return Awaited::with_call;
        if (!waiter->was_handed_over() || is_tombstone(waiter)) return Awaited::nothing;
        return waiter->reply_may_name_call_ ? Awaited::any : Awaited::without_call;
    }

    /// Ends what has reached its deadline.
    [[nodiscard]] detail::WaiterList expire(TimePoint now) {
        detail::WaiterList ended;
        while (!deadlines_.empty() && deadlines_.front().deadline <= now) {
            Waiter& waiter = deadlines_.front();
            has_waited_in_vain_ = has_waited_in_vain_ || is_behind_tombstone(waiter);
            has_met_silence_ = has_met_silence_ || (waiter.was_handed_over() && waiter.heard_or_code_ == heard_);
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

    /// Ends one request of the batch that was taken last, which is not handed over after all.
    void withdraw(Waiter& waiter, Errc code) {
        end_as(waiter, code);
        remove(waiter);
    }

    /// The link is about to be lost, since a message was too large to be read: ends the read-only request whose reply
    /// it was, as `bad_reply`, if that can be known; null otherwise. `subtopic` and `callid` are those of the message,
    /// as far as they were read. If not even the subtopic is known, it can be meant for the only request that reads
    /// something.
    [[nodiscard]] Waiter* end_too_large(std::string_view subtopic, std::optional<std::string_view> callid) {
        Waiter* const meant = subtopic.empty() ? only_reader() : find_named(subtopic, callid);
        if (meant == nullptr || meant->state_ == State::tombstone || !meant->is_read_only) return nullptr;
        end_as(*meant, Errc::bad_reply);
        remove(*meant);
        return meant;
    }

    /// The link is lost: ends what was handed over, as unknown, and forgets the tombstones. What has not left stays,
    /// and what is read-only is queued again, the first time.
    [[nodiscard]] detail::WaiterList link_lost(Errc code) {
        detail::WaiterList ended;
        detail::WaiterList again;
        erase_tombstones([](const Waiter&) { return true; });
        detail::WaiterList lost = take_handed_over([](const Waiter&) { return true; });
        while (Waiter* const waiter = lost.pop_front()) {
            if (waiter->is_read_only && !waiter->has_lost_link_) {
                waiter->has_lost_link_ = true;
                again.push_front(*waiter);
                continue;
            }
            leave_for_good(*waiter);
            end_as(*waiter, code);
            ended.push_back(*waiter);
        }
        while (Waiter* const waiter = again.pop_front()) requeue(*waiter);
        has_waited_in_vain_ = false;
        has_met_silence_ = false;
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
            if (waiter.state_ == State::awaiting && waiter.lane_ == nullptr) waiter.state_ = State::ended;
            else bury(waiter);
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
        owners_.release_followers([&](Waiter& waiter) {
            --held_back_;
            --queued_;
            deadlines_.erase(waiter);
            waiter.state_ = State::ended;
            end_as(waiter, code);
            ended.push_back(waiter);
        });
        lanes_.for_each([&](const Lane& lane) { lane.held_back.for_each(end); });
        for (const detail::WaiterList* const list : {&again_, &queue_})
            while (Waiter* const waiter = list->front()) {
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

    /// More requests were given up on this link than may be remembered, or than there is memory for: it has to be
    /// ended, since forgetting one could let its late reply complete another request.
    [[nodiscard]] bool has_too_many_tombstones() const noexcept {
        return tombstone_count_ > limits_.tombstones || lacks_tombstone_;
    }

    /// A request has run out of time behind one that was given up, whose late reply it had to wait for, and nothing is
    /// in flight that would suffer: the link has to be ended, since that reply may never come.
    [[nodiscard]] bool is_stuck() const noexcept { return has_waited_in_vain_ && in_flight_ == 0; }

    /// Whether something could be handed over now, if the limits allow it.
    [[nodiscard]] bool has_backlog() const noexcept { return !queue_.empty() || !again_.empty(); }

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

    // --- keys -------------------------------------------------------------------------------------------------------

    void disown(const Waiter& waiter) noexcept {
        Lane& lane = *waiter.lane_;
        if (waiter.is_exclusive_) lane.exclusive_owner = nullptr;
        else if (Waiter* const heir = owners_.erase(waiter)) return enqueue(*heir);
        --lane.owners;
    }

    static bool is_tombstone(const Waiter* waiter) noexcept {
        return waiter != nullptr && waiter->state_ == State::tombstone;
    }

    [[nodiscard]] bool is_behind_tombstone(const Waiter& waiter) const {
        if (waiter.state_ != State::held_back) return false;
        const Lane& lane = *waiter.lane_;
        if (is_tombstone(lane.exclusive_owner)) return true;
        // Whoever has to be alone waits for all the others.
        return waiter.is_exclusive_ ? lane.tombstones != 0 : is_tombstone(owners_.find(waiter));
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
        Waiter* const exact = callid ? owners_.find(lane, *callid) : lane.exclusive_owner;
        if (exact != nullptr || !callid) return if_handed_over(exact);

        Waiter* const waiter = if_handed_over(lane.exclusive_owner);
        if (waiter == nullptr || !waiter->reply_may_name_call_) return nullptr;
        return waiter->callid.empty() || waiter->callid == *callid ? waiter : nullptr;
    }

    [[nodiscard]] Waiter* find_for_reply(std::string_view subtopic, std::optional<std::string_view> callid,
                                         bool could_be_echo) {
        const detail::Lanes::Place place = lanes_.find(subtopic);
        Waiter* const waiter = place.lane == nullptr ? nullptr : find_waiting(*place.lane, callid);
        if (waiter == nullptr) return nullptr;
        return could_be_echo && (waiter->reply_repeats_name_ || place.is_alias) ? nullptr : waiter;
    }

    [[nodiscard]] bool has_only_one_to_refuse() const noexcept {
        return in_flight_ == 1 && tombstones_.empty() && !has_sent_without_reply_;
    }

    // The request that was handed over and whose reply is called so; nothing if there are several.
    [[nodiscard]] Waiter* find_named(std::string_view subtopic, std::optional<std::string_view> callid) {
        const Lane* const lane = lanes_.find(subtopic).lane;
        if (lane == nullptr) return nullptr;
        if (callid) return find_waiting(*lane, callid);
        if (lane->tombstones != 0) return nullptr;
        return only_one_handed_over([lane](const Waiter& waiter) { return waiter.lane_ == lane; });
    }

    // The only read-only request that was handed over.
    [[nodiscard]] Waiter* only_reader() const {
        const auto is_reader = [](const Waiter& waiter) { return waiter.is_read_only; };
        return any_tombstone(is_reader) ? nullptr : only_one_handed_over(is_reader);
    }

    // The one that was handed over, has not ended and satisfies `wanted`; nothing if there are several.
    template <class Predicate> [[nodiscard]] Waiter* only_one_handed_over(Predicate wanted) const {
        Waiter* one = nullptr;
        std::size_t count = 0;
        for (const detail::WaiterList* const list : {&awaiting_, &writing_})
            list->for_each([&](Waiter& waiter) {
                if (!wanted(waiter)) return;
                one = &waiter;
                ++count;
            });
        return count == 1 ? one : nullptr;
    }

    // Shows those about this call that were handed over; `visit` may take out the one that it is shown. There are few
    // lanes, whatever is under way in them.
    template <class Visitor> void for_each_meant(std::string_view callid, Visitor visit) const {
        const auto visit_if_meant = [&](Waiter* waiter) {
            if (waiter != nullptr && waiter->was_handed_over() && waiter->callid == callid) visit(*waiter);
        };
        lanes_.for_each([&](const Lane& lane) {
            if (lane.owners == 0) return;
            visit_if_meant(lane.exclusive_owner != nullptr ? lane.exclusive_owner : owners_.find(lane, callid));
        });
        const auto visit_without_reply = [&](Waiter& waiter) {
            if (waiter.lane_ == nullptr) visit_if_meant(&waiter);
        };
        if (without_reply_ != 0)
            for (const detail::WaiterList* const list : {&awaiting_, &writing_}) list->for_each(visit_without_reply);
        if (tombstones_without_reply_ != 0) tombstones_.for_each(visit_without_reply);
    }

    // Those about this call that were handed over, out of their lists.
    [[nodiscard]] detail::WaiterList take_for_call(std::string_view callid) {
        detail::WaiterList taken;
        for_each_meant(callid, [&](Waiter& waiter) {
            leave_list(waiter);
            taken.push_back(waiter);
        });
        return taken;
    }

    // --- waiting for one's turn -------------------------------------------------------------------------------------

    // Whether it has to wait for all of the lane, or whoever has to be alone was there before it.
    static bool is_behind_one_alone(const Lane& lane) noexcept {
        return lane.exclusive_owner != nullptr || lane.exclusive_waiting != 0;
    }

    [[nodiscard]] bool must_wait(const Waiter& waiter) const noexcept {
        const Lane& lane = *waiter.lane_;
        if (is_behind_one_alone(lane)) return true;
        return waiter.is_exclusive_ ? lane.owners != 0 : owners_.find(waiter) != nullptr;
    }

    void hold_back(Waiter& waiter) noexcept {
        set_held_back(waiter);
        waiter.lane_->held_back.push_back(waiter);
        if (waiter.is_exclusive_) ++waiter.lane_->exclusive_waiting;
    }

    void set_held_back(Waiter& waiter) noexcept {
        if (waiter.state_ != State::held_back) ++held_back_;
        waiter.state_ = State::held_back;
    }

    void enqueue(Waiter& waiter) noexcept {
        if (waiter.state_ == State::held_back) --held_back_;
        waiter.state_ = State::queued;
        queue_.push_back(waiter);
    }

    // Gives the request its key, or the last place behind who has it.
    void take_place(Waiter& waiter) noexcept {
        Lane& lane = *waiter.lane_;
        if (waiter.is_exclusive_) {
            lane.exclusive_owner = &waiter;
        } else if (Waiter* const owner = owners_.insert(waiter)) {
            set_held_back(waiter);
            return owners_.follow(*owner, waiter);
        }
        ++lane.owners;
        enqueue(waiter);
    }

    // Those of the lane that need not wait for it any longer take their places. Nobody overtakes one who has to be
    // alone.
    void advance(Lane& lane) noexcept {
        while (lane.exclusive_owner == nullptr && !lane.held_back.empty()) {
            Waiter& next = *lane.held_back.front();
            if (next.is_exclusive_ && lane.owners != 0) break;
            lane.held_back.erase(next);
            if (next.is_exclusive_) --lane.exclusive_waiting;
            take_place(next);
        }
        if (lane.is_unused()) lanes_.leave(lane);
    }

    // Back to the head of where it leaves from; it is in no list, and still owns its key.
    void requeue(Waiter& waiter) noexcept {
        waiter.state_ = State::queued;
        if (waiter.has_lost_link_) ++again_count_;
        (waiter.has_lost_link_ ? again_ : queue_).push_front(waiter);
        ++queued_;
    }

    // --- under way --------------------------------------------------------------------------------------------------

    static Waiter* first_before_deadline(const detail::WaiterList& list, TimePoint now) noexcept {
        Waiter* waiter = list.front();
        while (waiter != nullptr && waiter->deadline <= now) waiter = detail::WaiterList::next(*waiter);
        return waiter;
    }

    [[nodiscard]] bool is_one_alone_under_way() const noexcept {
        if (in_flight_ != 1) return false;
        return (writing_.empty() ? awaiting_ : writing_).front()->has_lost_link_;
    }

    // Into the batch.
    void take(Waiter& waiter) noexcept {
        leave_queue(waiter);
        waiter.state_ = State::writing;
        waiter.heard_or_code_ = heard_;
        waiter.is_confirming_ = false;
        writing_.push_back(waiter);
        if (waiter.lane_ == nullptr) ++without_reply_;
        ++in_flight_;
    }

    void leave_queue(Waiter& waiter) noexcept {
        if (waiter.has_lost_link_) --again_count_;
        (waiter.has_lost_link_ ? again_ : queue_).erase(waiter);
        --queued_;
    }

    [[nodiscard]] detail::WaiterRun take_alone(Waiter& waiter) noexcept {
        take(waiter);
        return {waiter, 1};
    }

    // The first that may be sent again if the link turns out to be none, or else the first.
    [[nodiscard]] detail::WaiterRun take_one(TimePoint now) noexcept {
        if (in_flight_ != 0) return {};
        Waiter* one = first_before_deadline(queue_, now);
        for (Waiter* next = one; next != nullptr; next = detail::WaiterList::next(*next))
            if (next->is_read_only && next->deadline > now) return take_alone(*next);
        return one == nullptr ? detail::WaiterRun() : take_alone(*one);
    }

    // --- endings ----------------------------------------------------------------------------------------------------

    // Those that were handed over, have not ended and satisfy `wanted`, in the order of submission. They are in no list
    // of a state any more, but keep their state, deadline and lane.
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

    static void end_as(Waiter& waiter, Errc code) noexcept { waiter.heard_or_code_ = static_cast<std::uint8_t>(code); }

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

    // Those that have been written, to which the server does not reply.
    template <class Visitor> void for_each_unconfirmed(Visitor visit) {
        if (without_reply_ == 0) return;
        awaiting_.for_each([&](Waiter& waiter) {
            if (waiter.lane_ == nullptr) visit(waiter);
        });
    }

    // Ends a request that has no reply; a tombstone stays if it was handed over to this link, and may be answered.
    void give_up(Waiter& waiter, Errc code) {
        end_as(waiter, code);
        const bool is_unconfirmed = waiter.state_ == State::awaiting && waiter.lane_ == nullptr;
        if (!waiter.was_handed_over() || is_unconfirmed) return remove(waiter);
        leave_list(waiter);
        deadlines_.erase(waiter);
        bury(waiter);
    }

    // Puts a tombstone in the place of a request that is in no list any more. If there is no memory for it, the link
    // has to be ended.
    void bury(Waiter& waiter) {
        waiter.state_ = State::ended;
        Waiter* const tombstone = make_tombstone(waiter);
        if (tombstone == nullptr) {
            lacks_tombstone_ = true;
            return vacate(waiter);
        }
        tombstones_.push_back(*tombstone);
        ++tombstone_count_;
        if (waiter.lane_ == nullptr) {
            ++tombstones_without_reply_;
            return;
        }
        ++waiter.lane_->tombstones;
        if (waiter.is_exclusive_) waiter.lane_->exclusive_owner = tombstone;
        else owners_.replace(waiter, *tombstone);
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
        case State::queued: leave_queue(waiter); break;
        case State::held_back:
            leave_held_back(waiter);
            --held_back_;
            --queued_;
            break;
        case State::writing:
            writing_.erase(waiter);
            if (waiter.lane_ == nullptr) --without_reply_;
            --in_flight_;
            break;
        case State::awaiting:
            awaiting_.erase(waiter);
            if (waiter.lane_ == nullptr) --without_reply_;
            --in_flight_;
            break;
        case State::tombstone:
            tombstones_.erase(waiter);
            --(waiter.lane_ == nullptr ? tombstones_without_reply_ : waiter.lane_->tombstones);
            --tombstone_count_;
            break;
        case State::ended: break; // it is in none
        }
    }

    void leave_held_back(Waiter& waiter) noexcept {
        if (waiter.is_follower_) return owners_.unfollow(waiter);
        waiter.lane_->held_back.erase(waiter);
        if (waiter.is_exclusive_) --waiter.lane_->exclusive_waiting;
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
    detail::Owners owners_; // whose reply would be matched, where it names a call; the others are in their lanes
    detail::Lanes lanes_;
    detail::WaiterList queue_; // `queued`, in the order in which they leave
    detail::WaiterList again_; // `queued` as well: those that have lost a link, and leave one by one
    detail::WaiterList writing_;
    detail::WaiterList awaiting_;
    detail::WaiterList tombstones_;           // owned; `Tombstone`s all
    detail::DeadlineQueue<Waiter> deadlines_; // of all that have not ended
    std::size_t queued_ = 0;
    std::size_t held_back_ = 0;   // of those
    std::size_t again_count_ = 0; // of those: in `again_`
    std::size_t in_flight_ = 0;
    std::size_t without_reply_ = 0; // of those
    std::size_t tombstone_count_ = 0;
    std::size_t tombstones_without_reply_ = 0; // the write that may still be under way has to end for these
    std::uint8_t heard_ = 0;                   // how many messages, as far as that can tell one moment from another
    bool is_turn_of_others_ = false;           // and not of those that have lost a link
    bool has_waited_in_vain_ = false;          // somebody, behind a tombstone that may still be there
    bool has_met_silence_ = false;             // somebody whose time has run out
    bool has_sent_without_reply_ = false;      // over this link
    bool lacks_tombstone_ = false;             // on this link: there was no memory for one
};

} // namespace lcm

#endif
