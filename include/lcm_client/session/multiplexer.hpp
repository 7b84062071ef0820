// SPDX-License-Identifier: BSL-1.0
// Who waits for which reply, until when, and how each request ends. Every decision about a request is made here,
// without socket, thread, clock or JSON: events come in as calls with the time as an argument, endings go out as lists
// of requests, which need no memory. The bodies are in impl/multiplexer_*.ipp, one file for each part of a request's life.
#ifndef LCM_CLIENT_SESSION_MULTIPLEXER_HPP
#define LCM_CLIENT_SESSION_MULTIPLEXER_HPP

#include <lcm_client/config.hpp>
#include <lcm_client/impl/abi.hpp>
#include <lcm_client/result.hpp>
#include <lcm_client/session/deadline_queue.hpp>
#include <lcm_client/session/link_trust.hpp>
#include <lcm_client/session/owners.hpp>
#include <lcm_client/session/reply_channels.hpp>
#include <lcm_client/session/reply_pattern.hpp>
#include <lcm_client/session/request_entry.hpp>
#include <lcm_client/session/text_hash.hpp>
#include <lcm_client/session/wait_to_be_alone.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace lcm::inline LCM_CLIENT_ABI::detail {

/// The request that a message from the server belongs to.
struct Match {
    RequestId id;
    RequestEntry* request; ///< it has ended, and belongs to its owner again; none if the message is late

    /// Whether the request had already ended as unknown: this is only the news of it.
    [[nodiscard]] bool late() const noexcept { return request == nullptr; }
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
/// it is under way nothing else is, and between two of them the others have their turn. When what is under way keeps it
/// from leaving for long, the others go on meanwhile (`WaitToBeAlone`).
///
/// Every request that `submit` accepted is named exactly once: in a list of those that have ended, in a `Match` that is
/// not late, or by `written`; or its owner has dropped it. It belongs to its owner again then. In the lists they are in
/// the order of submission unless they are in that of their deadlines.
///
/// Memory. Only `submit`, and what looks for a name of a message, need some, and when they throw nothing has changed. All
/// else cannot fail: what wants memory and cannot have it ends the link, or waits for the next `take_batch`.
///
/// Not thread-safe; the client calls it on its strand.
class Multiplexer {
public:
    using State = RequestEntry::State;

    /// `seed` shall be one that nobody else knows: who could choose the ids of calls to fit it could make them slow to
    /// find.
    Multiplexer(const Limits& limits, Duplicates duplicates, std::uint64_t seed)
        : limits_(limits), duplicates_(duplicates), owners_(TextHash(seed)), channels_(TextHash(~seed)) {}
    Multiplexer(const Multiplexer&) = delete; // requests know each other
    Multiplexer& operator=(const Multiplexer&) = delete;
    ~Multiplexer() {
        while (RequestEntry* const request = tombstones_.pop_front()) delete static_cast<Tombstone*>(request);
    }

    /// Takes a request, or says that it has ended at once: `duplicate_in_flight`, not sent.
    [[nodiscard]] bool submit(RequestEntry& request, const ReplyPattern& reply);

    /// The requests to be handed to the transport now, in order, as far as their number, the limit of requests in
    /// flight, their deadlines and what is known of the peer allow. They are `writing` from here on; whoever hands them
    /// over says so of each (`RequestEntry::leave`). Valid until the next call.
    [[nodiscard]] RequestRange take_batch(TimePoint now, std::size_t at_most,
                                          LinkTrust::Allowance allowance = LinkTrust::Allowance::any);

    /// The batch that was taken last could not be handed over: all of it is queued again, as it was.
    void take_back(const RequestRange& batch);

    /// The batch has been written. The requests that have ended thereby, since the server does not reply to them;
    /// unless it is still to be confirmed that they have arrived (`begin_confirming`).
    [[nodiscard]] RequestList written(bool is_confirmed = true);

