// SPDX-License-Identifier: BSL-1.0
// What is kept of the requests that ended as unknown, and when a message tells the truth about one of them.
#ifndef LCM_CLIENT_SESSION_UNKNOWN_OUTCOMES_HPP
#define LCM_CLIENT_SESSION_UNKNOWN_OUTCOMES_HPP

#include <lcm_client/config.hpp>
#include <lcm_client/impl/compilation.hpp>
#include <lcm_client/json_document.hpp>
#include <lcm_client/protocol/decode.hpp>
#include <lcm_client/protocol/impl/envelope.hpp>
#include <lcm_client/result.hpp>
#include <lcm_client/session/reply_verdict.hpp>
#include <lcm_client/session/request_entry.hpp>
#include <lcm_client/session/unsettled.hpp>
#include <lcm_client/settled.hpp>
#include <lcm_client/stats.hpp>

#include <cstdint>
#include <utility>
#include <vector>

namespace lcm::inline LCM_CLIENT_ABI::detail {

/// A truth that has come to light, and the request that it is about.
struct Truth {
    RequestId id;
    Settled told;
};

/// Not thread-safe. Nothing here fails for want of memory: an outcome that cannot be kept stays unknown, and one that
/// cannot be told apart from another is not told.
class UnknownOutcomes {
public:
    LCM_CLIENT_DECL UnknownOutcomes(const ClientConfig& config, Counters& counters, std::uint64_t seed);

    [[nodiscard]] bool empty() const noexcept { return unsettled_.empty(); }

    /// Until then, a message that no request of this link waits for may be about what another process has sent: it proves
    /// nothing.
    void distrust_messages(TimePoint until) noexcept { trusted_from_ = until; }

    /// A request is handed over: a message may be meant for it from now on.
    void hand_over(const RequestEntry& request) noexcept {
        if (!unsettled_.empty()) contest(request);
    }

    /// A request has ended after its text was handed over. `error` is what it ended with, if it was not accepted, and
    /// may be null for want of memory; `verdict` is for its late reply.
    LCM_CLIENT_DECL void add_ending(const RequestEntry& request, Delivery ending, const Error* error,
                                    ReplyVerdict verdict, TimePoint now) noexcept;

    /// Shows the errors of those that are remembered, have not been asked about, and are for a call; those for which
    /// `is_asked(error)` says so are asked about from now on.
    template <class Predicate> void ask(TimePoint now, Predicate is_asked) {
        unsettled_.for_each(now, [&](Memory::Entry& entry) {
            Kept& kept = entry.details;
            const bool can_be_asked = !kept.reported.is_read_only && !kept.reported.callid.empty();
            if (can_be_asked && !kept.was_asked) kept.was_asked = is_asked(std::as_const(kept.reported));
        });
    }
    /// The error of the request with this id, if its truth has not come to light meanwhile.
    [[nodiscard]] const Error* find(RequestId id, TimePoint now) {
        const Memory::Entry* const entry = unsettled_.find(id, now);
        return entry == nullptr ? nullptr : &entry->details.reported;
    }

    // What follows appends the truth that has come to light to `truths`, if there is one.

    /// A reply has come to the request with this id, which had ended.
    LCM_CLIENT_DECL void see_late_reply(RequestId id, JsonView payload, LenientReader& reader, TimePoint now,
                                        std::vector<Truth>& truths);
    /// A refusal has come of the request with this id, which had ended.
    LCM_CLIENT_DECL void see_late_refusal(RequestId id, TimePoint now, std::vector<Truth>& truths) noexcept;
    /// A message has come that no request of this link waits for. It was written for one of an earlier link, if it is
    /// ours at all; without a call, nothing speaks for that. `is_in_flight(lcm_key)` says whether another request is
    /// under way that an event with this key may be about.
    template <class Predicate> void see_message(const Incoming& message, const LenientReader& reader, TimePoint now,
                                                Predicate is_in_flight, std::vector<Truth>& truths);
    /// Whether a reply with this key would be news of one of them.
    [[nodiscard]] bool expects(const MatchKey& reply, TimePoint now) { return unsettled_.find(reply, now) != nullptr; }

private:
    // What is kept of a request that has ended as unknown.
    struct Kept {
        Error reported;
        ReplyVerdict verdict;
        bool was_asked = false; // by the client itself
    };
    using Memory = Unsettled<Kept>;

    LCM_CLIENT_DECL void contest(const RequestEntry& request) noexcept;
    LCM_CLIENT_DECL void judge(const Memory::Entry* entry, JsonView payload, LenientReader& reader, TimePoint now,
                               std::vector<Truth>& truths);
    LCM_CLIENT_DECL void reveal(const Memory::Entry& entry, Delivery truth, SettledBy by, TimePoint now,
                                std::vector<Truth>& truths) noexcept;

    Counters& counters_;
    Memory unsettled_;
    TimePoint trusted_from_ = (TimePoint::min)(); // messages that no request waits for
};

template <class Predicate> void UnknownOutcomes::see_message(const Incoming& message, const LenientReader& reader,
                                                             TimePoint now, Predicate is_in_flight,
                                                             std::vector<Truth>& truths) {
    if (unsettled_.empty() || now < trusted_from_) return;
    LenientReader own = reader; // a doubt about what the message means is none about whose it is
    if (message.callid)
        judge(unsettled_.find(MatchKey(message.subtopic, std::string(*message.callid)), now), message.payload, own, now,
              truths);
    if (!message.payload.is_string()) return;
    const SettlingEvent event{message.subtopic, std::string(trim(message.payload.text()))};
    const Memory::Entry* const entry = unsettled_.find(event, now);
    if (entry != nullptr && !is_in_flight(event.lcm_key.reveal()))
        reveal(*entry, Delivery::accepted, SettledBy::event, now, truths);
}

} // namespace lcm::detail

#ifndef LCM_CLIENT_SEPARATE_COMPILATION
#include <lcm_client/session/impl/unknown_outcomes.ipp>
#endif

#endif
