// SPDX-License-Identifier: BSL-1.0
// Which request a message from the server belongs to: bodies of multiplexer.hpp.
#ifndef LCM_CLIENT_SESSION_IMPL_MULTIPLEXER_MATCHING_IPP
#define LCM_CLIENT_SESSION_IMPL_MULTIPLEXER_MATCHING_IPP

#include <lcm_client/session/multiplexer.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace lcm::inline LCM_CLIENT_ABI::detail {

inline std::optional<Match> Multiplexer::reply(std::string_view subtopic, std::optional<std::string_view> callid,
                                               bool could_be_echo) {
    RequestEntry* const request = find_for_reply(subtopic, callid, could_be_echo);
    if (request == nullptr) return std::nullopt;
    return settle(*request);
}

inline bool Multiplexer::expects(std::string_view subtopic, std::optional<std::string_view> callid,
                                 bool could_be_echo) {
    return find_for_reply(subtopic, callid, could_be_echo) != nullptr;
}

inline bool Multiplexer::expects_error(const std::optional<std::string>& callid) const {
    if (!callid) return has_only_one_to_refuse();
    bool is_expected = false;
    for_each_meant(*callid, [&](RequestEntry&) { is_expected = true; });
    return is_expected;
}

inline std::optional<Match> Multiplexer::error_without_call() {
    if (!has_only_one_to_refuse()) return std::nullopt;
    return settle(writing_.empty() ? *awaiting_.front() : *writing_.front());
}

inline std::string_view Multiplexer::known_name(std::string_view subtopic) {
    const ReplyChannels::Place place = channels_.find(subtopic);
    return place.channel == nullptr ? std::string_view() : place.channel->subtopic;
}

inline Awaited Multiplexer::awaited(std::string_view subtopic) {
    const ReplyChannel* const channel = channels_.find(subtopic).channel;
    if (channel == nullptr || channel->owners == 0) return Awaited::nothing;
    const RequestEntry* const request = channel->exclusive_owner;
    if (request == nullptr) return Awaited::with_call;
    if (!request->was_handed_over() || is_tombstone(request)) return Awaited::nothing;
    return request->reply_may_name_call_ ? Awaited::any : Awaited::without_call;
}

// The request that was handed over and waits for, or would once have taken, the reply with this key.
inline RequestEntry* Multiplexer::find_waiting(const ReplyChannel& channel,
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
inline RequestEntry* Multiplexer::find_owner(const ReplyChannel& channel, std::string_view callid) const noexcept {
    RequestEntry* const oldest = awaiting_.front();
    const bool is_oldest =
        oldest != nullptr && oldest->channel_ == &channel && !oldest->is_exclusive_ && oldest->callid == callid;
    return is_oldest ? oldest : owners_.find(channel, callid);
}

inline RequestEntry* Multiplexer::find_for_reply(std::string_view subtopic, std::optional<std::string_view> callid,
                                                 bool could_be_echo) {
    const ReplyChannels::Place place = channels_.find(subtopic);
    RequestEntry* const request = place.channel == nullptr ? nullptr : find_waiting(*place.channel, callid);
    if (request == nullptr) return nullptr;
    return could_be_echo && (request->reply_repeats_name_ || place.is_alias) ? nullptr : request;
}

inline bool Multiplexer::has_only_one_to_refuse() const noexcept {
    return in_flight_ == 1 && tombstones_.empty() && !has_sent_without_reply_;
}

// The request that was handed over and whose reply is called so; nothing if there are several.
inline RequestEntry* Multiplexer::find_named(std::string_view subtopic, std::optional<std::string_view> callid) {
    const ReplyChannel* const channel = channels_.find(subtopic).channel;
    if (channel == nullptr) return nullptr;
    if (callid) return find_waiting(*channel, callid);
    if (channel->tombstones != 0) return nullptr;
    return only_one_handed_over([channel](const RequestEntry& request) { return request.channel_ == channel; });
}

// The only read-only request that was handed over.
inline RequestEntry* Multiplexer::only_reader() const {
    const auto is_reader = [](const RequestEntry& request) { return request.is_read_only; };
    return any_tombstone(is_reader) ? nullptr : only_one_handed_over(is_reader);
}

// The one that was handed over, has not ended and satisfies `wanted`; nothing if there are several.
template <class Predicate> RequestEntry* Multiplexer::only_one_handed_over(Predicate wanted) const {
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
template <class Visitor> void Multiplexer::for_each_meant(std::string_view callid, Visitor visit) const {
    const auto visit_if_meant = [&](RequestEntry* request) {
        if (request != nullptr && request->was_handed_over() && request->callid == callid) visit(*request);
    };
    channels_.for_each([&](const ReplyChannel& channel) {
        if (channel.owners == 0) return;
        visit_if_meant(channel.exclusive_owner != nullptr ? channel.exclusive_owner : owners_.find(channel, callid));
    });
    const auto visit_without_reply = [&](RequestEntry& request) {
        if (request.channel_ == nullptr) visit_if_meant(&request);
    };
    if (without_reply_ != 0)
        for (const RequestList* const list : {&awaiting_, &writing_}) list->for_each(visit_without_reply);
    if (tombstones_without_reply_ != 0) tombstones_.for_each(visit_without_reply);
}

// Those about this call that were handed over, out of their lists.
inline RequestList Multiplexer::take_for_call(std::string_view callid) {
    RequestList taken;
    for_each_meant(callid, [&](RequestEntry& request) {
        leave_list(request);
        taken.push_back(request);
    });
    return taken;
}

} // namespace lcm::detail

#endif
