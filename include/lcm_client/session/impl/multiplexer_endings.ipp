// SPDX-License-Identifier: BSL-1.0
// How requests end, and what is left of one that was handed over and has no reply: bodies of multiplexer.hpp.
#ifndef LCM_CLIENT_SESSION_IMPL_MULTIPLEXER_ENDINGS_IPP
#define LCM_CLIENT_SESSION_IMPL_MULTIPLEXER_ENDINGS_IPP

#include <lcm_client/session/multiplexer.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <optional>
#include <string_view>

namespace lcm::inline LCM_CLIENT_ABI::detail {

inline RequestList Multiplexer::written(bool is_confirmed) {
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

inline bool Multiplexer::begin_confirming() noexcept {
    bool has_some = false;
    for_each_unconfirmed([&](RequestEntry& request) { has_some = request.is_confirming_ = true; });
    return has_some;
}

inline RequestList Multiplexer::confirmed() noexcept {
    RequestList ended;
    for_each_unconfirmed([&](RequestEntry& request) {
        if (!request.is_confirming_) return;
        take_out(request);
        ended.push_back(request);
    });
    return ended;
}

inline RequestList Multiplexer::expire(TimePoint now) {
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

inline bool Multiplexer::cancel(RequestEntry& request) {
    if (request.state_ == State::ended) return false;
    give_up(request, Errc::cancelled);
    return true;
}

inline void Multiplexer::drop(RequestEntry& request) {
    if (request.state_ != State::ended) remove(request);
}

inline void Multiplexer::withdraw(RequestEntry& request, Errc code) {
    end_as(request, code);
    remove(request);
}

inline RequestEntry* Multiplexer::end_oversized(std::string_view subtopic, std::optional<std::string_view> callid) {
    RequestEntry* const meant = subtopic.empty() ? only_reader() : find_named(subtopic, callid);
    if (meant == nullptr || meant->state_ == State::tombstone || !meant->is_read_only) return nullptr;
    end_as(*meant, Errc::bad_reply);
    remove(*meant);
    return meant;
}

inline RequestList Multiplexer::link_lost(Errc code) {
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

inline RequestList Multiplexer::expire_written(Errc code) {
    RequestList doubted = take_handed_over([](const RequestEntry& request) { return !request.is_read_only; });
    doubted.for_each([&](RequestEntry& request) {
        deadlines_.erase(request);
        if (request.state_ == State::awaiting && request.channel_ == nullptr) request.state_ = State::ended;
        else bury(request);
        end_as(request, code);
    });
    return doubted;
}

inline RequestList Multiplexer::end_unsent(Errc code) {
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

inline bool Multiplexer::is_tombstone(const RequestEntry* request) noexcept {
    return request != nullptr && request->state_ == State::tombstone;
}

inline bool Multiplexer::is_behind_tombstone(const RequestEntry& request) const {
    if (request.state_ != State::held_back) return false;
    const ReplyChannel& channel = *request.channel_;
    if (is_tombstone(channel.exclusive_owner)) return true;
    // Whoever has to be alone waits for all the others.
    return request.is_exclusive_ ? channel.tombstones != 0 : is_tombstone(owners_.find(request));
}

// Those that were handed over, have not ended and satisfy `wanted`, in the order of submission. They are in no list
// of a state any more, but keep their state, deadline and channel.
template <class Predicate> RequestList Multiplexer::take_handed_over(Predicate wanted) {
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

inline void Multiplexer::end_as(RequestEntry& request, Errc code) noexcept {
    request.heard_or_code_ = static_cast<std::uint8_t>(code);
}

// The server has spoken about a request that was handed over.
inline Match Multiplexer::settle(RequestEntry& request) {
    leave_list(request);
    return settle_detached(request);
}

// The same of one that has left the list of its state.
inline Match Multiplexer::settle_detached(RequestEntry& request) {
    const RequestId id = request.id;
    if (request.state_ == State::tombstone) {
        erase_detached_tombstone(request);
        return {id, nullptr};
    }
    leave_for_good(request);
    return {id, &request};
}

// Those that have been written, to which the server does not reply.
template <class Visitor> void Multiplexer::for_each_unconfirmed(Visitor visit) {
    if (without_reply_ == 0) return;
    awaiting_.for_each([&](RequestEntry& request) {
        if (request.channel_ == nullptr) visit(request);
    });
}

// Ends a request that has no reply; a tombstone stays if it was handed over to this link, and may be answered.
inline void Multiplexer::give_up(RequestEntry& request, Errc code) {
    end_as(request, code);
    const bool is_unconfirmed = request.state_ == State::awaiting && request.channel_ == nullptr;
    if (!request.was_handed_over() || is_unconfirmed) return remove(request);
    leave_list(request);
    deadlines_.erase(request);
    bury(request);
}

// Puts a tombstone in the place of a request that is in no list any more. If there is no memory for it, the link
// has to be ended.
inline void Multiplexer::bury(RequestEntry& request) {
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

inline RequestEntry* Multiplexer::make_tombstone(const RequestEntry& request) noexcept {
    try {
        return new Tombstone(request);
    } catch (const std::bad_alloc&) {
        return nullptr;
    }
}

// Out of the list of its state.
inline void Multiplexer::leave_list(RequestEntry& request) noexcept {
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

// Out of the list of its state and that of the deadlines. It keeps its channel.
inline void Multiplexer::take_out(RequestEntry& request) noexcept {
    leave_list(request);
    deadlines_.erase(request);
    request.state_ = State::ended;
}

// For good.
inline void Multiplexer::remove(RequestEntry& request) noexcept {
    const bool is_owner = request.state_ != State::held_back;
    take_out(request);
    if (is_owner) vacate(request);
    else advance(*request.channel_);
}

// The same of one that was handed over and has left the list of its state.
inline void Multiplexer::leave_for_good(RequestEntry& request) noexcept {
    deadlines_.erase(request);
    request.state_ = State::ended;
    vacate(request);
}

inline void Multiplexer::erase_detached_tombstone(RequestEntry& request) noexcept {
    const std::unique_ptr<Tombstone> tombstone(static_cast<Tombstone*>(&request));
    if (tombstones_.empty()) has_waited_in_vain_ = false;
    vacate(request);
}

template <class Predicate> std::size_t Multiplexer::erase_tombstones(Predicate wanted) {
    std::size_t count = 0;
    tombstones_.for_each([&](RequestEntry& request) {
        if (!wanted(request)) return;
        ++count;
        leave_list(request);
        erase_detached_tombstone(request);
    });
    return count;
}

} // namespace lcm::detail

#endif
