// SPDX-License-Identifier: BSL-1.0
// How a request waits for its turn, and when it is handed over: bodies of multiplexer.hpp.
#ifndef LCM_CLIENT_SESSION_IMPL_MULTIPLEXER_DEPARTURES_IPP
#define LCM_CLIENT_SESSION_IMPL_MULTIPLEXER_DEPARTURES_IPP

#include <lcm_client/session/multiplexer.hpp>

#include <algorithm>
#include <cstddef>

namespace lcm::inline LCM_CLIENT_ABI::detail {

inline bool Multiplexer::submit(RequestEntry& request, const ReplyPattern& reply) {
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

inline RequestRange Multiplexer::take_batch(TimePoint now, std::size_t at_most, LinkTrust::Allowance allowance) {
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

inline void Multiplexer::take_back(const RequestRange& batch) {
    RequestList again;
    batch.for_each([&](RequestEntry& request) {
        leave_list(request);
        again.push_front(request);
    });
    while (RequestEntry* const request = again.pop_front()) requeue(*request);
}

inline void Multiplexer::disown(const RequestEntry& request) noexcept {
    ReplyChannel& channel = *request.channel_;
    if (request.is_exclusive_) channel.exclusive_owner = nullptr;
    else if (RequestEntry* const heir = owners_.erase(request)) return enqueue(*heir);
    --channel.owners;
}

// Whether it has to wait for all of the channel, or whoever has to be alone was there before it.
inline bool Multiplexer::is_behind_one_alone(const ReplyChannel& channel) noexcept {
    return channel.exclusive_owner != nullptr || channel.exclusive_waiting != 0;
}

inline bool Multiplexer::must_wait(const RequestEntry& request) const noexcept {
    const ReplyChannel& channel = *request.channel_;
    if (is_behind_one_alone(channel)) return true;
    return request.is_exclusive_ ? channel.owners != 0 : owners_.find(request) != nullptr;
}

inline void Multiplexer::hold_back(RequestEntry& request) noexcept {
    set_held_back(request);
    request.channel_->held_back.push_back(request);
    if (request.is_exclusive_) ++request.channel_->exclusive_waiting;
}

inline void Multiplexer::set_held_back(RequestEntry& request) noexcept {
    if (request.state_ != State::held_back) ++held_back_;
    request.state_ = State::held_back;
}

inline void Multiplexer::enqueue(RequestEntry& request) noexcept {
    if (request.state_ == State::held_back) --held_back_;
    request.state_ = State::queued;
    queue_.push_back(request);
}

// Gives the request its key, or the last place behind who has it.
inline void Multiplexer::take_place(RequestEntry& request) noexcept {
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
inline void Multiplexer::advance(ReplyChannel& channel) noexcept {
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
inline void Multiplexer::requeue(RequestEntry& request) noexcept {
    request.state_ = State::queued;
    if (request.has_lost_link_) ++again_count_;
    (request.has_lost_link_ ? again_ : queue_).push_front(request);
    ++queued_;
}

inline RequestEntry* Multiplexer::first_before_deadline(const RequestList& list, TimePoint now) noexcept {
    RequestEntry* request = list.front();
    while (request != nullptr && request->deadline <= now) request = RequestList::next(*request);
    return request;
}

// If there is one.
inline RequestEntry& Multiplexer::oldest_in_flight() const noexcept {
    return *(awaiting_.empty() ? writing_ : awaiting_).front();
}

inline bool Multiplexer::is_one_alone_under_way() const noexcept {
    return in_flight_ == 1 && oldest_in_flight().has_lost_link_;
}

// Nothing is under way: whether now one leaves that has to be alone, or the others have their turn.
inline bool Multiplexer::takes_turn() noexcept {
    wait_to_be_alone_.end();
    const bool others_may = !queue_.empty() && again_count_ < limits_.in_flight;
    is_turn_of_others_ = !is_turn_of_others_ || !others_may;
    return is_turn_of_others_;
}

// Into the batch.
inline void Multiplexer::take(RequestEntry& request) noexcept {
    leave_queue(request);
    request.state_ = State::writing;
    request.heard_or_code_ = heard_;
    request.is_confirming_ = false;
    writing_.push_back(request);
    if (request.channel_ == nullptr) ++without_reply_;
    ++in_flight_;
}

inline void Multiplexer::leave_queue(RequestEntry& request) noexcept {
    if (request.has_lost_link_) --again_count_;
    (request.has_lost_link_ ? again_ : queue_).erase(request);
    --queued_;
}

inline RequestRange Multiplexer::take_alone(RequestEntry& request) noexcept {
    take(request);
    return {request, 1};
}

// The first that may be sent again if the link turns out to be none, or else the first.
inline RequestRange Multiplexer::take_one(TimePoint now) noexcept {
    if (in_flight_ != 0) return {};
    RequestEntry* one = first_before_deadline(queue_, now);
    for (RequestEntry* next = one; next != nullptr; next = RequestList::next(*next))
        if (next->is_read_only && next->deadline > now) return take_alone(*next);
    return one == nullptr ? RequestRange() : take_alone(*one);
}

inline void Multiplexer::leave_held_back(RequestEntry& request) noexcept {
    if (request.is_follower_) return owners_.unfollow(request);
    request.channel_->held_back.erase(request);
    if (request.is_exclusive_) --request.channel_->exclusive_waiting;
}

// Gives up its key, if it has one, for those that wait behind it.
inline void Multiplexer::vacate(RequestEntry& request) noexcept {
    if (request.channel_ == nullptr) return;
    disown(request);
    advance(*request.channel_);
}

} // namespace lcm::detail

#endif