    /// Whether something was handed over to which the server does not reply.
    [[nodiscard]] bool expects_no_reply() const noexcept { return without_reply_ + tombstones_without_reply_ != 0; }

    /// It is about to be confirmed that what has been written has arrived. Returns whether a request waits for that.
    [[nodiscard]] bool begin_confirming() noexcept;

    /// It has been confirmed: the requests that waited for it and have ended thereby.
    [[nodiscard]] RequestList confirmed() noexcept;

    /// What can be a reply has come: the request that it belongs to, or nothing if nobody waits for it. `could_be_echo`
    /// says that it has the form of a request, as an echo of one has, and rarely a reply.
    [[nodiscard]] std::optional<Match> reply(std::string_view subtopic, std::optional<std::string_view> callid,
                                             bool could_be_echo);

    /// Whether `reply` would find somebody.
    [[nodiscard]] bool expects(std::string_view subtopic, std::optional<std::string_view> callid, bool could_be_echo);

    /// An error has come that names a call: shows every request for it that was handed over to `visit(Match)`, which
    /// must not come back here, and must not throw.
    template <class Visitor> void error_for_call(std::string_view callid, Visitor visit) {
        RequestList meant = take_for_call(callid);
        meant.sort();
        while (RequestEntry* const request = meant.pop_front()) visit(settle_detached(*request));
    }

    /// Whether an error that names this call, or none, would be meant for somebody.
    [[nodiscard]] bool expects_error(const std::optional<std::string>& callid) const;

    /// An error has come that names no call: the one request that it can be meant for. With several in flight, with one
    /// that was given up, or after one without a reply, which could be meant as well, that cannot be known.
    [[nodiscard]] std::optional<Match> error_without_call();

    /// Something has come from the server, whatever it is.
    void hear() noexcept { ++heard_; }

    /// Whether a request has run out of time since the last look for which nothing was heard after it had been handed
    /// over.
    [[nodiscard]] bool take_silence() noexcept { return std::exchange(has_met_silence_, false); }

    /// Shows each request that was handed over and has not ended to `visit(const RequestEntry&)`.
    template <class Visitor> void for_each_in_flight(Visitor visit) const {
        for (const RequestList* const list : {&awaiting_, &writing_})
            list->for_each([&](const RequestEntry& request) { visit(request); });
    }

    /// Shows each request for this call that was handed over and has not ended, however many others there are.
    template <class Visitor> void for_each_of_call(std::string_view callid, Visitor visit) const {
        channels_.for_each([&](const ReplyChannel& channel) {
            if (channel.owners == 0) return;
            RequestEntry* const request =
                channel.exclusive_owner != nullptr ? channel.exclusive_owner : owners_.find(channel, callid);
            if (request == nullptr || !request->was_handed_over() || is_tombstone(request)) return;
            if (request->callid == callid) visit(*request);
        });
    }

    /// The subtopic of a reply as a request gave it, if it was one's; else nothing. Valid until the next call.
    [[nodiscard]] std::string_view known_name(std::string_view subtopic);

    /// What replies with this subtopic have to name, for those that wait for one.
    [[nodiscard]] Awaited awaited(std::string_view subtopic);

    /// Ends what has reached its deadline.
    [[nodiscard]] RequestList expire(TimePoint now);

    /// Ends one request at the caller's wish. Returns whether it had not ended yet.
    [[nodiscard]] bool cancel(RequestEntry& request);

    /// Forgets a request that its owner has ended before it was handed over.
    void drop(RequestEntry& request);

    /// Ends one request of the batch that was taken last, which is not handed over after all.
    void withdraw(RequestEntry& request, Errc code);

    /// The link is about to be lost, since a message was too large to be read: ends the read-only request whose reply
    /// it was, as `bad_reply`, if that can be known; null otherwise. `subtopic` and `callid` are those of the message,
    /// as far as they were read. If not even the subtopic is known, it can be meant for the only request that reads
    /// something.
    [[nodiscard]] RequestEntry* end_oversized(std::string_view subtopic, std::optional<std::string_view> callid);

