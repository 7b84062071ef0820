// SPDX-License-Identifier: BSL-1.0
// What a message from the server means: the bodies.
#ifndef LCM_CLIENT_SESSION_IMPL_INBOUND_IPP
#define LCM_CLIENT_SESSION_IMPL_INBOUND_IPP

#include <lcm_client/protocol/impl/doubtful.hpp>
#include <lcm_client/protocol/impl/text.hpp>
#include <lcm_client/protocol/impl/wrap.hpp>
#include <lcm_client/session/inbound.hpp>

#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace lcm::inline LCM_CLIENT_ABI::detail {

LCM_CLIENT_DECL Inbound::Inbound(const ClientConfig& config, Counters& counters, Multiplexer& multiplexer,
                                 UnknownOutcomes& unknown, StrayMessages& strays)
    : config_(config), counters_(counters), multiplexer_(multiplexer), unknown_(unknown), strays_(strays) {}

LCM_CLIENT_DECL MessageDecision Inbound::read(std::string_view text, TimePoint now) {
    MessageDecision decision;
    now_ = now;
    try {
        if (!document_.parse(text, config_.limits.json_depth)) on_unreadable(document_.fault());
        else if (!document_.root().is_object()) on_unreadable("no JSON object");
        else understand(decision);
    } catch (...) {
        document_.clear();
        throw;
    }
    return decision;
}

LCM_CLIENT_DECL void Inbound::see_late_answer(RequestId id, MessageDecision& decision, TimePoint now) noexcept {
    ++counters_.late_replies;
    if (decision.unclear) return;
    if (decision.refusal) return unknown_.see_late_refusal(id, now, decision.truths);
    try {
        unknown_.see_late_reply(id, decision.payload.whole, decision.reader, now, decision.truths);
    } catch (const std::bad_alloc&) {} // then it stays unknown
}

// The text is gone after this, and so is the memory that only a large one needs.
LCM_CLIENT_DECL void Inbound::finish(const MessageDecision& decision) noexcept {
    if (decision.counts_deviations)
        counters_.tolerated_deviations +=
            decision.reader.deviations() + (decision.reader.is_in_doubt() ? 0 : document_.deviations());
    document_.clear();
}

LCM_CLIENT_DECL void Inbound::understand(MessageDecision& decision) {
    LenientReader& reader = decision.reader;
    const JsonView root = document_.root();
    const JsonView message = config_.packet ? unwrap(root, reader) : root;
    const Envelope& envelope = open(message);
    is_of_other_ = !message.is_same_as(root) && is_of_other_subscriber(root, *config_.packet, reader);
    const bool is_wanted = is_error(envelope, reader) ? on_error(read_error(message, reader), decision)
                                                      : on_message(read_incoming(envelope, reader), decision);
    if (!is_wanted && reader.is_in_doubt()) return on_doubtful(message, decision);
    decision.counts_deviations = true;
    if (!is_wanted) on_unmatched(decision);
}

// Replies of one kind have one index, so that their members need not be looked for each time. Which part of a packet is
// the message depends on names and kinds alone, and so on the index.
LCM_CLIENT_DECL const Envelope& Inbound::open(JsonView message) noexcept {
    if (opened_ != document_.index()) {
        envelope_ = open_envelope(message);
        opened_ = document_.index();
    }
    return envelope_;
}

LCM_CLIENT_DECL void Inbound::on_unmatched(MessageDecision& decision) noexcept {
    ++counters_.unmatched_messages;
    decision.is_event = true;
}

// --- errors ----------------------------------------------------------------------------------------------------------

LCM_CLIENT_DECL bool Inbound::on_error(const IncomingError& error, MessageDecision& decision) {
    if (decision.reader.is_in_doubt()) return false;
    const bool may_be_of_other = is_of_other_ && (error.callid || error.is_ws_error());
    if (may_be_of_other && multiplexer_.expects_error(error.callid) && is_refused_as_others()) return false;
    if (error.callid) {
        bool is_wanted = false;
        multiplexer_.error_for_call(*error.callid, [&](const Match& match) {
            is_wanted = true;
            refuse(match, error, decision);
        });
        return is_wanted;
    }
    if (!error.is_ws_error()) return false;
    const auto match = multiplexer_.error_without_call();
    if (match) refuse(*match, error, decision);
    else add_stray("an error that names no call");
    return match.has_value();
}

LCM_CLIENT_DECL void Inbound::refuse(const Match& match, const IncomingError& error,
                                     MessageDecision& decision) noexcept {
    decision.is_answer = true;
    if (match.late()) {
        ++counters_.late_replies;
        return unknown_.see_late_refusal(match.id, now_, decision.truths);
    }
    decision.ended.push_back(*match.request);
    if (decision.refusal) return;
    decision.refusal.emplace().code = error.code();
    try {
        decision.refusal->texts = error.texts;
    } catch (const std::bad_alloc&) {
        decision.refusal->texts = {};
    }
}

// --- replies and events ----------------------------------------------------------------------------------------------

LCM_CLIENT_DECL bool Inbound::on_message(const Incoming& message, MessageDecision& decision) {
    if (decision.reader.is_in_doubt()) return false;
    if (message.payload && is_refused(message)) return false;
    if (message.payload && complete(message, decision)) return true;
    note_stray(message);
    if (!message.payload || message.is_under_data) return false; // it may be an echo, which proves nothing
    unknown_.see_message(
        message, decision.reader, now_, [this](std::string_view key) { return is_in_flight(key); }, decision.truths);
    return false;
}

