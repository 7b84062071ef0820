// SPDX-License-Identifier: BSL-1.0
// What a message from the server means: which requests it ends and how, which truth it tells, or that it is an event.
#ifndef LCM_CLIENT_SESSION_INBOUND_HPP
#define LCM_CLIENT_SESSION_INBOUND_HPP

#include <lcm_client/config.hpp>
#include <lcm_client/impl/compilation.hpp>
#include <lcm_client/json_document.hpp>
#include <lcm_client/protocol/decode.hpp>
#include <lcm_client/protocol/impl/envelope.hpp>
#include <lcm_client/session/multiplexer.hpp>
#include <lcm_client/session/request_entry.hpp>
#include <lcm_client/session/stray_messages.hpp>
#include <lcm_client/session/unknown_outcomes.hpp>
#include <lcm_client/settled.hpp>
#include <lcm_client/stats.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lcm::inline LCM_CLIENT_ABI::detail {

/// What the server wrote about requests that it refuses.
struct Refusal {
    Errc code{};
    ServerTexts texts{}; ///< empty if there was no memory for them
};

/// What is to be done about one message.
struct MessageDecision {
    /// The requests that it ends: as refused, if there is a refusal; as unknown, if the message is unclear; else by
    /// their reply, whose payload says whether it is a yes.
    RequestList ended{};
    std::optional<Refusal> refusal{};
    std::optional<std::string> unclear{}; ///< why its meaning cannot be known, in words without personal data
    Payload payload{};                    ///< valid until `Inbound::finish`
    LenientReader reader{};               ///< for the payload
    std::vector<Truth> truths{};          ///< about requests that had ended as unknown
    bool is_answer = false;               ///< to a request of this link, under way or given up
    bool is_event = false;                ///< no request is meant: it is for the application's subscriptions
    bool counts_deviations = false;       ///< what `reader` has tolerated is to be counted, once all has been read
};

/// Not thread-safe. Holds one message at a time, from `read` to `finish`.
class Inbound {
public:
    LCM_CLIENT_DECL Inbound(const ClientConfig& config, Counters& counters, Multiplexer& multiplexer,
                            UnknownOutcomes& unknown, StrayMessages& strays);
    Inbound(const Inbound&) = delete;
    Inbound& operator=(const Inbound&) = delete;
    ~Inbound() = default;

    /// Says what a message means. The text must stay until `finish`.
    [[nodiscard]] LCM_CLIENT_DECL MessageDecision read(std::string_view text, TimePoint now);

    /// One of the requests that the message ends had ended as unknown: adds the truth to the decision, if the message
    /// tells it.
    LCM_CLIENT_DECL void see_late_answer(RequestId id, MessageDecision& decision, TimePoint now) noexcept;

    /// The decision has been carried out.
    LCM_CLIENT_DECL void finish(const MessageDecision& decision) noexcept;

private:
    LCM_CLIENT_DECL void understand(MessageDecision& decision);
    [[nodiscard]] LCM_CLIENT_DECL const Envelope& open(JsonView message) noexcept;
    LCM_CLIENT_DECL bool on_error(const IncomingError& error, MessageDecision& decision);
    LCM_CLIENT_DECL void refuse(const Match& match, const IncomingError& error, MessageDecision& decision) noexcept;
    LCM_CLIENT_DECL bool on_message(const Incoming& message, MessageDecision& decision);
    LCM_CLIENT_DECL bool complete(const Incoming& message, MessageDecision& decision);
    LCM_CLIENT_DECL void on_doubtful(JsonView message, MessageDecision& decision);
    LCM_CLIENT_DECL bool end_as_unclear(std::string_view callid, MessageDecision& decision);
    LCM_CLIENT_DECL void on_unreadable(const StrayReason& reason);
    LCM_CLIENT_DECL void on_unmatched(MessageDecision& decision) noexcept;
    LCM_CLIENT_DECL void add_stray(const StrayReason& reason) noexcept;
    LCM_CLIENT_DECL void note_stray(const Incoming& message);
    LCM_CLIENT_DECL void note_stray_for_call(const Incoming& message);
    [[nodiscard]] LCM_CLIENT_DECL bool is_awaited(const Incoming& message);
    [[nodiscard]] LCM_CLIENT_DECL bool is_refused(const Incoming& message);
    LCM_CLIENT_DECL bool is_refused_as_others();
    [[nodiscard]] LCM_CLIENT_DECL bool is_in_flight(std::string_view lcm_key) const;

    const ClientConfig& config_;
    Counters& counters_;
    Multiplexer& multiplexer_;
    UnknownOutcomes& unknown_;
    StrayMessages& strays_;
    JsonDocument document_;    // of the message that is held
    Envelope envelope_{};      // of the message that was understood last
    std::uint64_t opened_ = 0; // the index of its text, or none
    TimePoint now_{};          // when it came
    bool is_of_other_ = false; // it came in a packet of another subscriber
};

} // namespace lcm::detail

#ifndef LCM_CLIENT_SEPARATE_COMPILATION
#include <lcm_client/session/impl/inbound.ipp>
#endif

#endif