    /// The link is lost: ends what was handed over, as unknown, and forgets the tombstones. What has not left stays,
    /// and what is read-only is queued again, the first time.
    [[nodiscard]] RequestList link_lost(Errc code);

    /// Ends what was handed over, as unknown, while the link stays: each leaves a tombstone. What is read-only goes on
    /// waiting.
    [[nodiscard]] RequestList expire_written(Errc code);

    /// Ends what waits to be handed over.
    [[nodiscard]] RequestList end_unsent(Errc code);

    /// When the others may leave that stay back for one that waits to be alone.
    [[nodiscard]] std::optional<TimePoint> next_turn_of_others(TimePoint now) const noexcept {
        if (again_.empty() || queue_.empty() || in_flight_ == 0) return std::nullopt;
        return wait_to_be_alone_.next(now);
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

    /// Whether a request waits behind one that was given up, and nothing else is under way or could leave.
    [[nodiscard]] bool waits_for_late_reply() const noexcept {
        return tombstone_count_ != 0 && in_flight_ == 0 && queued_ != 0 && !has_backlog();
    }

    /// Whether something could be handed over now, if the limits allow it.
    [[nodiscard]] bool has_backlog() const noexcept { return !queue_.empty() || !again_.empty(); }

    /// Whether the request with this id was given up, and its late reply may still come.
    [[nodiscard]] bool has_tombstone(RequestId id) const {
        return any_tombstone([id](const RequestEntry& request) { return request.id == id; });
    }

    [[nodiscard]] std::size_t queued() const noexcept { return queued_; }       ///< not handed over, held back included
    [[nodiscard]] std::size_t in_flight() const noexcept { return in_flight_; } ///< handed over and not ended
    [[nodiscard]] std::size_t tombstones() const noexcept { return tombstone_count_; }

private:
    // Stands for a request that has ended, and belongs to its owner again.
    struct Tombstone : RequestEntry {
        explicit Tombstone(const RequestEntry& ended) : RequestEntry(ended), own_callid(ended.callid) {
            callid = own_callid;
            state_ = State::tombstone;
        }
        Tombstone(const Tombstone&) = delete;
        Tombstone& operator=(const Tombstone&) = delete;
        ~Tombstone() = default;

        std::string own_callid;
    };

    // --- waiting for one's turn, and leaving (multiplexer_departures.ipp) --------------------------------------------

    void disown(const RequestEntry& request) noexcept;
    static bool is_behind_one_alone(const ReplyChannel& channel) noexcept;
    [[nodiscard]] bool must_wait(const RequestEntry& request) const noexcept;
    void hold_back(RequestEntry& request) noexcept;
    void set_held_back(RequestEntry& request) noexcept;
    void enqueue(RequestEntry& request) noexcept;
    void take_place(RequestEntry& request) noexcept;
    void advance(ReplyChannel& channel) noexcept;
    void requeue(RequestEntry& request) noexcept;
    static RequestEntry* first_before_deadline(const RequestList& list, TimePoint now) noexcept;
    [[nodiscard]] RequestEntry& oldest_in_flight() const noexcept;
    [[nodiscard]] bool is_one_alone_under_way() const noexcept;
    [[nodiscard]] bool takes_turn() noexcept;
    void take(RequestEntry& request) noexcept;
    void leave_queue(RequestEntry& request) noexcept;
    [[nodiscard]] RequestRange take_alone(RequestEntry& request) noexcept;
    [[nodiscard]] RequestRange take_one(TimePoint now) noexcept;
    void leave_held_back(RequestEntry& request) noexcept;
    void vacate(RequestEntry& request) noexcept;

    // --- whose a message is (multiplexer_matching.ipp) ---------------------------------------------------------------

    [[nodiscard]] RequestEntry* find_waiting(const ReplyChannel& channel, std::optional<std::string_view> callid) const;
    [[nodiscard]] RequestEntry* find_owner(const ReplyChannel& channel, std::string_view callid) const noexcept;
    [[nodiscard]] RequestEntry* find_for_reply(std::string_view subtopic, std::optional<std::string_view> callid,
                                               bool could_be_echo);
    [[nodiscard]] bool has_only_one_to_refuse() const noexcept;
    [[nodiscard]] RequestEntry* find_named(std::string_view subtopic, std::optional<std::string_view> callid);
    [[nodiscard]] RequestEntry* only_reader() const;
    template <class Predicate> [[nodiscard]] RequestEntry* only_one_handed_over(Predicate wanted) const;
    template <class Visitor> void for_each_meant(std::string_view callid, Visitor visit) const;
    [[nodiscard]] RequestList take_for_call(std::string_view callid);

    // --- endings (multiplexer_endings.ipp) ---------------------------------------------------------------------------

    static bool is_tombstone(const RequestEntry* request) noexcept;
    [[nodiscard]] bool is_behind_tombstone(const RequestEntry& request) const;
    template <class Predicate> [[nodiscard]] bool any_tombstone(Predicate wanted) const {
        for (const RequestEntry* request = tombstones_.front(); request != nullptr;
             request = RequestList::next(*request))
            if (wanted(*request)) return true;
        return false;
    }
    template <class Predicate> RequestList take_handed_over(Predicate wanted);
    static void end_as(RequestEntry& request, Errc code) noexcept;
    Match settle(RequestEntry& request);
    Match settle_detached(RequestEntry& request);
    template <class Visitor> void for_each_unconfirmed(Visitor visit);
    void give_up(RequestEntry& request, Errc code);
    void bury(RequestEntry& request);
    static RequestEntry* make_tombstone(const RequestEntry& request) noexcept;
    void leave_list(RequestEntry& request) noexcept;
    void take_out(RequestEntry& request) noexcept;
    void remove(RequestEntry& request) noexcept;
    void leave_for_good(RequestEntry& request) noexcept;
    void erase_detached_tombstone(RequestEntry& request) noexcept;
    template <class Predicate> std::size_t erase_tombstones(Predicate wanted);

    Limits limits_;
    Duplicates duplicates_;
    Owners owners_; // whose reply would be matched, where it names a call; the others are in their channels
    ReplyChannels channels_;
    RequestList queue_; // `queued`, in the order in which they leave
    RequestList again_; // `queued` as well: those that have lost a link, and leave one by one
    RequestList writing_;
    RequestList awaiting_;
    RequestList tombstones_;                // owned; `Tombstone`s all
    DeadlineQueue<RequestEntry> deadlines_; // of all that have not ended
    std::size_t queued_ = 0;
    std::size_t held_back_ = 0;   // of those
    std::size_t again_count_ = 0; // of those: in `again_`
    std::size_t in_flight_ = 0;
    std::size_t without_reply_ = 0; // of those
    std::size_t tombstone_count_ = 0;
    std::size_t tombstones_without_reply_ = 0; // the write that may still be under way has to end for these
    std::uint8_t heard_ = 0;                   // how many messages, as far as that can tell one moment from another
    WaitToBeAlone wait_to_be_alone_;           // of those that have lost a link
    bool is_turn_of_others_ = false;           // and not of those
    bool has_waited_in_vain_ = false;          // somebody, behind a tombstone that may still be there
    bool has_met_silence_ = false;             // somebody whose time has run out
    bool has_sent_without_reply_ = false;      // over this link
    bool lacks_tombstone_ = false;             // on this link: there was no memory for one
};

} // namespace lcm::detail

// Inline in both modes: they are short steps that every message takes, and only the session's own bodies include this.
#include <lcm_client/session/impl/multiplexer_departures.ipp>
#include <lcm_client/session/impl/multiplexer_endings.ipp>
#include <lcm_client/session/impl/multiplexer_matching.ipp>

#endif
