// SPDX-License-Identifier: BSL-1.0
// Who waits for which reply, until when, and how each request ends. Every decision about a request is made here,
// without socket, thread, clock or JSON: events come in as calls with the time as an argument, endings go out as values.
#ifndef LCM_CLIENT_SESSION_MULTIPLEXER_HPP
#define LCM_CLIENT_SESSION_MULTIPLEXER_HPP

#include <lcm_client/config.hpp>
#include <lcm_client/result.hpp>
#include <lcm_client/session/deadline_queue.hpp>
#include <lcm_client/session/lanes.hpp>
#include <lcm_client/session/owners.hpp>
#include <lcm_client/session/text_hash.hpp>
#include <lcm_client/session/waiter.hpp>

#include <boost/unordered/unordered_flat_map.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lcm {

/// A request has ended without its reply: why, and what became of it. It belongs to its owner again.
struct Ending {
    Waiter* waiter;
    Errc code;
    Delivery delivery;
};

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
/// When the link is lost, what was handed over ends as unknown, but for read-only requests, which are queued again, once.
/// One of them may be why the link was lost, and would end the next one, too: so each leaves alone. While it is under way
/// nothing else is, and between two of them the others have their turn.
///
/// Every request that `submit` accepted is named exactly once: in an `Ending`, in a `Match` that is not late, or by
/// `written`; or its owner has dropped it.
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
    Multiplexer(Multiplexer&&) = default;
    Multiplexer& operator=(Multiplexer&&) = default;

    /// Takes a request, or says that it has ended at once: `duplicate_in_flight`, not sent.
    [[nodiscard]] std::optional<Ending> submit(Waiter& waiter, const ReplyPattern& reply) {
        Lane* const lane = reply.subtopic.empty() ? nullptr : &lanes_.enter(reply.subtopic, reply.also);
        waiter.lane_ = lane;
        waiter.is_exclusive_ = lane != nullptr && !reply.names_call;
        waiter.reply_may_name_call_ = reply.may_name_call;
        waiter.reply_repeats_name_ = reply.repeats_name;
        waiter.has_left_ = false;
        waiter.has_lost_link_ = false;
        if (lane != nullptr && duplicates_ == Duplicates::refuse && must_wait(waiter))
            return Ending{&waiter, Errc::duplicate_in_flight, Delivery::not_sent};

        owners_.reserve(queued_ + in_flight_ + tombstones_.size() + 1, held_back_ + 1);
        deadlines_.push(waiter);
        ++queued_;
        if (lane == nullptr) enqueue(waiter);
        else if (is_behind_one_alone(*lane) || (waiter.is_exclusive_ && lane->owners != 0)) hold_back(waiter);
        else take_place(waiter);
        return std::nullopt;
    }

    /// The requests to be handed to the transport now, in order, as far as their number, the limit of requests in flight
    /// and their deadlines allow. They are `writing` from here on. Valid until the next call.
    [[nodiscard]] const std::vector<Waiter*>& take_batch(TimePoint now, std::size_t at_most) {
        batch_.clear();
        if (at_most == 0 || is_one_alone_under_way()) return batch_;
        if (Waiter* const again = first_before_deadline(again_, now)) {
            if (in_flight_ != 0) return batch_;
            if (!is_turn_of_others_ || queue_.empty()) {
                is_turn_of_others_ = true;
                batch_.push_back(again);
                hand_over(*again);
                return batch_;
            }
            is_turn_of_others_ = false;
        }
        for (Waiter* next = queue_.front();
             next != nullptr && batch_.size() < at_most && in_flight_ < limits_.in_flight;) {
            Waiter& waiter = *next;
            next = detail::WaiterList::next(waiter);
            if (waiter.deadline <= now) continue; // left for `expire`: nothing leaves after its deadline
            batch_.push_back(&waiter);
            hand_over(waiter);
        }
        return batch_;
    }

    /// The batch has been written. The requests that have ended thereby, since the server does not reply to them.
    [[nodiscard]] std::vector<Waiter*> written() {
        std::vector<Waiter*> ended;
        writing_.for_each([&](Waiter& waiter) {
            if (waiter.lane_ == nullptr) return ended.push_back(&waiter);
            writing_.erase(waiter);
            waiter.state_ = State::awaiting;
            awaiting_.push_back(waiter);
        });
        for (Waiter* const waiter : ended) remove(*waiter);
        // Also if it was given up meanwhile: there is no late reply to wait for.
        const std::size_t given_up = tombstones_without_reply_ == 0 ? 0 : erase_tombstones([](const Waiter& waiter) {
            return waiter.lane_ == nullptr;
        });
        has_sent_without_reply_ = has_sent_without_reply_ || given_up != 0 || !ended.empty();
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

    /// An error has come that names a call: every request for it that was handed over.
    [[nodiscard]] std::vector<Match> error_for_call(std::string_view callid) {
        std::vector<Waiter*> meant = find_for_call(callid);
        sort(meant);
        std::vector<Match> matches;
        for (Waiter* const waiter : meant) matches.push_back(settle(*waiter));
        return matches;
    }

    /// Whether an error that names this call, or none, would be meant for somebody.
    [[nodiscard]] bool expects_error(const std::optional<std::string>& callid) const {
        return callid ? !find_for_call(*callid).empty() : has_only_one_to_refuse();
    }

    /// An error has come that names no call: the one request that it can be meant for. With several in flight, with one
    /// that was given up, or after one without a reply, which could be meant as well, that cannot be known.
    [[nodiscard]] std::optional<Match> error_without_call() {
        if (!has_only_one_to_refuse()) return std::nullopt;
        return settle(writing_.empty() ? *awaiting_.front() : *writing_.front());
    }

    /// Ends what has reached its deadline.
    [[nodiscard]] std::vector<Ending> expire(TimePoint now) {
        std::vector<Ending> endings;
        while (!deadlines_.empty() && deadlines_.front().deadline <= now) {
            Waiter& waiter = deadlines_.front();
            has_waited_in_vain_ = has_waited_in_vain_ || is_behind_tombstone(waiter);
            endings.push_back(give_up(waiter, Errc::timed_out));
        }
        return endings;
    }

    /// Ends one request at the caller's wish; nothing if it has already ended.
    [[nodiscard]] std::optional<Ending> cancel(Waiter& waiter) {
        if (waiter.state_ == State::ended) return std::nullopt;
        return give_up(waiter, Errc::cancelled);
    }

    /// Forgets a request that its owner has ended before it was handed over.
    void drop(Waiter& waiter) {
        if (waiter.state_ != State::ended) remove(waiter);
    }

    /// The link is about to be lost, since a message was too large to be read: ends the read-only request whose reply it
    /// was, as `bad_reply`, if that can be known. `subtopic` and `callid` are those of the message, as far as they were
    /// read. If not even the subtopic is known, it can be meant for the only request that reads something.
    [[nodiscard]] std::optional<Ending> end_too_large(std::string_view subtopic,
                                                      std::optional<std::string_view> callid) {
        Waiter* const meant = subtopic.empty() ? only_reader() : find_named(subtopic, callid);
        if (meant == nullptr || meant->state_ == State::tombstone || !meant->is_read_only) return std::nullopt;
        remove(*meant);
        return Ending{meant, Errc::bad_reply, Delivery::unknown};
    }

    /// The link is lost: ends what was handed over, as unknown, and forgets the tombstones. What has not left stays, and
    /// what is read-only is queued again, the first time.
    [[nodiscard]] std::vector<Ending> link_lost(Errc code) {
        std::vector<Ending> endings;
        std::vector<Waiter*> again;
        erase_tombstones([](const Waiter&) { return true; });
        for (Waiter* const waiter : handed_over([](const Waiter&) { return true; })) {
            if (waiter->is_read_only && !waiter->has_lost_link_) {
                again.push_back(waiter);
                continue;
            }
            endings.push_back({waiter, code, Delivery::unknown});
            remove(*waiter);
        }
        std::for_each(again.rbegin(), again.rend(), [this](Waiter* waiter) { requeue(*waiter); });
        has_waited_in_vain_ = false;
        has_sent_without_reply_ = false;
        return endings;
    }

    /// Ends what was handed over, as unknown, while the link stays: each leaves a tombstone. What is read-only goes on
    /// waiting.
    [[nodiscard]] std::vector<Ending> doubt_written(Errc code) {
        std::vector<Ending> endings;
        for (Waiter* const waiter : handed_over([](const Waiter& waiter) { return !waiter.is_read_only; }))
            endings.push_back(give_up(*waiter, code));
        return endings;
    }

    /// Ends what waits to be handed over.
    [[nodiscard]] std::vector<Ending> end_unsent(Errc code) {
        std::vector<Waiter*> unsent;
        const auto add = [&unsent](Waiter& waiter) { unsent.push_back(&waiter); };
        again_.for_each(add);
        queue_.for_each(add);
        owners_.for_each_follower(add);
        lanes_.for_each([&](const Lane& lane) { lane.held_back.for_each(add); });
        sort(unsent);
        std::vector<Ending> endings;
        for (Waiter* const waiter : unsent) endings.push_back(give_up(*waiter, code));
        return endings;
    }

    /// When `expire` has to be called next.
    [[nodiscard]] std::optional<TimePoint> next_deadline() const {
        if (deadlines_.empty()) return std::nullopt;
        return deadlines_.front().deadline;
    }

    /// More requests were given up on this link than may be remembered: it has to be ended, since forgetting one could
    /// let its late reply complete another request.
    [[nodiscard]] bool has_too_many_tombstones() const noexcept { return tombstones_.size() > limits_.tombstones; }

    /// A request has run out of time behind one that was given up, whose late reply it had to wait for, and nothing is in
    /// flight that would suffer: the link has to be ended, since that reply may never come.
    [[nodiscard]] bool is_stuck() const noexcept { return has_waited_in_vain_ && in_flight_ == 0; }

    /// Whether something could be handed over now, if the limits allow it.
    [[nodiscard]] bool has_backlog() const noexcept { return !queue_.empty() || !again_.empty(); }

    /// Whether the request with this id was given up, and its late reply may still come.
    [[nodiscard]] bool has_tombstone(RequestId id) const { return tombstones_.contains(id); }

    [[nodiscard]] std::size_t queued() const noexcept { return queued_; }       ///< not handed over, held back included
    [[nodiscard]] std::size_t in_flight() const noexcept { return in_flight_; } ///< handed over and not ended
    [[nodiscard]] std::size_t tombstones() const noexcept { return tombstones_.size(); }

private:
    using Lane = detail::Lane;

    // Stands for a request that has ended, and belongs to its owner again.
    struct Tombstone {
        explicit Tombstone(const Waiter& ended) : waiter(ended), callid(ended.callid) {
            waiter.callid = callid;
            waiter.state_ = State::tombstone;
        }
        Tombstone(const Tombstone&) = delete;
        Tombstone& operator=(const Tombstone&) = delete;
        ~Tombstone() = default;

        Waiter waiter;
        std::string callid;
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
        const auto in_lane = handed_over([lane](const Waiter& waiter) { return waiter.lane_ == lane; });
        return in_lane.size() == 1 && lane->tombstones == 0 ? in_lane.front() : nullptr;
    }

    // The only read-only request that was handed over.
    [[nodiscard]] Waiter* only_reader() const {
        for (const auto& [id, tombstone] : tombstones_)
            if (tombstone->waiter.is_read_only) return nullptr;
        const auto readers = handed_over([](const Waiter& waiter) { return waiter.is_read_only; });
        return readers.size() == 1 ? readers.front() : nullptr;
    }

    // Those about this call that were handed over. There are few lanes, whatever is under way in them.
    [[nodiscard]] std::vector<Waiter*> find_for_call(std::string_view callid) const {
        std::vector<Waiter*> found;
        const auto add_if_meant = [&](Waiter* waiter) {
            if (waiter != nullptr && waiter->was_handed_over() && waiter->callid == callid) found.push_back(waiter);
        };
        lanes_.for_each([&](const Lane& lane) {
            if (lane.owners == 0) return;
            add_if_meant(lane.exclusive_owner != nullptr ? lane.exclusive_owner : owners_.find(lane, callid));
        });
        const auto add_if_without_reply = [&](Waiter& waiter) {
            if (waiter.lane_ == nullptr) add_if_meant(&waiter);
        };
        if (without_reply_ != 0) writing_.for_each(add_if_without_reply);
        if (tombstones_without_reply_ != 0)
            for (const auto& [id, tombstone] : tombstones_) add_if_without_reply(tombstone->waiter);
        return found;
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

    // Back to where it can leave alone, before those that are there; it still owns its key.
    void requeue(Waiter& waiter) {
        take_from_link(waiter);
        waiter.state_ = State::queued;
        waiter.has_lost_link_ = true;
        again_.push_front(waiter);
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

    void hand_over(Waiter& waiter) noexcept {
        (waiter.has_lost_link_ ? again_ : queue_).erase(waiter);
        --queued_;
        waiter.state_ = State::writing;
        waiter.has_left_ = true;
        writing_.push_back(waiter);
        ++in_flight_;
        if (waiter.lane_ == nullptr) ++without_reply_;
    }

    void take_from_link(Waiter& waiter) noexcept {
        const bool is_writing = waiter.state_ == State::writing;
        (is_writing ? writing_ : awaiting_).erase(waiter);
        --in_flight_;
        if (is_writing && waiter.lane_ == nullptr) --without_reply_;
    }

    // --- endings ----------------------------------------------------------------------------------------------------

    static void sort(std::vector<Waiter*>& waiters) {
        const auto is_older = [](const Waiter* a, const Waiter* b) { return a->id < b->id; };
        // They most often are: sorting many costs more than the look at them.
        if (!std::is_sorted(waiters.begin(), waiters.end(), is_older))
            std::sort(waiters.begin(), waiters.end(), is_older);
    }

    // Those that were handed over, have not ended and satisfy `wanted`, in the order of submission.
    template <class Predicate> std::vector<Waiter*> handed_over(Predicate wanted) const {
        std::vector<Waiter*> waiters;
        for (const detail::WaiterList* const list : {&awaiting_, &writing_})
            list->for_each([&](Waiter& waiter) {
                if (wanted(waiter)) waiters.push_back(&waiter);
            });
        sort(waiters);
        return waiters;
    }

    // The server has spoken about a request that was handed over.
    Match settle(Waiter& waiter) {
        if (waiter.state_ == State::tombstone) {
            const RequestId id = waiter.id;
            erase_tombstone(id);
            return {id, nullptr};
        }
        remove(waiter);
        return {waiter.id, &waiter};
    }

    // Ends a request that has no reply; a tombstone stays if it was handed over to this link.
    Ending give_up(Waiter& waiter, Errc code) {
        if (!waiter.was_handed_over()) {
            const Delivery delivery = waiter.has_left_ ? Delivery::unknown : Delivery::not_sent;
            remove(waiter);
            return {&waiter, code, delivery};
        }
        auto& tombstone = *tombstones_.emplace(waiter.id, std::make_unique<Tombstone>(waiter)).first->second;
        if (waiter.lane_ != nullptr) {
            ++waiter.lane_->tombstones;
            if (waiter.is_exclusive_) waiter.lane_->exclusive_owner = &tombstone.waiter;
            else owners_.replace(waiter, tombstone.waiter);
        } else {
            ++tombstones_without_reply_;
        }
        take_out(waiter);
        return {&waiter, code, Delivery::unknown};
    }

    // Out of the list of its state and that of the deadlines.
    void take_out(Waiter& waiter) {
        switch (waiter.state_) {
        case State::queued:
            (waiter.has_lost_link_ ? again_ : queue_).erase(waiter);
            --queued_;
            break;
        case State::held_back:
            if (waiter.is_follower_) {
                owners_.unfollow(waiter);
            } else {
                waiter.lane_->held_back.erase(waiter);
                if (waiter.is_exclusive_) --waiter.lane_->exclusive_waiting;
            }
            --held_back_;
            --queued_;
            break;
        case State::writing:
        case State::awaiting: take_from_link(waiter); break;
        case State::tombstone:
        case State::ended: waiter.state_ = State::ended; return; // it is in none
        }
        waiter.state_ = State::ended;
        deadlines_.erase(waiter);
    }

    // For good.
    void remove(Waiter& waiter) {
        const bool is_owner = waiter.state_ != State::held_back;
        take_out(waiter);
        if (waiter.lane_ == nullptr) return;
        if (is_owner) disown(waiter);
        advance(*waiter.lane_);
    }

    void erase_tombstone(RequestId id) {
        const auto at = tombstones_.find(id);
        const std::unique_ptr<Tombstone> tombstone = std::move(at->second);
        tombstones_.erase(at);
        if (tombstones_.empty()) has_waited_in_vain_ = false;
        --(tombstone->waiter.lane_ == nullptr ? tombstones_without_reply_ : tombstone->waiter.lane_->tombstones);
        remove(tombstone->waiter);
    }

    template <class Predicate> std::size_t erase_tombstones(Predicate wanted) {
        if (tombstones_.empty()) return 0;
        std::vector<RequestId> ids;
        for (const auto& [id, tombstone] : tombstones_)
            if (wanted(tombstone->waiter)) ids.push_back(id);
        for (const RequestId id : ids) erase_tombstone(id);
        return ids.size();
    }

    Limits limits_;
    Duplicates duplicates_;
    detail::Owners owners_; // whose reply would be matched, where it names a call; the others are in their lanes
    detail::Lanes lanes_;
    detail::WaiterList queue_; // `queued`, in the order in which they leave
    detail::WaiterList again_; // `queued` as well: those that have lost a link, and leave one by one
    detail::WaiterList writing_;
    detail::WaiterList awaiting_;
    boost::unordered_flat_map<RequestId, std::unique_ptr<Tombstone>> tombstones_;
    detail::DeadlineQueue<Waiter> deadlines_; // of all that have not ended
    std::vector<Waiter*> batch_;              // the last one that was taken
    std::size_t queued_ = 0;
    std::size_t held_back_ = 0; // of those
    std::size_t in_flight_ = 0;
    std::size_t without_reply_ = 0;            // of those that are writing
    std::size_t tombstones_without_reply_ = 0; // the write that may still be under way has to end for these
    bool is_turn_of_others_ = false;           // and not of those that have lost a link
    bool has_waited_in_vain_ = false;          // somebody, behind a tombstone that may still be there
    bool has_sent_without_reply_ = false;      // over this link
};

} // namespace lcm

#endif
