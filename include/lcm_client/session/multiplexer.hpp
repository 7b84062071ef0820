// SPDX-License-Identifier: BSL-1.0
// Who waits for which reply, until when, and how each request ends. Every decision about a request is made here,
// without socket, thread, clock or JSON: events come in as calls with the time as an argument, endings go out as lists
// of requests, which need no memory.
#ifndef LCM_CLIENT_SESSION_MULTIPLEXER_HPP
#define LCM_CLIENT_SESSION_MULTIPLEXER_HPP

#include <lcm_client/config.hpp>
#include <lcm_client/result.hpp>
#include <lcm_client/session/deadline_queue.hpp>
#include <lcm_client/session/link_trust.hpp>
#include <lcm_client/session/owners.hpp>
#include <lcm_client/session/reply_channels.hpp>
#include <lcm_client/session/reply_pattern.hpp>
#include <lcm_client/session/request_entry.hpp>
#include <lcm_client/session/text_hash.hpp>
#include <lcm_client/session/wait_to_be_alone.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
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
/// Memory. Only `submit`, and what looks for a name of a message, need some, and when they throw nothing has changed. All else cannot fail: what
/// wants memory and cannot have it ends the link, or waits for the next `take_batch`.
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
    [[nodiscard]] bool submit(RequestEntry& request, const ReplyPattern& reply) {
        ReplyChannel* const channel = reply.subtopic.empty() ? nullptr : &channels_.enter(reply.subtopic, reply.also);
        request.channel_ = channel;
        request.is_exclusive_ = channel != nullptr && !reply.names_call;
        request.reply_may_name_call_ = reply.may_name_call;
        request.reply_repeats_name_ = reply.repeats_name;
        request.has_lost_link_ = false;
        if (channel != nullptr && duplicates_ == Duplicates::refuse && must_wait(request)) {
            request.end_unsent(Errc::duplicate_in_flight);
            return false;
        }

        owners_.reserve(queued_ + in_flight_ + tombstone_count_ + 1, held_back_ + 1);
        deadlines_.push(request);
        ++queued_;
        if (channel == nullptr) enqueue(request);
        else if (is_behind_one_alone(*channel) || (request.is_exclusive_ && channel->owners != 0)) hold_back(request);
        else take_place(request);
        return true;
    }

    /// The requests to be handed to the transport now, in order, as far as their number, the limit of requests in
    /// flight, their deadlines and what is known of the peer allow. They are `writing` from here on; whoever hands them
    /// over says so of each (`RequestEntry::leave`). Valid until the next call.
    [[nodiscard]] RequestRange take_batch(TimePoint now, std::size_t at_most,
                                          LinkTrust::Allowance allowance = LinkTrust::Allowance::any) {
        if (allowance == LinkTrust::Allowance::nothing || at_most == 0 || is_one_alone_under_way()) return {};
        if (RequestEntry* const again = first_before_deadline(again_, now)) {
            if (in_flight_ != 0 && !wait_to_be_alone_.lets_others_go(oldest_in_flight().id, now)) return {};
            if (in_flight_ == 0 && takes_turn()) return take_alone(*again);
        }
        if (allowance == LinkTrust::Allowance::one_under_way) return take_one(now);
        RequestEntry* first = nullptr;
        std::size_t size = 0;
        // Those that leave again keep their room: however many links are lost, no more of them collect.
        const std::size_t room = limits_.in_flight - (std::min)(again_count_, limits_.in_flight);
        for (RequestEntry* next = queue_.front(); next != nullptr && size < at_most && in_flight_ < room;) {
            RequestEntry& request = *next;
            next = RequestList::next(request);
            if (request.deadline <= now) continue; // left for `expire`: nothing leaves after its deadline
            if (size++ == 0) first = &request;
            take(request);
        }
        return first == nullptr ? RequestRange() : RequestRange(*first, size);
    }

    /// The batch that was taken last could not be handed over: all of it is queued again, as it was.
    void take_back(const RequestRange& batch) {
        RequestList again;
        batch.for_each([&](RequestEntry& request) {
            leave_list(request);
            again.push_front(request);
        });
        while (RequestEntry* const request = again.pop_front()) requeue(*request);
    }

    /// The batch has been written. The requests that have ended thereby, since the server does not reply to them;
    /// unless it is still to be confirmed that they have arrived (`begin_confirming`).
    [[nodiscard]] RequestList written(bool is_confirmed = true) {
        RequestList ended;
        writing_.for_each([&](RequestEntry& request) {
            if (request.channel_ == nullptr) has_sent_without_reply_ = true;
            if (request.channel_ == nullptr && is_confirmed) {
                take_out(request);
                return ended.push_back(request);
            }
            writing_.erase(request);
            request.state_ = State::awaiting;
            awaiting_.push_back(request);
        });
        // Also if it was given up meanwhile: there is no late reply to wait for.
        if (tombstones_without_reply_ != 0) {
            has_sent_without_reply_ = true;
            erase_tombstones([](const RequestEntry& request) { return request.channel_ == nullptr; });
        }
        return ended;
    }

    /// Whether something was handed over to which the server does not reply.
    [[nodiscard]] bool expects_no_reply() const noexcept { return without_reply_ + tombstones_without_reply_ != 0; }

    /// It is about to be confirmed that what has been written has arrived. Returns whether a request waits for that.
    [[nodiscard]] bool begin_confirming() noexcept {
        bool has_some = false;
        for_each_unconfirmed([&](RequestEntry& request) { has_some = request.is_confirming_ = true; });
        return has_some;
    }

    /// It has been confirmed: the requests that waited for it and have ended thereby.
    [[nodiscard]] RequestList confirmed() noexcept {
        RequestList ended;
        for_each_unconfirmed([&](RequestEntry& request) {
            if (!request.is_confirming_) return;
            take_out(request);
            ended.push_back(request);
        });
        return ended;
    }

    /// What can be a reply has come: the request that it belongs to, or nothing if nobody waits for it. `could_be_echo`
    /// says that it has the form of a request, as an echo of one has, and rarely a reply.
    [[nodiscard]] std::optional<Match> reply(std::string_view subtopic, std::optional<std::string_view> callid,
                                             bool could_be_echo) {
        RequestEntry* const request = find_for_reply(subtopic, callid, could_be_echo);
        if (request == nullptr) return std::nullopt;
        return settle(*request);
    }

    /// Whether `reply` would find somebody.
    [[nodiscard]] bool expects(std::string_view subtopic, std::optional<std::string_view> callid, bool could_be_echo) {
        return find_for_reply(subtopic, callid, could_be_echo) != nullptr;
    }

    /// An error has come that names a call: shows every request for it that was handed over to `visit(Match)`, which
    /// must not come back here, and must not throw.
    template <class Visitor> void error_for_call(std::string_view callid, Visitor visit) {
        RequestList meant = take_for_call(callid);
        meant.sort();
        while (RequestEntry* const request = meant.pop_front()) visit(settle_detached(*request));
    }

    /// Whether an error that names this call, or none, would be meant for somebody.
    [[nodiscard]] bool expects_error(const std::optional<std::string>& callid) const {
        if (!callid) return has_only_one_to_refuse();
        bool is_expected = false;
        for_each_meant(*callid, [&](RequestEntry&) { is_expected = true; });
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
    [[nodiscard]] std::string_view known_name(std::string_view subtopic) {
        const ReplyChannels::Place place = channels_.find(subtopic);
        return place.channel == nullptr ? std::string_view() : place.channel->subtopic;
    }

    /// What replies with this subtopic have to name, for those that wait for one.
    [[nodiscard]] Awaited awaited(std::string_view subtopic) {
        const ReplyChannel* const channel = channels_.find(subtopic).channel;
        if (channel == nullptr || channel->owners == 0) return Awaited::nothing;
        const RequestEntry* const request = channel->exclusive_owner;
        if (request == nullptr) return Awaited::with_call;
        if (!request->was_handed_over() || is_tombstone(request)) return Awaited::nothing;
        return request->reply_may_name_call_ ? Awaited::any : Awaited::without_call;
    }

    /// Ends what has reached its deadline.
    [[nodiscard]] RequestList expire(TimePoint now) {
        RequestList ended;
        while (!deadlines_.empty() && deadlines_.front().deadline <= now) {
            RequestEntry& request = deadlines_.front();
            has_waited_in_vain_ = has_waited_in_vain_ || is_behind_tombstone(request);
            has_met_silence_ = has_met_silence_ || (request.was_handed_over() && request.heard_or_code_ == heard_);
            give_up(request, Errc::timed_out);
            ended.push_back(request);
        }
        return ended;
    }

    /// Ends one request at the caller's wish. Returns whether it had not ended yet.
    [[nodiscard]] bool cancel(RequestEntry& request) {
        if (request.state_ == State::ended) return false;
        give_up(request, Errc::cancelled);
        return true;
    }

    /// Forgets a request that its owner has ended before it was handed over.
    void drop(RequestEntry& request) {
        if (request.state_ != State::ended) remove(request);
    }

    /// Ends one request of the batch that was taken last, which is not handed over after all.
    void withdraw(RequestEntry& request, Errc code) {
        end_as(request, code);
        remove(request);
    }

    /// The link is about to be lost, since a message was too large to be read: ends the read-only request whose reply
    /// it was, as `bad_reply`, if that can be known; null otherwise. `subtopic` and `callid` are those of the message,
    /// as far as they were read. If not even the subtopic is known, it can be meant for the only request that reads
    /// something.
    [[nodiscard]] RequestEntry* end_oversized(std::string_view subtopic, std::optional<std::string_view> callid) {
        RequestEntry* const meant = subtopic.empty() ? only_reader() : find_named(subtopic, callid);
        if (meant == nullptr || meant->state_ == State::tombstone || !meant->is_read_only) return nullptr;
        end_as(*meant, Errc::bad_reply);
        remove(*meant);
        return meant;
    }

    /// The link is lost: ends what was handed over, as unknown, and forgets the tombstones. What has not left stays,
    /// and what is read-only is queued again, the first time.
    [[nodiscard]] RequestList link_lost(Errc code) {
        RequestList ended;
        RequestList again;
        erase_tombstones([](const RequestEntry&) { return true; });
        RequestList lost = take_handed_over([](const RequestEntry&) { return true; });
        while (RequestEntry* const request = lost.pop_front()) {
            if (request->is_read_only && !request->has_lost_link_) {
                request->has_lost_link_ = true;
                again.push_front(*request);
                continue;
            }
            leave_for_good(*request);
            end_as(*request, code);
            ended.push_back(*request);
        }
        while (RequestEntry* const request = again.pop_front()) requeue(*request);
        wait_to_be_alone_.end();
        has_waited_in_vain_ = false;
        has_met_silence_ = false;
        has_sent_without_reply_ = false;
        lacks_tombstone_ = false;
        return ended;
    }

    /// Ends what was handed over, as unknown, while the link stays: each leaves a tombstone. What is read-only goes on
    /// waiting.
    [[nodiscard]] RequestList expire_written(Errc code) {
        RequestList doubted = take_handed_over([](const RequestEntry& request) { return !request.is_read_only; });
        doubted.for_each([&](RequestEntry& request) {
            deadlines_.erase(request);
            if (request.state_ == State::awaiting && request.channel_ == nullptr) request.state_ = State::ended;
            else bury(request);
            end_as(request, code);
        });
        return doubted;
    }

    /// Ends what waits to be handed over.
    [[nodiscard]] RequestList end_unsent(Errc code) {
        RequestList ended;
        const auto end = [&](RequestEntry& request) {
            take_out(request);
            end_as(request, code);
            ended.push_back(request);
        };
        owners_.release_followers([&](RequestEntry& request) {
            --held_back_;
            --queued_;
            deadlines_.erase(request);
            request.state_ = State::ended;
            end_as(request, code);
            ended.push_back(request);
        });
        channels_.for_each([&](const ReplyChannel& channel) { channel.held_back.for_each(end); });
        for (const RequestList* const list : {&again_, &queue_})
            while (RequestEntry* const request = list->front()) {
                end(*request);
                vacate(*request);
            }
        ended.sort();
        return ended;
    }

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

    // --- keys -------------------------------------------------------------------------------------------------------

    void disown(const RequestEntry& request) noexcept {
        ReplyChannel& channel = *request.channel_;
        if (request.is_exclusive_) channel.exclusive_owner = nullptr;
        else if (RequestEntry* const heir = owners_.erase(request)) return enqueue(*heir);
        --channel.owners;
    }

    static bool is_tombstone(const RequestEntry* request) noexcept {
        return request != nullptr && request->state_ == State::tombstone;
    }

    [[nodiscard]] bool is_behind_tombstone(const RequestEntry& request) const {
        if (request.state_ != State::held_back) return false;
        const ReplyChannel& channel = *request.channel_;
        if (is_tombstone(channel.exclusive_owner)) return true;
        // Whoever has to be alone waits for all the others.
        return request.is_exclusive_ ? channel.tombstones != 0 : is_tombstone(owners_.find(request));
    }

    template <class Predicate> [[nodiscard]] bool any_tombstone(Predicate wanted) const {
        for (const RequestEntry* request = tombstones_.front(); request != nullptr;
             request = RequestList::next(*request))
            if (wanted(*request)) return true;
        return false;
    }

    // The request that was handed over and waits for, or would once have taken, the reply with this key.
    [[nodiscard]] RequestEntry* find_waiting(const ReplyChannel& channel,
                                             std::optional<std::string_view> callid) const {
        // Else somebody else's: ours has not left yet.
        const auto if_handed_over = [](RequestEntry* request) {
            return request != nullptr && request->was_handed_over() ? request : nullptr;
        };
        RequestEntry* const exact = callid ? find_owner(channel, *callid) : channel.exclusive_owner;
        if (exact != nullptr || !callid) return if_handed_over(exact);

        RequestEntry* const request = if_handed_over(channel.exclusive_owner);
        if (request == nullptr || !request->reply_may_name_call_) return nullptr;
        return request->callid.empty() || request->callid == *callid ? request : nullptr;
    }

    // The owner of a key. Servers mostly answer in order, so it mostly is the request that awaits its reply for longest:
    // a look at that one is cheaper than a search. Whatever awaits a reply that names its call owns its key.
    [[nodiscard]] RequestEntry* find_owner(const ReplyChannel& channel, std::string_view callid) const noexcept {
        RequestEntry* const oldest = awaiting_.front();
        const bool is_oldest =
            oldest != nullptr && oldest->channel_ == &channel && !oldest->is_exclusive_ && oldest->callid == callid;
        return is_oldest ? oldest : owners_.find(channel, callid);
    }

    [[nodiscard]] RequestEntry* find_for_reply(std::string_view subtopic, std::optional<std::string_view> callid,
                                               bool could_be_echo) {
        const ReplyChannels::Place place = channels_.find(subtopic);
        RequestEntry* const request = place.channel == nullptr ? nullptr : find_waiting(*place.channel, callid);
        if (request == nullptr) return nullptr;
        return could_be_echo && (request->reply_repeats_name_ || place.is_alias) ? nullptr : request;
    }

    [[nodiscard]] bool has_only_one_to_refuse() const noexcept {
        return in_flight_ == 1 && tombstones_.empty() && !has_sent_without_reply_;
    }

    // The request that was handed over and whose reply is called so; nothing if there are several.
    [[nodiscard]] RequestEntry* find_named(std::string_view subtopic, std::optional<std::string_view> callid) {
        const ReplyChannel* const channel = channels_.find(subtopic).channel;
        if (channel == nullptr) return nullptr;
        if (callid) return find_waiting(*channel, callid);
        if (channel->tombstones != 0) return nullptr;
        return only_one_handed_over([channel](const RequestEntry& request) { return request.channel_ == channel; });
    }

    // The only read-only request that was handed over.
    [[nodiscard]] RequestEntry* only_reader() const {
        const auto is_reader = [](const RequestEntry& request) { return request.is_read_only; };
        return any_tombstone(is_reader) ? nullptr : only_one_handed_over(is_reader);
    }

    // The one that was handed over, has not ended and satisfies `wanted`; nothing if there are several.
    template <class Predicate> [[nodiscard]] RequestEntry* only_one_handed_over(Predicate wanted) const {
        RequestEntry* one = nullptr;
        std::size_t count = 0;
        for (const RequestList* const list : {&awaiting_, &writing_})
            list->for_each([&](RequestEntry& request) {
                if (!wanted(request)) return;
                one = &request;
                ++count;
            });
        return count == 1 ? one : nullptr;
    }

    // Shows those about this call that were handed over; `visit` may take out the one that it is shown. There are few
    // channels, whatever is under way in them.
    template <class Visitor> void for_each_meant(std::string_view callid, Visitor visit) const {
        const auto visit_if_meant = [&](RequestEntry* request) {
            if (request != nullptr && request->was_handed_over() && request->callid == callid) visit(*request);
        };
        channels_.for_each([&](const ReplyChannel& channel) {
            if (channel.owners == 0) return;
            visit_if_meant(channel.exclusive_owner != nullptr ? channel.exclusive_owner
                                                              : owners_.find(channel, callid));
        });
        const auto visit_without_reply = [&](RequestEntry& request) {
            if (request.channel_ == nullptr) visit_if_meant(&request);
        };
        if (without_reply_ != 0)
            for (const RequestList* const list : {&awaiting_, &writing_}) list->for_each(visit_without_reply);
        if (tombstones_without_reply_ != 0) tombstones_.for_each(visit_without_reply);
    }

    // Those about this call that were handed over, out of their lists.
    [[nodiscard]] RequestList take_for_call(std::string_view callid) {
        RequestList taken;
        for_each_meant(callid, [&](RequestEntry& request) {
            leave_list(request);
            taken.push_back(request);
        });
        return taken;
    }

    // --- waiting for one's turn -------------------------------------------------------------------------------------

    // Whether it has to wait for all of the channel, or whoever has to be alone was there before it.
    static bool is_behind_one_alone(const ReplyChannel& channel) noexcept {
        return channel.exclusive_owner != nullptr || channel.exclusive_waiting != 0;
    }

    [[nodiscard]] bool must_wait(const RequestEntry& request) const noexcept {
        const ReplyChannel& channel = *request.channel_;
        if (is_behind_one_alone(channel)) return true;
        return request.is_exclusive_ ? channel.owners != 0 : owners_.find(request) != nullptr;
    }

    void hold_back(RequestEntry& request) noexcept {
        set_held_back(request);
        request.channel_->held_back.push_back(request);
        if (request.is_exclusive_) ++request.channel_->exclusive_waiting;
    }

    void set_held_back(RequestEntry& request) noexcept {
        if (request.state_ != State::held_back) ++held_back_;
        request.state_ = State::held_back;
    }

    void enqueue(RequestEntry& request) noexcept {
        if (request.state_ == State::held_back) --held_back_;
        request.state_ = State::queued;
        queue_.push_back(request);
    }

    // Gives the request its key, or the last place behind who has it.
    void take_place(RequestEntry& request) noexcept {
        ReplyChannel& channel = *request.channel_;
        if (request.is_exclusive_) {
            channel.exclusive_owner = &request;
        } else if (RequestEntry* const owner = owners_.insert(request)) {
            set_held_back(request);
            return owners_.follow(*owner, request);
        }
        ++channel.owners;
        enqueue(request);
    }

    // Those of the channel that need not wait for it any longer take their places. Nobody overtakes one who has to be
    // alone.
    void advance(ReplyChannel& channel) noexcept {
        while (channel.exclusive_owner == nullptr && !channel.held_back.empty()) {
            RequestEntry& next = *channel.held_back.front();
            if (next.is_exclusive_ && channel.owners != 0) break;
            channel.held_back.erase(next);
            if (next.is_exclusive_) --channel.exclusive_waiting;
            take_place(next);
        }
        if (channel.is_unused()) channels_.leave(channel);
    }

    // Back to the head of where it leaves from; it is in no list, and still owns its key.
    void requeue(RequestEntry& request) noexcept {
        request.state_ = State::queued;
        if (request.has_lost_link_) ++again_count_;
        (request.has_lost_link_ ? again_ : queue_).push_front(request);
        ++queued_;
    }

    // --- under way --------------------------------------------------------------------------------------------------

    static RequestEntry* first_before_deadline(const RequestList& list, TimePoint now) noexcept {
        RequestEntry* request = list.front();
        while (request != nullptr && request->deadline <= now) request = RequestList::next(*request);
        return request;
    }

    // If there is one.
    [[nodiscard]] RequestEntry& oldest_in_flight() const noexcept {
        return *(awaiting_.empty() ? writing_ : awaiting_).front();
    }

    [[nodiscard]] bool is_one_alone_under_way() const noexcept {
        return in_flight_ == 1 && oldest_in_flight().has_lost_link_;
    }

    // Nothing is under way: whether now one leaves that has to be alone, or the others have their turn.
    [[nodiscard]] bool takes_turn() noexcept {
        wait_to_be_alone_.end();
        const bool others_may = !queue_.empty() && again_count_ < limits_.in_flight;
        is_turn_of_others_ = !is_turn_of_others_ || !others_may;
        return is_turn_of_others_;
    }

    // Into the batch.
    void take(RequestEntry& request) noexcept {
        leave_queue(request);
        request.state_ = State::writing;
        request.heard_or_code_ = heard_;
        request.is_confirming_ = false;
        writing_.push_back(request);
        if (request.channel_ == nullptr) ++without_reply_;
        ++in_flight_;
    }

    void leave_queue(RequestEntry& request) noexcept {
        if (request.has_lost_link_) --again_count_;
        (request.has_lost_link_ ? again_ : queue_).erase(request);
        --queued_;
    }

    [[nodiscard]] RequestRange take_alone(RequestEntry& request) noexcept {
        take(request);
        return {request, 1};
    }

    // The first that may be sent again if the link turns out to be none, or else the first.
    [[nodiscard]] RequestRange take_one(TimePoint now) noexcept {
        if (in_flight_ != 0) return {};
        RequestEntry* one = first_before_deadline(queue_, now);
        for (RequestEntry* next = one; next != nullptr; next = RequestList::next(*next))
            if (next->is_read_only && next->deadline > now) return take_alone(*next);
        return one == nullptr ? RequestRange() : take_alone(*one);
    }

    // --- endings ----------------------------------------------------------------------------------------------------

    // Those that were handed over, have not ended and satisfy `wanted`, in the order of submission. They are in no list
    // of a state any more, but keep their state, deadline and channel.
    template <class Predicate> RequestList take_handed_over(Predicate wanted) {
        RequestList taken;
        for (const RequestList* const list : {&awaiting_, &writing_})
            list->for_each([&](RequestEntry& request) {
                if (!wanted(request)) return;
                leave_list(request);
                taken.push_back(request);
            });
        taken.sort();
        return taken;
    }

    static void end_as(RequestEntry& request, Errc code) noexcept {
        request.heard_or_code_ = static_cast<std::uint8_t>(code);
    }

    // The server has spoken about a request that was handed over.
    Match settle(RequestEntry& request) {
        leave_list(request);
        return settle_detached(request);
    }

    // The same of one that has left the list of its state.
    Match settle_detached(RequestEntry& request) {
        const RequestId id = request.id;
        if (request.state_ == State::tombstone) {
            erase_detached_tombstone(request);
            return {id, nullptr};
        }
        leave_for_good(request);
        return {id, &request};
    }

    // Those that have been written, to which the server does not reply.
    template <class Visitor> void for_each_unconfirmed(Visitor visit) {
        if (without_reply_ == 0) return;
        awaiting_.for_each([&](RequestEntry& request) {
            if (request.channel_ == nullptr) visit(request);
        });
    }

    // Ends a request that has no reply; a tombstone stays if it was handed over to this link, and may be answered.
    void give_up(RequestEntry& request, Errc code) {
        end_as(request, code);
        const bool is_unconfirmed = request.state_ == State::awaiting && request.channel_ == nullptr;
        if (!request.was_handed_over() || is_unconfirmed) return remove(request);
        leave_list(request);
        deadlines_.erase(request);
        bury(request);
    }

    // Puts a tombstone in the place of a request that is in no list any more. If there is no memory for it, the link
    // has to be ended.
    void bury(RequestEntry& request) {
        request.state_ = State::ended;
        RequestEntry* const tombstone = make_tombstone(request);
        if (tombstone == nullptr) {
            lacks_tombstone_ = true;
            return vacate(request);
        }
        tombstones_.push_back(*tombstone);
        ++tombstone_count_;
        if (request.channel_ == nullptr) {
            ++tombstones_without_reply_;
            return;
        }
        ++request.channel_->tombstones;
        if (request.is_exclusive_) request.channel_->exclusive_owner = tombstone;
        else owners_.replace(request, *tombstone);
    }

    static RequestEntry* make_tombstone(const RequestEntry& request) noexcept {
        try {
            return new Tombstone(request);
        } catch (const std::bad_alloc&) {
            return nullptr;
        }
    }

    // Out of the list of its state.
    void leave_list(RequestEntry& request) noexcept {
        switch (request.state_) {
        case State::queued: leave_queue(request); break;
        case State::held_back:
            leave_held_back(request);
            --held_back_;
            --queued_;
            break;
        case State::writing:
            writing_.erase(request);
            if (request.channel_ == nullptr) --without_reply_;
            --in_flight_;
            break;
        case State::awaiting:
            awaiting_.erase(request);
            if (request.channel_ == nullptr) --without_reply_;
            --in_flight_;
            break;
        case State::tombstone:
            tombstones_.erase(request);
            --(request.channel_ == nullptr ? tombstones_without_reply_ : request.channel_->tombstones);
            --tombstone_count_;
            break;
        case State::ended: break; // it is in none
        }
    }

    void leave_held_back(RequestEntry& request) noexcept {
        if (request.is_follower_) return owners_.unfollow(request);
        request.channel_->held_back.erase(request);
        if (request.is_exclusive_) --request.channel_->exclusive_waiting;
    }

    // Out of the list of its state and that of the deadlines. It keeps its channel.
    void take_out(RequestEntry& request) noexcept {
        leave_list(request);
        deadlines_.erase(request);
        request.state_ = State::ended;
    }

    // Gives up its key, if it has one, for those that wait behind it.
    void vacate(RequestEntry& request) noexcept {
        if (request.channel_ == nullptr) return;
        disown(request);
        advance(*request.channel_);
    }

    // For good.
    void remove(RequestEntry& request) noexcept {
        const bool is_owner = request.state_ != State::held_back;
        take_out(request);
        if (is_owner) vacate(request);
        else advance(*request.channel_);
    }

    // The same of one that was handed over and has left the list of its state.
    void leave_for_good(RequestEntry& request) noexcept {
        deadlines_.erase(request);
        request.state_ = State::ended;
        vacate(request);
    }

    void erase_detached_tombstone(RequestEntry& request) noexcept {
        const std::unique_ptr<Tombstone> tombstone(static_cast<Tombstone*>(&request));
        if (tombstones_.empty()) has_waited_in_vain_ = false;
        vacate(request);
    }

    template <class Predicate> std::size_t erase_tombstones(Predicate wanted) {
        std::size_t count = 0;
        tombstones_.for_each([&](RequestEntry& request) {
            if (!wanted(request)) return;
            ++count;
            leave_list(request);
            erase_detached_tombstone(request);
        });
        return count;
    }

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

#endif