// Gives the message to the request that waits for it, if one does.
LCM_CLIENT_DECL bool Inbound::complete(const Incoming& message, MessageDecision& decision) {
    const auto match = multiplexer_.reply(message.subtopic, message.callid, message.is_under_data);
    if (!match) return false;
    decision.is_answer = true;
    if (message.is_under_data) decision.reader.tolerate();
    if (match->late()) {
        ++counters_.late_replies;
        unknown_.see_late_reply(match->id, message.payload, decision.reader, now_, decision.truths);
    } else {
        decision.ended.push_back(*match->request);
        const Payload& opened = envelope_.payload; // a message in doubt may be answered by another part of it
        decision.payload = message.payload.is_same_as(opened.whole) ? opened : Payload(message.payload);
    }
    return true;
}

// Whether the message is the reply to one of our requests, or the news of it.
LCM_CLIENT_DECL bool Inbound::is_awaited(const Incoming& message) {
    if (multiplexer_.expects(message.subtopic, message.callid, message.is_under_data)) return true;
    return message.callid && !message.is_under_data &&
           unknown_.expects(MatchKey(message.subtopic, std::string(*message.callid)), now_);
}

// A reply has come in a packet of another subscriber.
LCM_CLIENT_DECL bool Inbound::is_refused_as_others() {
    ++counters_.replies_to_others;
    return config_.packet->refuse_other_subscribers;
}

LCM_CLIENT_DECL bool Inbound::is_refused(const Incoming& message) {
    return is_of_other_ && is_awaited(message) && is_refused_as_others();
}

LCM_CLIENT_DECL bool Inbound::is_in_flight(std::string_view lcm_key) const {
    bool is_found = false;
    multiplexer_.for_each_in_flight(
        [&](const RequestEntry& request) { is_found = is_found || request.lcm_key() == lcm_key; });
    return is_found;
}

// --- messages of which a part stands twice, or that nobody can read --------------------------------------------------

// Whose answer the message is may be plain although a name that decides stands twice. What it means is not.
LCM_CLIENT_DECL void Inbound::on_doubtful(JsonView message, MessageDecision& decision) {
    const Doubtful doubtful = read_doubtful(message);
    if (doubtful.reply && is_refused(*doubtful.reply)) return on_unmatched(decision);
    if (doubtful.reply && complete(*doubtful.reply, decision)) return;
    if (doubtful.call && end_as_unclear(*doubtful.call, decision)) return;
    if (doubtful.reply) note_stray(*doubtful.reply);
    if (doubtful.reply || doubtful.call) return on_unmatched(decision);
    on_unreadable(StrayReason::twice(decision.reader.doubt()));
}

LCM_CLIENT_DECL bool Inbound::end_as_unclear(std::string_view callid, MessageDecision& decision) {
    std::string why = doubt_in_words(decision.reader); // before anything changes
    bool is_wanted = false;
    multiplexer_.error_for_call(callid, [&](const Match& match) {
        is_wanted = true;
        decision.is_answer = true;
        if (match.late()) ++counters_.late_replies;
        else decision.ended.push_back(*match.request);
    });
    decision.unclear = std::move(why);
    return is_wanted;
}

// The message may have been the reply to any request that is under way.
LCM_CLIENT_DECL void Inbound::on_unreadable(const StrayReason& reason) {
    ++counters_.bad_messages;
    add_stray(reason);
}

LCM_CLIENT_DECL void Inbound::add_stray(const StrayReason& reason) noexcept {
    if (multiplexer_.in_flight() != 0) strays_.add_unreadable(reason);
}

// No request waited for the message: what those say of it that end without an answer.
LCM_CLIENT_DECL void Inbound::note_stray(const Incoming& message) {
    if (multiplexer_.in_flight() == 0) return;
    LenientReader reader; // what it tolerates was not understood, and is not counted
    const bool is_packet = !config_.packet && !unwrap(document_.root(), reader).is_same_as(document_.root());
    if (is_packet) return add_stray("a packet, and ClientConfig::packet is not set");
    if (message.is_under_data && !reader.find(message.payload, "response")) return; // most likely an echo
    const Awaited awaited = multiplexer_.awaited(message.subtopic);
    if (!message.payload && awaited != Awaited::nothing) return add_stray("a reply without a message");
    if (!message.callid && awaited == Awaited::with_call) return add_stray("a reply that names no call");
    if (message.callid && awaited == Awaited::without_call)
        return add_stray("a reply that names a call, as it should not");
    if (message.callid) note_stray_for_call(message);
}

LCM_CLIENT_DECL void Inbound::note_stray_for_call(const Incoming& message) {
    const std::string_view known = multiplexer_.known_name(message.subtopic);
    multiplexer_.for_each_of_call(*message.callid, [&](const RequestEntry& request) {
        const bool is_of_request = same_name(message.subtopic, request.operation->subtopic);
        strays_.add_misnamed(request.id, is_of_request ? request.operation->subtopic : known);
    });
}

} // namespace lcm::detail

#endif
